"""Columns and partitions of Iceberg tables that change, by Spark and by lakelet, and what is skipped for them."""
import pytest

TIMES = """id bigint, s string, ts timestamp, tn timestamp_ntz, d date, n decimal(9,2), i int, b binary"""
ROWS = """select id, if(id % 11 = 0, null, 'text' || id % 40), timestamp'1969-12-30 22:59:59.999999' + make_interval(0, 0, 0, 0, cast(id * 7 as int)),
       timestamp_ntz'1969-12-30 22:59:59.999999' + make_interval(0, 0, 0, 0, cast(id * 9 as int)), date'1969-12-25' + cast(id as int) * 3, cast(id - 50 as decimal(9,2)) / 4,
       cast(id - 50 as int), cast('b' || id as binary) from range({}, {}, 1, 2)"""
TRANSFORMS = [
    'bucket(4, id)', 'bucket(3, s)', 'bucket(5, ts)', 'bucket(2, tn)', 'bucket(4, d)', 'bucket(4, n)', 'bucket(4, i)', 'bucket(4, b)', 'truncate(10, id)', 'truncate(5, s)', 'truncate(7, i)',
    'truncate(100, n)', 'truncate(1, b)', 'years(ts)', 'months(ts)', 'days(ts)', 'hours(ts)', 'years(tn)', 'months(tn)', 'days(tn)', 'hours(tn)', 'years(d)', 'months(d)', 'days(d)',
    's', 'i', 'n', 'b', 'd', 'tn', 'years(ts), bucket(2, id), s',
]


@pytest.mark.parametrize('transforms', TRANSFORMS)
def test_transforms_of_spark(iceberg, transforms):
    """Rows go into Spark's partitions by both, and both find them by each filter."""
    table = iceberg().create(TIMES, rest=f'partitioned by ({transforms})')
    table.sql('insert into {t} ' + ROWS.format(0, 60))
    table.run('insert into {t} select id + 100, s, ts, tn, d, n, i, b from {t}')
    table.check()
    theirs = {str(row['partition']) for row in table.about('partitions')}
    table.sql('insert into {t} select id + 1000, s, ts, tn, d, n, i, b from {t} where id >= 100')
    if '(10, id' not in transforms and '(2, id' not in transforms:  # the ids alone are new
        assert {str(row['partition']) for row in table.about('partitions')} == theirs, 'Spark puts the same values elsewhere'
    table.run('delete from {t} where id % 3 = 0', "update {t} set i = i + 1, s = 'moved' where id % 7 = 0")
    table.check()


def test_partitions_that_change(iceberg):
    table = iceberg().create(TIMES, rest='partitioned by (days(ts))', properties={'write.delete.mode': 'merge-on-read'})
    table.sql('insert into {t} ' + ROWS.format(0, 30), 'alter table {t} replace partition field ts_day with months(ts)')
    table.run('insert into {t} select id + 100, s, ts, tn, d, n, i, b from {t}')
    table.check()
    table.sql('alter table {t} add partition field bucket(3, s)', 'insert into {t} ' + ROWS.format(300, 330))
    table.run('delete from {t} where id % 5 = 1')
    table.check()
    table.sql('alter table {t} drop partition field months(ts)', 'alter table {t} drop partition field bucket(3, s)')
    table.run('insert into {t} select id + 1000, s, ts, tn, d, n, i, b from {t}', 'delete from {t} where id % 5 = 2')
    table.check()
    table.sql('delete from {t} where id % 5 = 3')
    table.check()
    table.check_versions()


