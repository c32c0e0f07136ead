"""Time travel, history, restore, overwrites, clones and conversions."""
import datetime
import json
import time

import pytest

ICT = {'delta.enableInCommitTimestamps': 'true'}


def milliseconds(moment):
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)


def check_times(table):
    """Travel by the time of each version, and by a moment before the next, leads where Spark goes."""
    for row in sorted(table.history(), key=lambda row: row['version']):
        at = row['timestamp'].isoformat(timespec='milliseconds')
        table.check(timestamp=f'{at}+00:00', filters=False)


def plain(value):
    """A parameter's value, however deep in quotes."""
    while isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    return value


def check_history(table):
    ours = {row['version']: row for row in json.loads(table.lakelet_ok('history', table.path, '--format', 'json'))}
    theirs = table.history()
    assert sorted(ours) == sorted(row['version'] for row in theirs)
    for row in theirs:
        have = ours[row['version']]
        assert have['operation'] == row['operation']
        when = datetime.datetime.fromisoformat(have['timestamp'].replace('Z', '+00:00').replace('+00', '+00:00').replace('+00:00:00', '+00:00'))
        assert round(when.timestamp() * 1000) == milliseconds(row['timestamp']), row['version']
        metrics = {key: str(value) for key, value in have['metrics'].items()}
        assert metrics == (row['operationMetrics'] or {}), row['version']
        expected = {key: value for key, value in (row['operationParameters'] or {}).items() if value is not None}
        assert {key: plain(value) for key, value in have['parameters'].items()} == {key: plain(value) for key, value in expected.items()}


def changed(table):
    """Five versions, each with other rows."""
    table.sql("insert into {t} values (1, 'a'), (2, 'b')", "insert into {t} values (3, 'c')", "update {t} set v = 'x' where id = 2",
              'delete from {t} where id = 1')
    return table


def test_versions_and_times(table):
    changed(table.create('id int, v string'))
    table.check_versions()
    check_times(table)
    check_history(table)


def test_in_commit_timestamps_from_the_start(table):
    changed(table.create('id int, v string', properties=ICT))
    assert all('inCommitTimestamp' in commit for commit in table.actions('commitInfo'))
    check_times(table)
    check_history(table)


def test_in_commit_timestamps_from_later_on(table):
    changed(table.create('id int, v string'))
    table.sql("alter table {t} set tblproperties ('delta.enableInCommitTimestamps' = 'true')")
    changed(table)
    check_times(table)
    check_history(table)
    table.checkpoint()
    check_times(table)


def test_in_commit_timestamps_count_even_if_files_are_touched(table):
    changed(table.create('id int, v string', properties=ICT))
    for commit in table.log_files('0*.json'):
        commit.touch()
    table.reopened_sql('select 1')
    check_times(table)


def test_history_of_many_operations(table, conf):
    table.create('id int, v string, p int', "insert into {t} values (1, 'a', 1), (2, 'b', 2), (3, 'c', 1)", rest='partitioned by (p)')
    table.sql("merge into {t} t using (select 1 id, 'm' v, 1 p) s on t.id = s.id when matched then update set * when not matched then insert *",
              'optimize {t}', "alter table {t} set tblproperties ('k' = 'v')", 'alter table {t} add columns (extra int)',
              "comment on table {t} is 'text'", "alter table {t} add constraint positive check (id > 0)", 'delete from {t} where p = 2',
              'restore table {t} to version as of 1', 'alter table {t} drop constraint if exists positive', 'vacuum {t} dry run')
    check_history(table)
    limited = json.loads(table.lakelet_ok('history', table.path, '--limit', '2', '--format', 'json'))
    assert [row['version'] for row in limited] == [row['version'] for row in table.history()[:2]]


def test_restore(table):
    changed(table.create('id int, v string', properties={'delta.enableDeletionVectors': 'true'}))
    table.sql('restore table {t} to version as of 2')
    table.check()
    table.sql("insert into {t} values (9, 'z')", 'restore table {t} to version as of 4')
    table.check()
    table.check_versions()


def test_overwrites(table, conf):
    table.create('id int, v string, p int', "insert into {t} values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)", rest='partitioned by (p)')
    table.write(table.spark.sql("select 20 as id, 'n' as v, 2 as p"), mode='overwrite', replaceWhere='p = 2')
    table.check()
    table.write(table.spark.sql("select 30 as id, 'd' as v, 3 as p"), mode='overwrite', partitionOverwriteMode='dynamic')
    table.check()
    table.write(table.spark.sql("select 1 as id, 'r' as v, 1 as p"), mode='overwrite', replaceWhere="id = 1")
    table.check()
    table.sql("insert overwrite {t} values (5, 'all', 5)")
    table.check()
    table.check_versions()


def test_converted_from_parquet(table, spark):
    frame = spark.sql("select id, concat('v', id) as v, cast(id % 3 as int) as p, concat('a b/', id % 2) as q from range(20)")
    frame.write.partitionBy('p', 'q').parquet(str(table.path))
    spark.sql(f'convert to delta parquet.`{table.path}` partitioned by (p int, q string)')
    table.check()
    table.sql("insert into {t} values (100, 'new', 1, 'x')", 'delete from {t} where id = 3')
    table.check()


def test_shallow_clone(table, new_table):
    changed(table.create('id int, v string'))
    clone = new_table('clone')
    clone.sql(f'create table {{t}} shallow clone {table.name} version as of 2')
    clone.check()
    clone.sql("insert into {t} values (50, 'clone')", "update {t} set v = 'y' where id = 3")
    clone.check()
    clone.check_versions()
    table.check(filters=False)


def test_data_from_another_folder_than_the_working_one(table):
    changed(table.create('id int, v string', properties={'delta.randomizeFilePrefixes': 'true', 'delta.randomPrefixLength': '3'}))
    table.check()


def test_empty_versions(table):
    table.create('id int')
    table.check()
    table.sql("alter table {t} set tblproperties ('a' = 'b')")
    table.check()
    table.check_versions()


def test_streamed_and_idempotent_writes(table, spark):
    table.create('id bigint')
    for batch in (1, 2, 2):
        table.write(spark.range(batch * 10, batch * 10 + 5), txnAppId='an application', txnVersion=str(batch))
    assert spark.table(table.name).count() == 10
    table.check()
