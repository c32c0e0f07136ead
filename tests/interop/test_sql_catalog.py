"""Catalogs in SQL databases beside pyiceberg's SqlCatalog: who made a table doesn't matter to the other."""

import glob
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

import pyarrow as pa
import pytest
from catalog_suite import *  # noqa: F403, its tests too
from catalog_suite import ROWS, SharedCatalog, change_rows, make, theirs
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError

POSTGRES = "/usr/lib/postgresql/15/bin"


class Both(SharedCatalog):
    def __init__(self, folder, lakelet, uri, name="default"):
        super().__init__(lakelet, uri, f"{folder}/warehouse")
        self.name = name

    def pyiceberg(self):
        return SqlCatalog(self.name, uri=self.uri.replace("postgresql:", "postgresql+psycopg2:"), warehouse=f"file://{self.warehouse}")

    def attach(self, query):
        return f"attach '{self.uri}' as c (type lakelet, warehouse '{self.warehouse}', catalog_name '{self.name}'); {query}"

    def reference(self, table):
        return f"{self.uri}?catalog_name={self.name}&warehouse={self.warehouse}#{table}"


def as_postgres(*command):
    """The server refuses to run as root."""
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []
    return [*prefix, *map(str, command)]


@pytest.fixture(scope="module")
def postgres():
    folder = tempfile.mkdtemp()
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    subprocess.run(as_postgres(f"{POSTGRES}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync"), check=True, capture_output=True, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = as_postgres(f"{POSTGRES}/postgres", "-D", f"{folder}/data", "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off")
    with open(f"{folder}/log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        for _ in range(300):
            if subprocess.run([f"{POSTGRES}/pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path, lakelet):
    if request.param == "sqlite":
        return Both(tmp_path, lakelet, f"sqlite:///{tmp_path}/cat.db")
    port, name = request.getfixturevalue("postgres"), f"lake{time.time_ns()}"
    subprocess.run([f"{POSTGRES}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", name], check=True)
    return Both(tmp_path, lakelet, f"postgresql://postgres@127.0.0.1:{port}/{name}")


@pytest.fixture
def in_file(tmp_path, lakelet):
    return Both(tmp_path, lakelet, f"sqlite:///{tmp_path}/cat.db")


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_their_table_is_read_and_changed(both, version):
    # pyiceberg makes no table of version 3 through this catalog, but lakelet raises one to it.
    make(both.pyiceberg(), **{"format-version": "2" if version == "3" else version})
    assert both.rows("from c.ns.t order by id") == ROWS.to_pylist()
    if version == "3":
        both.sql("alter table c.ns.t set tblproperties ('format-version' = '3', 'write.delete.mode' = 'merge-on-read')")
    expected = change_rows(both)
    if version != "3":
        assert theirs(both, "ns.t") == expected
        both.pyiceberg().load_table("ns.t").append(ROWS.slice(0, 1))
        assert both.rows("select count(*) n from c.ns.t") == [{"n": 5}]


def test_metadata_files_of_our_table(both):
    both.sql("create schema c.ns; create table c.ns.t as select 1::bigint id")
    table = both.pyiceberg().load_table("ns.t")
    assert table.metadata_location.startswith(f"file://{both.warehouse}/ns/t/metadata/00000-")
    table.append(pa.table({"id": pa.array([7], pa.int64())}))
    both.sql("insert into c.ns.t values (8)")
    assert len(both.pyiceberg().load_table("ns.t").metadata.metadata_log) == 2


def test_names(both, lakelet):
    make(both.pyiceberg())
    both.sql("alter table c.ns.t rename to renamed")
    catalog = both.pyiceberg()
    assert catalog.list_tables("ns") == [("ns", "renamed")]
    assert both.rows("from c.ns.renamed order by id") == ROWS.to_pylist()
    lakelet.fails(3, "sql", both.attach("from c.ns.t"))
    catalog.rename_table("ns.renamed", "ns.again")
    assert len(both.rows("from c.ns.again")) == 3
    assert both.rows("select table_schema s, table_name t from information_schema.tables where table_catalog = 'c'") == [{"s": "ns", "t": "again"}]
    lakelet.fails(2, "sql", both.attach("drop schema c.ns"))
    folder = catalog.load_table("ns.again").location().removeprefix("file://")
    both.sql("drop table c.ns.again")
    with pytest.raises(NoSuchTableError):
        catalog.load_table("ns.again")
    lakelet.ok("view", glob.glob(f"{folder}/metadata/00001*.metadata.json")[0])  # the files are still there
    both.sql("drop schema c.ns; create schema c.\"a.b\"; create table c.\"a.b\".t as select 1 id")
    assert catalog.list_namespaces() == [("a",)]
    assert catalog.list_tables("a.b") == [("a", "b", "t")]


def test_branches_and_the_past(both, lakelet):
    table = make(both.pyiceberg())
    table.manage_snapshots().create_tag(table.current_snapshot().snapshot_id, "then").commit()
    both.sql("delete from c.ns.t")
    assert both.rows("select count(*) n from c.ns.t") == [{"n": 0}]
    assert len(lakelet.rows(f"from lake_scan('{both.reference('ns.t')}', ref => 'then')").to_pylist()) == 3


def files_below(folder):
    return {os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names}


@pytest.mark.parametrize("how", [(), ("--full", "--uncommitted", "0s")], ids=["log", "full"])
def test_vacuum_commits_through_the_catalog(both, lakelet, how):
    folder, reference = f"{both.warehouse}/ns/t", both.reference("ns.t")
    table = make(both.pyiceberg(), **{"write.metadata.path": f"file://{folder}/meta"} if how else {})
    table.append(ROWS)
    both.sql("delete from c.ns.t where id = 1")
    open(f"{folder}/data/orphan.parquet", "w").close()
    before, location = files_below(folder), both.pyiceberg().load_table("ns.t").metadata_location
    listed = {row["path"] for row in lakelet.json("vacuum", reference, "--retention", "0h", "--force", *how, "--dry-run")}
    assert files_below(folder) == before and ("data/orphan.parquet" in listed) == bool(how)
    lakelet.ok("vacuum", reference, "--retention", "0h", "--force", *how)
    now = both.pyiceberg().load_table("ns.t")
    assert now.metadata_location != location and location in [entry.metadata_file for entry in now.metadata.metadata_log]
    left = files_below(folder)
    assert not listed & left and len(now.snapshots()) == 1
    needed = {now.metadata_location, now.current_snapshot().manifest_list, *(entry.metadata_file for entry in now.metadata.metadata_log),
              *(manifest.manifest_path for manifest in now.current_snapshot().manifests(now.io)), *now.inspect.files()["file_path"].to_pylist()}
    assert {path.removeprefix(f"file://{folder}/") for path in needed} == left - {"data/orphan.parquet"}
    assert ("data/orphan.parquet" in left) != bool(how)
    assert theirs(both, "ns.t") == both.rows("from c.ns.t order by id") != []
    now.append(ROWS)
    assert len(both.rows("from c.ns.t")) == 7


def test_upkeep_through_the_catalog(both, lakelet):
    table = make(both.pyiceberg(), **{"write.metadata.previous-versions-max": "2"})
    for _ in range(3):
        table.append(ROWS)
    reference, folder = both.reference("ns.t"), f"{both.warehouse}/ns/t"
    lakelet.ok("branch", reference, "audit")
    lakelet.ok("tag", reference, "then")
    (lakelet.cwd / "more.csv").write_text("id,city\n4,Rome\n")
    lakelet.ok("import", f"{reference}@audit", "more.csv")
    now = both.pyiceberg().load_table("ns.t")
    assert {name: len(now.scan().use_ref(name).to_arrow()) for name in now.refs()} == {"main": 12, "audit": 13, "then": 12}
    lakelet.ok("branch", reference, "main", "--forward-to", "audit")
    assert len(theirs(both, "ns.t")) == 13
    lakelet.ok("compact-log", reference)
    now = both.pyiceberg().load_table("ns.t")
    assert len(now.current_snapshot().manifests(now.io)) == 1 and len(theirs(both, "ns.t")) == 13
    # A metadata file of another table that had the folder before isn't this one's to remove.
    stranger = f"{folder}/metadata/00000-00000000-0000-4000-8000-000000000000.metadata.json"
    shutil.copy(now.metadata_location.removeprefix("file://"), stranger)
    lakelet.ok("clean-log", reference)
    named = {now.metadata_location, *(entry.metadata_file for entry in now.metadata.metadata_log)}
    assert {f"file://{name}" for name in glob.glob(f"{folder}/metadata/*.metadata.json")} == named | {f"file://{stranger}"}
    assert len(named) == 3 and lakelet.json("clean-log", reference, "--dry-run") == []
    assert len(both.rows("from c.ns.t")) == 13


def test_catalogs_of_the_first_layout(in_file):
    database = sqlite3.connect(in_file.uri.removeprefix("sqlite:///"))
    database.execute("create table iceberg_tables (catalog_name varchar(255) not null, table_namespace varchar(255) not null, table_name varchar(255) not null, "
                     "metadata_location varchar(1000), previous_metadata_location varchar(1000), primary key (catalog_name, table_namespace, table_name))")
    database.execute("create table iceberg_namespace_properties (catalog_name varchar(255) not null, namespace varchar(255) not null, "
                     "property_key varchar(255) not null, property_value varchar(1000) not null, primary key (catalog_name, namespace, property_key))")
    database.commit()
    in_file.sql("create schema c.ns; create table c.ns.t as select 1::bigint id; insert into c.ns.t values (2)")
    assert theirs(in_file, "ns.t") == [{"id": 1}, {"id": 2}]
    assert [len(row) for row in database.execute("select * from iceberg_tables")] == [5]


def test_views_are_listed_and_not_read(in_file, lakelet):
    make(in_file.pyiceberg())
    database = sqlite3.connect(in_file.uri.removeprefix("sqlite:///"))
    database.execute("insert into iceberg_tables values ('default', 'ns', 'v', 'file:///nowhere', null, 'VIEW')")
    database.commit()
    assert in_file.rows("select table_name t, table_type k from information_schema.tables where table_catalog = 'c' order by 1") == [{"t": "t", "k": "BASE TABLE"}, {"t": "v", "k": "VIEW"}]
    assert "ns.v is a view" in lakelet.fails(5, "sql", in_file.attach("from c.ns.v"))
    assert "ns.v is a view" in lakelet.fails(5, "view", in_file.reference("ns.v"))
    lakelet.fails(3, "view", in_file.reference("ns.none"))
    lakelet.fails(2, "sql", in_file.attach("drop table c.ns.t; drop schema c.ns"))


def test_several_catalogs_in_one_database(in_file, lakelet, tmp_path):
    make(in_file.pyiceberg())
    other = Both(tmp_path, lakelet, in_file.uri, "other")
    make(other.pyiceberg(), rows=ROWS.slice(0, 1))
    assert len(in_file.rows("from c.ns.t")) == 3
    assert len(other.rows("from c.ns.t")) == 1
    assert "default, other" in lakelet.fails(2, "sql", f"attach '{in_file.uri}' as c (type lakelet); from c.ns.t")
    in_file.sql("drop table c.ns.t")
    assert len(other.rows("from c.ns.t")) == 1
    assert len(lakelet.rows(f"attach '{in_file.uri}' as c (type lakelet, catalog_name 'other'); from c.ns.t")) == 1


def test_namespace_with_a_location(both, tmp_path):
    both.pyiceberg().create_namespace("ns", {"location": f"file://{tmp_path}/elsewhere"})
    both.sql("create table c.ns.t as select 1::bigint id")
    assert both.pyiceberg().load_table("ns.t").location() == f"file://{tmp_path}/elsewhere/t"
    assert theirs(both, "ns.t") == [{"id": 1}]


def test_refusals(both, lakelet):
    make(both.pyiceberg())
    assert "option" in lakelet.fails(2, "sql", f"attach '{both.uri}' as c (type lakelet, wherehouse 'x')")
    lakelet.fails(3, "sql", both.attach("create table c.nowhere.t as select 1 id"))
    lakelet.fails(4, "sql", both.attach("create table c.ns.t as select 1 id"))
    lakelet.fails(4, "sql", both.attach("create schema c.ns"))
    assert "where the files" in lakelet.fails(2, "sql", f"attach '{both.uri}' as c (type lakelet); create table c.ns.new as select 1 id")
    lakelet.fails(3, "view", both.reference("ns.none"))
    folder = f"{both.warehouse}/ns/t"
    assert "catalog" in lakelet.fails(5, "delete", folder, "--where", "id = 1")  # past the catalog: no
    assert theirs(both, "ns.t") == ROWS.to_pylist()


def test_a_catalog_that_is_no_database(in_file, lakelet):
    with open(in_file.uri.removeprefix("sqlite:///"), "w") as file:
        file.write("not a database" * 100)
    lakelet.fails(6, "sql", in_file.attach("from c.ns.t"))


def test_metadata_packed_by_gzip(both):
    make(both.pyiceberg(), **{"write.metadata.compression-codec": "gzip"})
    both.sql("insert into c.ns.t values (4, 'Rome')")
    assert both.pyiceberg().load_table("ns.t").metadata_location.endswith(".gz.metadata.json")
    assert len(theirs(both, "ns.t")) == 4


def test_a_server_that_is_gone(lakelet):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        line = lakelet.fails(9, "sql", f"attach 'postgresql://postgres@127.0.0.1:{port}/lake' as c (type lakelet); from c.ns.t")
    assert "can't reach the catalog" in line
    assert "password" in lakelet.fails(2, "sql", f"attach 'postgresql://a:secret@127.0.0.1:{port}/lake' as c (type lakelet)")
