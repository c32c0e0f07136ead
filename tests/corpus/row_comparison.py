"""Are two Arrow tables the same rows, whichever engine made them?

Rows are compared as multisets: floats by their bits (NaN equals NaN), timestamps as UTC nanoseconds, decimals by value, maps
without order, nested values deep; null and empty stay apart. Types are compared exactly: widths, decimal precision and scale,
and `timestamp` is not `timestamp_tz`.
"""
import collections
import decimal
import fnmatch
import json
import math
import struct

import pyarrow as pa
import pyarrow.parquet

NANOSECONDS = {'s': 10**9, 'ms': 10**6, 'us': 10**3, 'ns': 1}
WIDE = decimal.Context(prec=100)
TEXT_LIKE = {'uuid', 'string', 'binary'}


def load(path):
    """An Arrow table from Parquet, an Arrow IPC file or an Arrow IPC stream."""
    with open(path, 'rb') as file:
        magic = file.read(6)
    if magic[:4] == b'PAR1':
        return pyarrow.parquet.ParquetFile(path).read()
    if magic == b'ARROW1':
        return pa.ipc.open_file(path).read_all()
    return pa.ipc.open_stream(path).read_all()


def type_signature(type_):
    """A name for what a type means, free of how an engine lays it out (large_string and string_view are strings)."""
    is_ = pa.types
    if isinstance(type_, pa.BaseExtensionType):
        name = str(getattr(type_, 'extension_name', type_))
        if 'uuid' in name:
            return 'uuid'
        return 'string' if 'json' in name else type_signature(type_.storage_type)
    if is_.is_dictionary(type_):
        return type_signature(type_.value_type)
    if is_.is_floating(type_):
        return {'float': 'float32', 'double': 'float64', 'halffloat': 'float16'}[str(type_)]
    if is_.is_decimal(type_):
        return f'decimal({type_.precision},{type_.scale})'
    if is_.is_string(type_) or is_.is_large_string(type_) or str(type_) == 'string_view':
        return 'string'
    if is_.is_binary(type_) or is_.is_large_binary(type_) or is_.is_fixed_size_binary(type_) or str(type_) == 'binary_view':
        return 'binary'
    if is_.is_date(type_):
        return 'date'
    if is_.is_time(type_):
        return 'time'
    if is_.is_timestamp(type_):
        return 'timestamp_tz' if type_.tz else 'timestamp'
    if is_.is_map(type_):
        return f'map<{type_signature(type_.key_type)},{type_signature(type_.item_type)}>'
    if is_.is_list(type_) or is_.is_large_list(type_) or is_.is_fixed_size_list(type_) or 'list_view' in str(type_):
        return f'list<{type_signature(type_.value_type)}>'
    if is_.is_struct(type_):
        return 'struct<' + ','.join(f'{field.name}:{type_signature(field.type)}' for field in type_) + '>'
    return str(type_)


