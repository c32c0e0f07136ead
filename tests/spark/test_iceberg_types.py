"""Values of every type in Iceberg tables: those that Spark wrote, read by lakelet, and those that lakelet wrote, read by Spark."""
import json

import pytest

VERSIONS = [1, 2, 3]
EVERY = """id bigint, bo boolean, i int, f float, d double, d9 decimal(9,2), d18 decimal(18,4), d38 decimal(38,10), s string, b binary, dt date, ts timestamp,
           tn timestamp_ntz"""
ROWS = [
    "(1, true, -2147483648, -1.5, 2.25, 1.10, -99999999999999.9999, -9999999999999999999999999999.9999999999, 'ünï ''quoted''', x'00ff', date'1969-12-31', timestamp'1969-12-31 23:59:59.999999', timestamp_ntz'1969-12-31 23:59:59.999999')",
    "(2, false, 2147483647, float('NaN'), double('-Infinity'), -9999999.99, 0, 0.0000000001, '', x'', date'9999-12-31', timestamp'9999-12-31 23:59:59.999999', timestamp_ntz'0001-01-01 00:00:00')",
    "(9223372036854775807, true, 0, float('-0.0'), double('NaN'), 0, 1, 1, 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz', x'ffffffffffffffffffffffffffffffffffffff', date'2024-02-29', timestamp'2024-02-29 12:00:00', timestamp_ntz'1500-01-01 00:00:00')",
    '(4' + ', null' * 12 + ')',
]
NESTED = """id bigint, st struct<a: int, b: struct<c: string, d: array<int>>>, li array<struct<k: string, v: double>>, mp map<string, array<bigint>>"""
NESTED_ROWS = [
    "(1, named_struct('a', 1, 'b', named_struct('c', 'x', 'd', array(1, null))), array(named_struct('k', 'p', 'v', 1.5d)), map('one', array(1L), 'two', null))",
    "(2, named_struct('a', null, 'b', null), array(), map())",
    '(3, null, null, null)',
    "(4, named_struct('a', 4, 'b', named_struct('c', null, 'd', array())), array(null, named_struct('k', null, 'v', null)), map('', array()))",
]


def fill(table, rows):
    for row in rows:
        table.sql(f'insert into {{t}} values {row}')


@pytest.mark.parametrize('version', VERSIONS)
def test_spark_writes(iceberg, version):
    table = iceberg().create(EVERY, version=version)
    fill(table, ROWS)
    table.check()
    table.run("update {t} set s = s || '!' where id < 3", 'insert into {t} from {t} where id = 2')
    table.check()


@pytest.mark.parametrize('version', VERSIONS)
def test_spark_writes_nested(iceberg, version):
    table = iceberg().create(NESTED, version=version)
    fill(table, NESTED_ROWS)
    table.check()
    table.run("update {t} set st = {'a': 7, 'b': {'c': 'new', 'd': [NULL, 8]}} where id = 3", 'insert into {t} from {t} where id = 4')
    table.check()


@pytest.mark.parametrize('version', VERSIONS)
def test_lakelet_writes(iceberg, version):
    """Rows that Spark made, copied by lakelet into a table of its own, which Spark reads and changes."""
    source = iceberg().create(EVERY)
    fill(source, ROWS)
    copy = iceberg()
    copy.run(f"create table {{t}} with (format = 'iceberg', \"format-version\" = '{version}') as from '{source.path}'")
    assert copy.check().num_rows == 4
    copy.sql('insert into {t} select * from ' + source.name, "update {t} set s = 'spark' where i = 0", 'delete from {t} where bo is null')
    copy.check()
    copy.run('delete from {t} where bo')
    assert copy.check().num_rows == 2


@pytest.mark.parametrize('version', VERSIONS)
def test_lakelet_writes_nested(iceberg, version):
    source = iceberg().create(NESTED)
    fill(source, NESTED_ROWS)
    copy = iceberg()
    copy.run(f"create table {{t}} with (format = 'iceberg', \"format-version\" = '{version}') as from '{source.path}'")
    copy.check()
    copy.sql('insert into {t} select * from ' + source.name, "update {t} set st.a = 9 where id = 1")
    copy.check()


def test_not_null_and_comments(iceberg):
    table = iceberg().make("id bigint not null, s varchar")
    columns = {field.name: field.nullable for field in table.sql('select * from {t}').schema}
    assert columns == {'id': False, 's': True}
    table.sql('alter table {t} alter column s comment "some text"', 'insert into {t} values (1, null)')
    assert table.lakelet('sql', f"insert into '{table.path}' values (NULL, 'x')").returncode == 8
    table.check()
    theirs = iceberg().create('id bigint not null, s string not null comment "c"')
    assert theirs.lakelet('sql', f"insert into '{theirs.path}' values (1, NULL)").returncode == 8
    theirs.run("insert into {t} values (1, 'x')")
    theirs.check()


VARIANTS = """values (1L, '{"a": 1, "b": [true, null, "x"], "c": {"d": 1.5}}'), (2L, '"text"'), (3L, 'null'), (4L, '-12345678901'), (5L, null) s(id, j)"""


def check_variants(table, ours='v', theirs='v'):
    expected = table.sql(f"select id, to_json({theirs}) j, try_variant_get({theirs}, '$.a', 'int') a from {{t}}").toArrow().to_pylist()
    actual = table.lakelet_sql(f"select id, case when {ours} is not null then {ours}::json::varchar end j, try_cast({ours}.a as integer) a from {{t}}").to_pylist()
    for row in actual:
        row['j'] = row['j'] and json.dumps(json.loads(row['j']), sort_keys=True)
    for row in expected:
        row['j'] = row['j'] and json.dumps(json.loads(row['j']), sort_keys=True)
    order = lambda row: row['id']  # noqa: E731
    assert sorted(expected, key=order) == sorted(actual, key=order)


@pytest.mark.parametrize('maker', ['spark', 'lakelet'])
def test_variants(iceberg, maker):
    """Version 3: each reads the other's variants, and changes rows that have them."""
    table = iceberg()
    table.create('id bigint, v variant', version=3) if maker == 'spark' else table.make('id bigint, v variant', version=3)
    table.sql('insert into {t} select id, parse_json(j) from ' + VARIANTS)
    check_variants(table)
    table.run('insert into {t} select id + 10, v from {t} where id < 5', "insert into {t} values (20, {'a': 7, 'z': [1, 2]}::variant)")
    check_variants(table)
    table.run("update {t} set v = {'a': 8}::variant where id = 2", 'delete from {t} where id = 3')
    check_variants(table)
    table.sql("update {t} set v = parse_json('[1]') where id = 11", 'delete from {t} where id = 12')
    check_variants(table)


def test_variants_inside_of_others(iceberg):
    table = iceberg().create('id bigint, st struct<x: variant>', version=3)
    table.sql("insert into {t} select id, named_struct('x', parse_json(j)) from " + VARIANTS)
    check_variants(table, 'st.x', 'st.x')


@pytest.mark.parametrize('codec', ['zstd', 'gzip', 'snappy', 'uncompressed'])
def test_codecs(iceberg, codec):
    table = iceberg().create('id bigint, s string', properties={'write.parquet.compression-codec': codec})
    table.sql("insert into {t} select id, 'v' || id from range(1000)")
    table.check()
    table.run("insert into {t} select range, 'w' from range(10)")
    table.check()
