"""Partition values of every type, and folders whose names had to be encoded."""
import pytest

TYPES = {
    'boolean': ['true', 'false'], 'byte': ['-128Y', '127Y'], 'smallint': ['-32768S', '7S'], 'int': ['-5', '2147483647'],
    'bigint': ['9223372036854775807L', '-1L'], 'float': ["float('0.1')", "float('NaN')", "float('-Infinity')"], 'double': ["double('1e300')", '-0.5D'],
    'decimal(38,10)': ['12345678901234567890.0123456789', '-1'], 'date': ["date'1500-02-28'", "date'2024-02-29'", "date'0001-01-01'", "date'9999-12-31'"],
    'timestamp': ["timestamp'2020-01-01 01:02:03.456789Z'", "timestamp'1500-06-01 00:00:00Z'", "timestamp'1969-12-31 23:59:59.999999Z'"],
    'timestamp_ntz': ["timestamp_ntz'2020-01-01 01:02:03.456789'", "timestamp_ntz'1500-06-01 00:00:00'", "timestamp_ntz'2020-01-01'"],
    'string': ["'a b'", "'50%'", "'%41'", "'é/ü'", "'a=b:c'", "'#?&+'", "' '", '"quo\'te"', "'__HIVE_DEFAULT_PARTITION__x'", "'null'"],
    'binary': ["cast('abc' as binary)", "cast('é' as binary)"],
}


@pytest.mark.parametrize('type_', sorted(TYPES))
def test_type(table, type_):
    table.create(f'id int, p {type_}', rest='partitioned by (p)')
    rows = ', '.join(f'({at}, {value})' for at, value in enumerate([*TYPES[type_], 'null']))
    table.sql(f'insert into {{t}} values {rows}')
    table.check()
    table.checkpoint()
    table.check()


def test_empty_string_becomes_null(table):
    table.create('id int, p string, q string', "insert into {t} values (1, '', 'x'), (2, null, ''), (3, 'a', null)", rest='partitioned by (p, q)')
    table.check()


def test_several_columns_and_deletes(table):
    table.create('id int, a string, b date, c int', rest='partitioned by (c, a, b)')
    table.sql('''insert into {t} select cast(id as int), concat('k ', id % 3), date_add(date'2020-01-01', cast(id % 2 as int)), cast(id % 4 as int)
                 from range(0, 48, 1, 2)''', "delete from {t} where a = 'k 1'", "delete from {t} where c = 2 and b = date'2020-01-01'",
              'update {t} set c = 9 where id = 3')
    table.check()
    table.check_versions()


def test_special_characters_and_changes(table):
    table.create('id int, p string', "insert into {t} values (1, 'é/ü%'), (2, 'é/ü%'), (3, 'a b+c')", rest='partitioned by (p)')
    table.sql('delete from {t} where id = 1', "update {t} set p = '%C3%A9' where id = 3", 'optimize {t}')
    table.check()
    table.check_versions()


def test_timestamps_in_a_local_zone(table, conf):
    conf({'spark.sql.session.timeZone': 'America/New_York'})
    table.create('id int, p timestamp', "insert into {t} values (1, timestamp'2020-07-01 12:00:00'), (2, timestamp'2020-01-01 00:00:00.5')",
                 rest='partitioned by (p)')
    conf({'spark.sql.session.timeZone': 'UTC'})
    table.check()


def test_names_of_partition_columns(table):
    table.create('id int, `a-b` int, `Größe` string', "insert into {t} values (1, 2, 'x'), (2, null, null)", rest='partitioned by (`a-b`, `Größe`)')
    table.check()


def test_all_columns_but_one_and_no_rows(table):
    table.create('id int, p int', rest='partitioned by (p)')
    table.check()
    table.sql('insert into {t} values (1, 1)', 'delete from {t}')
    table.check()
