"""REST catalogs beside pyiceberg's RestCatalog: who made a table doesn't matter to the other."""

import pathlib

import pytest
from catalog_suite import *  # noqa: F403, its tests too
from catalog_suite import ROWS, SharedCatalog, change_rows, make, theirs
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import NoSuchTableError
from rest_server import ENDPOINTS, RestServer


class Both(SharedCatalog):
    def __init__(self, server, lakelet):
        super().__init__(lakelet, f"iceberg+{server.uri}", server.warehouse)
        self.server = server

    def pyiceberg(self):
        return RestCatalog("rest", uri=self.server.uri)

    def attach(self, query):
        return f"attach '{self.uri}' as c (type lakelet); {query}"

    def reference(self, table):
        return f"{self.uri}#{table}"


@pytest.fixture(params=["plain", "prefix, pages and tags"])
def both(request, tmp_path, lakelet):
    options = {} if request.param == "plain" else {"prefix": "pre/fix", "page_size": 1, "etags": True, "endpoints": ENDPOINTS}
    with RestServer(tmp_path / "warehouse", **options) as server:
        yield Both(server, lakelet)


@pytest.mark.parametrize("version", ["1", "2"])  # version 3: beside Iceberg's own server (tests/spark), as pyiceberg raises no table to it
def test_their_table_is_read_and_changed(both, version):
    make(both.pyiceberg(), **{"format-version": version})
    assert both.rows("from c.ns.t order by id") == ROWS.to_pylist()
    expected = change_rows(both)
    assert theirs(both, "ns.t") == expected
    both.pyiceberg().load_table("ns.t").append(ROWS.slice(0, 1))
    assert both.rows("select count(*) n from c.ns.t") == [{"n": 5}]


def test_names(both, lakelet):
    make(both.pyiceberg())
    both.sql("alter table c.ns.t rename to renamed")
    catalog = both.pyiceberg()
    assert both.rows("from c.ns.renamed order by id") == ROWS.to_pylist()
    lakelet.fails(3, "sql", both.attach("from c.ns.t"))
    catalog.rename_table("ns.renamed", "ns.again")
    assert len(both.rows("from c.ns.again")) == 3
    both.server.views.add((("ns",), "view"))
    tables = "select table_schema s, table_name t, table_type k from information_schema.tables where table_catalog = 'c' order by t"
    assert both.rows(tables) == [{"s": "ns", "t": "again", "k": "BASE TABLE"}, {"s": "ns", "t": "view", "k": "VIEW"}]
    lakelet.fails(2, "sql", both.attach("drop schema c.ns"))
    both.server.views.clear()
    both.sql("drop table c.ns.again")
    with pytest.raises(NoSuchTableError):
        catalog.load_table("ns.again")
    both.sql("drop schema c.ns; create schema c.\"a.b\"; create table c.\"a.b\".t as select 1 id")
    assert catalog.list_namespaces("a") == [("a", "b")]
    assert both.rows("select schema_name s from information_schema.schemata where catalog_name = 'c' and schema_name like 'a%' order by 1") == [{"s": "a"}, {"s": "a.b"}]
    assert catalog.list_tables("a.b") == [("a", "b", "t")]


def test_views_are_listed_and_not_read(both, lakelet):
    make(both.pyiceberg())
    both.server.namespaces[("a", "b")] = both.server.namespaces[("a",)] = {}
    both.server.views |= {(("ns",), "v"), (("ns",), "w"), (("a", "b"), "v")}
    assert both.rows("select schema_name s, view_name v from duckdb_views() where database_name = 'c' order by all") == [{"s": "a.b", "v": "v"}, {"s": "ns", "v": "v"}, {"s": "ns", "v": "w"}]
    listing = "select table_name n, table_type k from information_schema.tables where table_catalog = 'c' order by all"
    assert both.rows(listing) == [{"n": "t", "k": "BASE TABLE"}, {"n": "v", "k": "VIEW"}, {"n": "v", "k": "VIEW"}, {"n": "w", "k": "VIEW"}]
    for query in ("from c.ns.v", 'from c."a.b".v', "insert into c.ns.v values (1)", "drop table c.ns.v", "create table c.ns.v as select 1 id", "alter table c.ns.v rename to x"):
        assert "a view in the SQL of spark, trino, which lakelet doesn't read" in lakelet.fails(5, "sql", both.attach(query)), query
    for command in (("view", both.reference("ns.v")), ("history", both.reference("ns.v")), ("sql", f"from lake_scan('{both.reference('ns.v')}')")):
        assert "ns.v is a view" in lakelet.fails(5, *command)
    lakelet.fails(3, "view", both.reference("ns.none"))
    both.server.endpoints = [f"{method} /v1/{{prefix}}/{route}" for method, route in (
        ("GET", "namespaces"), ("GET", "namespaces/{namespace}"), ("GET", "namespaces/{namespace}/tables"), ("GET", "namespaces/{namespace}/tables/{table}"))]
    assert both.rows(listing) == [{"n": "t", "k": "BASE TABLE"}]
    lakelet.fails(3, "view", both.reference("ns.v"))


def test_a_dot_in_the_name_of_a_namespace(both):
    catalog = both.pyiceberg()
    both.server.namespaces |= {("a.b",): {}, ("a.b", "c\\d"): {}}
    names = "select schema_name s from information_schema.schemata where catalog_name = 'c' and schema_name like 'a%' order by 1"
    assert both.rows(names) == [{"s": r"a\.b"}, {"s": r"a\.b.c\\d"}]
    both.sql(r"""create table c."a\.b".t as select 1::bigint id; create schema c."a\.b.x\.y"; create table c."a\.b.x\.y".t as select 2::bigint id""")
    assert ("a.b", "x.y") in both.server.namespaces and (("a.b", "x.y"), "t") in both.server.tables
    assert theirs(both, ("a.b", "t")) == [{"id": 1}] == both.rows(r'from c."a\.b".t')
    assert catalog.list_tables(("a.b",)) == [("a.b", "t")]
    assert both.lakelet.json("view", both.reference(r"a\.b.x\.y.t")) == [{"id": 2}]
    both.sql(r"""drop table c."a\.b.x\.y".t; drop schema c."a\.b.x\.y" """)
    assert ("a.b", "x.y") not in both.server.namespaces


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


def test_metadata_files_are_cleaned_up(both, lakelet):
    table = make(both.pyiceberg(), **{"write.metadata.previous-versions-max": "2"})
    for _ in range(3):
        table.append(ROWS)
    both.sql("insert into c.ns.t values (4, 'Rome')")
    now, folder = both.pyiceberg().load_table("ns.t"), pathlib.Path(both.warehouse, "ns/t/metadata")
    stranger = folder / "00000-00000000-0000-4000-8000-000000000000.metadata.json"  # another table's, which had the folder before
    stranger.write_text(pathlib.Path(now.metadata_location.removeprefix("file://")).read_text())
    assert len(lakelet.json("clean-log", both.reference("ns.t"), "--dry-run")) == 3
    lakelet.ok("clean-log", both.reference("ns.t"))
    named = {now.metadata_location, *(entry.metadata_file for entry in now.metadata.metadata_log)}
    assert {f"file://{file}" for file in folder.glob("*.metadata.json")} == named | {f"file://{stranger}"}
    assert lakelet.json("clean-log", both.reference("ns.t"), "--dry-run") == []
    assert len(theirs(both, "ns.t")) == len(both.rows("from c.ns.t")) == 13


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
