"""Row ids and the versions that last changed a row."""
import pytest

RT = {'delta.enableRowTracking': 'true'}
COLUMNS = 'select *, _metadata.row_id as _row_id, _metadata.row_commit_version as _row_commit_version from '


def check_row_ids(table, version=None):
    at = '' if version is None else f', version => {version}'
    theirs = table.name + ('' if version is None else f' version as of {version}')
    return table.compare(COLUMNS + theirs, f'select * from delta_scan({{t}}, row_ids => true{at})')


@pytest.mark.parametrize('vectors', ['true', 'false'])
def test_through_changes(table, vectors):
    table.create('id bigint, v string', "insert into {t} select id, 'a' from range(0, 20, 1, 2)", properties=RT | {'delta.enableDeletionVectors': vectors})
    check_row_ids(table)
    table.sql("update {t} set v = 'u' where id % 5 = 1")
    check_row_ids(table)
    table.sql('delete from {t} where id in (3, 4)')
    check_row_ids(table)
    table.sql('''merge into {t} t using (select id, "m" v from range(15, 25)) s on t.id = s.id when matched then update set v = s.v
                 when not matched then insert *''', 'optimize {t}')
    check_row_ids(table)
    table.checkpoint()
    check_row_ids(table)
    for row in table.history():
        check_row_ids(table, row['version'])
    table.check()


def test_partitioned_with_column_mapping(table):
    table.create('id bigint, p int', properties=RT | {'delta.columnMapping.mode': 'name'}, rest='partitioned by (p)')
    table.sql('insert into {t} select id, cast(id % 3 as int) from range(12)', 'update {t} set p = 9 where id = 5', 'alter table {t} rename column id to n', 'optimize {t}')
    check_row_ids(table)
    table.check()


def test_switched_on_later(table):
    table.create('id bigint', 'insert into {t} values (1), (2)', 'insert into {t} values (3)', "alter table {t} set tblproperties ('delta.enableRowTracking' = 'true')",
                 'update {t} set id = 10 where id = 1', 'insert into {t} values (4)')
    check_row_ids(table)
    table.check()


def test_after_restore_and_clone(table, new_table):
    table.create('id bigint', 'insert into {t} values (1), (2)', 'update {t} set id = 5 where id = 1', 'restore table {t} to version as of 1', 'insert into {t} values (3)', properties=RT)
    check_row_ids(table)
    clone = new_table('clone')
    clone.sql(f'create table {{t}} shallow clone {table.name}', 'insert into {t} values (4)')
    check_row_ids(clone)


def test_with_widened_types(table):
    table.create('id int', 'insert into {t} values (1), (2)', 'alter table {t} alter column id type bigint', 'update {t} set id = 5000000000 where id = 1',
                 properties=RT | {'delta.enableTypeWidening': 'true'})
    check_row_ids(table)


def test_refused_where_rows_have_no_ids(table):
    table.create('id bigint', 'insert into {t} values (1)', properties={'delta.enableRowTracking': 'false'})
    table.refused('sql', 'select * from delta_scan({t}, row_ids => true)')
