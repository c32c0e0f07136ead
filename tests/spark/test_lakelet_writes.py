"""The other direction: what lakelet writes, Spark reads and writes on."""
import json

import pyarrow as pa
import pyarrow.parquet
import pytest

from test_values import EVERY, EXTREMES


def both(table, order='id'):
    """Spark reads what lakelet reads, then changes the table, and lakelet reads that too."""
    table.reopened_sql('select 1')
    table.check()


def test_create_append_overwrite_delete_update_merge(table):
    path = table.path
    table.lakelet_ok('create', path, '--schema', 'id bigint, v string, p int', '--partition-by', 'p', '--description', 'from lakelet')
    both(table)
    table.lakelet_ok('sql', f"insert into '{path}' select i, 'v' || i, i % 3 from range(30) r(i)")
    both(table)
    table.lakelet_ok('update', path, '--set', "v = 'changed'", '--where', 'id % 7 = 0')
    table.lakelet_ok('delete', path, '--where', 'p = 1 and id < 20')
    both(table)
    source = path.parent / 'source.csv'
    source.write_text('id,v,p\n3,merged,0\n100,new,5\n')
    table.lakelet_ok('merge', path, '--source', source, '--on', 'target.id = source.id', '--update-all', '--insert-all')
    both(table)
    table.sql("insert into {t} values (500, 'spark', 2)", "update {t} set v = 'spark' where id = 6",
              "merge into {t} t using (select 9L id, 'm' v, 0 p) s on t.id = s.id when matched then update set * when not matched then insert *")
    both(table)
    replacement = path.parent / 'replacement.csv'
    replacement.write_text('id,v,p\n77,only,0\n')
    table.lakelet_ok('import', path, replacement, '--mode', 'overwrite', '--where', 'p = 0')
    both(table)
    table.lakelet_ok('import', path, replacement, '--mode', 'overwrite')
    both(table)
    table.check_versions()
    table.sql('optimize {t}', 'vacuum {t} dry run', 'describe detail {t}')
    assert [row['version'] for row in table.history()] == [row['version'] for row in json.loads(table.lakelet_ok('history', path, '--format', 'json'))]


def test_every_type(table):
    """Rows of every type that Spark made, copied by lakelet into a table of its own."""
    table.create(EVERY)
    for row in EXTREMES:
        table.sql(f'insert into {{t}} values {row}')
    copy = type(table)(table.spark, table.path.parent / 'copy')
    table.lakelet_ok('sql', f"create table '{copy.path}' as select * from '{table.path}'")
    both(copy)
    copy.lakelet_ok('update', copy.path, '--set', 'bo = not bo', '--where', 'id < 3')
    both(copy)
    copy.sql('insert into {t} select * from ' + table.name)
    both(copy)


def test_nested_types(table):
    table.lakelet_ok('sql', f"""create table '{table.path}' as select 1::bigint id, {{'a': 1, 'b': ['x', null]}} s, [[1, null], null, []] l,
        map(['k'], [{{'d': 1.5::decimal(10,2)}}]) m union all select 2, null, null, null union all select 3, {{'a': null, 'b': null}}, [], map()""")
    both(table)
    table.sql("insert into {t} values (4, named_struct('a', 5, 'b', array('y')), array(array(1)), map('z', named_struct('d', 2.25)))")
    both(table)


@pytest.mark.parametrize('type_, values', [
    ('string', ["'a b'", "'50%'", "'%41'", "'é/ü'", "'a=b:c'", "'#?&+'", "' '", "'quo\"te'", "'x''y'", "'\\'"]),
    ('int', ['-5', '2147483647']), ('boolean', ['true', 'false']), ('date', ["date '1500-02-28'", "date '2024-02-29'"]),
    ('timestamp', ["timestamptz '2020-01-01 01:02:03.456789+00'", "timestamptz '1500-06-01 00:00:00+00'"]), ('timestamp_ntz', ["timestamp '2020-01-01 01:02:03.456789'"]),
    ('decimal(20,4)', ['1234567890123456.7891', '-0.5']), ('double', ["'NaN'::double", '1e300::double', '-0.1::double']), ('float', ['0.1::float'])])
def test_partitions(table, type_, values):
    table.lakelet_ok('create', table.path, '--schema', f'id int, p {type_}', '--partition-by', 'p')
    rows = ', '.join(f'({at}, {value})' for at, value in enumerate([*values, 'null']))
    table.lakelet_ok('sql', f"insert into '{table.path}' values {rows}")
    both(table)
    table.sql('delete from {t} where id = 0', 'insert into {t} select id + 100, p from {t}')
    both(table)
    table.lakelet_ok('update', table.path, '--set', 'id = id + 1000', '--where', 'id > 100')
    both(table)


