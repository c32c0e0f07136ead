"""A table as a pyarrow dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._rows import _need

if TYPE_CHECKING:
    from ._table import Table


def dataset_of(
    table: Table, schema: Any = None, files: list[Any] | None = None, filesystem: Any = None, read_options: Any = None
) -> Any:
    """Files as fragments, with their partitions' values, where pyarrow reads the same rows from them as lakelet does:
    no deleted rows, columns called in the files as in the table. Otherwise the rows in memory."""
    pyarrow = _need("pyarrow", "to_dataset()")
    from pyarrow.dataset import dataset

    given, schema = schema, schema or pyarrow.schema(table.schema)
    files = table.scan().files() if files is None else files
    if not _plain(table, files):
        rows = table.to_pyarrow()
        return dataset(rows.cast(given) if given is not None else rows)
    from pyarrow.dataset import FileSystemDataset, ParquetFileFormat
    from pyarrow.fs import LocalFileSystem

    # A file system that is given is one whose paths are the table's own.
    own = filesystem is not None
    file_format, system = ParquetFileFormat(read_options), filesystem if own else LocalFileSystem()
    fragments = [
        file_format.make_fragment(
            file.path if own else file.uri.removeprefix("file://"),
            filesystem=system,
            partition_expression=_partition_expression(file, schema),
        )
        for file in files
    ]
    return FileSystemDataset(fragments, schema, file_format, system)


def _plain(table: Table, files: list[Any]) -> bool:
    if "://" in table.uri and not table.uri.startswith("file://"):
        return False
    if any(file.deleted_rows for file in files):
        return False
    return all(_plain_field(field, 0) for field in table.schema.fields)


def _plain_field(field: Any, depth: int) -> bool:
    if field._has_default or field.physical_name not in ("", field.name):
        return False
    if field.type.kind in ("variant", "geometry", "uuid", "timestamp_ns", "timestamptz_ns"):
        return False
    return all(_plain_field(child, depth + 1) for child in field.type.children)


def _partition_expression(file: Any, schema: Any) -> Any:
    import pyarrow
    import pyarrow.dataset as dataset

    whole = dataset.scalar(True)
    for name, text in file.partition.items():
        field = dataset.field(name)
        if text is None:
            whole = whole & field.is_null()
            continue
        kind = schema.field(name).type
        if pyarrow.types.is_timestamp(kind) and kind.tz is not None:
            from ._values import moment_of

            value = pyarrow.scalar(moment_of(text), type=kind)
        elif pyarrow.types.is_binary(kind):
            value = pyarrow.scalar(text.encode(), type=kind)
        else:
            value = pyarrow.scalar(text).cast(kind)
        whole = whole & (field == value)
    return whole
