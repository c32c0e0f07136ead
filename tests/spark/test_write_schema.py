"""Tables whose columns lakelet changed: Spark reads them, and goes on writing."""
import json

import pyarrow as pa
import pyarrow.parquet
import pytest


def both(table):
    table.reopened_sql('select 1')
    table.check()


def alter(table, *arguments):
    table.lakelet_ok('alter', table.path, *arguments)


def test_an_existing_table_gets_column_mapping(table):
    table.create('id int, p string, s struct<x: int, y: string>, l array<struct<e: int>>', rest='partitioned by (p)')
    table.sql("insert into {t} values (1, 'a', named_struct('x', 1, 'y', 'z'), array(named_struct('e', 1)))")
    alter(table, 'set-property', 'delta.columnMapping.mode=name')
    both(table)
    alter(table, 'rename-column', 'id', 'number')
    alter(table, 'rename-column', 'p', 'part')
    alter(table, 'rename-column', 's.x', 'renamed')
    alter(table, 'rename-column', 'l.element.e', 'f')
    both(table)
    table.sql("insert into {t} values (2, 'b', named_struct('renamed', 2, 'y', null), array(named_struct('f', 5)))")
    table.lakelet_ok('sql', f"insert into '{table.path}' values (3, 'c', {{'renamed': 3, 'y': 'w'}}, [])")
    both(table)
    alter(table, 'drop-column', 's.y')
    alter(table, 'drop-column', 'l')
    alter(table, 'add-column', 'l', 'string')
    alter(table, 'add-column', 's.z', 'double', '--first')
    both(table)
    table.sql("insert into {t} values (4, 'a', named_struct('z', 1.5D, 'renamed', 4), 'new')", "update {t} set l = 'spark' where number = 1",
              'alter table {t} rename column l to text', 'alter table {t} add column (more int)', 'optimize {t}')
    both(table)
    table.lakelet_ok('update', table.path, '--set', 'more = 1', '--where', "part = 'a'")
    both(table)
    table.check_versions()
    assert len({field['metadata']['delta.columnMapping.id'] for field in json.loads(table.actions('metaData')[-1]['schemaString'])['fields']}) == 5


@pytest.mark.parametrize('mode', ['name', 'id'])
def test_a_new_table_with_column_mapping(table, mode):
    table.lakelet_ok('create', table.path, '--schema', 'id int, p string, s struct<a: int, b: map<string, struct<c: date>>>', '--partition-by', 'p',
                     '--property', f'delta.columnMapping.mode={mode}')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (1, 'x', {{'a': 1, 'b': map(['k'], [{{'c': date '2020-01-01'}}])}})")
    both(table)
    table.sql("insert into {t} values (2, 'y', named_struct('a', 2, 'b', map('k', named_struct('c', date'2021-01-01'))))", 'alter table {t} rename column id to n')
    alter(table, 'drop-column', 's.a')
    both(table)
    table.sql("insert into {t} values (3, 'z', named_struct('b', null))", 'delete from {t} where n = 1')
    both(table)


def test_types_get_wider(table):
    table.lakelet_ok('create', table.path, '--schema',
                     'b tinyint, i int, f float, d decimal(5,2), t date, l array<smallint>, m map<int, struct<x: float>>, p smallint', '--partition-by', 'p')
    row = "({0}, {0}, 0.5, 1.25, date '2020-01-01', [{0}], map([{0}], [{{'x': 1.5}}]), {0})"
    table.lakelet_ok('sql', f"insert into '{table.path}' values {row.format(1)}")
    alter(table, 'set-property', 'delta.enableTypeWidening=true')
    for column, type_ in [('b', 'smallint'), ('b', 'bigint'), ('i', 'double'), ('f', 'double'), ('d', 'decimal(12,4)'), ('t', 'timestamp_ntz'), ('l.element', 'bigint'),
                          ('m.key', 'bigint'), ('m.value.x', 'double'), ('p', 'int')]:
        alter(table, 'set-type', column, type_)
    both(table)
    table.sql("insert into {t} values (5000000000, 0.25D, 1e300D, 12345678.1234, timestamp_ntz'2020-01-01 01:02:03', array(5000000000), "
              "map(5000000000, named_struct('x', 1e300D)), 100000)", 'alter table {t} alter column p type bigint')
    both(table)
    table.lakelet_ok('delete', table.path, '--where', 'b = 1')
    both(table)


def test_schema_evolution_widens_and_nests(table):
    table.lakelet_ok('create', table.path, '--schema', 'id int, s struct<a: int>, l array<struct<e: int>>', '--property', 'delta.enableTypeWidening=true',
                     '--property', 'delta.columnMapping.mode=name')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (1, {{'a': 1}}, [{{'e': 1}}])")
    wider = table.path.parent / 'wider.parquet'
    pyarrow.parquet.write_table(pa.table({'id': pa.array([5_000_000_000]), 's': pa.array([{'a': 2, 'b': 'x'}], pa.struct([('a', pa.int64()), ('b', pa.string())])),
                                          'l': pa.array([[{'e': 1, 'f': 2.5}]]), 'later': [1.5]}), wider)
    table.lakelet_ok('import', table.path, wider, '--schema-mode', 'merge')
    both(table)
    table.sql("insert into {t} values (7, named_struct('a', 1L, 'b', 'spark'), null, null)")
    both(table)


def test_nulls_comments_constraints_and_properties(table):
    table.create('id int, v string', "insert into {t} values (1, 'a'), (2, 'b')")
    alter(table, 'set-not-null', 'id')
    alter(table, 'set-comment', 'v', 'what it says')
    alter(table, 'set-description', 'a table')
    alter(table, 'add-column', 'n', 'int', '--after', 'id', '--comment', 'a number')
    alter(table, 'move-column', 'v', '--first')
    alter(table, 'set-property', 'delta.logRetentionDuration=interval 60 days', 'owner=me')
    alter(table, 'unset-property', 'owner')
    alter(table, 'add-constraint', 'positive', 'id > 0')
    both(table)
    with pytest.raises(Exception, match='(?i)null'):
        table.sql("insert into {t} values ('x', null, 1)")
    with pytest.raises(Exception, match='(?i)positive'):
        table.sql("insert into {t} values ('x', -1, 1)")
    table.sql("insert into {t} values ('x', 3, 1)")
    both(table)
    shown = {row['col_name']: row['comment'] for row in table.sql('describe table {t}').collect()}
    assert shown['v'] == 'what it says' and shown['n'] == 'a number'
    alter(table, 'drop-constraint', 'positive')
    table.sql("insert into {t} values ('x', -1, 1)")
    both(table)


def test_replaced_and_truncated(table):
    table.create('id int, p string', "insert into {t} values (1, 'a'), (2, 'b')", rest='partitioned by (p)')
    table.lakelet_ok('sql', f"create or replace table '{table.path}' partitioned by (day) as select 'x' as name, date '2020-01-01' as day")
    both(table)
    table.sql("insert into {t} values ('y', date'2021-01-01')")
    table.lakelet_ok('sql', f"truncate '{table.path}'")
    both(table)
    table.check_versions()
