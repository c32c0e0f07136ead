"""What lakelet writes into the log beside its actions: timestamps, checkpoints, checksums, compactions, clean-up, and tables whose features bind its files."""
import json
import os
import time

import pyarrow.parquet as pq
import pytest

from test_lakelet_writes import both


def lakelet_table(table, columns, *statements, partition_by=None, **properties):
    listed = [part for name, value in properties.items() for part in ('--property', f'{name}={value}')]
    table.lakelet_ok('create', table.path, '--schema', columns, *(['--partition-by', partition_by] if partition_by else []), *listed)
    for statement in statements:
        table.lakelet_ok('sql', statement.replace('{t}', f"'{table.path}'"))
    return table


def validated(table):
    """Spark compares the newest version's checksum with the state that it computes from the log, and finds no difference."""
    table.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    table.sql('describe detail {t}').collect()
    snapshot = table.delta_log().update(False, table.spark._jvm.scala.Option.empty(), table.spark._jvm.scala.Option.empty())
    assert snapshot.checksumOpt().isDefined(), f'version {snapshot.version()} has no checksum'
    assert snapshot.validateChecksum(getattr(snapshot, 'validateChecksum$default$1')())


def times(table):
    return {row['version']: int(row['timestamp'].timestamp() * 1000) for row in table.history()}


def commit_times(table):
    return {version: table.log(version)[0]['commitInfo'].get('inCommitTimestamp') for version in range(table.history()[0]['version'] + 1)}


# --- in-commit timestamps ------------------------------------------------------------------------------------------------
def test_in_commit_timestamps(table):
    lakelet_table(table, 'id bigint', 'insert into {t} values (1)', 'insert into {t} values (2)', 'delete from {t} where id = 1',
                  **{'delta.enableInCommitTimestamps': 'true'})
    table.sql('insert into {t} values (3)')
    table.lakelet_ok('sql', f"insert into '{table.path}' values (4)")
    own = commit_times(table)
    assert list(own.values()) == sorted(set(own.values()))
    for commit in table.log_files('0*.json'):
        os.utime(commit, (1, 1))
    table.reopened_sql('select 1')
    assert times(table) == own
    ours = json.loads(table.lakelet_ok('history', table.path, '--format', 'json'))
    assert [row['version'] for row in ours] == [5, 4, 3, 2, 1, 0]
    table.check_versions()
    validated(table)


def test_in_commit_timestamps_switched_on_later(table):
    lakelet_table(table, 'id bigint', 'insert into {t} values (1)')
    table.lakelet_ok('sql', f"alter table '{table.path}' set ('delta.enableInCommitTimestamps' = 'true')")
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2)")
    table.sql('insert into {t} values (3)')
    properties = table.actions('metaData')[-1]['configuration']
    own = commit_times(table)
    assert properties['delta.inCommitTimestampEnablementVersion'] == '2'
    assert properties['delta.inCommitTimestampEnablementTimestamp'] == str(own[2])
    assert own[1] is None and own[2] < own[3] < own[4]
    assert {version: at for version, at in times(table).items() if version >= 2} == {version: own[version] for version in (2, 3, 4)}
    table.check(version=2)
    both(table)
    validated(table)


def test_in_commit_timestamps_of_a_clock_ahead(table):
    table.create('id bigint', 'insert into {t} values (1)', properties={'delta.enableInCommitTimestamps': 'true'})
    newest = table.path / '_delta_log' / f'{1:020}.json'
    info, *rest = newest.read_text().splitlines()
    changed = json.loads(info)
    changed['commitInfo']['inCommitTimestamp'] += 3_600_000
    newest.write_text('\n'.join([json.dumps(changed), *rest]) + '\n')
    for file in [*table.log_files('*.crc'), *table.path.glob('_delta_log/.*.crc')]:  # Delta's, and the file system's own
        file.unlink()
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2)")
    table.reopened_sql('select 1')
    table.sql('insert into {t} values (3)')
    own = commit_times(table)
    assert own[2] == own[1] + 1 and own[3] > own[2]
    both(table)


