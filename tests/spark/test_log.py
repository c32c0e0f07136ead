"""The log's own files: checkpoints of every kind, compacted commits, checksums, the protocol's versions."""
import json

import pytest

ROWS = 'insert into {t} select id, string(id), named_struct("x", cast(id as int)), cast(id % 3 as int) from range(0, 40, 1, 4)'
COLUMNS = 'id bigint, v string, s struct<x: int>, p int'


def filled(table, conf=None, **properties):
    table.create(COLUMNS, ROWS, 'delete from {t} where id % 5 = 0', properties=properties, rest='partitioned by (p)')
    return table


def only_the_checkpoint(table):
    """Removes the commits that the checkpoint sums up."""
    newest = max(int(file.name[:20]) for file in table.log_files('*.checkpoint*'))
    for commit in table.log_files('0*.json'):
        if commit.stem.isdigit() and int(commit.stem) < newest:
            commit.unlink()


@pytest.mark.parametrize('statistics', ['json', 'struct', 'both', 'none'])
def test_classic_checkpoint(table, statistics):
    filled(table, **{'delta.checkpoint.writeStatsAsJson': str(statistics in ('json', 'both')).lower(),
                     'delta.checkpoint.writeStatsAsStruct': str(statistics in ('struct', 'both')).lower()})
    table.checkpoint()
    only_the_checkpoint(table)
    table.check()
    table.sql("insert into {t} values (1000, 'new', null, null)")
    table.check(filters=False)


@pytest.mark.parametrize('format_', ['parquet', 'json'])
def test_v2_checkpoint(table, conf, format_):
    conf({'spark.databricks.delta.checkpointV2.topLevelFileFormat': format_, 'spark.databricks.delta.checkpoint.partSize': '2'})
    filled(table, **{'delta.checkpointPolicy': 'v2', 'delta.enableDeletionVectors': 'true'})
    table.checkpoint()
    assert len(table.log_files('_sidecars/*.parquet')) > 1
    assert len(table.log_files(f'0*.checkpoint.*-*.{format_}')) == 1
    table.check()
    only_the_checkpoint(table)
    table.check(filters=False)
    table.sql("insert into {t} values (1000, 'new', null, null)")
    table.checkpoint()
    table.check(filters=False)


def test_multi_part_checkpoint(table, conf):
    conf({'spark.databricks.delta.checkpoint.partSize': '3'})
    filled(table)
    table.checkpoint()
    assert len(table.log_files('*.checkpoint.00000000*.parquet')) > 2
    only_the_checkpoint(table)
    table.check()


def test_checkpoints_by_interval(table):
    table.create('id int', properties={'delta.checkpointInterval': '2'})
    for value in range(7):
        table.sql(f'insert into {{t}} values ({value})')
    assert len(table.log_files('*.checkpoint.parquet')) == 3
    table.check()
    table.check_versions()


def compacted(table, first, last):
    """The commits' actions, reconciled as the protocol says, in a log compaction file: Spark reads such files and writes none."""
    kept = {}
    for version in range(first, last + 1):
        for action in table.log(version):
            (kind, body), = action.items()
            if kind in ('add', 'remove'):
                kept[(body['path'], json.dumps(body.get('deletionVector')))] = action
            elif kind in ('metaData', 'protocol'):
                kept[kind] = action
    file = table.path / '_delta_log' / f'{first:020}.{last:020}.compacted.json'
    file.write_text(''.join(json.dumps(action) + '\n' for action in kept.values()))


@pytest.mark.parametrize('first, last', [(1, 3), (2, 4), (0, 4)])
def test_log_compaction(table, first, last):
    table.create('id int, v string', "insert into {t} values (1, 'a'), (2, 'b')", "update {t} set v = 'c' where id = 1",
                 'delete from {t} where id = 2', "insert into {t} values (3, 'd')", properties={'delta.enableDeletionVectors': 'true'})
    compacted(table, first, last)
    table.reopened_sql('select 1')
    table.check()
    table.check_versions()


def test_checksums(table):
    filled(table)
    assert len(table.log_files('*.crc')) == 3
    table.check()


def test_row_counts_in_checksums_do_not_change_answers(table):
    filled(table)
    theirs = 'select count(*) n, min(id) lo, max(id) hi from {t}'
    for where in ('', ' where p = 1', ' where id > 20'):
        table.compare(theirs + where, theirs + where)


def test_last_checkpoint_gone_or_stale(table):
    filled(table)
    table.checkpoint()
    stale = (table.path / '_delta_log' / '_last_checkpoint').read_text()
    table.sql("insert into {t} values (1000, 'new', null, null)")
    table.checkpoint()
    (table.path / '_delta_log' / '_last_checkpoint').write_text(stale)
    table.check(filters=False)
    (table.path / '_delta_log' / '_last_checkpoint').unlink()
    table.check(filters=False)


@pytest.mark.parametrize('reader, writer', [(1, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6), (1, 7), (2, 7), (3, 7)])
def test_protocol_versions(table, reader, writer):
    table.create('id int, v string', "insert into {t} values (1, 'a'), (2, null)",
                 properties={'delta.minReaderVersion': reader, 'delta.minWriterVersion': writer})
    table.sql("update {t} set v = 'b' where id = 2")
    table.check()


def test_upgrade_from_versions_to_features(table):
    table.create('id int, v string', "insert into {t} values (1, 'a'), (2, null)", properties={'delta.minReaderVersion': 1, 'delta.minWriterVersion': 2})
    table.sql("alter table {t} set tblproperties ('delta.enableDeletionVectors' = 'true')", 'delete from {t} where id = 1')
    assert (table.protocol()['minReaderVersion'], table.protocol()['minWriterVersion']) == (3, 7)
    table.check_versions()


def test_vacuum_protocol_check(table):
    table.create('id int', 'insert into {t} values (1)', properties={'delta.feature.vacuumProtocolCheck': 'supported'})
    assert 'vacuumProtocolCheck' in table.features()
    table.check()


def test_vacuumed(table):
    table.create('id int, v string', "insert into {t} values (1, 'a'), (2, 'b')", "update {t} set v = 'c' where id = 1",
                 'vacuum {t} retain 0 hours')
    table.check()
    table.refused('sql', 'select * from delta_scan({t}, version => 1)', code=6)


def test_commits_cleaned_up(table):
    table.create('id int', *(f'insert into {{t}} values ({value})' for value in range(4)))
    table.checkpoint()
    table.sql('insert into {t} values (100)')
    only_the_checkpoint(table)
    table.check()
    table.check(version=4)
    said = table.refused('sql', 'select * from delta_scan({t}, version => 2)', code=3)
    assert '4' in said and '5' in said, said


def test_domain_metadata(table):
    table.create('id int, k int', 'insert into {t} values (1, 2)', properties={'delta.feature.domainMetadata': 'supported'}, rest='cluster by (k)')
    assert any(domain['domain'] == 'delta.clustering' for domain in table.actions('domainMetadata'))
    table.checkpoint()
    table.check()


def test_checkpoint_protection(table):
    table.create('id int', 'insert into {t} values (1), (2)', 'delete from {t} where id = 1', properties={'delta.enableDeletionVectors': 'true'})
    table.sql('alter table {t} drop feature deletionVectors')
    assert 'checkpointProtection' in table.features()
    table.check()


def test_unknown_properties_of_a_commit(table, conf):
    conf({'spark.databricks.delta.commitInfo.userMetadata': json.dumps({'who': 'é"\n'})})
    table.create('id int', 'insert into {t} values (1)')
    table.check()
