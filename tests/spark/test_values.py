"""Values at the edge of their types, statistics over them, and data files as older writers laid them out."""
import json

import pytest

EVERY = '''id int, bo boolean, by byte, sh smallint, lo bigint, fl float, do double, d9 decimal(9,2), d18 decimal(18,6), d38 decimal(38,18),
           st string, bi binary, da date, ts timestamp, nt timestamp_ntz'''
EXTREMES = [
    '''(1, true, -128Y, -32768S, -9223372036854775808L, float('-Infinity'), double('-Infinity'), -9999999.99, -999999999999.999999,
       -99999999999999999999.999999999999999999, '', x'', date'0001-01-01', timestamp'0001-01-01 00:00:00Z', timestamp_ntz'0001-01-01 00:00:00')''',
    '''(2, false, 127Y, 32767S, 9223372036854775807L, float('Infinity'), double('Infinity'), 9999999.99, 999999999999.999999,
       99999999999999999999.999999999999999999, 'é𝄞', x'00ff', date'9999-12-31', timestamp'9999-12-31 23:59:59.999999Z',
       timestamp_ntz'9999-12-31 23:59:59.999999')''',
    '''(3, null, 0Y, 0S, 0L, float('NaN'), double('NaN'), 0, 0, 0, 'a\\'b\\\\c', x'80', date'1582-10-04', timestamp'1582-10-04 12:00:00Z',
       timestamp_ntz'1582-10-15 12:00:00')''',
    '''(4, true, -1Y, -1S, -1L, float('-0.0'), double('-0.0'), -0.01, -0.000001, -0.000000000000000001, '\\n\\t', x'41', date'1970-01-01',
       timestamp'1969-12-31 23:59:59.999999Z', timestamp_ntz'1969-12-31 23:59:59.999999')''',
    '(5, ' + ', '.join(['null'] * 14) + ')',
]


def test_extremes(table):
    table.create(EVERY)
    for row in EXTREMES:
        table.sql(f'insert into {{t}} values {row}')
    table.check()
    table.sql('optimize {t}')
    table.checkpoint()
    table.check()


def test_nested_with_nulls(table):
    table.create('''id int, s struct<a: int, b: struct<c: string, d: array<int>>>, l array<array<string>>, m map<string, map<int, double>>,
                    ls array<struct<x: decimal(10,2), y: timestamp>>, ms map<struct<k: int>, array<date>>''')
    table.sql("""insert into {t} values
        (1, named_struct('a', 1, 'b', named_struct('c', 'x', 'd', array(1, null))), array(array('a', null), null, array()), map('k', map(1, 0.5D, 2, null), 'n', null),
            array(named_struct('x', 1.25, 'y', timestamp'2020-01-01 00:00:00.000001Z'), null), map(named_struct('k', 1), array(date'1500-01-01', null))),
        (2, named_struct('a', null, 'b', null), array(), map(), array(), map()),
        (3, null, null, null, null, null),
        (4, named_struct('a', 2, 'b', named_struct('c', null, 'd', null)), array(null), map('', null), array(named_struct('x', null, 'y', null)), map(named_struct('k', null), null))""")
    table.check()


def test_long_strings_are_cut_in_statistics(table):
    long = {'repeat("a", 40)', 'concat(repeat("a", 32), "b")', 'repeat("\\u{1F600}", 40)', 'concat(repeat("z", 31), "é", repeat("é", 9))',
            'repeat(decode(x"f48fbfbf", "utf-8"), 40)', 'repeat("\\uffff", 33)', 'concat(repeat("m", 40), "\\n")'}
    table.create('id int, v string, s struct<w: string>')
    for at, expression in enumerate(sorted(long)):
        table.sql(f'insert into {{t}} select {at}, {expression}, named_struct("w", {expression})')
    table.check()
    stats = [json.loads(add['stats']) for add in table.actions('add')]
    assert any(len(found['maxValues'].get('v', '')) > 30 for found in stats)


@pytest.mark.parametrize('columns', ['0', '1', '2', '-1'])
def test_indexed_columns(table, columns):
    table.create('a int, s struct<x: int, y: string>, b int', properties={'delta.dataSkippingNumIndexedCols': columns})
    for at in range(3):
        table.sql(f"insert into {{t}} select cast(id as int), named_struct('x', cast(id as int), 'y', string(id)), cast(-id as int) from range({at * 10}, {at * 10 + 10})")
    table.check()