# --- checkpoints and checksums -------------------------------------------------------------------------------------------
EVERY = 'id bigint, b boolean, t tinyint, s smallint, i int, f float, d double, c decimal(38,10), x string, y binary, day date, at timestamp, local timestamp_ntz, n struct<a: int, m: struct<z: string>>, l array<int>, p date, q string'
ROWS = """insert into {t} select i, i % 2 = 0, i, i, i, i / 4, i / 8, i * 1.0000000001, 'text ' || repeat('é', i::int), 'b'::blob, date '2020-01-01' + i::int,
    timestamptz '2020-01-01 00:00:00.123456+00' + to_days(i::int), timestamp '2020-01-01 00:00:00.123456' + to_days(i::int),
    {'a': i, 'm': {'z': 'z' || i}}, [i], case when i % 3 = 0 then null else date '2024-02-01' + (i % 3)::int end, 'q ' || (i % 2) from range(40) r(i)"""


@pytest.mark.parametrize('policy', ['classic', 'v2'])
@pytest.mark.parametrize('statistics', ['json', 'struct', 'both', 'none'])
def test_checkpoints(table, policy, statistics):
    lakelet_table(table, EVERY, ROWS, "delete from {t} where id % 5 = 0", "update {t} set x = null where id = 7", partition_by='p,q', **{
        'delta.checkpointPolicy': policy, 'delta.checkpointInterval': '3', 'delta.checkpoint.writeStatsAsJson': str(statistics in ('json', 'both')).lower(),
        'delta.checkpoint.writeStatsAsStruct': str(statistics in ('struct', 'both')).lower()})
    written = table.log_files(f'{3:020}.checkpoint*.parquet')
    assert len(written) == 1 and (len(written[0].name) > 50) == (policy == 'v2')
    add = pq.read_schema(written[0]).field('add').type
    assert ('stats' in [field.name for field in add]) == (statistics in ('json', 'both'))
    assert ('stats_parsed' in [field.name for field in add]) == (statistics in ('struct', 'both'))
    assert ('partitionValues_parsed' in [field.name for field in add]) == (statistics in ('struct', 'both'))
    hint = json.loads((table.path / '_delta_log' / '_last_checkpoint').read_text())
    assert hint['version'] == 3 and len(hint['checksum']) == 32
    for version in range(3):
        (table.path / '_delta_log' / f'{version:020}.json').unlink()
    both(table)
    validated(table)
    table.sql("delete from {t} where id = 11", "insert into {t} (id) values (1000)")
    table.checkpoint()
    both(table)
    table.lakelet_ok('sql', f"insert into '{table.path}' (id) values (1001)")
    both(table)


def test_v2_checkpoints_of_many_versions(table):
    lakelet_table(table, 'id bigint', *[f'insert into {{t}} values ({value})' for value in range(21)],
                  **{'delta.checkpointPolicy': 'v2', 'delta.checkpointInterval': '2', 'delta.enableInCommitTimestamps': 'true'})
    names = {int(file.name[:20]): len(file.name) > 50 for file in table.log_files('*.checkpoint*')}
    assert names == {version: version != 20 for version in range(2, 22, 2)}  # every tenth has the name that old clients know
    both(table)
    validated(table)
    table.check_versions()


def test_checksums(table):
    table.create('id bigint, v string', 'insert into {t} select id, "a" from range(0, 20, 1, 3)', properties={'delta.enableDeletionVectors': 'true'})
    table.lakelet_ok('sql', f"insert into '{table.path}' values (100, 'b')")
    validated(table)
    table.lakelet_ok('delete', table.path, '--where', 'id < 5')
    validated(table)
    table.lakelet_ok('update', table.path, '--set', "v = 'c'", '--where', 'id = 10')
    validated(table)
    table.sql('delete from {t} where id = 12', 'optimize {t}')
    validated(table)
    table.lakelet_ok('import', table.path, empty(table), '--mode', 'overwrite')
    validated(table)
    # Spark goes on from our numbers.
    table.sql("insert into {t} values (7, 'x')")
    validated(table)


def empty(table):
    file = table.path.parent / 'empty.csv'
    file.write_text('id,v\n1,x\n')
    return file


