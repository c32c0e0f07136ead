"""Predicates over a table, made from its own rows, in the two dialects of SQL: what a reader skips must not change a count."""
import datetime
import decimal
import math

import pyarrow as pa
import pyarrow.compute

EPOCH = datetime.datetime(1970, 1, 1)


def quoted(path, mark):
    return '.'.join(mark + name.replace(mark, mark * 2) + mark for name in path)


def leaves(type_fields, prefix=()):
    """(path, type) of every column and of every field of a struct that can be compared."""
    for field in type_fields:
        path = (*prefix, field.name)
        if pa.types.is_struct(field.type):
            yield from leaves(field.type, path)
        elif not pa.types.is_nested(field.type):
            yield path, field.type


def column(table, path):
    array = table.column(table.schema.names.index(path[0])).combine_chunks()
    for name in path[1:]:
        array = pa.compute.struct_field(array, name)
    return array


def timestamp_text(microseconds):
    return (EPOCH + datetime.timedelta(microseconds=microseconds)).isoformat(sep=' ', timespec='microseconds')


def cast(text, spark_type, lakelet_type=None):
    return f"cast('{text}' as {spark_type})", f"cast('{text}' as {lakelet_type or spark_type})"


def literal(value, type_):
    """(Spark, lakelet) text of the value, or None where a dialect has no literal for it."""
    is_ = pa.types
    if is_.is_boolean(type_):
        return str(value).lower(), str(value).lower()
    if is_.is_integer(type_):
        return cast(value, {8: 'tinyint', 16: 'smallint', 32: 'int', 64: 'bigint'}[type_.bit_width])
    if is_.is_floating(type_):
        text = 'NaN' if math.isnan(value) else repr(value).replace('inf', 'Infinity')
        return cast(text, 'float' if type_.bit_width == 32 else 'double')
    if is_.is_decimal(type_):
        return cast(format(value, 'f'), f'decimal({type_.precision},{type_.scale})')
    if is_.is_date(type_):
        return cast(value.isoformat(), 'date')
    if is_.is_timestamp(type_):
        try:
            text = timestamp_text(value)
        except OverflowError:
            return None
        if type_.tz:
            return f"cast('{text}Z' as timestamp)", f"cast('{text}+00' as timestamptz)"
        return cast(text, 'timestamp_ntz', 'timestamp')
    if is_.is_binary(type_) or is_.is_large_binary(type_):
        return f"unhex('{value.hex()}')", f"unhex('{value.hex()}')"
    if is_.is_string(type_) or is_.is_large_string(type_):
        if '\0' in value:
            return None
        return "'" + value.replace('\\', '\\\\').replace("'", "\\'") + "'", "'" + value.replace("'", "''") + "'"
    return None


def samples(array, type_):
    """The least, a middle and the greatest of the values, as Python values that `literal` takes."""
    if pa.types.is_timestamp(type_):
        array = array.cast(pa.timestamp('us', type_.tz)).cast(pa.int64())
    try:
        values = {value for value in array.to_pylist() if value is not None}
    except (ValueError, OverflowError):  # a year that Python has no date for
        return []
    number = [value for value in values if not (isinstance(value, float) and math.isnan(value))]
    ordered = sorted(number) + [math.nan] * (len(number) < len(values))
    return [ordered[0], ordered[len(ordered) // 2], ordered[-1]] if ordered else []


def predicates(table):
    """(Spark, lakelet) pairs over all columns of the rows in `table`."""
    found = []
    for path, type_ in leaves(table.schema):
        names = quoted(path, '`'), quoted(path, '"')
        found += [tuple(f'{name} {test}' for name in names) for test in ('is null', 'is not null')]
        texts = [literal(value, type_) for value in samples(column(table, path), type_)]
        if not texts or None in texts:
            continue
        low, middle, high = texts
        for pattern in ('{0} = {2}', '{0} <> {2}', '{0} < {2}', '{0} <= {1}', '{0} < {1}', '{0} > {3}', '{0} >= {3}',
                        '{0} in ({1}, {3})', '{0} between {1} and {2}', 'not ({0} >= {2})', '{0} is distinct from {2}',
                        '{0} > {2} or {0} is null'):
            found.append(tuple(pattern.format(names[side], low[side], middle[side], high[side]) for side in (0, 1)))
        if pa.types.is_string(type_) or pa.types.is_large_string(type_):
            found += [tuple(f'{names[side]} {test} {high[side]}' for side in (0, 1)) for test in ('like',) if '%' not in high[0] and '\\' not in high[0] and '_' not in high[0]]
    if len(found) > 2:
        found.append(tuple(f'({found[2][side]}) and ({found[-1][side]})' for side in (0, 1)))
    return found


def aggregates(table):
    """(Spark, lakelet) lists of counts and bounds of all columns: a reader may answer them from metadata."""
    found = [['count(*) n'], ['count(*) n']]
    for at, (path, type_) in enumerate(leaves(table.schema)):
        zero = f" + cast(0 as {'float' if type_.bit_width == 32 else 'double'})" if pa.types.is_floating(type_) else ''  # which zero of the two is the least is nobody's to say
        for side, mark in enumerate('`"'):
            name = quoted(path, mark)
            found[side] += [f'count({name}) n{at}', f'min({name}){zero} lo{at}', f'max({name}){zero} hi{at}']
    return tuple(', '.join(side) for side in found)