def values(array):
    """The array as a list of plain Python values that compare as their meaning does."""
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in values(chunk)]
    if isinstance(array, pa.ExtensionArray):
        if 'uuid' in str(getattr(array.type, 'extension_name', '')):
            return [uuid_value(value) for value in array.storage.to_pylist()]
        array = array.storage
    type_, is_ = array.type, pa.types
    if is_.is_dictionary(type_):
        return values(array.dictionary_decode())
    if str(type_) in ('string_view', 'binary_view'):
        return values(array.cast(pa.large_string() if str(type_) == 'string_view' else pa.large_binary()))
    if is_.is_fixed_size_list(type_):
        return values(array.cast(pa.list_(type_.value_type)))
    if is_.is_struct(type_) or is_.is_map(type_) or is_.is_list(type_) or is_.is_large_list(type_):
        return nested_values(array)
    if is_.is_floating(type_):
        return [None if value is None else float_bits(value) for value in array.to_pylist()]
    if is_.is_decimal(type_):
        return [None if value is None else decimal_text(value) for value in array.to_pylist()]
    if is_.is_binary(type_) or is_.is_large_binary(type_) or is_.is_fixed_size_binary(type_):
        return [None if value is None else 'x' + value.hex() for value in array.to_pylist()]
    if is_.is_date32(type_):
        return array.cast(pa.int32()).to_pylist()
    if is_.is_date64(type_):
        return [None if value is None else value // 86_400_000 for value in array.cast(pa.int64()).to_pylist()]
    if is_.is_time(type_) or is_.is_timestamp(type_) or is_.is_duration(type_):
        integers = array.cast(pa.int32() if is_.is_time32(type_) else pa.int64()).to_pylist()
        return [None if value is None else value * NANOSECONDS[type_.unit] for value in integers]
    if is_.is_interval(type_):
        return [None if value is None else [value.months, value.days, value.nanoseconds] for value in array.to_pylist()]
    return array.to_pylist()


def nested_values(array):
    type_, valid = array.type, array.is_valid().to_pylist()
    if pa.types.is_struct(type_):
        children = [values(child) for child in array.flatten()]
        names = [field.name for field in type_]
        return [[[name, child[row]] for name, child in zip(names, children)] if valid[row] else None for row in range(len(array))]
    offsets = array.offsets.to_pylist()
    if pa.types.is_map(type_):
        keys, items = values(array.keys), values(array.items)
        entries = [[key, item] for key, item in zip(keys, items)]
        return [sorted(entries[offsets[row]:offsets[row + 1]], key=json.dumps) if valid[row] else None for row in range(len(array))]
    items = values(array.values)
    return [items[offsets[row]:offsets[row + 1]] if valid[row] else None for row in range(len(array))]


def float_bits(value):
    return 'nan' if math.isnan(value) else struct.pack('>d', value).hex()


def decimal_text(value):
    value = value.normalize(WIDE)
    return '0' if value == 0 else format(value, 'f')


def uuid_value(value):
    if value is None:
        return None
    return value.hex() if isinstance(value, bytes) else str(value).replace('-', '').lower().removeprefix('x')


def json_value(text):
    """JSON text in one spelling; what isn't JSON stays as it is."""
    if text is None:
        return None

    def one_spelling(value):
        if isinstance(value, dict):
            return {key: one_spelling(item) for key, item in sorted(value.items())}
        if isinstance(value, list):
            return [one_spelling(item) for item in value]
        if isinstance(value, (decimal.Decimal, int)) and not isinstance(value, bool):
            return ['number', decimal_text(decimal.Decimal(value))]
        return value

    try:
        return json.dumps(one_spelling(json.loads(text, parse_float=decimal.Decimal)), sort_keys=True)
    except ValueError:
        return text


def json_anywhere(value):
    """JSON text in one spelling, wherever it is inside a nested value."""
    if isinstance(value, str):
        return json_value(value) if value[:1] in tuple('{["-0123456789tfn') else value
    return [json_anywhere(item) for item in value] if isinstance(value, list) else value


def rows(table, columns, json_columns, uuid_columns):
    cells = []
    for column in columns:
        cell = values(table.column(table.schema.names.index(column)))
        if column in json_columns:
            cell = [json_value(value) if isinstance(value, str) else json_anywhere(value) for value in cell]
        if column in uuid_columns:
            cell = [uuid_value(value) for value in cell]
        cells.append(cell)
    return [json.dumps(row) for row in (zip(*cells) if cells else [()] * table.num_rows)]


def difference(expected, actual, ignore_columns=(), json_columns=(), uuid_columns=()):
    """None when the tables are the same, else one line that says how they differ. The order of columns and rows is free."""
    def kept(table):
        return [name for name in table.schema.names if not any(fnmatch.fnmatchcase(name, glob) for glob in ignore_columns)]

    columns, got = kept(expected), kept(actual)
    if sorted(columns) != sorted(got):
        return f'columns differ: missing {sorted(set(columns) - set(got))}, extra {sorted(set(got) - set(columns))}'
    uuids = set(uuid_columns)
    for name in columns:
        if name in json_columns or name in uuids or len(set(got)) != len(got):
            continue
        want, have = (type_signature(table.schema.field(name).type) for table in (expected, actual))
        if want == have or 'null' in (want, have):
            continue
        if 'uuid' not in (want, have) or not {want, have} <= TEXT_LIKE:
            return f'type of {name}: {have}, expected {want}'
        uuids.add(name)
    if expected.num_rows != actual.num_rows:
        return f'{actual.num_rows} rows, expected {expected.num_rows}'
    want, have = (collections.Counter(rows(table, columns, json_columns, uuids)) for table in (expected, actual))
    if want == have:
        return None
    missing, extra = list((want - have).elements()), list((have - want).elements())
    return f'{len(missing)} rows differ; expected {missing[0][:200]}, got {extra[0][:200]}'