def test_checksums_on_top_of_a_checkpoint(table):
    """The files of the checkpoint aren't counted again: its own checksum says how many there are."""
    table.create('id bigint', *[f'insert into {{t}} values ({value})' for value in range(12)])
    for version in range(10):
        for file in table.log_files(f'{version:020}.*'):
            file.unlink()
    table.lakelet_ok('sql', f"insert into '{table.path}' values (100)")
    validated(table)
    # Without any to go on from, there is none, until the next checkpoint.
    for file in table.log_files('*.crc'):
        file.unlink()
    table.lakelet_ok('sql', f"insert into '{table.path}' values (101)")
    assert not table.log_files('*.crc')
    for value in range(6):
        table.lakelet_ok('sql', f"insert into '{table.path}' values ({value})")
    assert len(table.log_files(f'{20:020}.crc')) == 1
    validated(table)


def test_log_compaction(table):
    lakelet_table(table, 'id bigint', 'insert into {t} values (1), (2)', 'delete from {t} where id = 1', 'insert into {t} values (3)', 'insert into {t} values (4)',
                  **{'lakelet.logCompactionInterval': '3'})
    assert [file.name for file in table.log_files('*.compacted.json')] == [f'{0:020}.{2:020}.compacted.json']
    both(table)
    table.sql('delete from {t} where id = 2')
    both(table)


def test_log_clean_up(table):
    lakelet_table(table, 'id bigint', *[f'insert into {{t}} values ({value})' for value in range(9)],
                  **{'delta.checkpointInterval': '4', 'delta.logRetentionDuration': 'interval 2 days', 'delta.checkpointPolicy': 'v2'})
    for file in table.log_files('0*'):
        age = 5 - int(file.name[:20]) / 4  # days
        os.utime(file, (time.time() - age * 86400,) * 2)
    for value in range(9, 12):
        table.lakelet_ok('sql', f"insert into '{table.path}' values ({value})")
    assert min(int(file.name[:20]) for file in table.log_files('0*')) == 8
    both(table)
    for version in range(8, 13):
        table.check(version=version)
    assert 'clean-up' in table.lakelet('sql', f"from delta_scan('{table.path}', version => 3)").stderr
    table.sql('insert into {t} values (50)')
    both(table)


# --- data files ----------------------------------------------------------------------------------------------------------
def test_file_prefixes(table):
    lakelet_table(table, 'id bigint, p string', "insert into {t} values (1, 'a'), (2, 'b')", partition_by='p',
                  **{'delta.randomizeFilePrefixes': 'true', 'delta.randomPrefixLength': '4'})
    paths = [add['path'] for add in table.actions('add')]
    assert len(paths) == 2 and all(len(path.split('/')) == 2 and len(path.split('/')[0]) == 4 for path in paths), paths
    both(table)
    table.sql("update {t} set id = 10 where id = 1")
    both(table)


def test_statistics_properties(table):
    lakelet_table(table, 'a int, b int, c int', 'insert into {t} values (1, 2, 3)', **{'delta.dataSkippingNumIndexedCols': '2'})
    assert list(json.loads(table.actions('add')[0]['stats'])['minValues']) == ['a', 'b']
    table.lakelet_ok('sql', f"alter table '{table.path}' set ('delta.dataSkippingStatsColumns' = 'c')")
    table.lakelet_ok('sql', f"insert into '{table.path}' values (1, 2, 3)")
    assert list(json.loads(table.actions('add')[1]['stats'])['minValues']) == ['c']
    both(table)


def statistics(table):
    return [json.loads(add['stats']) for add in table.actions('add')]


def test_statistics_have_sparks_form(table, new_table):
    """The same rows, written by both: the same statistics, but for what lakelet leaves out or makes wider on purpose."""
    columns = 'i int, x string, d double, c decimal(20,4), day date, at timestamp, local timestamp_ntz, n struct<a: int>, nothing int'
    table.create(columns.replace('timestamp_ntz', 'timestamp_ntz'))
    table.sql("""insert into {t} select /*+ coalesce(1) */ * from values
        (1, 'short', 1.5D, cast(1.5 as decimal(20,4)), date'2020-02-29', timestamp'2020-01-01 00:00:00.123 UTC', timestamp_ntz'2020-01-01 00:00:00.123', named_struct('a', 1), null),
        (-3, repeat('é', 40), -2.25D, cast(-7 as decimal(20,4)), date'1999-12-31', timestamp'2021-01-01 00:00:00.456 UTC', timestamp_ntz'2021-01-01 00:00:00.456', named_struct('a', null), null)""")
    copy = new_table('copy')
    copy.lakelet_ok('sql', f"create table '{copy.path}' as select * from '{table.path}'")
    [theirs], [ours] = statistics(table), statistics(copy)
    assert theirs.pop('tightBounds', True) and ours.pop('tightBounds', True)
    assert ours == theirs
    both(copy)


