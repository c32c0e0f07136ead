"""One Iceberg table that Spark and lakelet change by turns: rows, deletes of each kind, row lineage, snapshots."""
import pytest

VERSIONS = [1, 2, 3]
MODES = ['copy-on-write', 'merge-on-read']
COLUMNS = 'id bigint, city {text}, v double'


def modes(mode):
    return {f'write.{kind}.mode': mode for kind in ('delete', 'update', 'merge')}


def start(table, maker, version, mode, partitioned):
    if maker == 'spark':
        table.create(COLUMNS.format(text='string'), version=version, properties=modes(mode), rest='partitioned by (city)' if partitioned else '')
    else:
        table.make(COLUMNS.format(text='varchar'), version, 'city' if partitioned else '', **modes(mode))
    return table


ROWS = "select {}, case {} % 3 when 0 then 'Oslo' when 1 then 'Bern' end, {} / 4 from range({})"
MERGE = """merge into {t} t using (select {id} + 290 as id, 'Oslo' as city, 0.5 as v from range(20) {r}) s on t.id = s.id
           when matched then update set v = s.v when not matched then insert (id, city, v) values (s.id, s.city, s.v)"""
SPARK_TURN = [
    "insert into {t} select id + 1000, 'Rome', 1 from range(50)",
    'delete from {t} where id % 10 = 3',
    'update {t} set v = -1 where id between 100 and 120',
    MERGE.replace('{id}', 'id').replace('{r}', ''),
    "delete from {t} where city = 'Bern'",
]
LAKELET_TURN = [
    "insert into {t} select range + 2000, 'Rome', 2 from range(50)",
    'delete from {t} where id % 10 = 4 or id = 0',
    "update {t} set city = 'Rome' where id % 7 = 0",
    MERGE.replace('{id}', 'range').replace('{r}', '').replace(' t using', ' as t using').replace(') s on', ') as s on'),
    'delete from {t} where city is null and id > 200',
]


@pytest.mark.parametrize('partitioned', [False, True], ids=['plain', 'partitioned'])
@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('version', VERSIONS)
@pytest.mark.parametrize('maker', ['spark', 'lakelet'])
def test_by_turns(iceberg, maker, version, mode, partitioned):
    if version == 1 and mode == 'merge-on-read':
        mode = 'copy-on-write'  # version 1 has no delete files; the run of both keeps the names of the tests simple
    table = start(iceberg(), maker, version, mode, partitioned)
    table.run('insert into {t} ' + ROWS.format('range', 'range', 'range', 300))
    table.check()
    for theirs, ours in zip(SPARK_TURN, LAKELET_TURN):
        table.sql(theirs)
        table.check(filters=False)
        table.run(ours)
        table.check(filters=False)
    table.check()
    table.check_versions()
    kinds = {row['file_format'] for row in table.delete_files()}
    assert kinds == (set() if mode == 'copy-on-write' else {'PUFFIN'} if version == 3 else {'PARQUET'})


def test_upgraded_between(iceberg):
    """Position deletes of version 2 under vectors of version 3."""
    table = iceberg().create('id bigint, s string', version=2, properties=modes('merge-on-read'))
    table.sql("insert into {t} select id, 'a' from range(0, 100, 1, 1)", 'delete from {t} where id % 10 = 1')
    table.run('delete from {t} where id % 10 = 2')
    table.check()
    table.sql("alter table {t} set tblproperties ('format-version' = '3')")
    table.check()
    table.run('delete from {t} where id % 10 = 3')
    table.check()
    table.sql('delete from {t} where id % 10 = 4')
    table.check()
    table.run("update {t} set s = 'b' where id % 10 = 5")
    table.sql("update {t} set s = 'c' where id % 10 = 6")
    assert table.check().num_rows == 60
    ours = iceberg().make('id bigint, s varchar', 2, **modes('merge-on-read'))
    ours.run("insert into {t} select range, 'a' from range(100)", 'delete from {t} where id % 10 = 1', "alter table {t} set (\"format-version\" = '3')",
             'delete from {t} where id % 10 = 2')
    ours.check()
    ours.sql('delete from {t} where id % 10 = 3')
    assert ours.check().num_rows == 70


def check_lineage(table):
    table.compare(f'select *, _row_id, _last_updated_sequence_number from {table.name}', 'select * from lake_scan({t}, row_ids => true)')


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('maker', ['spark', 'lakelet'])
def test_row_lineage(iceberg, maker, mode):
    table = start(iceberg(), maker, 3, mode, True)
    table.sql("insert into {t} select id, case when id % 2 = 0 then 'Oslo' end, 0 from range(0, 40, 1, 2)")
    check_lineage(table)
    for theirs, ours in zip(SPARK_TURN, LAKELET_TURN):
        table.run(ours)
        check_lineage(table)
        table.sql(theirs)
        check_lineage(table)
    table.run('insert into {t} ' + ROWS.format('range', 'range', 'range', 300))
    table.lakelet_ok('optimize', table.path)
    check_lineage(table)


def test_lineage_of_an_upgraded_table(iceberg):
    table = iceberg().create('id bigint, s string', version=2)
    table.sql("insert into {t} select id, 'a' from range(0, 10, 1, 1)", "insert into {t} select id, 'b' from range(10, 20, 1, 1)",
              "alter table {t} set tblproperties ('format-version' = '3')")
    check_lineage(table)
    table.run("insert into {t} values (100, 'c')")
    check_lineage(table)
    table.run("update {t} set s = 'u' where id % 5 = 0")
    check_lineage(table)
    table.sql("update {t} set s = 'w' where id % 5 = 1")
    check_lineage(table)


