"""REST catalogs beside pyiceberg's RestCatalog: who made a table doesn't matter to the other."""

import pathlib

import pytest
from catalog_suite import *  # noqa: F403, its tests too
from catalog_suite import ROWS, SharedCatalog, change_rows, make, theirs
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import NoSuchTableError
from rest_server import RestServer


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
    options = {} if request.param == "plain" else {"prefix": "pre/fix", "page_size": 1, "etags": True}
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
