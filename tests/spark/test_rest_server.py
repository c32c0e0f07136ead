"""Iceberg's own REST catalog server between pyiceberg and lakelet: either makes a table, both change it."""
import concurrent.futures
import glob
import pathlib
import urllib.parse

import pyarrow as pa
import pytest
from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError

DEPS = pathlib.Path(__file__).resolve().parents[2] / '.deps'
ROWS = pa.table({'id': pa.array([1, 2, 3], pa.int64()), 'city': ['Oslo', 'Bern', None]})
VERSIONS = pytest.mark.parametrize('version', [1, 2, 3])


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    """The URI of a server over a catalog in SQLite, in a Java process that ends with this one."""
    folder = tmp_path_factory.mktemp('rest')
    py4j = next((DEPS / 'spark' / 'venv' / 'share' / 'py4j').glob('*.jar'))
    jars = ':'.join(glob.glob(str(DEPS / 'iceberg-rest' / 'jars' / '*.jar')))
    port = launch_gateway(classpath=jars, jarpath=str(py4j), die_on_exit=True, javaopts=['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'])
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auto_convert=True))
    iceberg, jetty = gateway.jvm.org.apache.iceberg, gateway.jvm.org.eclipse.jetty
    catalog = iceberg.jdbc.JdbcCatalog()
    catalog.setConf(gateway.jvm.org.apache.hadoop.conf.Configuration())
    catalog.initialize('backend', {'uri': f'jdbc:sqlite:{folder}/catalog.db', 'warehouse': f'file://{folder}/warehouse', 'jdbc.schema-version': 'V1'})
    routes = jetty.ee10.servlet.ServletContextHandler(0)
    routes.addServlet(jetty.ee10.servlet.ServletHolder(iceberg.rest.RESTCatalogServlet(iceberg.rest.RESTCatalogAdapter(catalog))), '/*')
    running = jetty.server.Server(gateway.jvm.java.net.InetSocketAddress('127.0.0.1', 0))
    running.setHandler(routes)
    running.start()
    yield f'http://127.0.0.1:{running.getURI().getPort()}'
    running.stop()
    gateway.shutdown()


class Both:
    """One namespace of the catalog, for pyiceberg and for lakelet."""

    def __init__(self, uri, space, cli):
        self.uri, self.space, self.cli = uri, space, cli

    def pyiceberg(self):
        return RestCatalog('rest', uri=self.uri)

    def attach(self, query):
        return f"attach 'iceberg+{self.uri}' as c (type lakelet); " + query.replace('{s}', f'c."{self.space}"')

    def sql(self, query):
        return self.cli.ok('sql', '--quiet', self.attach(query))

    def rows(self, query):
        return self.cli.rows(self.attach(query)).to_pylist()

    def reference(self, table):
        return f'iceberg+{self.uri}#{self.space}.{table}'

    def make(self, table='t', **properties):
        self.pyiceberg().create_namespace_if_not_exists(self.space)
        made = self.pyiceberg().create_table(f'{self.space}.{table}', ROWS.schema, properties={key.replace('_', '-'): str(value) for key, value in properties.items()})
        if made.metadata.format_version < 3:
            made.append(ROWS)
        else:  # pyiceberg writes no rows to tables of version 3 so far
            self.sql(f"insert into {{s}}.{table} values (1, 'Oslo'), (2, 'Bern'), (3, null)")
        return made.refresh()

    def theirs(self, table='t'):
        return sorted(self.pyiceberg().load_table(f'{self.space}.{table}').scan().to_arrow().to_pylist(), key=lambda row: row['id'])


@pytest.fixture
def both(server, request, lakelet):
    return Both(server, ''.join(c for c in request.node.name if c.isalnum()), lakelet)


@VERSIONS
def test_their_table_is_read_and_changed(both, version):
    both.make(format_version=version)
    assert both.rows('from {s}.t order by id') == ROWS.to_pylist()
    both.sql("insert into {s}.t values (4, 'Rome')")
    both.sql("update {s}.t set city = 'Paris' where id = 2")
    both.sql('delete from {s}.t where id = 1')
    both.sql("merge into {s}.t t using (values (3, 'Kyiv'), (5, 'Lima')) s(id, city) on t.id = s.id when matched then update set city = s.city "
             'when not matched then insert (id, city) values (s.id, s.city)')
    expected = [{'id': 2, 'city': 'Paris'}, {'id': 3, 'city': 'Kyiv'}, {'id': 4, 'city': 'Rome'}, {'id': 5, 'city': 'Lima'}]
    assert both.rows('from {s}.t order by id') == expected
    assert both.theirs() == expected
    assert both.pyiceberg().load_table(f'{both.space}.t').metadata.format_version == version


