"""Tables that lakelet optimized: Spark reads them, knows their rows again, goes on with them and optimizes on top."""
import json

import pytest

RT = {'delta.enableRowTracking': 'true'}
KNOWN = 'select *, _metadata.row_id as _row_id, _metadata.row_commit_version as _row_commit_version from '


def both(table):
    table.reopened_sql('select 1')
    table.check()


def optimize(table, *options):
    return json.loads(table.lakelet_ok('optimize', table.path, *options, '--format', 'json'))


LAYOUTS = {
    'plain': ({}, ''),
    'vectors in partitions': ({'delta.enableDeletionVectors': 'true'}, 'partitioned by (p)'),
    'mapped': ({'delta.columnMapping.mode': 'name', 'delta.enableDeletionVectors': 'true'}, 'partitioned by (p)'),
}


@pytest.mark.parametrize('layout', LAYOUTS)
def test_after_changes_of_spark(table, layout):
    properties, rest = LAYOUTS[layout]
    table.create('id bigint, p int, v string, d decimal(20,3), ts timestamp', *[
        f"insert into {{t}} select id, cast(id % 3 as int), concat('v', id % 40), cast(id as decimal(20,3)) / 8, timestamp_seconds(id * 977) from range({n * 400}, {n * 400 + 400}, 1, 2)"
        for n in range(3)], properties=properties, rest=rest)
    table.sql("delete from {t} where id % 9 = 4", "update {t} set v = 'u' where id % 31 = 5")
    if layout == 'mapped':
        table.sql('alter table {t} rename column v to w')
    files = len(json.loads(table.lakelet_ok('files', table.path, '--format', 'json')))
    assert optimize(table)['files_removed'] == files > 1
    both(table)
    assert optimize(table)['version'] is None
    optimize(table, '--z-order', 'd,ts')
    both(table)
    table.sql('delete from {t} where id < 100', 'optimize {t}')
    table.check()
    optimize(table, '--hilbert', 'id,ts')
    both(table)
    table.check_versions()
    entry = table.history()[0]
    assert entry['operation'] == 'OPTIMIZE' and entry['operationParameters']['zOrderBy'] == '["id","ts"]'
    assert int(entry['operationMetrics']['numRemovedFiles']) > 0


def test_rows_stay_known_and_the_feed_silent(table):
    table.create('id bigint, v string', "insert into {t} select id, 'a' from range(0, 500, 1, 2)", "insert into {t} select id, 'b' from range(500, 900, 1, 2)",
                 "update {t} set v = 'u' where id % 7 = 1", properties=RT | {'delta.enableChangeDataFeed': 'true', 'delta.enableDeletionVectors': 'true'})
    before = sorted(map(tuple, table.sql(KNOWN + table.name).collect()))
    for options in ((), ('--z-order', 'id,v'), ('--sort-by', 'v,id')):
        version = optimize(table, *options)['version']
        table.reopened_sql('select 1')
        assert sorted(map(tuple, table.sql(KNOWN + table.name).collect())) == before
        assert table.sql(f"select * from table_changes_by_path('{table.path}', {version}, {version})").count() == 0
    table.sql("update {t} set v = 'spark' where id % 11 = 3")
    table.check()


def test_purge(table):
    table.create('id bigint, v string', 'insert into {t} select id, cast(id as string) from range(0, 2000, 1, 4)', 'delete from {t} where id % 500 = 3',
                 properties={'delta.enableDeletionVectors': 'true'})
    assert optimize(table, '--purge')['rows_purged'] == 4
    both(table)
    entry = table.history()[0]
    assert entry['operation'] == 'REORG' and entry['operationParameters']['applyPurge'] == 'true'


def clustering(table):
    return table.reopened_sql('describe detail {t}').collect()[0]['clusteringColumns']


@pytest.mark.parametrize('mode', ['none', 'name'])
def test_a_table_that_we_clustered(table, mode):
    table.lakelet_ok('create', table.path, '--schema', 'id bigint, a int, s struct<x: string>', '--property', f'delta.columnMapping.mode={mode}',
                     '--property', 'lakelet.clusterBy=a, s.x')
    assert clustering(table) == ['a', 's.x']
    for n in range(3):
        table.lakelet_ok('sql', f"insert into '{table.path}' select i, i * 7919 % 1000, {{'x': 'x' || i % 97}} from range({n * 300}, {n * 300 + 300}) r(i)")
    optimize(table)
    both(table)
    table.sql("insert into {t} select id, cast(id as int), struct('y') from range(2000, 3000, 1, 2)", 'optimize {t} full')
    table.check()
    table.sql('alter table {t} cluster by (id)')
    optimize(table, '--full')
    both(table)
    table.lakelet_ok('sql', f"alter table '{table.path}' set ('lakelet.clusterBy' = '')")
    assert clustering(table) == []
    assert table.history()[0]['operation'] == 'CLUSTER BY'
    table.sql('insert into {t} (id) values (1)', 'optimize {t}')
    table.check_versions()


def test_sparks_table_that_we_clustered(table):
    table.create('id bigint, v string', "insert into {t} select id, 'a' from range(0, 100, 1, 2)", properties={'delta.enableDeletionVectors': 'true'})
    table.lakelet_ok('alter', table.path, 'set-property', 'lakelet.clusterBy=id')
    assert clustering(table) == ['id']
    assert table.history()[0]['operation'] == 'CLUSTER BY'
    table.sql("insert into {t} select id, 'b' from range(100, 200, 1, 2)", 'delete from {t} where id % 10 = 1')
    optimize(table)
    both(table)
    table.sql('optimize {t}')
    table.check()


def test_a_clustered_table_goes_back_and_forth(table):
    table.sql('create table {t} (id bigint, a int, s struct<x: string>) using delta cluster by (a, s.x)')
    table.sql(*[f"insert into {{t}} select id, cast(id * 7919 % 1000 as int), struct(concat('x', id % 97)) from range({n * 300}, {n * 300 + 300}, 1, 2)" for n in range(4)])
    assert optimize(table)['files_removed'] == 8
    both(table)
    assert optimize(table)['version'] is None
    table.sql("insert into {t} select id, cast(id as int), struct('y') from range(2000, 4000, 1, 2)", 'optimize {t}')
    table.check()
    assert table.history()[0]['operation'] == 'OPTIMIZE'
    table.sql("insert into {t} select id, cast(id as int), struct('z') from range(5000, 8000, 1, 2)")
    optimize(table)
    both(table)
    table.sql('optimize {t} full')
    table.check()
    assert {add['clusteringProvider'] for add in table.actions('add') if add.get('clusteringProvider')} == {'liquid'}