# --- features that bind a writer's files ---------------------------------------------------------------------------------
def test_clustered(table):
    table.create('a int, b int, c string', "insert into {t} values (1, 2, 'x')", rest='cluster by (b, c)', properties={'delta.dataSkippingNumIndexedCols': '3'})
    domain = table.actions('domainMetadata')[-1]
    table.lakelet_ok('sql', f"insert into '{table.path}' values (3, 4, 'y')")
    table.lakelet_ok('update', table.path, '--set', 'a = 7', '--where', 'b = 2')
    table.lakelet_ok('delete', table.path, '--where', 'b = 4')
    adds = [add for add in table.actions('add') if 'lakelet' not in add]
    assert all({'b', 'c'} <= set(json.loads(add['stats'])['minValues']) for add in adds)
    assert not any('clusteringProvider' in add for add in adds)
    both(table)
    assert table.actions('domainMetadata')[-1] == domain
    assert [row['clusteringColumns'] for row in table.sql('describe detail {t}').collect()] == [['b', 'c']]
    table.sql("insert into {t} values (9, 9, 'z')", 'optimize {t}')
    both(table)


@pytest.mark.parametrize('version', [1, 2])
def test_iceberg_compatibility(table, version):
    table.create('id int, v string, p string, t timestamp', "insert into {t} values (1, 'a', 'x', timestamp'2020-01-01 00:00:00')", rest='partitioned by (p)',
                 properties={f'delta.enableIcebergCompatV{version}': 'true', 'delta.columnMapping.mode': 'name'})
    before = {add['path'] for add in table.actions('add')}
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2, 'b', 'y', null), (3, 'c', null, null)")
    table.lakelet_ok('update', table.path, '--set', "v = 'changed'", '--where', 'id = 1')
    both(table)
    ours = [add for add in table.actions('add') if add['path'] not in before]
    names = {field['name']: field['metadata']['delta.columnMapping.physicalName'] for field in json.loads(table.actions('metaData')[-1]['schemaString'])['fields']}
    for add in ours:
        file = next(iter(table.path.rglob(add['path'].split('/')[-1])))
        assert pq.read_schema(file).names == [names[name] for name in ('id', 'v', 't', 'p')]
        assert 'numRecords' in json.loads(add['stats']) and 'deletionVector' not in add
        assert pq.ParquetFile(file).schema.column(2).physical_type == 'INT64'
    table.sql("insert into {t} values (4, 'd', 'y', null)", "update {t} set v = 'spark' where id = 2")
    both(table)


def test_iceberg_compatibility_2_with_nested_columns(table):
    table.create('id int, l array<int>, m map<string, struct<a: array<string>>>', "insert into {t} values (1, array(1), map('k', named_struct('a', array('x'))))",
                 properties={'delta.enableIcebergCompatV2': 'true', 'delta.columnMapping.mode': 'id'})
    before = {add['path'] for add in table.actions('add')}
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2, [2, 3], map {{'z': {{'a': ['y']}}}})")
    both(table)
    [theirs] = [next(iter(table.path.rglob(path.split('/')[-1]))) for path in before]
    [ours] = [next(iter(table.path.rglob(add['path'].split('/')[-1]))) for add in table.actions('add') if add['path'] not in before]
    assert leaf_ids(ours) == leaf_ids(theirs)


def leaf_ids(file):
    def ids(field):
        own = (field.metadata or {}).get(b'PARQUET:field_id')
        children = [field.type.field(at) for at in range(field.type.num_fields)] if str(field.type).startswith(('struct', 'list', 'map')) else []
        return own, [ids(child) for child in children]
    return [ids(field) for field in pq.read_schema(file)]


def test_materialized_partition_columns(table):
    lakelet_table(table, 'p string, id int', "insert into {t} values ('a', 1), (null, 2)", partition_by='p', **{'delta.feature.materializePartitionColumns': 'supported'})
    for add in table.actions('add'):
        file = next(iter(table.path.rglob(add['path'].split('/')[-1])))
        assert pq.ParquetFile(file).schema_arrow.names == ['id', 'p']
        assert 'p' not in json.loads(add['stats'])['minValues']
    assert json.loads(table.lakelet_ok('sql', '--format', 'json', f"select p, id from '{table.path}' order by id")) == [{'p': 'a', 'id': 1}, {'p': None, 'id': 2}]


