"""How data files are written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["BloomFilterProperties", "ColumnProperties", "WriterProperties"]

# Codec -> (least, greatest, default) level; those without levels have none.
_LEVELS = {"GZIP": (0, 10, 6), "BROTLI": (0, 11, 1), "ZSTD": (1, 22, 1)}


class Compression(Enum):
    """The codecs of Parquet, by the `deltalake` package's names."""

    UNCOMPRESSED = "UNCOMPRESSED"
    SNAPPY = "SNAPPY"
    GZIP = "GZIP"
    BROTLI = "BROTLI"
    LZ4 = "LZ4"
    ZSTD = "ZSTD"
    LZ4_RAW = "LZ4_RAW"

    @classmethod
    def from_str(cls, value: str) -> Compression:
        return cls(_member(cls, value))

    def _levels(self) -> tuple[int, int, int]:
        if self.value not in _LEVELS:
            raise KeyError(f"{self.value} does not have a compression level.")
        return _LEVELS[self.value]

    def get_level_range(self) -> tuple[int, int]:
        return self._levels()[:2]

    def get_default_level(self) -> int:
        return self._levels()[2]

    def check_valid_level(self, level: int) -> bool:
        least, greatest = self.get_level_range()
        if not least <= level <= greatest:
            raise ValueError(f"Compression level for {self.value} should fall between {least}-{greatest}")
        return True


class Encoding(Enum):
    """The encodings of Parquet. Which one a column gets is the engine's choice."""

    PLAIN = "PLAIN"
    RLE = "RLE"
    DELTA_BINARY_PACKED = "DELTA_BINARY_PACKED"
    DELTA_LENGTH_BYTE_ARRAY = "DELTA_LENGTH_BYTE_ARRAY"
    DELTA_BYTE_ARRAY = "DELTA_BYTE_ARRAY"
    BYTE_STREAM_SPLIT = "BYTE_STREAM_SPLIT"

    @classmethod
    def from_str(cls, value: str) -> Encoding:
        return cls(_member(cls, value))


def _member(kind: type[Enum], value: str) -> str:
    names = [each.value for each in kind]
    if value.upper() not in names:
        raise ValueError(f"{value} is not a valid {kind.__name__}. Valid values are: {names}")
    return value.upper()


@dataclass
class BloomFilterProperties:
    """Bloom filters of a column; fpp is the share of false positives."""

    set_bloom_filter_enabled: bool | None
    fpp: float | None = None
    ndv: int | None = None

    def __post_init__(self) -> None:
        if self.fpp is not None and not 0 < self.fpp < 1:
            raise ValueError("fpp must be between 0 and 1 exclusive")

    def __str__(self) -> str:
        return f"set_bloom_filter_enabled: {self.set_bloom_filter_enabled}, fpp: {self.fpp}, ndv: {self.ndv}"


@dataclass
class ColumnProperties:
    """How a column's values are written."""

    dictionary_enabled: bool | None = None
    statistics_enabled: str | None = None
    bloom_filter_properties: BloomFilterProperties | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        if self.encoding is not None and self.dictionary_enabled:
            raise ValueError("Cannot specify dictionary_enabled=True and encoding")

    def __str__(self) -> str:
        return (
            f"dictionary_enabled: {self.dictionary_enabled}, statistics_enabled: {self.statistics_enabled}, "
            f"bloom_filter_properties: {self.bloom_filter_properties}, encoding: {self.encoding}"
        )


class WriterProperties:
    """compression, its level, max_row_group_size, and of default_column_properties dictionary_enabled and
    bloom_filter_properties are followed; the others are the engine's own choice, with a warning where they are given."""

    def __init__(
        self,
        data_page_size_limit: int | None = None,
        dictionary_page_size_limit: int | None = None,
        data_page_row_count_limit: int | None = None,
        write_batch_size: int | None = None,
        max_row_group_size: int | None = None,
        compression: str | None = None,
        compression_level: int | None = None,
        statistics_truncate_length: int | None = None,
        default_column_properties: ColumnProperties | None = None,
        column_properties: dict[str, ColumnProperties] | None = None,
    ) -> None:
        self.data_page_size_limit = data_page_size_limit
        self.dictionary_page_size_limit = dictionary_page_size_limit
        self.data_page_row_count_limit = data_page_row_count_limit
        self.write_batch_size = write_batch_size
        self.max_row_group_size = max_row_group_size
        self.statistics_truncate_length = statistics_truncate_length
        self.default_column_properties = default_column_properties
        self.column_properties = column_properties
        self._codec, self._level = _checked(compression, compression_level)
        level = self._level
        if level is None and self._codec in _LEVELS:
            level = _LEVELS[self._codec][2]
        self.compression = self._codec if level is None else f"{self._codec}({level})"

    def __str__(self) -> str:
        columns = self.column_properties
        shown = ", ".join(f"column '{name}': {value}" for name, value in columns.items()) if columns else None
        return (
            f"WriterProperties(data_page_size_limit: {self.data_page_size_limit}, "
            f"dictionary_page_size_limit: {self.dictionary_page_size_limit}, "
            f"data_page_row_count_limit: {self.data_page_row_count_limit}, write_batch_size: {self.write_batch_size}, "
            f"max_row_group_size: {self.max_row_group_size}, compression: {self.compression}, "
            f"statistics_truncate_length: {self.statistics_truncate_length},"
            f"default_column_properties: {self.default_column_properties}, column_properties: {shown})"
        )


def _checked(compression: str | None, level: int | None) -> tuple[str | None, int | None]:
    if compression is None:
        if level is not None:
            raise ValueError("a compression level needs the compression beside it")
        return None, None
    codec = Compression.from_str(compression)
    if codec.value not in _LEVELS:
        return codec.value, None
    if level is not None:
        codec.check_valid_level(level)
    return codec.value, level


_IGNORED = (
    "data_page_size_limit",
    "dictionary_page_size_limit",
    "data_page_row_count_limit",
    "write_batch_size",
    "statistics_truncate_length",
    "column_properties",
)


def file_options(properties: WriterProperties | None) -> dict[str, Any]:
    """lakelet's options for a verb."""
    options: dict[str, Any] = {}
    if properties is None:
        return options
    ignored = [name for name in _IGNORED if getattr(properties, name) is not None]
    if properties._codec is not None:
        options["compression"] = {"LZ4": "lz4_raw"}.get(properties._codec, properties._codec.lower())
    if properties._codec == "ZSTD" and properties._level is not None:
        options["compression_level"] = properties._level
    elif properties._level is not None:
        ignored.append(f"compression_level of {properties._codec}")
    if properties.max_row_group_size is not None:
        options["row_group_rows"] = max(2048, properties.max_row_group_size)
    column = properties.default_column_properties
    if column is not None:
        if column.dictionary_enabled is False:
            options["dictionary_values"] = 0
        bloom = column.bloom_filter_properties
        if bloom is not None and bloom.set_bloom_filter_enabled and bloom.fpp is not None:
            options["bloom_filter_false_positives"] = bloom.fpp
        ignored += [name for name in ("statistics_enabled", "encoding") if getattr(column, name) is not None]
    if ignored:
        warnings.warn(f"lakelet doesn't follow these writer properties: {', '.join(ignored)}", stacklevel=4)
    return options