@VERSIONS
def test_our_table_is_read_and_changed(both, version):
    both.sql(f'create schema {{s}}; create table {{s}}.t (id bigint, city varchar) with ("format-version" = {version}); insert into {{s}}.t values (1, \'Oslo\')')
    both.sql("create table {s}.parts (id bigint, city varchar) partitioned by (city); insert into {s}.parts values (1, 'Oslo'), (2, 'Bern')")
    both.sql('create table {s}.ctas as select 7::bigint id')
    assert sorted(name for _, name in both.pyiceberg().list_tables(both.space)) == ['ctas', 'parts', 't']
    table = both.pyiceberg().load_table(f'{both.space}.t')
    assert table.metadata.format_version == version
    if version < 3:
        table.append(pa.table({'id': pa.array([7], pa.int64()), 'city': ['Nice']}))
    else:
        both.sql("insert into {s}.t values (7, 'Nice')")
    assert both.rows('from {s}.t order by id') == [{'id': 1, 'city': 'Oslo'}, {'id': 7, 'city': 'Nice'}] == both.theirs()
    assert both.theirs('ctas') == [{'id': 7}]
    assert len(both.pyiceberg().load_table(f'{both.space}.parts').inspect.files()) == 2


@VERSIONS
def test_columns(both, version):
    table = both.make(format_version=version)
    both.sql("alter table {s}.t add column note varchar; alter table {s}.t rename column city to town; insert into {s}.t values (4, 'Rome', 'x')")
    assert both.pyiceberg().load_table(f'{both.space}.t').schema().column_names == ['id', 'town', 'note']
    assert both.theirs()[3] == {'id': 4, 'town': 'Rome', 'note': 'x'}
    with table.refresh().update_schema() as update:
        update.delete_column('note')
    assert both.rows('from {s}.t where id = 4') == [{'id': 4, 'town': 'Rome'}]
    both.sql('alter table {s}.t alter column id type bigint; alter table {s}.t drop column town')
    assert both.pyiceberg().load_table(f'{both.space}.t').schema().column_names == ['id']


def test_a_table_rises_to_version_3(both):
    both.make(format_version=2)
    both.sql("alter table {s}.t set tblproperties ('format-version' = '3', 'write.delete.mode' = 'merge-on-read')")
    both.sql('delete from {s}.t where id = 1')
    table = both.pyiceberg().load_table(f'{both.space}.t')
    assert table.metadata.format_version == 3
    assert table.properties['write.delete.mode'] == 'merge-on-read'
    assert [row['id'] for row in both.rows('select id from {s}.t order by id')] == [2, 3]
    both.sql("alter table {s}.t unset tblproperties ('write.delete.mode')")
    assert 'write.delete.mode' not in both.pyiceberg().load_table(f'{both.space}.t').properties


@VERSIONS
def test_branches_tags_and_the_past(both, version):
    table = both.make(format_version=version)
    first = table.current_snapshot().snapshot_id
    table.manage_snapshots().create_tag(first, 'then').create_branch(first, 'side').commit()
    both.sql('delete from {s}.t where id = 1')
    assert both.rows('select count(*) n from {s}.t') == [{'n': 2}]
    for name in ('then', 'side'):
        assert len(both.cli.rows(f"from lake_scan('{both.reference('t')}', ref => '{name}')")) == 3
    assert len(both.cli.rows(f"from lake_scan('{both.reference('t')}', version => {first})")) == 3
    both.cli.ok('restore', f"{both.reference('t')}@{first}")
    assert both.rows('select count(*) n from {s}.t') == [{'n': 3}]
    assert both.pyiceberg().load_table(f'{both.space}.t').current_snapshot().snapshot_id == first


@VERSIONS
def test_upkeep(both, version):
    both.make(format_version=version)
    for number in range(3):
        both.sql(f"insert into {{s}}.t values ({10 + number}, 'more')")
    reference = both.reference('t')
    both.cli.ok('branch', reference, 'audit')
    both.cli.ok('tag', reference, 'then')
    (both.cli.cwd / 'more.csv').write_text('id,city\n4,Rome\n')
    both.cli.ok('import', f'{reference}@audit', 'more.csv')

    def now():
        return both.pyiceberg().load_table(f'{both.space}.t')

    assert {name: len(now().scan().use_ref(name).to_arrow()) for name in now().refs()} == {'main': 6, 'audit': 7, 'then': 6}
    both.cli.ok('branch', reference, 'main', '--forward-to', 'audit')
    both.cli.ok('optimize', reference)
    both.cli.ok('compact-log', reference)
    assert len(both.theirs()) == 7
    both.cli.ok('branch', reference, 'audit', '--drop')
    both.cli.ok('tag', reference, 'then', '--drop')
    before = {entry.metadata_file for entry in now().metadata.metadata_log} | {now().metadata_location}
    both.cli.ok('vacuum', reference, '--retention', '0h', '--force')
    assert len(now().snapshots()) == 1 and set(now().refs()) == {'main'}
    for file in {*before, now().metadata_location}:  # the server's own
        assert pathlib.Path(urllib.parse.urlsplit(file).path).exists()
    assert both.theirs() == both.rows('from {s}.t order by id') and len(both.theirs()) == 7


