"""Rows, and the frames that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_SHOWN = 10


def _need(module: str, call: str) -> Any:
    try:
        return __import__(module)
    except ImportError:
        raise ImportError(f"{call} needs {module}: pip install {module}") from None


class Frames:
    """What has rows: each method reads them once, and all of them together when it returns a frame."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise NotImplementedError

    def to_pyarrow(self) -> Any:
        """A pyarrow.Table."""
        return self.to_reader().read_all()

    def to_reader(self) -> Any:
        """A pyarrow.RecordBatchReader: batch by batch, in bounded memory."""
        pyarrow = _need("pyarrow", "to_reader()")
        return pyarrow.RecordBatchReader.from_stream(self)

    def to_pandas(self, **options: Any) -> Any:
        """A pandas.DataFrame; `options` are those of pyarrow.Table.to_pandas()."""
        _need("pandas", "to_pandas()")
        _need("pyarrow", "to_pandas()")
        # Each column's Arrow memory is let go as soon as its pandas one is there.
        options = {"split_blocks": True, "self_destruct": True, **options}
        return self.to_pyarrow().to_pandas(**options)

    def to_polars(self) -> Any:
        """A polars.DataFrame."""
        polars = _need("polars", "to_polars()")
        return polars.DataFrame(self)

    def to_pylist(self) -> list[dict[str, Any]]:
        """A list of dicts; needs no other package."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        raise NotImplementedError


class Rows(Frames):
    """The rows of a query: they can be read once, as a frame or by iterating over tuples."""

    def __init__(self, native: Any) -> None:
        self._native = native
        self._schema = native.schema

    @property
    def schema(self) -> Any:
        return self._schema

    @property
    def columns(self) -> list[str]:
        return [each.name for each in self._schema.fields]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while True:
            fetched = self._native.fetch(1000)
            yield from fetched
            if len(fetched) < 1000:
                return

    def fetchone(self) -> tuple[Any, ...] | None:
        fetched = self._native.fetch(1)
        return fetched[0] if fetched else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self)

    def to_pylist(self) -> list[dict[str, Any]]:
        names = self.columns
        return [dict(zip(names, row)) for row in self]

    def __repr__(self) -> str:
        return f"<lakelet.Rows: {self._schema}>"

    def _repr_html_(self) -> str:
        return str(self._schema._repr_html_())


def preview_html(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """The first rows as a table of a notebook."""
    import html

    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape('NULL' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows[:_SHOWN]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
