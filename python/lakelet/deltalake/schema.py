"""Delta's column types, fields and schemas."""

from __future__ import annotations

import json
import re
from typing import Any, Union

from .. import _schema as native
from . import _arrow

__all__ = ["ArrayType", "DataType", "Field", "MapType", "PrimitiveType", "Schema", "StructType", "VariantType"]

# Delta's name -> lakelet's.
_PRIMITIVES = {
    "string": "string",
    "long": "bigint",
    "integer": "int",
    "short": "smallint",
    "byte": "tinyint",
    "float": "float",
    "double": "double",
    "boolean": "boolean",
    "binary": "binary",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp_ntz",
}
# lakelet's name -> Delta's: types that Delta lacks become the next ones that it has.
_DELTA_NAMES = {
    **{value: key for key, value in _PRIMITIVES.items()},
    "utinyint": "byte",
    "usmallint": "short",
    "uint": "integer",
    "ubigint": "long",
    "timestamp_ns": "timestamp_ntz",
    "timestamptz_ns": "timestamp",
    "fixed": "binary",
    "uuid": "string",
}
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")


def _dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class _Type:
    """What the types have in common: JSON, Arrow, equality."""

    type: str

    def _json(self) -> Any:
        raise NotImplementedError

    def _native(self) -> native.Type:
        raise NotImplementedError

    def to_json(self) -> str:
        return _dumps(self._json())

    def to_arrow(self) -> Any:
        """The Arrow type: arro3's where that package is installed, otherwise pyarrow's."""
        return _arrow.schema(native.Schema([native.field("", self._native())])).field(0).type

    def __arrow_c_schema__(self) -> object:
        return native.field("", self._native()).__arrow_c_schema__()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Type) and self._json() == other._json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    @classmethod
    def _checked(cls, made: Any) -> Any:
        if not isinstance(made, cls):
            raise TypeError(f"{made!r} is no {cls.__name__}")
        return made

    @classmethod
    def from_json(cls, type_json: str) -> Any:
        return cls._checked(_type_of_json(json.loads(type_json)))

    @classmethod
    def from_arrow(cls, data_type: Any) -> Any:
        return cls._checked(_type_of(native.Field.from_arrow(data_type).type))


class PrimitiveType(_Type):
    """A type without parts: "string", "long", "decimal(10,2)" ..."""

    def __init__(self, data_type: str) -> None:
        decimal = _DECIMAL.fullmatch(data_type)
        if data_type not in _PRIMITIVES and not decimal:
            raise ValueError(f"invalid type string: {data_type}")
        if decimal and not (1 <= int(decimal[1]) <= 38 and int(decimal[2]) <= int(decimal[1])):
            raise ValueError(f"invalid type string: {data_type}")
        self.type = f"decimal({decimal[1]},{decimal[2]})" if decimal else data_type

    def _json(self) -> Any:
        return self.type

    def _native(self) -> native.Type:
        return native.Type(_PRIMITIVES.get(self.type, self.type))

    def __repr__(self) -> str:
        return f'PrimitiveType("{self.type}")'


class VariantType(_Type):
    """Values of any type."""

    def __init__(self) -> None:
        self.type = "variant"

    def _json(self) -> Any:
        return "variant"

    def _native(self) -> native.Type:
        return native.Type("variant")

    def __repr__(self) -> str:
        return "VariantType()"


class ArrayType(_Type):
    """Lists of values of one type."""

    def __init__(self, element_type: DataType, contains_null: bool = True) -> None:
        self.type = "array"
        self.element_type = _as_type(element_type)
        self.contains_null = contains_null

    def _json(self) -> Any:
        return {"type": "array", "elementType": self.element_type._json(), "containsNull": self.contains_null}

    def _native(self) -> native.Type:
        return native.Type._list(native.field("element", self.element_type._native(), self.contains_null))

    def __repr__(self) -> str:
        return f"ArrayType({self.element_type!r}, contains_null={self.contains_null})"


class MapType(_Type):
    """Values by keys."""

    def __init__(self, key_type: DataType, value_type: DataType, value_contains_null: bool = True) -> None:
        self.type = "map"
        self.key_type = _as_type(key_type)
        self.value_type = _as_type(value_type)
        self.value_contains_null = value_contains_null

    def _json(self) -> Any:
        return {
            "type": "map",
            "keyType": self.key_type._json(),
            "valueType": self.value_type._json(),
            "valueContainsNull": self.value_contains_null,
        }

    def _native(self) -> native.Type:
        value = native.field("value", self.value_type._native(), self.value_contains_null)
        return native.Type._map(native.field("key", self.key_type._native(), False), value)

    def __repr__(self) -> str:
        return f"MapType({self.key_type!r}, {self.value_type!r}, value_contains_null={self.value_contains_null})"