@VERSIONS
def test_partitioning_and_order(both, version):
    both.make(format_version=version)
    both.sql("alter table {s}.t add partition field bucket(4, id); insert into {s}.t values (4, 'Rome')")
    both.sql("alter table {s}.t replace partition field bucket(4, id) with truncate(1, city); insert into {s}.t values (5, 'Lima')")
    both.sql('alter table {s}.t write ordered by id desc')
    table = both.pyiceberg().load_table(f'{both.space}.t')
    assert [str(field.transform) for field in table.spec().fields if str(field.transform) != 'void'] == ['truncate[1]']
    assert len(table.specs()) == 3
    both.sql('alter table {s}.t drop partition field truncate(1, city); alter table {s}.t add partition field truncate(1, city)')
    assert [(field.source_id, field.direction.value) for field in table.sort_order().fields] == [(1, 'desc')]
    assert [row['id'] for row in both.theirs()] == [1, 2, 3, 4, 5]
    with table.refresh().update_spec() as update:
        update.add_identity('id')
    both.sql("insert into {s}.t values (6, 'Nice')")
    assert [row['id'] for row in both.theirs()] == [1, 2, 3, 4, 5, 6]


@VERSIONS
def test_tables_change_together(both, version):
    both.make(format_version=version)
    both.make('other', format_version=version)
    both.sql("begin; insert into {s}.t values (4, 'Rome'); delete from {s}.other where id = 1; update {s}.t set city = 'Paris' where id = 2; alter table {s}.other add column note varchar; commit")
    assert [row['city'] for row in both.theirs()] == ['Oslo', 'Paris', None, 'Rome']
    assert both.theirs('other') == [{'id': 2, 'city': 'Bern', 'note': None}, {'id': 3, 'city': None, 'note': None}]
    assert [len(both.pyiceberg().load_table(f'{both.space}.{table}').metadata.snapshots) for table in ('t', 'other')] == [2, 2]
    both.cli.fails(5, 'sql', both.attach("begin; insert into {s}.t values (5, 'Nice'); create table {s}.made as select 1 as id; commit"))
    assert len(both.theirs()) == 4


def test_names(both):
    both.make()
    both.sql('alter table {s}.t rename to renamed')
    assert both.rows('select count(*) n from {s}.renamed') == [{'n': 3}]
    both.cli.fails(3, 'sql', both.attach('from {s}.t'))
    both.cli.fails(4, 'sql', both.attach('create table {s}.renamed as select 1 id'))
    both.cli.fails(4, 'sql', both.attach('create schema {s}'))
    both.cli.fails(2, 'sql', both.attach('drop schema {s}'))
    both.cli.fails(3, 'sql', both.attach('create table c.nowhere.t as select 1 id'))
    both.sql('drop table {s}.renamed; drop schema {s}')
    with pytest.raises(NoSuchTableError):
        both.pyiceberg().load_table(f'{both.space}.renamed')


def test_namespaces_of_several_levels(both):
    both.space = 'upper.lower'
    both.sql('create schema c.upper; create schema {s}; create table {s}.t as select 1::bigint id')
    assert both.pyiceberg().list_tables(('upper', 'lower')) == [('upper', 'lower', 't')]
    assert both.rows("select table_schema s from information_schema.tables where table_catalog = 'c' and table_name = 't' and table_schema like 'upper%'") == [{'s': 'upper.lower'}]
    both.sql('drop table {s}.t; drop schema {s}; drop schema c.upper')


def test_writers_race(both):
    table = both.make()

    def ours(number):
        both.cli.ok('sql', '--quiet', both.attach(f"insert into {{s}}.t values ({100 + number}, 'ours')"))

    def them(number):
        for _ in range(50):
            try:
                return both.pyiceberg().load_table(f'{both.space}.t').append(pa.table({'id': pa.array([200 + number], pa.int64()), 'city': ['theirs']}))
            except CommitFailedException:
                continue
        raise AssertionError('fifty races lost')

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write, number) for number in range(4) for write in (ours, them)]:
            done.result()
    assert [row['id'] for row in both.theirs()] == [1, 2, 3, *range(100, 104), *range(200, 204)]
    assert len(table.refresh().metadata.snapshots) == 9
