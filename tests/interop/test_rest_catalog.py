"""REST catalogs beside pyiceberg's RestCatalog: who made a table doesn't matter to the other."""

import concurrent.futures

import pyarrow as pa
import pytest
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from rest_server import RestServer

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "city": ["Oslo", "Bern", None]})


class Both:
    """One catalog, for pyiceberg and for lakelet."""

    def __init__(self, server, lakelet):
        self.server, self.lakelet, self.uri = server, lakelet, f"iceberg+{server.uri}"

    def pyiceberg(self):
        return RestCatalog("rest", uri=self.server.uri)

    def attach(self, query):
        return f"attach '{self.uri}' as c (type lakelet); {query}"

    def sql(self, query):
        return self.lakelet.ok("sql", "--quiet", self.attach(query))

    def rows(self, query):
        return self.lakelet.rows(self.attach(query)).to_pylist()

    def reference(self, table):
        return f"{self.uri}#{table}"


@pytest.fixture(params=["plain", "prefix, pages and tags"])
def both(request, tmp_path, lakelet):
    options = {} if request.param == "plain" else {"prefix": "pre/fix", "page_size": 1, "etags": True}
    with RestServer(tmp_path / "warehouse", **options) as server:
        yield Both(server, lakelet)


def theirs(both, name):
    return sorted(both.pyiceberg().load_table(name).scan().to_arrow().to_pylist(), key=lambda row: row["id"])


def make(catalog, name="ns.t", rows=ROWS, **properties):
    catalog.create_namespace_if_not_exists(name.rpartition(".")[0])
    table = catalog.create_table(name, rows.schema, properties=properties)
    table.append(rows)
    return table


@pytest.mark.parametrize("version", ["1", "2"])  # version 3: beside Iceberg's own server (tests/spark), as pyiceberg raises no table to it
def test_their_table_is_read_and_changed(both, version):
    make(both.pyiceberg(), **{"format-version": version})
    assert both.rows("from c.ns.t order by id") == ROWS.to_pylist()
    both.sql("insert into c.ns.t values (4, 'Rome')")
    both.sql("update c.ns.t set city = 'Paris' where id = 2")
    both.sql("delete from c.ns.t where id = 1")
    both.sql("merge into c.ns.t t using (values (3, 'Kyiv'), (5, 'Lima')) s(id, city) on t.id = s.id when matched then update set city = s.city "
             "when not matched then insert (id, city) values (s.id, s.city)")
    expected = [{"id": 2, "city": "Paris"}, {"id": 3, "city": "Kyiv"}, {"id": 4, "city": "Rome"}, {"id": 5, "city": "Lima"}]
    assert both.rows("from c.ns.t order by id") == expected
    assert theirs(both, "ns.t") == expected
    both.pyiceberg().load_table("ns.t").append(ROWS.slice(0, 1))
    assert both.rows("select count(*) n from c.ns.t") == [{"n": 5}]


def test_their_table_has_its_columns_changed(both):
    make(both.pyiceberg())
    both.sql("alter table c.ns.t add column note varchar; alter table c.ns.t rename column city to town; insert into c.ns.t values (4, 'Rome', 'x')")
    table = both.pyiceberg().load_table("ns.t")
    assert table.schema().column_names == ["id", "town", "note"]
    assert theirs(both, "ns.t")[3] == {"id": 4, "town": "Rome", "note": "x"}
    with table.update_schema() as update:
        update.delete_column("note")
    assert both.rows("from c.ns.t where id = 4") == [{"id": 4, "town": "Rome"}]


def test_our_table_is_read_and_changed(both):
    both.sql("create schema c.ns; create table c.ns.t as select 1::bigint id, 'Oslo' city")
    both.sql("create table c.ns.parts (id bigint, city varchar) partitioned by (city); insert into c.ns.parts values (1, 'Oslo'), (2, 'Bern')")
    catalog = both.pyiceberg()
    assert catalog.list_namespaces() == [("ns",)]
    assert sorted(both.rows("select table_name t from information_schema.tables where table_catalog = 'c'"), key=str) == [{"t": "parts"}, {"t": "t"}]
    assert theirs(both, "ns.t") == [{"id": 1, "city": "Oslo"}]
    table = catalog.load_table("ns.t")
    assert table.location() == f"file://{both.server.warehouse}/ns/t"
    table.append(pa.table({"id": pa.array([7], pa.int64()), "city": ["Nice"]}))
    assert both.rows("from c.ns.t order by id") == [{"id": 1, "city": "Oslo"}, {"id": 7, "city": "Nice"}]
    both.sql("insert into c.ns.t values (8, NULL)")
    assert [row["id"] for row in theirs(both, "ns.t")] == [1, 7, 8]
    assert len(catalog.load_table("ns.parts").inspect.files()) == 2