def test_named_statistics_columns(table):
    table.create('a int, s struct<x: int, y: string>, b int', properties={'delta.dataSkippingStatsColumns': 's.y,b'})
    table.sql("insert into {t} values (1, named_struct('x', 1, 'y', 'a'), 5)", "insert into {t} values (null, null, null)")
    table.check()


def test_nan_among_numbers(table):
    table.create('f float, d double')
    for rows in ("(float('NaN'), 1D), (2f, double('NaN'))", '(1f, 5D)', "(float('NaN'), double('NaN'))", "(float('Infinity'), -1D)", '(null, null)'):
        table.sql(f'insert into {{t}} values {rows}')
    table.check()


@pytest.mark.parametrize('type_', ['INT96', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS'])
def test_timestamps_in_parquet(table, conf, type_):
    conf({'spark.sql.parquet.outputTimestampType': type_})
    table.create('id int, t timestamp, s struct<t: timestamp>, l array<timestamp>')
    table.sql("""insert into {t} select id, t, named_struct('t', t), array(t, null) from values (1, timestamp'2020-01-01 01:02:03.456Z'),
        (2, timestamp'1969-12-31 23:59:59.999Z'), (3, timestamp'1500-01-01 00:00:00Z'), (4, timestamp'9999-12-31 23:59:59Z'), (5, null),
        (6, timestamp'0001-01-02 00:00:00Z') as r(id, t)""")
    table.check()


def test_legacy_layout_of_lists_and_decimals(table, conf):
    conf({'spark.sql.parquet.writeLegacyFormat': 'true'})
    table.create('id int, l array<int>, ls array<struct<a: int>>, ll array<array<string>>, m map<string, array<int>>, d decimal(9,2), e decimal(18,4), s struct<l: array<struct<x: array<int>>>>')
    table.sql("""insert into {t} values
        (1, array(1, null), array(named_struct('a', 1), null), array(array('x'), null, array()), map('k', array(1)), -1.25, 12345.6789, named_struct('l', array(named_struct('x', array(1, 2))))),
        (2, array(), array(), array(), map(), null, null, named_struct('l', null)), (3, null, null, null, null, 0, 0, null)""")
    table.check()


@pytest.mark.parametrize('mode', ['LEGACY', 'CORRECTED'])
def test_dates_of_the_old_calendar(table, conf, mode):
    conf({'spark.sql.parquet.datetimeRebaseModeInWrite': mode, 'spark.sql.parquet.int96RebaseModeInWrite': mode})
    table.create('id int, d date, t timestamp')
    table.sql("""insert into {t} values (1, date'1500-02-28', timestamp'1500-02-28 01:02:03Z'), (2, date'1582-10-04', timestamp'1582-10-04 00:00:00Z'),
        (3, date'1582-10-15', timestamp'1582-10-15 00:00:00Z'), (4, date'0001-01-03', timestamp'0001-01-03 00:00:00Z'), (5, date'1000-01-01', timestamp'1000-01-01 12:00:00Z')""")
    table.check()


def test_int96_of_the_old_calendar(table, conf):
    conf({'spark.sql.parquet.outputTimestampType': 'INT96', 'spark.sql.parquet.int96RebaseModeInWrite': 'LEGACY'})
    table.create('id int, t timestamp', "insert into {t} values (1, timestamp'1500-02-28 01:02:03.000001Z'), (2, timestamp'1582-10-15 00:00:00Z')")
    table.check()


@pytest.mark.parametrize('codec', ['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4_raw'])
def test_codecs(table, conf, codec):
    conf({'spark.sql.parquet.compression.codec': codec})
    table.create('id bigint, v string', 'insert into {t} select id, repeat(string(id), 20) from range(500)')
    table.check(filters=False)


def test_parquet_version_2_pages(table, spark):
    hadoop = spark._jsc.hadoopConfiguration()
    hadoop.set('parquet.writer.version', 'v2')
    try:
        table.create('id bigint, v string, d decimal(10,2), b boolean, f double, l array<int>')
        table.sql('''insert into {t} select id, concat('prefix', id), cast(id / 7 as decimal(10,2)), id % 2 = 0, id / 3, array(cast(id as int), null) from range(3000)''')
        table.check()
    finally:
        hadoop.unset('parquet.writer.version')


def test_schema_evolution(table):
    table.create('id int, s struct<a: int>, l array<struct<x: int>>', "insert into {t} values (1, named_struct('a', 1), array(named_struct('x', 1)))")
    table.sql('alter table {t} add columns (later string after id, s.b string, l.element.y int)')
    table.sql("insert into {t} values (2, 'x', named_struct('a', 2, 'b', 'bb'), array(named_struct('x', 2, 'y', 3), null))")
    table.write(table.spark.sql("select named_struct('b', 'only b', 'c', 5D) as s, 3 as id, true as brand_new"), mergeSchema='true')
    table.sql('alter table {t} alter column l first', 'alter table {t} alter column s.b first')
    table.checkpoint()
    table.check()
    table.check_versions()


def test_schema_replaced(table):
    table.create('id int, v string', "insert into {t} values (1, 'a')")
    table.write(table.spark.sql("select 'text' as id, 5 as other"), mode='overwrite', overwriteSchema='true')
    table.check()
    table.check_versions()


def test_void_columns(table):
    """Spark 4.2 shows them as nulls, Spark 4.0 hides them; so does lakelet, until they have a type."""
    table.write(table.spark.sql('select 1 as id, null as nothing, named_struct("a", 1, "n", null) as s'))
    table.sql("insert into {t} (id, s) values (2, named_struct('a', 2, 'n', null))")
    table.compare("select id, named_struct('a', s.a) s from {t}", 'select * from {t}')
    table.sql('alter table {t} alter column nothing type int')
    table.sql("insert into {t} (id, nothing, s) values (3, 5, named_struct('a', 3, 'n', null))")
    table.compare("select id, nothing, named_struct('a', s.a) s from {t}", 'select * from {t}')


def test_char_and_varchar(table):
    """Text of char(n) is padded when it is read, text of varchar(n) is as it is stored."""
    table.create('id int, c char(5), v varchar(3), s struct<c: char(4)>, l array<varchar(2)>', "insert into {t} values (1, 'a', 'abc', named_struct('c', 'x'), array('q'))",
                 "insert into {t} values (2, null, null, null, null), (3, 'abcde', '', named_struct('c', 'abcd'), array())")
    table.check()


def test_char_is_padded(table):
    table.create('id int, c char(5), s struct<c: char(4)>, l array<char(3)>', "insert into {t} values (1, 'a', named_struct('c', 'x'), array('é', null))",
                 "insert into {t} values (2, null, null, null), (3, 'abcde', named_struct('c', 'abcd'), array())")
    table.check()


def test_collations(table, conf):
    conf({'spark.databricks.delta.schema.typeCheck.enabled': 'false'})
    table.create('id int, u string collate UTF8_LCASE, n string collate UNICODE_CI, s struct<x: string collate UNICODE>')
    table.sql("insert into {t} values (1, 'Abc', 'ÉA', named_struct('x', 'z')), (2, 'aBC', 'éa', named_struct('x', 'Z'))", "insert into {t} values (3, 'b', null, null)")
    table.check(filters=False)


def test_case_of_names(table):
    table.create('ID int, `Größe` string, `select` int', "insert into {t} values (1, 'x', 2)", 'insert into {t} (id, `SELECT`) values (2, 3)')
    table.check()


def test_many_row_groups(table, spark):
    hadoop = spark._jsc.hadoopConfiguration()
    hadoop.set('parquet.block.size', '20000')
    hadoop.set('parquet.page.size', '1000')
    try:
        table.create('id bigint, v string', 'insert into {t} select /*+ coalesce(1) */ id, concat("v", id * 7919 % 100003) from range(20000)',
                     'delete from {t} where id % 1000 between 3 and 7', properties={'delta.enableDeletionVectors': 'true'})
        table.check()
    finally:
        hadoop.unset('parquet.block.size')
        hadoop.unset('parquet.page.size')
