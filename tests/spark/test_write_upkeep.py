"""Tables that lakelet vacuumed and restored, read by Spark, with the history that Spark shows of it; and Spark's vacuum and restore beside them."""
import json

import pytest

from test_lakelet_writes import both
from test_write_log import lakelet_table


def entries(table, *operations):
    return [row for row in table.history() if row['operation'] in operations]


def make(table, **properties):
    return lakelet_table(table, 'id bigint, name string', "insert into {t} select i, 'n' || i from range(20) r(i)", 'delete from {t} where id % 2 = 0',
                         "update {t} set name = 'x' where id = 3", **properties)


@pytest.mark.parametrize('vectors', ['true', 'false'])
def test_vacuumed(table, vectors):
    make(table, **{'delta.enableDeletionVectors': vectors, 'delta.enableChangeDataFeed': 'true'})
    done = json.loads(table.lakelet_ok('vacuum', table.path, '--retention', '0h', '--force', '--format', 'json'))
    assert done['files_deleted'] > 0
    both(table)
    end, start = entries(table, 'VACUUM END', 'VACUUM START')
    assert start['operationParameters'] == {'retentionCheckEnabled': 'false', 'defaultRetentionMillis': '604800000', 'specifiedRetentionMillis': '0'}
    assert start['operationMetrics']['numFilesToDelete'] == str(done['files_deleted'])
    assert end['operationParameters'] == {'status': 'COMPLETED'}
    assert end['operationMetrics']['numDeletedFiles'] == str(done['files_deleted'])
    table.sql("insert into {t} values (100, 'spark')")
    both(table)


@pytest.mark.parametrize('vectors', ['true', 'false'])
@pytest.mark.parametrize('version', [0, 1, 2])
def test_restored(table, vectors, version):
    make(table, **{'delta.enableDeletionVectors': vectors})
    table.lakelet_ok('restore', f'{table.path}@v{version}')
    both(table)
    (restore,) = entries(table, 'RESTORE')
    assert restore['operationParameters'] == {'version': str(version), 'timestamp': None} or restore['operationParameters'] == {'version': str(version), 'timestamp': 'null'}
    assert {'numRestoredFiles', 'restoredFilesSize', 'numRemovedFiles', 'removedFilesSize', 'numOfFilesAfterRestore', 'tableSizeAfterRestore'} <= set(restore['operationMetrics'])
    table.sql("insert into {t} values (100, 'spark')")
    both(table)
    table.sql('restore table {t} to version as of 3')
    both(table)


def test_restored_rows_keep_their_ids(table):
    make(table, **{'delta.enableRowTracking': 'true'})
    ids = "select id, _metadata.row_id from {t} version as of 1 order by id"
    before = table.sql(ids).collect()
    table.lakelet_ok('restore', f'{table.path}@v1')
    assert table.sql(ids.replace(' version as of 1', '')).collect() == before
    table.sql("insert into {t} values (100, 'spark')")
    numbers = [row[0] for row in table.sql('select _metadata.row_id from {t}').collect()]
    assert len(set(numbers)) == len(numbers) == 21
    both(table)


def test_restored_columns(table):
    make(table, **{'delta.columnMapping.mode': 'name'})
    table.lakelet_ok('alter', table.path, 'add-column', 'more', 'int')
    table.lakelet_ok('alter', table.path, 'rename-column', 'name', 'label')
    table.lakelet_ok('restore', f'{table.path}@v3')
    both(table)
    table.sql('alter table {t} add column other int')
    table.sql("insert into {t} values (100, 'spark', 5)")
    both(table)


def test_compacted_and_checkpointed(table):
    make(table)
    table.lakelet_ok('compact-log', table.path)
    table.lakelet_ok('checkpoint', table.path)
    both(table)


def test_vacuum_protocol_check(table):
    make(table, **{'delta.feature.vacuumProtocolCheck': 'supported'})
    assert 'vacuumProtocolCheck' in table.features()
    table.lakelet_ok('vacuum', table.path, '--retention', '0h', '--force')
    both(table)
    table.sql("insert into {t} values (100, 'spark')", 'delete from {t} where id = 5', 'vacuum {t} retain 0 hours')
    both(table)
    table.lakelet_ok('vacuum', table.path, '--retention', '0h', '--force', '--full')
    both(table)


def test_repaired(table):
    make(table, **{'delta.enableDeletionVectors': 'true', 'delta.checkpointInterval': '2'})
    table.lakelet_ok('sql', f"insert into '{table.path}' values (50, 'lost')")
    (table.path / table.log(4)[-1]['add']['path']).unlink()
    for file in table.log_files('*2.checkpoint.parquet'):
        file.write_bytes(b'PAR1 nonsense PAR1')
    assert table.lakelet('doctor', table.path).returncode == 6
    table.lakelet_ok('doctor', table.path, '--repair')
    both(table)
    assert table.history()[0]['operation'] == 'FSCK'
    for commit in range(2):  # the checkpoint is all that tells of them
        (table.path / '_delta_log' / f'{commit:020}.json').unlink()
    both(table)
    table.sql("insert into {t} values (100, 'spark')", 'delete from {t} where id = 5')
    both(table)
