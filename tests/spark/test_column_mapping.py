"""Columns whose physical names and ids differ from what the table calls them."""
import pytest

COLUMNS = 'id bigint, `a name` string, s struct<x: int, `y.z`: struct<deep: double>>, l array<struct<e: int>>, m map<string, struct<v: date>>'
ROWS = '''insert into {t} select id, concat("v", id), named_struct("x", cast(id as int), "y.z", named_struct("deep", id / 2)),
          array(named_struct("e", cast(id as int)), null), map("k", named_struct("v", date_add(date'2020-01-01', cast(id as int)))) from range(0, 8, 1, 2)'''


@pytest.mark.parametrize('mode', ['name', 'id'])
def test_rename_drop_add_again(table, mode):
    table.create(COLUMNS, ROWS, properties={'delta.columnMapping.mode': mode})
    table.sql('alter table {t} rename column `a name` to b', 'alter table {t} rename column s.x to renamed')
    table.sql('alter table {t} drop column b', 'alter table {t} drop column s.`y.z`', 'alter table {t} drop column m')
    table.sql('alter table {t} add columns (b int, s.x string, m map<string, int>)')
    table.sql("insert into {t} values (100, named_struct('renamed', 5, 'x', 'text'), array(), 7, map('a', 1))")
    table.sql('alter table {t} alter column id after b')
    table.check_versions()
    table.checkpoint()
    table.check()


def test_swapped_names(table):
    table.create('a int, b int', 'insert into {t} values (1, 10), (2, 20)', properties={'delta.columnMapping.mode': 'name'})
    for old, new in (('a', 'c'), ('b', 'a'), ('c', 'b')):
        table.sql(f'alter table {{t}} rename column {old} to {new}')
    table.sql('insert into {t} values (3, 30)')
    table.check()
    table.check_versions()


def test_upgrade_of_an_existing_table(table):
    table.create('id int, p string, s struct<x: int>', rest='partitioned by (p)')
    table.sql("insert into {t} values (1, 'a b', named_struct('x', 1)), (2, null, null)",
              "alter table {t} set tblproperties ('delta.columnMapping.mode' = 'name')",
              'alter table {t} rename column p to `part of`', 'alter table {t} rename column s.x to y',
              "insert into {t} values (3, 'c', named_struct('y', 3))")
    table.check()
    table.check_versions()


def test_special_characters(table):
    table.create('`a,b;c` int, `{x}` int, `(p)=\t` string', properties={'delta.columnMapping.mode': 'name'}, rest='partitioned by (`(p)=\t`)')
    table.sql("insert into {t} values (1, 2, 'p'), (3, null, '%'), (5, 6, null)")
    table.check()


def test_taken_off(table):
    table.create('id int, a string', "insert into {t} values (1, 'a')", properties={'delta.columnMapping.mode': 'name'})
    table.sql('alter table {t} rename column a to b', "insert into {t} values (2, 'b')",
              "alter table {t} set tblproperties ('delta.columnMapping.mode' = 'none')", "insert into {t} values (3, 'c')")
    table.check()
    table.check_versions()


def test_statistics_and_partitions_by_physical_name(table):
    table.create('id bigint, p int', properties={'delta.columnMapping.mode': 'id'}, rest='partitioned by (p)')
    table.sql('insert into {t} select id, cast(id % 3 as int) from range(30)', 'alter table {t} rename column id to number',
              'alter table {t} rename column p to part', 'insert into {t} select id, 7 from range(100, 120)')
    table.checkpoint()
    table.check()
