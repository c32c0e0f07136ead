"""The comparison tells apart what a reader can get wrong, and nothing else."""
import decimal

import pyarrow as pa
import pytest
from row_comparison import difference


def table(**columns):
    return pa.table(columns)


INT = pa.array([1, 2, None], pa.int32())


@pytest.mark.parametrize('left, right', [
    (table(a=INT, b=INT), table(b=INT, a=INT)),
    (table(a=INT), table(a=pa.array([None, 2, 1], pa.int32()))),
    (table(a=pa.array(['x', None])), table(a=pa.array([None, 'x'], pa.large_string()))),
    (table(a=pa.array([float('nan')])), table(a=pa.array([-float('nan')]))),
    (table(a=pa.array([1_000], pa.timestamp('ms'))), table(a=pa.array([1_000_000], pa.timestamp('us')))),
    (table(a=pa.array([[('k', 1), ('l', 2)]], pa.map_(pa.string(), pa.int32()))),
     table(a=pa.array([[('l', 2), ('k', 1)]], pa.map_(pa.string(), pa.int32())))),
])
def test_the_same(left, right):
    assert difference(left, right) is None


@pytest.mark.parametrize('left, right', [
    (table(a=INT), table(a=pa.array([1, 2, 0], pa.int32()))),
    (table(a=INT), table(a=INT.slice(1))),
    (table(a=INT), table(a=INT.cast(pa.int64()))),
    (table(a=INT), table(b=INT)),
    (table(a=pa.array([1, 1, 2])), table(a=pa.array([1, 2, 2]))),
    (table(a=pa.array([0.0])), table(a=pa.array([-0.0]))),
    (table(a=pa.array([0], pa.timestamp('us'))), table(a=pa.array([0], pa.timestamp('us', 'UTC')))),
    (table(a=pa.array([decimal.Decimal('1.0')], pa.decimal128(5, 1))), table(a=pa.array([decimal.Decimal('1.00')], pa.decimal128(5, 2)))),
    (table(a=pa.array([[]], pa.list_(pa.int32()))), table(a=pa.array([None], pa.list_(pa.int32())))),
    (table(a=pa.array([{'x': None}], pa.struct([('x', pa.int32())]))), table(a=pa.array([None], pa.struct([('x', pa.int32())])))),
    (table(a=pa.array(['x'])), table(a=pa.array([b'x']))),
])
def test_different(left, right):
    assert difference(left, right) is not None


def test_json_columns_compare_as_values():
    left, right = table(v=pa.array(['{"a": 1, "b": 2.50}'])), table(v=pa.array(['{"b":2.5,"a":1}']))
    assert difference(left, right) is not None
    assert difference(left, right, json_columns=['v']) is None
