"""Deletion vectors as Spark makes them."""
import json
import re

DV = {'delta.enableDeletionVectors': 'true'}
THOUSAND = 'insert into {t} select id, cast(id % 7 as int), concat("v", id) from range(0, 1000, 1, 2)'


def vectors(table):
    return [add['deletionVector'] for add in table.actions('add') if add.get('deletionVector')]


def test_several_deletes(table):
    table.create('id bigint, k int, v string', THOUSAND, properties=DV)
    for predicate in ('id % 10 = 3', 'id between 100 and 420', "v = 'v999'", 'k is null or id in (0, 1, 2)'):
        table.sql(f'delete from {{t}} where {predicate}')
    table.check()
    table.check_versions()
    assert {vector['storageType'] for vector in vectors(table)} == {'u'}


def test_several_vectors_in_one_file(table):
    table.create('id bigint, k int, v string', 'insert into {t} select /*+ repartition(6) */ id, cast(id % 7 as int), "x" from range(600)',
                 'delete from {t} where id % 5 = 0', properties=DV)
    found = vectors(table)
    assert len({vector['pathOrInlineDv'] for vector in found}) < len(found), 'no file holds two vectors'
    assert any(vector.get('offset', 0) > 1 for vector in found)
    table.check()


def test_update_and_merge(table):
    table.create('id bigint, k int, v string', THOUSAND, properties=DV)
    table.sql("update {t} set v = 'updated' where id % 100 = 7")
    table.sql('''merge into {t} t using (select id, 1 k, "merged" v from range(900, 1100)) s on t.id = s.id
                 when matched and s.id % 2 = 0 then update set * when matched then delete when not matched then insert *
                 when not matched by source and t.id < 10 then delete''')
    table.check()
    table.check_versions()


def test_partitioned_with_column_mapping(table):
    table.create('id bigint, p string, s struct<a: int, b: string>', properties=DV | {'delta.columnMapping.mode': 'name'}, rest='partitioned by (p)')
    table.sql('insert into {t} select id, concat("p ", id % 3), named_struct("a", cast(id as int), "b", string(id)) from range(0, 90, 1, 1)',
              'delete from {t} where s.a % 4 = 1', 'alter table {t} rename column id to `the id`',
              "delete from {t} where `the id` > 80 and p = 'p 0'")
    table.check()
    table.check_versions()


def test_optimize_and_purge(table):
    table.create('id bigint, k int, v string', THOUSAND, 'delete from {t} where id % 2 = 0', properties=DV)
    table.sql('reorg table {t} apply (purge)', 'delete from {t} where id % 3 = 0', 'optimize {t}')
    table.check()
    table.check_versions()


def test_all_rows_of_a_file(table):
    table.create('id bigint, k int, v string', THOUSAND, properties=DV)
    table.sql('delete from {t} where id < 500')
    table.check()
    table.sql('delete from {t}')
    table.check()


def test_shallow_clone_has_absolute_paths(table, new_table):
    table.create('id bigint, k int, v string', THOUSAND, 'delete from {t} where id % 9 = 0', properties=DV)
    clone = new_table('a clone é')
    clone.sql(f'create table {{t}} shallow clone {table.name}')
    assert any(re.match('file:', add['path']) for add in clone.actions('add'))
    assert any(vector['storageType'] == 'p' for vector in vectors(clone))
    clone.sql('delete from {t} where id % 11 = 0', "insert into {t} values (5000, 1, 'new')", "update {t} set v = 'u' where id = 700")
    clone.check()
    clone.check_versions()
    table.check(filters=False)


def test_in_a_checkpoint(table):
    table.create('id bigint, k int, v string', THOUSAND, 'delete from {t} where id % 10 = 3', properties=DV)
    table.checkpoint()
    table.sql('delete from {t} where id % 10 = 4')
    table.check()
    for commit in table.log_files('0000000000000000000[01].json'):
        commit.unlink()
    table.check()


def test_switched_off_again(table):
    table.create('id bigint, k int, v string', THOUSAND, 'delete from {t} where id % 10 = 3', properties=DV)
    table.sql("alter table {t} set tblproperties ('delta.enableDeletionVectors' = 'false')", 'delete from {t} where id % 10 = 4')
    table.sql('reorg table {t} apply (purge)', 'alter table {t} drop feature deletionVectors')
    table.check()


def test_statistics_count_deleted_rows(table):
    table.create('id bigint, k int, v string', THOUSAND, 'delete from {t} where id >= 990', properties=DV)
    bounds = [json.loads(add['stats']) for add in table.actions('add')]
    assert any(found.get('tightBounds') is False for found in bounds)
    table.compare('select count(*) n, count(id) i, min(id) lo, max(id) hi from {t}', 'select count(*) n, count(id) i, min(id) lo, max(id) hi from {t}')
