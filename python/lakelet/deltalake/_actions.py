"""What DeltaTable tells of its files, as Arrow."""

from __future__ import annotations

from typing import Any

from .. import _table
from .._report import ScannedFile

_WITHOUT_BOUNDS = ("binary", "boolean", "struct", "list", "map", "variant")


def add_actions(table: _table.Table, files: list[ScannedFile], flatten: bool) -> Any:
    """A row for each file. The statistics' columns are those of which some file says something."""
    import pyarrow

    columns: dict[str, Any] = {
        "path": pyarrow.array([file.path for file in files], pyarrow.string()),
        "size_bytes": pyarrow.array([file.bytes for file in files], pyarrow.int64()),
        "modification_time": pyarrow.array([_millis(file) for file in files], pyarrow.int64()),
        "num_records": pyarrow.array([file.rows for file in files], pyarrow.int64()),
    }
    schema = pyarrow.schema(table.schema)
    known = {bounds.column[0] for file in files for bounds in file.columns}
    names = [field.name for field in table.schema.fields if field.name in known]
    simple = [name for name in names if table.schema.field(name).type.kind not in _WITHOUT_BOUNDS]
    groups = {
        "null_count": {name: _statistic(files, name, "nulls", pyarrow.int64()) for name in names},
        "min": {name: _statistic(files, name, "least", schema.field(name).type) for name in simple},
        "max": {name: _statistic(files, name, "greatest", schema.field(name).type) for name in simple},
        "partition": {name: _partition(files, name, schema.field(name).type) for name in table.partition_columns},
    }
    for group, parts in groups.items():
        if not parts:
            continue
        if flatten:
            columns.update({f"{group}.{name}": values for name, values in parts.items()})
        else:
            columns[group] = pyarrow.StructArray.from_arrays(list(parts.values()), names=list(parts))
    return pyarrow.table(columns)


def _millis(file: ScannedFile) -> int:
    return round(file.modified.timestamp() * 1000)


def _statistic(files: list[ScannedFile], name: str, what: str, kind: Any) -> Any:
    import pyarrow

    def of(file: ScannedFile) -> Any:
        parts = [bounds for bounds in file.columns if bounds.column[0] == name]
        values = [getattr(bounds, what) for bounds in parts if len(bounds.column) == 1]
        return values[0] if values else None

    return pyarrow.array([of(file) for file in files], kind)


def _partition(files: list[ScannedFile], name: str, kind: Any) -> Any:
    import pyarrow

    texts = pyarrow.array([file.partition.get(name) for file in files], pyarrow.string())
    return texts.cast(kind) if not pyarrow.types.is_binary(kind) else texts.cast(pyarrow.binary())


def deletion_vectors(table: _table.Table, files: list[ScannedFile]) -> Any:
    """A row for each file with deleted rows: filepath, selection_vector (False where the row is gone)."""
    import pyarrow

    paths, vectors = [], []
    for file in files:
        if not file.deleted:
            continue
        keep = [True] * (file.rows if file.rows is not None else file.deleted[-1] + 1)
        for position in file.deleted:
            keep[position] = False
        paths.append("file://" + file.uri if file.uri.startswith("/") else file.uri)
        vectors.append(keep)
    columns = {
        "filepath": pyarrow.array(paths, pyarrow.string()),
        "selection_vector": pyarrow.array(vectors, pyarrow.list_(pyarrow.bool_())),
    }
    return pyarrow.table(columns)
