"""Tables by reference: made, opened, written to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from . import _data, _events, _schema, _session, _values
from ._report import Report
from ._table import Moment, Table, write_options
from ._upkeep import _texts


def create(
    uri: str | os.PathLike[str],
    schema: Any,
    *,
    partition_by: str | Sequence[str] = (),
    name: str | None = None,
    description: str | None = None,
    format: str | None = None,
    properties: Mapping[str, str] | None = None,
    if_not_exists: bool = False,
    replace: bool = False,
    user_metadata: Mapping[str, Any] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Table:
    """Makes a new table: create("lake/weather", "time timestamp, city string, temperature float").

    replace: a table that is there becomes this one, without rows, as one version more.
    """
    options = create_options(partition_by, name, description, format, properties)
    options |= {"if_not_exists": if_not_exists, "replace": replace, "user_metadata": _texts(user_metadata)}
    native = _session.session(storage_options).create(os.fspath(uri), _schema.schema(schema), options)
    return Table(native, storage_options, pinned=False)


def create_options(
    partition_by: str | Sequence[str] | None,
    name: str | None,
    description: str | None,
    format: str | None,
    properties: Mapping[str, str] | None,
) -> dict[str, Any]:
    columns = [partition_by] if isinstance(partition_by, str) else list(partition_by or ())
    options: dict[str, Any] = {"partition_by": columns, "format": format or ""}
    options["name"], options["description"] = name or "", description or ""
    options["properties"] = {str(k): str(v) for k, v in (properties or {}).items()}
    return options


def open(
    uri: str | os.PathLike[str],
    version: Moment | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Table:
    """Opens a table, whatever its format. `version` is a number or a time; the uri may end in "@v12" instead."""
    session = _session.session(storage_options)
    native = session.open(os.fspath(uri))
    if version is None:
        return Table(native, storage_options, pinned="@" in os.path.basename(os.fspath(uri)))
    if isinstance(version, int):
        native = native.at_version(version)
    else:
        native = native.at_timestamp(_values.micros_of(_values.moment_of(version)))
    return Table(native, storage_options, pinned=True)


def exists(uri: str | os.PathLike[str], storage_options: Mapping[str, str] | None = None) -> bool:
    """Whether there is a table (not whether it could be read)."""
    return bool(_session.session(storage_options).exists(os.fspath(uri)))


def register(
    name: str, metadata: str | os.PathLike[str], storage_options: Mapping[str, str] | None = None
) -> Table:
    """Gives a table that is there a name in a catalog: register("sqlite:///lake/cat.db#ns.t", ".../v3.metadata.json")."""
    native = _session.session(storage_options).register(name, os.fspath(metadata))
    return Table(native, storage_options, pinned=False)


def write(
    uri: str | os.PathLike[str],
    data: Any,
    mode: str = "append",
    *,
    where: str | None = None,
    partition_by: str | Sequence[str] = (),
    name: str | None = None,
    description: str | None = None,
    format: str | None = None,
    properties: Mapping[str, str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    **options: Any,
) -> Report:
    """Writes rows; a table that isn't there yet is made with their columns, in the same commit.

    data: a frame of pandas, polars or pyarrow, anything with an Arrow stream, a list or generator of dicts or batches,
    lakelet.files(...) or lakelet.query(...). mode: append, overwrite (all, or the rows of `where`), error, ignore.
    """
    create = create_options(partition_by, name, description, format, properties)
    session = _session.session(storage_options)
    try:
        source = _data.source_of(data)
        return Report(**session.write(os.fspath(uri), source, mode, where or "", write_options(**options), create))
    finally:
        _events.end_bar()