@pytest.mark.parametrize('version', [1, 2, 3])
def test_columns_of_spark_change(iceberg, version):
    table = iceberg().create('id int, s string, st struct<a: int, b: string>, f float, n decimal(9,2)', version=version)
    add = "insert into {t} values (1, 'x', named_struct('a', 1, 'b', 'y'), 1.5, 2.25)"
    table.sql(add, 'alter table {t} rename column s to text', 'alter table {t} alter column id type bigint', 'alter table {t} alter column f type double',
              'alter table {t} alter column n type decimal(18,2)')
    table.check()
    table.run("insert into {t} values (5000000000, 'z', {'a': 2, 'b': 'q'}, 2.5, 12345678901.25)")
    table.check()
    table.sql('alter table {t} add columns (extra string first, other int after text)', 'alter table {t} alter column st.a type bigint', 'alter table {t} add column st.c double',
              'alter table {t} drop column st.b', 'alter table {t} alter column text after st')
    table.check()
    table.run("update {t} set extra = 'e' where id = 1")
    table.check()
    table.sql('alter table {t} drop column text', 'alter table {t} add column text int', 'alter table {t} rename column other to others')
    table.check()
    table.run('insert into {t} (id, text) values (7, 8)')
    table.check()
    table.check_versions()


@pytest.mark.parametrize('version', [1, 2, 3])
def test_columns_of_lakelet_change(iceberg, version):
    table = iceberg().make('id integer, s varchar, st struct(a integer), f float', version)
    table.run("insert into {t} values (1, 'x', {'a': 1}, 0.5)", 'alter table {t} add column extra double', 'alter table {t} rename column s to text', 'alter table {t} alter column id type bigint',
              'alter table {t} alter column f type double')
    table.check()
    table.sql("insert into {t} values (5000000000, 'y', named_struct('a', 2), 1.5, 2.5)")
    table.check()
    table.run('alter table {t} drop column extra', 'alter table {t} add column extra varchar', "insert into {t} values (3, 'z', {'a': 3}, 0, 'e')")
    table.check()
    table.sql("update {t} set extra = 'u' where id = 1")
    table.check()
    table.check_versions()


def test_defaults_of_columns(iceberg):
    """Version 3: rows from before have a column's initial default, new ones its write default."""
    table = iceberg().create('id bigint', 'insert into {t} values (1)', version=3)
    jvm = table.spark._jvm
    java = jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(table.spark._jsparkSession, table.name)
    types, literal = jvm.org.apache.iceberg.types.Types, jvm.org.apache.iceberg.expressions.Expressions.lit
    java.updateSchema().addColumn('i', types.IntegerType.get(), literal(7)).addColumn('s', types.StringType.get(), literal('old')).commit()
    table.check()
    java.updateSchema().updateColumnDefault('s', literal('new')).commit()
    table.run('insert into {t} (id) values (2)')
    rows = {row['id']: row for row in table.check().to_pylist()}
    assert rows == {1: {'id': 1, 'i': 7, 's': 'old'}, 2: {'id': 2, 'i': 7, 's': 'new'}}
    table.run('update {t} set i = 8 where id = 1')
    table.check()


def test_sort_orders_and_distribution_stay(iceberg):
    table = iceberg().create('id bigint, s string', rest='partitioned by (bucket(2, id))')
    table.sql('alter table {t} write ordered by s, id desc', "insert into {t} select id, 's' || id from range(20)")
    before = table.metadata()
    table.run("insert into {t} select range, 't' from range(20)", 'delete from {t} where id = 3')
    table.check()
    after = table.metadata()
    for kept in ('sort-orders', 'default-sort-order-id', 'partition-specs', 'schemas', 'properties', 'table-uuid', 'location'):
        assert after[kept] == before[kept], kept


def test_metrics_modes(iceberg):
    """Files without bounds, with counts only or with whole bounds: nothing is skipped that has rows."""
    table = iceberg().create('id bigint, a string, b string, c string', properties={'write.metadata.metrics.default': 'none', 'write.metadata.metrics.column.a': 'counts',
                                                                                     'write.metadata.metrics.column.b': 'full', 'write.metadata.metrics.column.id': 'truncate(3)'})
    table.sql("insert into {t} select id, 'a' || id, repeat('b', 40) || id, 'c' || id from range(100)")
    table.run("insert into {t} select range, 'A' || range, repeat('B', 40) || range, 'C' || range from range(100)")
    table.check()
    ours = [row['readable_metrics'] for row in table.about('files')]
    for column in ('id', 'a', 'b', 'c'):
        forms = {tuple(sorted(kind for kind, value in metrics[column].items() if value is not None and kind != 'column_size')) for metrics in ours}
        assert len(forms) == 1, (column, forms)
