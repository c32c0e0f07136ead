"""Columns that became wider: every change that Delta allows, at every depth."""
import pytest

WIDER = [
    ('byte', 'smallint', '-128Y', '300S'), ('byte', 'int', '127Y', '70000'), ('byte', 'bigint', '1Y', '5000000000L'),
    ('smallint', 'int', '-32768S', '70000'), ('smallint', 'bigint', '3S', '5000000000L'), ('int', 'bigint', '-2147483648', '5000000000L'),
    ('float', 'double', "cast('0.1' as float)", "cast('0.1' as double)"), ('byte', 'double', '1Y', "cast('0.5' as double)"),
    ('smallint', 'double', '-5S', "cast('0.5' as double)"), ('int', 'double', '16777217', "cast('0.5' as double)"),
    ('date', 'timestamp_ntz', "date'1500-03-01'", "timestamp_ntz'2020-01-01 01:02:03.456789'"),
    ('decimal(4,2)', 'decimal(10,2)', '12.34', '12345678.91'), ('decimal(4,2)', 'decimal(20,6)', '-12.34', '12345678.912345'),
    ('decimal(18,4)', 'decimal(38,10)', '12345678901234.5678', '1234567890123456789012345678.0123456789'),
    ('byte', 'decimal(10,0)', '-7Y', '1234567890'), ('smallint', 'decimal(12,2)', '30000S', '1234567890.12'),
    ('int', 'decimal(20,5)', '2147483647', '123456789012345.12345'), ('bigint', 'decimal(30,4)', '9223372036854775807L', '12345678901234567890123456.1234'),
]
ON = {'delta.enableTypeWidening': 'true', 'delta.feature.timestampNtz': 'supported'}  # for dates that become timestamp_ntz


def test_every_change(table):
    names = [f'c{at}' for at in range(len(WIDER))]
    table.create(', '.join(f'{name} {old}' for name, (old, *_) in zip(names, WIDER)), properties=ON)
    table.sql('insert into {t} values (' + ', '.join(f'cast({value} as {old})' for old, _, value, _ in WIDER) + ')',
              'insert into {t} values (' + ', '.join('null' for _ in WIDER) + ')')
    for name, (_, new, _, _) in zip(names, WIDER):
        table.sql(f'alter table {{t}} alter column {name} type {new}')
    table.sql('insert into {t} values (' + ', '.join(f'cast({value} as {new})' for _, new, _, value in WIDER) + ')')
    table.check()
    table.check(version=1)
    table.check(version=10)
    table.checkpoint()
    table.check()


@pytest.mark.parametrize('mapping', ['none', 'name'])
def test_nested(table, mapping):
    table.create('id int, s struct<a: byte, b: struct<c: float>>, l array<smallint>, m map<int, decimal(5,2)>, ls array<struct<d: date>>',
                 properties=ON | {'delta.columnMapping.mode': mapping})
    row = '''insert into {t} values ({i}, named_struct('a', {i}Y, 'b', named_struct('c', cast('0.{i}' as float))), array({i}S, null), map({i}, 1.2{i}),
             array(named_struct('d', date'2020-01-0{i}')))'''
    table.sql(row.replace('{i}', '1'))
    for column, new in (('s.a', 'bigint'), ('s.b.c', 'double'), ('l.element', 'int'), ('m.key', 'bigint'), ('m.value', 'decimal(12,4)'),
                        ('ls.element.d', 'timestamp_ntz')):
        table.sql(f'alter table {{t}} alter column {column} type {new}')
    table.sql(row.replace('{i}', '2'), "insert into {t} values (3, null, null, null, null)")
    table.check()
    table.check_versions()


def test_partition_columns(table):
    table.create('id int, a byte, d date, e decimal(4,2), f float', properties=ON, rest='partitioned by (a, d, e, f)')
    table.sql("insert into {t} values (1, 1Y, date'2020-01-01', 1.50, 0.1f), (2, null, null, null, null)")
    for column, new in (('a', 'int'), ('d', 'timestamp_ntz'), ('e', 'decimal(10,4)'), ('f', 'double')):
        table.sql(f'alter table {{t}} alter column {column} type {new}')
    table.sql("insert into {t} values (3, 70000, timestamp_ntz'2020-01-01 00:00:01', 123456.7891, cast(0.1 as double))")
    table.check()
    table.checkpoint()
    table.check()


def test_by_schema_evolution(table, conf):
    table.create('id int, a smallint', 'insert into {t} values (1, 1)', properties=ON)
    table.write(table.spark.sql('select 5000000000L as id, 70000 as a'), mergeSchema='true')
    assert table.spark.table(table.name).schema['id'].dataType.simpleString() == 'bigint'
    table.check()


def test_with_deletion_vectors(table):
    table.create('id int, a int', 'insert into {t} select cast(id as int), cast(id as int) from range(100)',
                 'alter table {t} alter column a type bigint', 'delete from {t} where a % 3 = 0',
                 "insert into {t} values (7, 5000000000)", "update {t} set a = a + 5000000000 where id = 50",
                 properties=ON | {'delta.enableDeletionVectors': 'true'})
    table.check()


def test_preview(table):
    table.create('id int, a byte', 'insert into {t} values (1, 1Y)', 'alter table {t} alter column a type int', 'insert into {t} values (2, 70000)',
                 properties=ON | {'delta.feature.typeWidening-preview': 'supported'})
    assert 'typeWidening-preview' in table.features()
    table.check()
    table.check_versions()
