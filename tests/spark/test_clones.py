"""Clones, converted folders and statistics gathered anew by lakelet, read and changed by Spark; and the other way round."""
import json


def make(table):
    table.create('id bigint not null, city string, v double', *[
        f"insert into {{t}} select id, concat('Zürich ', id % 3), id / 4 from range({first}, {first} + 100)" for first in (0, 100)],
        properties={'delta.enableDeletionVectors': 'true'}, rest='partitioned by (city)')
    table.sql('alter table {t} add constraint small check (id < 100000)', 'delete from {t} where id % 7 = 2')
    return table


def both(table):
    table.reopened_sql('select 1')
    table.check()


def test_spark_reads_and_changes_our_clones(table, new_table):
    make(table)
    for kind in ('deep', 'shallow'):
        clone = new_table(kind)
        clone.lakelet_ok('clone', table.path, clone.path, *(['--shallow'] if kind == 'shallow' else []))
        both(clone)
        entry = clone.history()[0]
        assert entry['operation'] == 'CLONE' and entry['operationParameters']['sourceVersion'] == str(table.history()[0]['version'])
        assert int(entry['operationMetrics']['sourceNumOfFiles']) == len(clone.actions('add'))
        clone.sql("insert into {t} values (5000, 'x', 1)", "update {t} set v = -1 where id < 20", 'delete from {t} where id % 11 = 1')
        clone.check()
        table.check()
        assert 'small' in json.dumps(clone.sql('show tblproperties {t}').collect())


def test_we_read_and_clone_sparks_clones(table, new_table):
    make(table)
    theirs = new_table('theirs')
    table.sql(f'create table {theirs.name} shallow clone {{t}}')
    theirs.check()
    ours = new_table('ours')
    ours.lakelet_ok('clone', theirs.path, ours.path)
    both(ours)


def test_we_change_sparks_clone(table, new_table):
    make(table)
    before = table.check()
    theirs = new_table('theirs')
    table.sql(f'create table {theirs.name} shallow clone {{t}}')
    theirs.lakelet_ok('update', theirs.path, '--set', 'v = -1', '--where', 'id < 20')
    theirs.lakelet_ok('delete', theirs.path, '--where', 'id % 11 = 1')
    theirs.lakelet_ok('sql', f"insert into '{theirs.path}' values (5000, 'x', 1)")
    both(theirs)
    theirs.sql("update {t} set v = -2 where id between 10 and 40", 'delete from {t} where id % 13 = 1')
    both(theirs)
    theirs.lakelet_ok('optimize', theirs.path)
    both(theirs)
    theirs.lakelet_ok('vacuum', theirs.path, '--retention', '0h', '--force', '--full')
    assert table.check().num_rows == before.num_rows


def test_a_converted_folder(table, spark):
    spark.sql("select id, id % 2 as p, cast(id as string) as s, timestamp'2025-01-01 00:00:00' as t from range(50)").write.partitionBy('p').parquet(str(table.path))
    table.lakelet_ok('convert', table.path)
    both(table)
    assert table.history()[0]['operation'] == 'CONVERT'
    table.sql("insert into {t} select 100, '100', timestamp'2025-01-02 00:00:00', 7", 'delete from {t} where id < 10')
    table.check()


def test_statistics_anew(table):
    table.create('id bigint, v double', 'insert into {t} select id, id / 4 from range(200)', 'delete from {t} where id % 7 = 2',
                 properties={'delta.enableDeletionVectors': 'true', 'delta.dataSkippingNumIndexedCols': '0'})
    table.sql("alter table {t} unset tblproperties ('delta.dataSkippingNumIndexedCols')")
    table.lakelet_ok('analyze', table.path)
    both(table)
    assert table.history()[0]['operation'] == 'COMPUTE STATS'
    assert table.reopened_sql('select count(*), max(id) from {t}').collect()[0][0] == table.lakelet_sql('select * from {t}').num_rows
    table.sql('delete from {t} where id = 150', 'optimize {t}')
    table.check()
