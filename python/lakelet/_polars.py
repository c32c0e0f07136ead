"""A table as a polars.LazyFrame."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._rows import _need

if TYPE_CHECKING:
    from ._table import Table


def lazy_frame(table: Table) -> Any:
    """Columns and limits are pushed down always; of a condition those parts that SQL says in the same way. polars
    itself checks every condition again."""
    polars = _need("polars", "to_lazy()")
    from polars.io.plugins import register_io_source

    empty = polars.DataFrame(table.scan().limit(0))

    def rows(
        with_columns: list[str] | None, predicate: Any, n_rows: int | None, batch_size: int | None
    ) -> Iterator[Any]:
        scan = table.scan(columns=with_columns)
        where = sql_condition(predicate) if predicate is not None else None
        if where:
            scan = scan.where(where)
        if n_rows is not None and predicate is None:
            scan = scan.limit(n_rows)
        left = n_rows
        for batch in batches(scan):
            frame = polars.DataFrame(batch)
            if predicate is not None:
                frame = frame.filter(predicate)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            yield frame
            if left == 0:
                return

    return register_io_source(rows, schema=empty.schema)


def batches(scan: Any) -> Iterator[Any]:
    """The rows batch by batch; all at once where pyarrow isn't there to cut them."""
    try:
        import pyarrow
    except ImportError:
        yield scan
        return
    yield from pyarrow.RecordBatchReader.from_stream(scan)


_COMPARISONS = {"Eq": "=", "NotEq": "<>", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
_JOINED = {"And": "AND", "LogicalAnd": "AND"}


def sql_condition(predicate: Any) -> str | None:
    """SQL for the parts of a conjunction that compare a column with a number or a text; None if there is no such part.
    A part that is left out only means that more rows are read: polars checks the condition again."""
    try:
        tree = json.load(io.StringIO(predicate.meta.serialize(format="json")))
    except Exception:  # polars' own serialisation, of which some expressions have none
        return None
    parts = list(_parts(tree))
    return " AND ".join(parts) if parts else None


def _parts(tree: Any) -> Iterator[str]:
    binary = tree.get("BinaryExpr") if isinstance(tree, dict) else None
    if not binary:
        return
    if binary["op"] in _JOINED:
        yield from _parts(binary["left"])
        yield from _parts(binary["right"])
    elif binary["op"] in _COMPARISONS:
        left, right = _column(binary["left"]), _literal(binary["right"])
        if left is not None and right is not None:
            yield f"{left} {_COMPARISONS[binary['op']]} {right}"


def _column(tree: Any) -> str | None:
    name = tree.get("Column") if isinstance(tree, dict) else None
    return '"' + name.replace('"', '""') + '"' if isinstance(name, str) else None


def _literal(tree: Any) -> str | None:
    value = tree.get("Literal") if isinstance(tree, dict) else None
    while isinstance(value, dict) and len(value) == 1:
        (kind, value), = value.items()
        if kind not in ("Scalar", "Dyn", "Int", "Float", "Str", "String", "Int8", "Int16", "Int32", "Int64", "Float64", "value"):
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
