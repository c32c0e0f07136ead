"""The change data feed: lake_changes beside Spark's table_changes_by_path."""
import pytest

CDF = {'delta.enableChangeDataFeed': 'true'}
DV = {'delta.enableDeletionVectors': 'true'}


def check_changes(table, first=0, last=None):
    last = last if last is not None else table.history()[0]['version']
    theirs = f"select * from table_changes_by_path('{table.path}', {first}, {last})"
    return table.compare(theirs, f'select * from lake_changes({{t}}, {first}, {last})')


def check_all(table, first=0):
    """The whole range, and every version by itself."""
    found = check_changes(table, first)
    for version in range(first, table.history()[0]['version'] + 1):
        check_changes(table, version, version)
    return set(found.column('_change_type').to_pylist())


MERGE = '''merge into {t} t using (select id, "merged" v from range(3, 12)) s on t.id = s.id
           when matched and s.id % 2 = 0 then update set v = s.v when matched then delete when not matched then insert (id, v) values (s.id, s.v)'''


@pytest.mark.parametrize('properties', [CDF, CDF | DV], ids=['rewritten', 'vectors'])
def test_every_kind_of_change(table, properties):
    table.create('id bigint, v string', "insert into {t} select id, 'a' from range(0, 10, 1, 2)", "update {t} set v = 'u' where id % 4 = 1", properties=properties)
    table.sql('delete from {t} where id in (2, 3)', MERGE, 'optimize {t}', 'delete from {t}', "insert into {t} values (1, 'again')")
    assert check_all(table) == {'insert', 'delete', 'update_preimage', 'update_postimage'}


def test_partitioned_with_column_mapping(table):
    table.create('id bigint, v string, p string', properties=CDF | DV | {'delta.columnMapping.mode': 'name'}, rest='partitioned by (p)')
    table.sql("insert into {t} select id, 'a', concat('p ', id % 3) from range(0, 12)", 'delete from {t} where id = 4', "delete from {t} where p = 'p 0'",
              "update {t} set v = 'u', p = 'é/' where id = 5", "update {t} set p = null where id = 7")
    check_all(table)
    table.sql('alter table {t} rename column v to w')
    table.sql("insert into {t} values (50, 'x', 'y')")
    last = table.history()[0]['version']
    check_changes(table, last, last)


def test_added_columns(table):
    table.create('id bigint, v string', "insert into {t} values (1, 'a')", properties=CDF)
    table.sql('alter table {t} add columns (later int)', "insert into {t} values (2, 'b', 5)", "update {t} set later = 6 where id = 1")
    check_all(table, first=2)
    check_changes(table, 0, 4)


def test_restore_and_overwrite(table):
    table.create('id bigint, v string', "insert into {t} values (1, 'a'), (2, 'b')", 'delete from {t} where id = 1', 'restore table {t} to version as of 1',
                 "insert overwrite {t} values (9, 'z')", properties=CDF)
    table.write(table.spark.sql("select 10L as id, 'rw' as v"), mode='overwrite', replaceWhere='id = 9 or id = 10')
    check_all(table)


def test_without_change_files(table):
    table.create('id bigint, v string', "insert into {t} values (1, 'a'), (2, 'b')", 'insert into {t} values (3, null)', properties=CDF)
    assert not list(table.path.glob('_change_data'))
    assert check_all(table) == {'insert'}


def test_switched_on_later(table):
    table.create('id bigint', 'insert into {t} values (1)', "alter table {t} set tblproperties ('delta.enableChangeDataFeed' = 'true')",
                 'insert into {t} values (2)', 'delete from {t} where id = 1')
    check_all(table, first=2)
    assert 'version 2' in table.refused('sql', 'select * from lake_changes({t}, 0, 2)', code=3)


def test_in_commit_timestamps(table):
    table.create('id bigint', 'insert into {t} values (1), (2)', 'delete from {t} where id = 1', properties=CDF | {'delta.enableInCommitTimestamps': 'true'})
    check_all(table)


def test_row_tracking_and_widened_types(table):
    table.create('id int, v int', 'insert into {t} values (1, 1), (2, 2)', 'alter table {t} alter column v type bigint', 'insert into {t} values (3, 5000000000)',
                 'update {t} set v = v + 1 where id = 1', properties=CDF | {'delta.enableRowTracking': 'true', 'delta.enableTypeWidening': 'true'})
    check_changes(table, 3, 4)


def test_every_type(table):
    table.create('''id int, d decimal(20,4), t timestamp, n timestamp_ntz, da date, b binary, f float, s struct<a: int, b: array<string>>, m map<string, double>''', properties=CDF)
    table.sql("""insert into {t} values (1, 1.5, timestamp'2020-01-01 00:00:00.000001Z', timestamp_ntz'2020-01-01', date'1500-01-01', x'00ff', float('NaN'),
        named_struct('a', 1, 'b', array('x', null)), map('k', 1D)), (2, null, null, null, null, null, null, null, null)""", 'update {t} set d = 2 where id = 1',
              'delete from {t} where id = 2')
    check_all(table)


def test_after_a_checkpoint(table):
    table.create('id bigint', 'insert into {t} values (1), (2)', 'delete from {t} where id = 1', properties=CDF)
    table.checkpoint()
    table.sql('insert into {t} values (7)')
    check_all(table)
