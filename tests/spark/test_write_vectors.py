"""Deletion vectors as lakelet writes them: Spark reads them, changes the table further, and lakelet goes on from there."""
import json

import pytest

DV = {'delta.enableDeletionVectors': 'true'}


def vectors(table):
    return [add['deletionVector'] for add in table.actions('add') if add.get('deletionVector')]


def both(table):
    table.reopened_sql('select 1')
    table.check()


def run(table, statement):
    table.lakelet_ok('sql', statement.replace('{t}', f"'{table.path}'"))


def make(table, rows=20000, rest=(), properties=()):
    table.lakelet_ok('create', table.path, '--schema', 'id bigint, p int, v string', '--property', 'delta.enableDeletionVectors=true', *properties, *rest)
    run(table, f"insert into {{t}} select i, i % 4, 'v' || i from range({rows}) r(i)")


@pytest.mark.parametrize('rest', [(), ('--partition-by', 'p')], ids=['plain', 'partitioned'])
def test_every_change(table, rest):
    make(table, rest=rest)
    table.lakelet_ok('delete', table.path, '--where', 'id = 3')
    both(table)
    table.lakelet_ok('delete', table.path, '--where', 'id % 7 = 3')
    table.lakelet_ok('update', table.path, '--set', "v = 'changed'", '--where', 'id % 501 = 1')
    both(table)
    run(table, '''merge into {t} as target using (select (i * 3)::bigint id, 1 p, 'merged' v from range(5000, 8000) r(i)) as source on target.id = source.id
                  when matched and source.id % 2 = 0 then delete when matched then update set v = source.v when not matched then insert
                  when not matched by source and target.id < 50 then delete''')
    both(table)
    table.check_versions()
    assert {vector['storageType'] for vector in vectors(table)} == {'i', 'u'}


def test_spark_on_top_of_ours_and_ours_on_top_of_spark_s(table):
    make(table)
    table.lakelet_ok('delete', table.path, '--where', 'id in (5, 6)')
    both(table)
    table.sql('delete from {t} where id % 11 = 2')
    table.check()
    table.lakelet_ok('delete', table.path, '--where', 'id % 13 = 2')
    both(table)
    table.sql("update {t} set v = 'spark' where id % 17 = 2",
              "merge into {t} t using (select id, 0 p, 'm' v from range(100, 200)) s on t.id = s.id when matched then update set * when not matched then insert *")
    table.check()
    table.lakelet_ok('update', table.path, '--set', "v = 'ours'", '--where', 'id % 19 = 2')
    both(table)
    table.check_versions()
    counts = [(vector['cardinality'], vector['storageType']) for vector in vectors(table)]
    assert len(counts) >= 5 and {kind for _, kind in counts} == {'i', 'u'}
    table.sql('optimize {t}', 'reorg table {t} apply (purge)')
    table.check()


def test_a_table_of_spark_s(table):
    """Its statistics say that bounds are tight; after a vector of ours they no longer are."""
    table.create('id bigint, p string, v string', "insert into {t} select id, concat('é ', id % 3), 'x' from range(0, 3000, 1, 2)", properties=DV, rest='partitioned by (p)')
    table.lakelet_ok('delete', table.path, '--where', 'id between 10 and 1000')
    both(table)
    adds = [action['add'] for action in table.log(2) if 'add' in action]
    assert adds and all(json.loads(add['stats'])['tightBounds'] is False for add in adds)
    table.lakelet_ok('delete', table.path, '--where', "p = 'é 1'")
    both(table)
    assert not [action for action in table.log(3) if 'add' in action]
    table.sql("delete from {t} where id > 2990")
    table.check()


def test_mapped_columns_and_checkpoints(table):
    table.create('id bigint, p string, v string', "insert into {t} select id, concat('p ', id % 3), 'x' from range(0, 3000, 1, 2)",
                 properties=DV | {'delta.columnMapping.mode': 'name', 'delta.checkpointInterval': '2'}, rest='partitioned by (p)')
    table.sql('alter table {t} rename column v to `the v`')
    table.lakelet_ok('delete', table.path, '--where', 'id % 5 = 0')
    table.lakelet_ok('update', table.path, '--set', '"the v" = \'y\'', '--where', 'id % 5 = 1')
    table.lakelet_ok('delete', table.path, '--where', 'id % 5 = 2')
    both(table)
    table.check_versions()


def test_metrics(table):
    make(table)
    table.lakelet_ok('delete', table.path, '--where', 'id % 7 = 3')
    table.lakelet_ok('delete', table.path, '--where', 'id % 7 = 4')
    table.reopened_sql('select 1')
    ours = table.history()[0]['operationMetrics']
    table.sql('delete from {t} where id % 7 = 5')
    theirs = table.history()[0]['operationMetrics']
    for name in ('numDeletionVectorsAdded', 'numDeletionVectorsRemoved', 'numDeletionVectorsUpdated', 'numAddedFiles', 'numRemovedFiles', 'numCopiedRows'):
        assert ours[name] == theirs[name], name
    assert int(ours['numDeletedRows']) == len(range(4, 20000, 7))
    assert set(theirs) <= set(ours), set(theirs) - set(ours)


def test_the_property_set_later(table):
    """Legacy versions become features, and those that they stood for stay."""
    table.create('id bigint, v string', 'insert into {t} select id, "x" from range(1000)', properties={'delta.minReaderVersion': '2', 'delta.minWriterVersion': '5'})
    table.lakelet_ok('alter', table.path, 'set-property', 'delta.enableDeletionVectors=true')
    both(table)
    protocol = table.protocol()
    assert (protocol['minReaderVersion'], protocol['minWriterVersion']) == (3, 7)
    assert set(protocol['readerFeatures']) == {'columnMapping', 'deletionVectors'}
    assert set(protocol['writerFeatures']) == {'columnMapping', 'deletionVectors', 'appendOnly', 'invariants', 'checkConstraints', 'changeDataFeed', 'generatedColumns'}
    table.lakelet_ok('delete', table.path, '--where', 'id % 3 = 0')
    both(table)
    table.sql('delete from {t} where id % 3 = 1')
    table.check()
    assert len(vectors(table)) >= 2
