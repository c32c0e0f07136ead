"""Columns and their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._lakelet import Field, Schema, Type
from .errors import InvalidArgument

__all__ = ["Field", "Schema", "Type", "field", "schema"]


def field(name: str, type: str | Type, nullable: bool = True, doc: str = "") -> Field:
    """A column: field("id", "bigint", nullable=False)."""
    return Field(name, _type(type), nullable, doc, {})


def schema(columns: Any) -> Schema:
    """A schema of what describes one: "id int not null, name string", {"id": "int"}, fields, or anything with an Arrow
    schema (a pyarrow schema, a polars or pandas frame)."""
    if isinstance(columns, Schema):
        return columns
    if isinstance(columns, str):
        return Schema.parse(columns)
    if isinstance(columns, Mapping) and not hasattr(columns, "__arrow_c_schema__"):
        return Schema([field(str(name), kind) for name, kind in columns.items()])
    if hasattr(columns, "__arrow_c_schema__") or hasattr(columns, "__arrow_c_stream__"):
        return Schema.from_arrow(columns)
    if isinstance(columns, Iterable):
        fields = list(columns)
        if all(isinstance(each, Field) for each in fields):
            return Schema(fields)
        if all(isinstance(each, tuple) and len(each) == 2 for each in fields):
            return Schema([field(name, kind) for name, kind in fields])
    raise TypeError(
        f"a {type(columns).__name__} is no schema: give text (\"id int, name string\"), a dict of names and types, "
        "lakelet.field(...)s or an Arrow schema"
    )


def _type(kind: str | Type | Any) -> Type:
    if isinstance(kind, Type):
        return kind
    if isinstance(kind, str):
        return Type(kind)
    if hasattr(kind, "__arrow_c_schema__"):
        return _type_of_arrow(kind)
    raise TypeError(f"a {type(kind).__name__} is no column type: give text as in \"decimal(10,2)\"")


def _type_of_arrow(kind: Any) -> Type:
    try:
        import pyarrow
    except ImportError:
        raise InvalidArgument("an Arrow type needs pyarrow here; give the type's text") from None
    return Schema.from_arrow(pyarrow.schema([pyarrow.field("column", kind)])).fields[0].type


# What the native classes get from Python.


def _names(self: Schema) -> list[str]:
    return [each.name for each in self.fields]


def _get(self: Schema, key: int | str) -> Field:
    return self.field(key) if isinstance(key, str) else self.fields[key]


def _iterate(self: Schema) -> Iterator[Field]:
    return iter(self.fields)


def _contains(self: Schema, name: object) -> bool:
    return name in _names(self)


def _schema_repr(self: Schema) -> str:
    return "Schema(" + ", ".join(_field_text(each) for each in self.fields) + ")"


def _field_text(self: Field) -> str:
    return f"{self.name} {self.type}" + ("" if self.nullable else " not null")


def _schema_html(self: Schema) -> str:
    import html

    rows = "".join(
        f"<tr><td>{html.escape(each.name)}</td><td>{html.escape(str(each.type))}</td>"
        f"<td>{'' if each.nullable else 'not null'}</td><td>{html.escape(each.doc)}</td></tr>"
        for each in self.fields
    )
    return f"<table><thead><tr><th>column</th><th>type</th><th></th><th></th></tr></thead><tbody>{rows}</tbody></table>"


def _to_pyarrow(self: Schema) -> Any:
    import pyarrow

    return pyarrow.schema(self)


def _field_again(name: str, type: Type, nullable: bool, doc: str, metadata: dict[str, str]) -> Field:
    return Field(name, type, nullable, doc, metadata)


def _add(owner: Any, **members: Any) -> None:
    for name, member in members.items():
        setattr(owner, name, member)


_add(
    Schema,
    names=property(_names),
    __getitem__=_get,
    __iter__=_iterate,
    __contains__=_contains,
    __repr__=_schema_repr,
    _repr_html_=_schema_html,
    to_pyarrow=_to_pyarrow,
    __reduce__=lambda self: (Schema, (list(self.fields),)),
    __hash__=lambda self: hash(str(self)),
)
_add(
    Field,
    __repr__=lambda self: f"Field({_field_text(self)!r})",
    __str__=_field_text,
    __reduce__=lambda self: (_field_again, (self.name, self.type, self.nullable, self.doc, self.metadata)),
    __hash__=lambda self: hash(_field_text(self)),
)