def test_after_a_dropped_feature(table):
    """Dropping a feature leaves checkpointProtection behind."""
    table.create('id int', 'insert into {t} values (1)', properties={'delta.enableDeletionVectors': 'true'})
    table.sql("alter table {t} drop feature deletionVectors")
    assert 'checkpointProtection' in table.features()
    table.lakelet_ok('sql', f"insert into '{table.path}' values (2)")
    table.lakelet_ok('delete', table.path, '--where', 'id = 1')
    both(table)


# --- variants ------------------------------------------------------------------------------------------------------------
def check_variants(table):
    table.compare(f'select id, to_json(v) v from {table.name}', 'select id, v from {t}', json_columns=['v'])


def variant_files(table):
    for file in table.path.rglob('*.parquet'):
        if '_delta_log' not in str(file):
            yield pq.ParquetFile(file).schema


VALUES = ['null', *(f"'{text}'::json::variant" for text in ('1', '-128', '70000', '5000000000', '1.5', 'true', '""', '"é"', '[]', '{}', '[1, null, "a", [2.5], {"b": true}]',
                                                    '{"z": {"a": 1, "b": [{}]}, "a": null, "é": "ü"}', '"' + 'long ' * 40 + '"')),
          '5::tinyint::variant', '1.50::decimal(4,2)::variant', '(-12345678901234567890.5)::decimal(30,1)::variant', "date '2020-02-29'::variant", "timestamptz '2020-01-01 01:02:03.000004+00'::variant",
          "timestamp '1500-01-01 00:00:00'::variant", '0.5::float::variant', "'\\x00\\xFF'::blob::variant", "{'a': 1, 'b': [1, 2]}::variant"]


def test_variants(table):
    lakelet_table(table, 'id int, v variant', *[f'insert into {{t}} values ({at}, {value})' for at, value in enumerate(VALUES)])
    assert {'variantType'} == table.features()
    check_variants(table)
    table.lakelet_ok('sql', f"insert into '{table.path}' select id + 100, v from '{table.path}'")
    table.lakelet_ok('update', table.path, '--set', "v = {'changed': id}::variant", '--where', 'id % 5 = 0')
    table.lakelet_ok('delete', table.path, '--where', 'id = 3')
    check_variants(table)
    for schema in variant_files(table):
        assert 'typed_value' not in str(schema) and 'required binary' in str(schema)
    table.sql("insert into {t} select 1000, parse_json('{\"spark\": [1]}')", 'update {t} set id = id + 1 where id = 7')
    check_variants(table)
    validated(table)


def test_variants_in_sparks_table(table):
    table.create('id int, v variant, p string', "insert into {t} select 1, parse_json('{\"a\": 1}'), 'x'", rest='partitioned by (p)',
                 properties={'delta.enableDeletionVectors': 'true', 'delta.columnMapping.mode': 'name'})
    table.lakelet_ok('sql', f"insert into '{table.path}' select i, {{'i': i}}::variant, 'p' || (i % 3) from range(10, 20) r(i)")
    table.lakelet_ok('delete', table.path, '--where', 'id = 12')
    table.lakelet_ok('update', table.path, '--set', "v = {'x': 'y'}::variant", '--where', 'id in (1, 13)')
    check_variants(table)
    table.sql('optimize {t}')
    check_variants(table)


def test_variants_in_a_table_with_shredded_ones(table, conf):
    conf({'spark.sql.variant.writeShredding.enabled': 'true', 'spark.sql.variant.allowReadingShredded': 'true', 'spark.sql.variant.forceShreddingSchemaForTest': 'a int, b string'})
    table.create('id int, v variant', """insert into {t} select id, parse_json(concat('{"a": ', id, ', "b": "x"}')) from range(0, 20, 1, 1)""",
                 properties={'delta.enableVariantShredding': 'true', 'delta.enableDeletionVectors': 'true'})
    assert any('typed_value' in str(schema) for schema in variant_files(table))
    table.lakelet_ok('sql', f"insert into '{table.path}' select i, {{'a': i, 'c': [i]}}::variant from range(100, 110) r(i)")
    table.lakelet_ok('update', table.path, '--set', "v = {'a': 'other'}::variant", '--where', 'id in (3, 104)')
    table.lakelet_ok('delete', table.path, '--where', 'id in (4, 105)')
    table.reopened_sql('select 1')
    check_variants(table)
    table.lakelet_ok('optimize', table.path)
    table.reopened_sql('select 1')
    check_variants(table)
    table.sql("insert into {t} select 1000, parse_json('{\"a\": 5}')", 'delete from {t} where id = 106')
    check_variants(table)


