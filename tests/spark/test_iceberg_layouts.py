"""What Spark's procedures and properties make of a table's files and metadata, read by lakelet; and changes between snapshots, told by both."""
import pytest

COLUMNS = 'id bigint, city string, v double'
ROWS = "select id, case id % 3 when 0 then 'Oslo' when 1 then 'Bern' end, id / 4 from range({}, {})"


def fill(table, *ends):
    for first, last in ends:
        table.sql('insert into {t} ' + ROWS.format(first, last))
    return table


def call(table, procedure, arguments=''):
    catalog, rest = table.name.split('.', 1)
    return table.sql(f"call {catalog}.system.{procedure}(table => '{rest}'{', ' + arguments if arguments else ''})")


@pytest.mark.parametrize('codec', ['zstd', 'gzip', 'snappy', 'uncompressed', 'lz4_raw'])
def test_codecs(iceberg, codec):
    """Of Parquet, of manifests and of the metadata itself."""
    of_avro = {'lz4_raw': 'zstd'}.get(codec, codec)
    properties = {'write.parquet.compression-codec': codec, 'write.avro.compression-codec': of_avro, 'write.delete.mode': 'merge-on-read',
                  'write.metadata.compression-codec': 'gzip' if codec == 'gzip' else 'none'}
    table = fill(iceberg().create(COLUMNS, properties=properties), (0, 100), (100, 150))
    table.sql('delete from {t} where id % 10 = 3')
    table.check()
    if codec != 'gzip':  # whose metadata files have names that a folder's commits of lakelet don't take
        table.run('update {t} set v = 0 where id = 5')
        table.check()


@pytest.mark.parametrize('granularity', ['partition', 'file'])
def test_position_deletes_of_partitions_and_files(iceberg, granularity):
    modes = {f'write.{kind}.mode': 'merge-on-read' for kind in ('delete', 'update', 'merge')}
    table = iceberg().create(COLUMNS, properties={**modes, 'write.delete.granularity': granularity}, rest='partitioned by (city)')
    fill(table, (0, 100), (100, 200), (200, 300))
    table.sql('delete from {t} where id % 7 = 3', 'update {t} set v = -v where id % 11 = 0', 'delete from {t} where id = 50')
    table.check()
    call(table, 'rewrite_position_delete_files', "options => map('rewrite-all', 'true')")
    table.check()
    table.run('delete from {t} where id % 13 = 1')
    table.check()
    call(table, 'rewrite_data_files', "options => map('rewrite-all', 'true', 'remove-dangling-deletes', 'true')")
    table.check()
    table.check_versions()


@pytest.mark.parametrize('version', [1, 2, 3])
def test_added_files(iceberg, version, tmp_path):
    """Files without field ids, of a folder partitioned as Hive does, whose partition column isn't in them."""
    table = iceberg().create(COLUMNS, version=version, rest='partitioned by (city)')
    spark = table.spark
    folder = tmp_path / 'plain'
    spark.sql(ROWS.format(0, 60)).toDF('id', 'city', 'v').where('city is not null').write.partitionBy('city').parquet(str(folder))
    fill(table, (100, 130))
    call(table, 'add_files', f"source_table => '`parquet`.`{folder}`'")
    assert table.check().num_rows == 70
    table.sql('alter table {t} rename column v to w')
    table.run("update {t} set w = -1 where id < 10 and city = 'Oslo'")
    table.check()


def test_staged_and_published(iceberg):
    """Write, audit, publish: by an id, whose snapshot is cherry-picked, and by a branch."""
    table = fill(iceberg().create(COLUMNS, properties={'write.wap.enabled': 'true'}), (0, 20))
    table.spark.conf.set('spark.wap.id', 'one')
    fill(table, (20, 40))
    table.spark.conf.unset('spark.wap.id')
    assert table.check().num_rows == 20
    fill(table, (40, 50))
    call(table, 'publish_changes', "wap_id => 'one'")
    assert table.check().num_rows == 50
    table.spark.conf.set('spark.wap.branch', 'audit')
    fill(table, (50, 60))
    assert table.lakelet_json('sql', f"select count(*) as n from '{table.path}@audit'") == [{'n': 60}]
    table.spark.conf.unset('spark.wap.branch')
    assert table.check().num_rows == 50
    call(table, 'fast_forward', "branch => 'main', to => 'audit'")
    assert table.check().num_rows == 60
    table.check_versions()


def test_small_pages_and_statistics(iceberg):
    properties = {'write.parquet.row-group-size-bytes': '4096', 'write.parquet.page-size-bytes': '512', 'write.parquet.dict-size-bytes': '64',
                  'write.parquet.bloom-filter-enabled.column.id': 'true', 'write.metadata.metrics.default': 'none', 'write.delete.mode': 'merge-on-read'}
    table = fill(iceberg().create(COLUMNS, properties=properties, rest='partitioned by (bucket(4, id))'), (0, 5000))
    table.sql('delete from {t} where id % 100 = 7')
    call(table, 'compute_table_stats')
    call(table, 'compute_partition_stats')
    table.check()
    table.run('delete from {t} where id % 100 = 8')
    table.check()


def told_by_spark(table, before, after):
    view = f'changes_{before}_{after}'
    call(table, 'create_changelog_view', f"changelog_view => '{view}', options => map('start-snapshot-id', '{before}', 'end-snapshot-id', '{after}')")
    rows = table.spark.sql(f'select lower(_change_type), _commit_snapshot_id, id, city, v from {view}').collect()
    return sorted(map(repr, map(tuple, rows)))


def told_by_lakelet(table, first, last):
    rows = table.lakelet_json('sql', f"select _change_type, _commit_version, id, city, v from lake_changes('{table.path}', {first}, {last})")
    return sorted(repr(tuple(row.values())) for row in rows)


@pytest.mark.parametrize('version', [1, 2, 3])
def test_changes(iceberg, version):
    """Files that are written again carry rows over that didn't change: neither tells of them."""
    table = fill(iceberg().create(COLUMNS, version=version, rest='partitioned by (city)'), (0, 60), (60, 90))
    table.sql('delete from {t} where id % 7 = 3', 'update {t} set v = -v where id % 11 = 0')
    table.run("update {t} set city = 'Rome' where id % 13 = 2", "delete from {t} where city = 'Oslo' and id > 40")
    call(table, 'rewrite_data_files', "options => map('rewrite-all', 'true')")
    table.sql('insert into {t} select * from {t} where id = 1'.replace('{t}', table.name))
    line = [row['version'] for row in table.history()][::-1]
    for before, after in zip(line, line[1:]):
        assert told_by_lakelet(table, after, after) == told_by_spark(table, before, after)
    assert told_by_lakelet(table, line[1], line[-1]) == told_by_spark(table, line[0], line[-1])