@pytest.mark.parametrize('version', VERSIONS)
def test_snapshots_and_summaries(iceberg, version):
    """What Spark says of our snapshots adds up, as it does for its own."""
    table = iceberg().make('id bigint, p integer', version, 'p')
    table.run('insert into {t} select range, range % 3 from range(30)', 'delete from {t} where p = 1', "update {t} set p = 9 where id < 5")
    table.sql('insert into {t} select id, 1 from range(5)', 'delete from {t} where p = 0')
    table.check_versions(filters=True)
    count = {}
    for row in reversed(table.history()):
        summary = row['summary']
        for kind in ('records', 'data-files', 'files-size'):
            added = int(summary.get({'files-size': 'added-files-size'}.get(kind, f'added-{kind}'), 0))
            gone = int(summary.get({'files-size': 'removed-files-size'}.get(kind, f'deleted-{kind}'), 0))
            count[kind] = count.get(kind, 0) + added - gone
            assert count[kind] == int(summary[f'total-{kind}']), (row['operation'], kind)
    assert count['records'] == table.check().num_rows
    assert [row['version'] for row in table.history()] == [entry['version'] for entry in table.lakelet_json('history', table.path)]


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('version', [2, 3])
def test_optimize(iceberg, version, mode):
    """Files that either rewrites, deletes and all, have the same rows for both."""
    table = start(iceberg(), 'spark', version, mode, True)
    for i in range(4):
        table.sql(f"insert into {{t}} select id, 'Oslo', {i} from range({i * 10}, {i * 10 + 10}, 1, 1)", f'delete from {{t}} where id % 10 = {i}')
    table.lakelet_ok('optimize', table.path)
    rows = table.check()
    assert len(table.about('data_files')) == 1 and rows.num_rows == 30
    table.run('delete from {t} where id = 25', "insert into {t} values (100, 'Oslo', 0)")
    table.sql(f"call ice.system.rewrite_data_files(table => '{table.name}', options => map('min-input-files', '1', 'delete-file-threshold', '1'))")
    assert table.check().num_rows == 30
    table.check_versions()


def test_time_travel_and_references(iceberg):
    table = iceberg().create('id bigint')
    table.sql('insert into {t} values (1)', "alter table {t} create tag first", 'alter table {t} create branch work', 'insert into {t} values (2)')
    name = table.name.rsplit('.', 1)[0] + '.' + table.path.name
    table.sql(f'insert into {name}.branch_work values (50), (51)')
    for theirs, ours in [("version as of 'first'", 'first'), ("version as of 'work'", 'work'), ('', 'main')]:
        table.compare(f'select * from {table.name} {theirs}', f"select * from iceberg_scan({{t}}, ref => '{ours}')")
    for row in table.history():
        stamp = row['committed_at'].isoformat(sep=' ', timespec='milliseconds')
        table.compare(f"select * from {table.name} timestamp as of '{stamp}'", f"select * from iceberg_scan({{t}}, timestamp => '{stamp}')")
    table.run('insert into {t} values (3)')
    assert {row['name'] for row in table.about('refs')} == {'main', 'first', 'work'}
    table.compare(f"select * from {table.name} version as of 'work'", "select * from iceberg_scan({t}, ref => 'work')")


def test_spark_rolls_back_and_we_go_on(iceberg):
    table = iceberg().make('id bigint', 2)
    table.run('insert into {t} values (1)', 'insert into {t} values (2)', 'delete from {t} where id = 1')
    first = table.history()[-1]['version']
    table.sql(f"call ice.system.rollback_to_snapshot('{table.name}', {first})")
    assert table.check().num_rows == 1
    table.run('insert into {t} values (5)')
    assert sorted(table.check().column('id').to_pylist()) == [1, 5]


def test_restored(iceberg):
    """lakelet restores an older snapshot of a table; Spark reads it and goes on."""
    table = iceberg().create('id bigint', 'insert into {t} values (1)', 'insert into {t} values (2)', 'delete from {t} where id = 1')
    first = table.history()[-1]['version']
    table.lakelet_ok('restore', f'{table.path}@v{first}')
    assert table.check().column('id').to_pylist() == [1]
    table.sql('insert into {t} values (7)')
    assert sorted(table.check().column('id').to_pylist()) == [1, 7]


def test_spark_keeps_house(iceberg):
    """After snapshots expired, manifests and files of deletes were rewritten, the table goes on."""
    table = iceberg().make('id bigint, p integer', 2, 'p', **modes('merge-on-read'))
    table.run(*[f'insert into {{t}} select range, {i % 2} from range(20)' for i in range(4)], 'delete from {t} where id % 5 = 0')
    table.sql(f"call ice.system.rewrite_manifests('{table.name}')")
    table.check()
    table.sql(f"call ice.system.rewrite_position_delete_files(table => '{table.name}', options => map('rewrite-all', 'true'))")
    table.check()
    table.run('delete from {t} where id % 5 = 1')
    table.check()
    table.sql(f"call ice.system.expire_snapshots(table => '{table.name}', older_than => timestamp'2100-01-01 00:00:00', retain_last => 1)")
    table.check()
    table.run('insert into {t} values (1, 1)', 'update {t} set p = 5 where id = 2')
    table.check()