class Field:
    """A column, or a part of a struct."""

    def __init__(
        self, name: str, type: DataType, nullable: bool = True, metadata: dict[str, Any] | None = None
    ) -> None:
        self.name = name
        self.type = _as_type(type)
        self.nullable = nullable
        self.metadata = dict(metadata or {})

    def _json(self) -> Any:
        return {"name": self.name, "type": self.type._json(), "nullable": self.nullable, "metadata": self.metadata}

    def _native(self) -> native.Field:
        comment = self.metadata.get("comment", "")
        metadata = {key: json.dumps(value) for key, value in self.metadata.items() if key != "comment"}
        return native.Field(self.name, self.type._native(), self.nullable, str(comment), metadata)

    def to_json(self) -> str:
        return _dumps(self._json())

    @staticmethod
    def from_json(field_json: str) -> Field:
        return _field_of_json(json.loads(field_json))

    def to_arrow(self) -> Any:
        return _arrow.schema(native.Schema([self._native()])).field(0)

    @staticmethod
    def from_arrow(field: Any) -> Field:
        return _field_of(native.Field.from_arrow(field))

    def __arrow_c_schema__(self) -> object:
        return self._native().__arrow_c_schema__()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and self._json() == other._json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        metadata = f", metadata={self.metadata}" if self.metadata else ""
        return f"Field({self.name}, {self.type!r}, nullable={self.nullable}{metadata})"


class StructType(_Type):
    """Named fields."""

    def __init__(self, fields: list[Field]) -> None:
        self.type = "struct"
        self.fields = list(fields)

    def _json(self) -> Any:
        return {"type": "struct", "fields": [field._json() for field in self.fields]}

    def _native(self) -> native.Type:
        return native.Type._struct([field._native() for field in self.fields])

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.fields))}])"


class Schema(StructType):
    """The columns of a table."""

    @property
    def invariants(self) -> list[tuple[str, str]]:
        """(column, condition) of the columns that have one of the old kind, in their metadata."""
        found = []
        for field in self.fields:
            text = field.metadata.get("delta.invariants")
            if text:
                found.append((field.name, json.loads(text)["expression"]["expression"]))
        return found

    def native(self) -> native.Schema:
        """lakelet's schema."""
        return native.Schema([field._native() for field in self.fields])

    def to_arrow(self, as_large_types: bool = False) -> Any:
        """The Arrow schema: arro3's where that package is installed, otherwise pyarrow's."""
        return _arrow.schema(_arrow.large(self.native()) if as_large_types else self.native())

    def __arrow_c_schema__(self) -> object:
        return self.native().__arrow_c_schema__()

    def json(self) -> Any:
        """What to_json() gives, parsed."""
        return self._json()

    @classmethod
    def from_json(cls, schema_json: str) -> Schema:  # pyright: ignore[reportIncompatibleMethodOverride]
        return cls([_field_of_json(field) for field in json.loads(schema_json)["fields"]])

    @classmethod
    def from_arrow(cls, data_type: Any) -> Schema:
        return schema_of(native.Schema.from_arrow(data_type))


DataType = Union[PrimitiveType, MapType, StructType, ArrayType, VariantType]


def schema_of(schema: native.Schema) -> Schema:
    """Delta's schema of lakelet's."""
    return Schema([_field_of(field) for field in schema.fields])


def _as_type(given: Any) -> Any:
    if isinstance(given, _Type):
        return given
    if isinstance(given, str):
        return VariantType() if given == "variant" else PrimitiveType(given)
    raise ValueError(f"{given!r} is no data type")


def _field_of(field: native.Field) -> Field:
    metadata: dict[str, Any] = {key: json.loads(text) for key, text in field.metadata.items()}
    if field.doc:
        metadata["comment"] = field.doc
    return Field(field.name, _type_of(field.type), nullable=field.nullable, metadata=metadata)


def _type_of(type: native.Type) -> Any:
    kind, parts = type.kind, type.children
    if kind == "struct":
        return StructType([_field_of(part) for part in parts])
    if kind == "list":
        return ArrayType(_type_of(parts[0].type), contains_null=parts[0].nullable)
    if kind == "map":
        return MapType(_type_of(parts[0].type), _type_of(parts[1].type), value_contains_null=parts[1].nullable)
    if kind == "variant":
        return VariantType()
    if kind == "decimal":
        return PrimitiveType(f"decimal({type.precision},{type.scale})")
    if kind not in _DELTA_NAMES:
        raise ValueError(f"Delta has no type for {type}")
    return PrimitiveType(_DELTA_NAMES[kind])


def _type_of_json(value: Any) -> Any:
    if isinstance(value, str):
        return _as_type(value)
    if value["type"] == "array":
        return ArrayType(_type_of_json(value["elementType"]), contains_null=value["containsNull"])
    if value["type"] == "map":
        key, item = _type_of_json(value["keyType"]), _type_of_json(value["valueType"])
        return MapType(key, item, value_contains_null=value["valueContainsNull"])
    return StructType([_field_of_json(field) for field in value["fields"]])


def _field_of_json(value: Any) -> Field:
    return Field(value["name"], _type_of_json(value["type"]), nullable=value["nullable"], metadata=value.get("metadata"))