def test_checkpoints(table):
    table.lakelet_ok('create', table.path, '--schema', 'id int, s struct<x: string>, p string', '--partition-by', 'p', '--property', 'delta.checkpointInterval=3')
    for value in range(8):
        table.lakelet_ok('sql', f"insert into '{table.path}' values ({value}, {{'x': 'v{value}'}}, 'é {value % 2}')")
    table.lakelet_ok('delete', table.path, '--where', 'id = 4')
    checkpoints = table.log_files('*.checkpoint.parquet')
    assert checkpoints
    newest = int(checkpoints[-1].name[:20])
    for commit in table.log_files('0*.json'):
        if int(commit.stem) < newest:
            commit.unlink()
    both(table)
    table.sql("insert into {t} values (100, named_struct('x', 'spark'), 'é 0')", 'delete from {t} where id = 2')
    table.checkpoint()
    both(table)


def test_evolving_schema(table):
    table.lakelet_ok('create', table.path, '--schema', 'id int, s struct<a: int>')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (1, {{'a': 1}})")
    wider = table.path.parent / 'wider.parquet'
    pyarrow.parquet.write_table(pa.table({'id': pa.array([2], pa.int32()),
                                          's': pa.array([{'a': 2}], pa.struct([('a', pa.int32())])), 'later': [5.5]}), wider)
    table.lakelet_ok('import', table.path, wider, '--schema-mode', 'merge')
    both(table)
    table.lakelet_ok('import', table.path, wider, '--mode', 'overwrite', '--schema-mode', 'overwrite')
    both(table)
    table.check_versions()


@pytest.mark.parametrize('mode', ['name', 'id'])
def test_on_a_table_with_column_mapping(table, mode):
    table.create('id int, p string, s struct<x: int, y: string>, l array<struct<e: int>>', properties={'delta.columnMapping.mode': mode}, rest='partitioned by (p)')
    table.sql("insert into {t} values (1, 'a', named_struct('x', 1, 'y', 'z'), array(named_struct('e', 1)))", 'alter table {t} rename column id to number',
              'alter table {t} rename column s.x to renamed')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2, 'é b', {{'renamed': 2, 'y': null::varchar}}, [{{'e': 5}}]), (3, null, null, null)")
    both(table)
    table.lakelet_ok('update', table.path, '--set', 'number = 10', '--where', 'number = 1')
    table.lakelet_ok('delete', table.path, '--where', 'number = 3')
    both(table)
    table.sql("insert into {t} values (7, 'a', null, null)", 'update {t} set number = 8 where number = 2')
    both(table)


def test_on_a_table_with_deletion_vectors(table):
    table.create('id bigint, v string', "insert into {t} select id, 'a' from range(0, 50, 1, 2)", 'delete from {t} where id % 5 = 0',
                 properties={'delta.enableDeletionVectors': 'true'})
    table.lakelet_ok('update', table.path, '--set', "v = 'lakelet'", '--where', 'id % 7 = 0')
    table.lakelet_ok('delete', table.path, '--where', 'id % 11 = 0')
    both(table)
    table.sql('delete from {t} where id % 3 = 0')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (1000, 'new')")
    both(table)
    table.check_versions()


def test_on_a_table_with_widened_types_and_v2_checkpoints(table):
    table.create('id int, v smallint', 'insert into {t} values (1, 1), (2, 2)', 'alter table {t} alter column v type bigint',
                 properties={'delta.enableTypeWidening': 'true', 'delta.checkpointPolicy': 'v2', 'delta.checkpointInterval': '4'})
    for value in range(5):
        table.lakelet_ok('sql', f"insert into '{table.path}' values ({value}, 5000000000)")
    table.lakelet_ok('update', table.path, '--set', 'v = v + 1', '--where', 'id = 1')
    both(table)
    table.sql('insert into {t} values (9, 9)')
    table.checkpoint()
    both(table)


@pytest.mark.parametrize('vectors', ['true', 'false'])
def test_on_a_table_with_letters_beyond_ascii(table, vectors):
    """Spark leaves them in its paths as they are: a remove in any spelling has to cancel the add."""
    table.create('id bigint, p string', "insert into {t} select id, if(id % 2 = 0, 'é', 'Zürich 日本%') from range(0, 20, 1, 1)", rest='partitioned by (p)',
                 properties={'delta.enableDeletionVectors': vectors})
    assert any('é' in add['path'] for add in table.actions('add'))
    table.lakelet_ok('delete', table.path, '--where', 'id in (2, 3)')
    both(table)
    table.lakelet_ok('update', table.path, '--set', 'id = id + 100', '--where', 'id in (4, 5)')
    table.lakelet_ok('sql', f"merge into '{table.path}' as t using (values (6::bigint, 'é'), (50, 'é')) s(id, p) on t.id = s.id when matched then delete when not matched then insert (id, p) values (s.id, s.p)")
    both(table)
    assert table.sql('select count(*), count(distinct id) from {t}').collect()[0] == (18, 18)
    table.lakelet_ok('optimize', table.path)
    both(table)
    table.sql("update {t} set id = id + 1000 where p = 'é' and id < 12", 'delete from {t} where id = 105')
    both(table)
    assert table.sql('select count(*), count(distinct id) from {t}').collect()[0] == (17, 17)