NESTED = 'id int, v variant, s struct(a variant, n int), l variant[], m map(varchar, variant)'


def check_nested_variants(table):
    for theirs, ours in (('to_json(v)', 'v'), ('to_json(s.a)', 's.a'), ('to_json(get(l, 0))', 'l[1]'), ('to_json(get(l, 2))', 'l[3]'), ("to_json(m['k'])", "m['k']")):
        table.compare(f'select id, {theirs} v from {table.name}', f'select id, {ours} v from {{t}}', json_columns=['v'])
    for theirs, ours in (('v', 'v'), ('s', 's'), ('s.a', 's.a'), ('l', 'l'), ('get(l, 0)', 'l[1]'), ('m', 'm'), ("m['k']", "m['k']")):
        table.compare(f'select id, {theirs} is null n from {table.name}', f'select id, {ours} is null n from {{t}}')
    table.compare(f'select id, cast(size(l) as bigint) n from {table.name} where l is not null', 'select id, len(l) n from {t} where l is not null')


def test_nulls_and_variants_inside_of_other_types(table):
    lakelet_table(table, NESTED, """insert into {t} values
                  (1, 5::variant, {'a': 'x'::variant, 'n': 1}, [1::variant, null, {'k': [1]}::variant], map {'k': true::variant, 'n': null}),
                  (2, null, {'a': null, 'n': 2}, [], map {}), (3, {'z': 1}::variant, null, null, null), (4, null, null, [null], map {'k': null})""",
                  "insert into {t} select id + i * 10, v, s, l, m from {t}, range(1, 800) r(i)",
                  **{'delta.columnMapping.mode': 'name', 'delta.enableChangeDataFeed': 'true'})
    check_nested_variants(table)
    table.lakelet_ok('update', table.path, '--set', 'v = null', '--set', "l = [null, 2::variant, [3]::variant]", '--where', 'id % 7 = 0')
    table.lakelet_ok('sql', f"""merge into '{table.path}' t using (select 2 id, [1, null]::variant v union all select 100000, null) s on t.id = s.id
                                when matched then update set v = s.v, s = {{'a': s.v, 'n': 0}} when not matched then insert (id, v) values (s.id, s.v)""")
    table.lakelet_ok('delete', table.path, '--where', 'id % 5 = 0')
    table.reopened_sql('select 1')
    check_nested_variants(table)
    table.lakelet_ok('optimize', table.path)
    table.reopened_sql('select 1')
    check_nested_variants(table)
    table.sql("insert into {t} select 200000, parse_json('[1]'), named_struct('a', null, 'n', 1), array(parse_json('null')), map('k', null)", 'update {t} set id = id + 1000000 where id % 3 = 0')
    check_nested_variants(table)
    validated(table)


def test_null_stays_apart_from_the_variant_null(table):
    """DuckDB has no word of its own for the variant null, but a file that is copied keeps it."""
    table.create('id int, v variant, s struct<a: variant>', """insert into {t} select 1, parse_json('null'), named_struct('a', parse_json('null')) union all
                 select 2, null, named_struct('a', null) union all select 3, parse_json('{"a": null}'), null""", rest='')
    table.lakelet_ok('update', table.path, '--set', 'id = id + 10', '--where', 'id > 0')
    table.lakelet_ok('optimize', table.path)
    table.reopened_sql('select 1')
    assert {row['id']: (row['n'], row['o'], row['v'], row['a']) for row in table.sql(f'select id, v is null n, s.a is null o, to_json(v) v, to_json(s.a) a from {table.name}').collect()} == {
        11: (False, False, 'null', 'null'), 12: (True, True, None, None), 13: (False, True, '{"a":null}', None)}