def test_names(both, lakelet):
    make(both.pyiceberg())
    both.sql("alter table c.ns.t rename to renamed")
    catalog = both.pyiceberg()
    assert both.rows("from c.ns.renamed order by id") == ROWS.to_pylist()
    lakelet.fails(3, "sql", both.attach("from c.ns.t"))
    catalog.rename_table("ns.renamed", "ns.again")
    assert len(both.rows("from c.ns.again")) == 3
    both.server.views.add((("ns",), "view"))
    assert both.rows("select table_schema s, table_name t from information_schema.tables where table_catalog = 'c'") == [{"s": "ns", "t": "again"}]
    lakelet.fails(2, "sql", both.attach("drop schema c.ns"))
    both.server.views.clear()
    both.sql("drop table c.ns.again")
    with pytest.raises(NoSuchTableError):
        catalog.load_table("ns.again")
    both.sql("drop schema c.ns; create schema c.\"a.b\"; create table c.\"a.b\".t as select 1 id")
    assert catalog.list_namespaces("a") == [("a", "b")]
    assert both.rows("select schema_name s from information_schema.schemata where catalog_name = 'c' and schema_name like 'a%' order by 1") == [{"s": "a"}, {"s": "a.b"}]
    assert catalog.list_tables("a.b") == [("a", "b", "t")]


def test_references_of_commands(both, lakelet):
    make(both.pyiceberg())
    reference = both.reference("ns.t")
    assert "Oslo" in lakelet.ok("view", reference)
    first = lakelet.json("history", reference)[0]["version"]
    (lakelet.cwd / "more.csv").write_text("id,city\n4,Rome\n")
    lakelet.ok("import", reference, "more.csv")
    assert "Rome" in lakelet.ok("view", reference)
    assert "Rome" not in lakelet.ok("view", f"{reference}@{first}")
    lakelet.ok("delete", reference, "--where", "id < 4")
    assert theirs(both, "ns.t") == [{"id": 4, "city": "Rome"}]
    lakelet.ok("create", both.reference("ns.made"), "--schema", "id bigint, city string", "--partition-by", "city")
    assert both.pyiceberg().load_table("ns.made").schema().column_names == ["id", "city"]
    assert lakelet.json("metadata", both.reference("ns.made"))["format"] == "iceberg"
    lakelet.fails(4, "create", both.reference("ns.made"), "--schema", "id bigint")
    lakelet.fails(2, "create", both.reference("ns.delta"), "--schema", "id bigint", "--as", "delta")
    lakelet.fails(3, "view", both.reference("ns.none"))


def test_short_names(both, lakelet):
    make(both.pyiceberg())
    (lakelet.cwd / "lakelet.yml").write_text(f"tables:\n  - {{name: towns, uri: '{both.reference('ns.t')}'}}\n")
    assert "Oslo" in lakelet.ok("view", "towns")
    assert lakelet.rows("select count(*) n from towns").to_pylist() == [{"n": 3}]
    lakelet.ok("delete", "towns", "--where", "id = 1")
    assert [row["id"] for row in theirs(both, "ns.t")] == [2, 3]
    (lakelet.cwd / "more.csv").write_text("id,city\n4,Rome\n")
    lakelet.ok("sql", f"insert into '{both.reference('ns.t')}' from read_csv('more.csv')")
    assert len(lakelet.rows(f"from lake_scan('{both.reference('ns.t')}')")) == 3


def test_upkeep_through_the_catalog(both, lakelet):
    table = make(both.pyiceberg())
    table.append(ROWS)
    reference = both.reference("ns.t")
    lakelet.ok("branch", reference, "audit")
    lakelet.ok("tag", reference, "then")
    (lakelet.cwd / "more.csv").write_text("id,city\n4,Rome\n")
    lakelet.ok("import", f"{reference}@audit", "more.csv")
    now = both.pyiceberg().load_table("ns.t")
    assert {name: len(now.scan().use_ref(name).to_arrow()) for name in now.refs()} == {"main": 6, "audit": 7, "then": 6}
    lakelet.ok("branch", reference, "main", "--forward-to", "audit")
    lakelet.ok("branch", reference, "audit", "--drop")
    lakelet.ok("tag", reference, "then", "--drop")
    lakelet.ok("compact-log", reference)
    lakelet.ok("optimize", reference)
    lakelet.ok("vacuum", reference, "--retention", "0h", "--force")
    now = both.pyiceberg().load_table("ns.t")
    assert len(now.snapshots()) == 1 and len(now.inspect.files()) == 1 and set(now.refs()) == {"main"}
    assert len(theirs(both, "ns.t")) == len(both.rows("from c.ns.t")) == 7


def test_writers_race(both):
    table = make(both.pyiceberg())

    def ours(number):
        both.lakelet.ok("sql", "--quiet", both.attach(f"insert into c.ns.t values ({100 + number}, 'ours')"))

    def them(number):
        for _ in range(50):
            try:
                return both.pyiceberg().load_table("ns.t").append(pa.table({"id": pa.array([200 + number], pa.int64()), "city": ["theirs"]}))
            except CommitFailedException:
                continue
        raise AssertionError("fifty races lost")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(write, number) for number in range(4) for write in (ours, them)]:
            done.result()
    assert [row["id"] for row in theirs(both, "ns.t")] == [1, 2, 3, *range(100, 104), *range(200, 204)]
    assert len(both.rows("from c.ns.t")) == 11
    assert len(table.refresh().metadata.snapshots) == 9
