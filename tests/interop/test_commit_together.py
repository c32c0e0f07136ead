"""One transaction on several tables of a catalog: all of them are committed or none, whoever races, breaks or stops in between."""

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import threading
import time

import psycopg2
import pyarrow as pa
import pytest
from catalog_suite import make, theirs
from rest_server import ENDPOINTS, Fault, RestServer
from test_rest_catalog import Both as RestBoth
from test_rest_faults import LAKELET, LOST
from test_sql_catalog import POSTGRES, postgres  # noqa: F401, a fixture
from test_sql_catalog import Both as SqlBoth

UNSUPPORTED, CONFLICT, PERMISSION = 5, 7, 9


def accounts(*amounts):
    return pa.table({"id": pa.array(range(len(amounts)), pa.int64()), "amount": pa.array(amounts, pa.int64())})


def amounts(both, name):
    return [row["amount"] for row in theirs(both, name)]


def snapshots(both, name):
    return len(both.pyiceberg().load_table(name).metadata.snapshots)


def files(both):
    return {str(path) for path in pathlib.Path(both.warehouse).rglob("*") if path.is_file()}


def with_accounts(both):
    """Tables a and b of two namespaces."""
    make(both.pyiceberg(), "ns.a", accounts(10, 20))
    make(both.pyiceberg(), "other.b", accounts(1, 2))
    return both


@pytest.fixture
def served(tmp_path, lakelet):
    with RestServer(tmp_path / "warehouse", endpoints=ENDPOINTS) as server:
        yield with_accounts(RestBoth(server, lakelet))


@pytest.fixture
def in_postgres(request, tmp_path, lakelet):
    port, name = request.getfixturevalue("postgres"), f"lake{time.time_ns()}"
    subprocess.run([f"{POSTGRES}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", name], check=True)
    return with_accounts(SqlBoth(tmp_path, lakelet, f"postgresql://postgres@127.0.0.1:{port}/{name}"))


@pytest.fixture(params=["sqlite", "postgresql", "rest"])
def both(request, tmp_path, lakelet):
    if request.param == "sqlite":
        return with_accounts(SqlBoth(tmp_path, lakelet, f"sqlite:///{tmp_path}/cat.db"))
    return request.getfixturevalue("in_postgres" if request.param == "postgresql" else "served")


MOVE = "begin; update c.ns.a set amount = amount - 5 where id = 0; update c.other.b set amount = amount + 5 where id = 0; {more} commit"


def test_changes_of_every_kind(both):
    both.sql(
        "begin; insert into c.ns.a values (2, 30); delete from c.other.b where id = 0; update c.ns.a set amount = 11 where id = 0; "
        "insert into c.other.b select id + 10, amount from c.ns.a; alter table c.ns.a add column note varchar; insert into c.ns.a values (3, 40, 'new'); commit"
    )
    assert amounts(both, "ns.a") == [11, 20, 30, 40]
    assert theirs(both, "ns.a")[3]["note"] == "new"
    assert amounts(both, "other.b") == [2, 11, 20, 30]
    assert (snapshots(both, "ns.a"), snapshots(both, "other.b")) == (2, 2)
    assert both.rows("select (select count(*) from c.ns.a) a, (select count(*) from c.other.b) b") == [{"a": 4, "b": 4}]


def test_what_was_rolled_back_is_in_none(both):
    before = files(both)
    both.sql(MOVE.replace("commit", "rollback").format(more=""))
    both.lakelet.fails(2, "sql", "--quiet", both.attach(MOVE.format(more="select no_such_function();")))
    assert (amounts(both, "ns.a"), amounts(both, "other.b")) == ([10, 20], [1, 2])
    assert files(both) == before


def test_statements_that_change_nothing(both):
    both.sql("begin; update c.ns.a set amount = 0 where id = 9; update c.other.b set amount = 7 where id = 0; delete from c.ns.a where id = 9; commit")
    assert (snapshots(both, "ns.a"), snapshots(both, "other.b")) == (1, 2)
    both.sql("begin; update c.ns.a set amount = 0 where id = 9; delete from c.other.b where id = 9; commit")
    assert (snapshots(both, "ns.a"), snapshots(both, "other.b")) == (1, 2)


def test_tables_by_reference(both):
    """Quoted names are of one catalog of DuckDB's, whatever catalogs they name."""
    a, b = both.reference("ns.a"), both.reference("other.b")
    both.lakelet.ok("sql", f"begin; insert into '{a}' values (2, 3); insert into '{b}' values (2, 4); commit")
    assert (amounts(both, "ns.a")[2], amounts(both, "other.b")[2]) == (3, 4)


def test_columns_of_both_and_tables_made_anew(both):
    both.sql("begin; alter table c.ns.a rename column amount to euros; alter table c.other.b rename column amount to euros; commit")
    assert [both.pyiceberg().load_table(name).schema().column_names for name in ("ns.a", "other.b")] == [["id", "euros"]] * 2
    both.sql("begin; create or replace table c.ns.a as select 1 as one; create or replace table c.other.b as select 2 as two; commit")
    assert both.rows("from c.ns.a, c.other.b") == [{"one": 1, "two": 2}]
    assert snapshots(both, "ns.a") >= 2


def between(both, query, meanwhile):
    """Runs a transaction that waits where the query has {wait}, until `meanwhile` is done. Its exit code and messages."""
    pipe = both.lakelet.cwd / "pipe"
    os.mkfifo(pipe)
    wait = f"create temp table waited as from read_csv('{pipe}', columns = {{'x': 'int'}}, auto_detect = false);"
    process = subprocess.Popen([LAKELET, "sql", "--quiet", both.attach(query.replace("{wait}", wait))], cwd=both.lakelet.cwd, stderr=subprocess.PIPE, text=True)
    try:
        with open(pipe, "w") as out:  # once it is being read
            meanwhile(process)
            out.write("1\n")
        _, errors = process.communicate(timeout=300)
        return process.returncode, errors
    finally:
        process.kill()
        pipe.unlink()


@pytest.mark.parametrize("table", ["ns.a", "other.b"])
def test_a_race_that_is_lost_is_run_on_top(both, table):
    code, errors = between(both, MOVE.format(more="{wait}"), lambda _: both.sql(f"insert into c.{table} values (7, 70)"))
    assert code == 0, errors
    assert sorted(amounts(both, "ns.a")) == sorted([5, 20] + [70] * (table == "ns.a"))
    assert sorted(amounts(both, "other.b")) == sorted([6, 2] + [70] * (table == "other.b"))


@pytest.mark.parametrize("table", ["ns.a", "other.b"])
def test_a_conflict_in_one_is_one_for_all(both, table):
    def meanwhile(_):
        both.sql(f"update c.{table} set amount = 99 where id = 0")
        known.update(files(both))

    known = set()
    mine = files(both)
    code, errors = between(both, MOVE.format(more="{wait}"), meanwhile)
    assert code == CONFLICT and table in errors.splitlines()[0] and "nothing was committed" in errors, errors
    assert amounts(both, "ns.a") == ([99, 20] if table == "ns.a" else [10, 20])
    assert amounts(both, "other.b") == ([99, 2] if table == "other.b" else [1, 2])
    written = {path for path in known - mine if path.endswith(".parquet")}
    assert files(both) <= known and len(written - files(both)) >= 2  # of the transaction


def test_a_table_that_went_meanwhile(both):
    before = files(both)
    code, errors = between(both, MOVE.format(more="{wait}"), lambda _: both.pyiceberg().drop_table("other.b"))
    assert code == 3 and "other.b" in errors, errors
    assert amounts(both, "ns.a") == [10, 20]
    assert files(both) == before


def test_writers_race(both):
    """Amounts are moved between the tables: in each pair of snapshots that belong together nothing was lost."""

    def move(number):
        query = f"begin; update c.ns.a set amount = amount - {number} where id = {number % 2}; update c.other.b set amount = amount + {number} where id = {number % 2}; commit"
        for _ in range(100):
            done = both.lakelet.run("sql", "--quiet", both.attach(query))
            if done.returncode == 0:
                return
            assert done.returncode == CONFLICT, done.stderr
        raise AssertionError("a hundred races lost")

    def add(number):
        both.lakelet.ok("sql", "--quiet", both.attach(f"insert into c.{('ns.a', 'other.b')[number % 2]} values ({100 + number}, 0)"))

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(work, number) for number in range(1, 7) for work in (move, add)]:
            done.result()
    assert sum(amounts(both, "ns.a")) == 30 - 21 and sum(amounts(both, "other.b")) == 3 + 21
    left = [moved_sums(both, name) for name in ("ns.a", "other.b")]
    assert [a + b for a, b in zip(*left)] == [33] * 7


def moved_sums(both, name):
    """After the first snapshot and after each that moved something."""
    table = both.pyiceberg().load_table(name)
    sums = [sum(table.scan(snapshot_id=snapshot.snapshot_id).to_arrow()["amount"].to_pylist()) for snapshot in table.metadata.snapshots]
    return [each for i, each in enumerate(sums) if i == 0 or each != sums[i - 1]]


# --- tables that are made ------------------------------------------------------------------------------------------
def test_a_table_is_made_with_a_change(both):
    query = "begin; insert into c.ns.a values (2, 30); create table c.other.made as select 7 as x; insert into c.other.made values (8); commit"
    if isinstance(both, RestBoth):
        before = files(both)
        line = both.lakelet.fails(UNSUPPORTED, "sql", "--quiet", both.attach(query))
        assert "makes no tables" in line
        line = both.lakelet.fails(UNSUPPORTED, "sql", "--quiet", both.attach("begin; create table c.ns.made as select 7 as x; insert into c.ns.a values (2, 30); commit"))
        assert "makes no tables" in line
        assert files(both) == before and len(both.pyiceberg().list_tables("other")) == 1
        return
    both.sql(query)
    assert sorted(row["x"] for row in both.rows("from c.other.made")) == [7, 8]
    assert amounts(both, "ns.a") == [10, 20, 30]


def test_a_table_that_somebody_else_made(both):
    if isinstance(both, RestBoth):
        return test_a_table_is_made_with_a_change(both)
    query = "begin; insert into c.ns.a values (2, 30); create table c.other.made as select 7 as x; {wait} commit"
    code, errors = between(both, query, lambda _: both.sql("create table c.other.made as select 8 as x"))
    assert code == 4 and "already" in errors, errors
    assert both.rows("from c.other.made") == [{"x": 8}] and amounts(both, "ns.a") == [10, 20]


# --- what is refused -----------------------------------------------------------------------------------------------
def refused(both, text, query):
    before = files(both)
    line = both.lakelet.fails(UNSUPPORTED, "sql", "--quiet", both.attach(query))
    assert text in line, line
    assert {path for path in files(both) - before if "/ns/b/" in path or "/other/" in path} == set()
    assert (amounts(both, "ns.a"), amounts(both, "other.b")) == ([10, 20], [1, 2])


def test_folders_and_other_catalogs(both, tmp_path):
    a = both.reference("ns.a")
    both.lakelet.ok("sql", f"create table '{tmp_path}/folder' with (format = 'iceberg') as select 1 as x; create table '{tmp_path}/log' with (format = 'delta') as select 1 as x")
    for folder in ("folder", "log"):
        refused(both, "changes one table", f"begin; insert into '{a}' values (5, 5); insert into '{tmp_path}/{folder}' values (2); commit")
        refused(both, "changes one table", f"begin; insert into '{tmp_path}/{folder}' values (2); insert into '{a}' values (5, 5); commit")
    make(SqlBoth(tmp_path, both.lakelet, f"sqlite:///{tmp_path}/second.db").pyiceberg(), "ns.t")
    refused(both, "tables of one catalog", f"begin; insert into '{a}' values (5, 5); insert into 'sqlite:///{tmp_path}/second.db#ns.t' values (5, 'x'); commit")


def test_branches_of_one_table(both):
    a, b = both.reference("ns.a"), both.reference("other.b")
    both.sql("alter table c.ns.a create branch side")
    refused(both, "one branch of a table", f"begin; insert into '{a}' values (5, 5); insert into '{a}@side' values (6, 6); commit")
    both.lakelet.ok("sql", f"begin; insert into '{a}@side' values (6, 6); insert into '{b}' values (6, 6); commit")
    assert amounts(both, "ns.a") == [10, 20] and amounts(both, "other.b") == [1, 2, 6]
    assert both.lakelet.rows(f"select count(*) n from '{a}@side'").to_pylist() == [{"n": 3}]


@pytest.mark.parametrize("listed", [None, ENDPOINTS[:-1]], ids=["nothing", "others"])
def test_a_server_that_commits_one_by_one(served, listed):
    served.server.endpoints = listed
    refused(served, "doesn't list POST transactions/commit", MOVE.format(more=""))
    assert not served.server.seen("POST", "commit$")


# --- faults --------------------------------------------------------------------------------------------------------
TOGETHER = ("POST", r"/transactions/commit$")


def fault(served, where, **what):
    served.server.faults.append(Fault(*where, **what))
    return served.server.faults[-1]


@pytest.mark.parametrize("what", LOST, ids=str)
@pytest.mark.parametrize("query", [MOVE.format(more=""), "begin; alter table c.ns.a add column n int; alter table c.other.b add column n int; commit"], ids=["rows", "columns"])
def test_all_is_committed_once(served, what, query):
    fault(served, TOGETHER, **what)
    served.sql(query)
    if "alter" in query:
        tables = [metadata for _, metadata in served.server.tables.values()]
        assert [len(metadata.schemas) for metadata in tables] == [2, 2]
    else:
        assert (amounts(served, "ns.a"), amounts(served, "other.b")) == ([5, 20], [6, 2])
        assert (snapshots(served, "ns.a"), snapshots(served, "other.b")) == (2, 2)


def test_a_commit_that_is_refused(served):
    before = files(served)
    fault(served, TOGETHER, status=403)
    line = served.lakelet.fails(PERMISSION, "sql", "--quiet", served.attach(MOVE.format(more="")))
    assert "changing the tables" in line and "ns.a" in line and "other.b" in line
    assert files(served) == before and (amounts(served, "ns.a"), amounts(served, "other.b")) == ([10, 20], [1, 2])


def test_a_commit_that_is_never_answered(served):
    """Nobody can say what became of it: the error says where to look, and no file goes."""
    lost = fault(served, TOGETHER, times=1, cut=True, after=True)
    reads = fault(served, ("GET", "/tables/[ab]$"), times=0, status=500)
    lost.on_use = lambda: setattr(reads, "times", 10_000)
    done = served.lakelet.run("sql", "--quiet", served.attach(MOVE.format(more="")))
    assert done.returncode == 1, done.stderr
    assert "may or may not have happened" in done.stderr and "ns.a" in done.stderr and "other.b" in done.stderr
    served.server.faults.clear()
    assert (amounts(served, "ns.a"), amounts(served, "other.b")) == ([5, 20], [6, 2])


def test_a_server_that_kept_half(served):
    """One that isn't atomic, as Iceberg's reference isn't when it fails in between: it is told, not guessed."""
    together = served.server.commit_together

    def half(changes):
        served.server.commit_together = together
        together(changes[:1])
        raise OSError

    served.server.commit_together = half
    fault(served, TOGETHER, after=True, status=500)
    done = served.lakelet.run("sql", "--quiet", served.attach(MOVE.format(more="")))
    assert done.returncode == 1 and "may or may not" in done.stderr and "seen in" in done.stderr and "not in" in done.stderr, done.stderr
    assert (amounts(served, "ns.a"), amounts(served, "other.b")) == ([5, 20], [1, 2])


@pytest.mark.parametrize("kept", [0, 1])
def test_a_server_that_says_it_was_done(served, kept):
    """As Iceberg's reference does of commits that race: what it dropped is put again, unless it kept some of it."""
    together = served.server.commit_together

    def drop(changes):
        served.server.commit_together = together
        together(changes[:kept])

    served.server.commit_together = drop
    done = served.lakelet.run("sql", "--quiet", served.attach(MOVE.format(more="")))
    if not kept:
        assert done.returncode == 0, done.stderr
        assert (amounts(served, "ns.a"), amounts(served, "other.b")) == ([5, 20], [6, 2])
        return
    assert done.returncode == 1 and "may or may not" in done.stderr and "other.b), and remove no files" in done.stderr, done.stderr
    assert (amounts(served, "ns.a"), amounts(served, "other.b")) == ([5, 20], [1, 2])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
@pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "lost"])
def test_stopped_while_it_commits(served, how, arrives):
    asked, hold = threading.Event(), threading.Event()
    held = fault(served, TOGETHER, hold=hold, **({} if arrives else {"cut": True}))
    held.on_use = asked.set
    if not arrives:
        served.server.commit_together = lambda changes: None  # it dies with the request
    process = subprocess.Popen([LAKELET, "sql", "--quiet", "--storage-option", "timeout=10h", served.attach(MOVE.format(more=""))], cwd=served.lakelet.cwd, stderr=subprocess.PIPE, text=True)
    try:
        assert asked.wait(300)
        process.send_signal(how)
        _, errors = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == (1 if how == signal.SIGINT else -signal.SIGKILL), errors
    assert how == signal.SIGKILL or "may or may not have happened" in errors
    hold.set()
    assert held.done.wait(300)
    assert (amounts(served, "ns.a"), amounts(served, "other.b")) == (([5, 20], [6, 2]) if arrives else ([10, 20], [1, 2]))


def test_stopped_before_it_commits(both):
    try:
        code, _ = between(both, MOVE.format(more="{wait}"), lambda process: process.kill() or process.wait())
        assert code == -signal.SIGKILL
    except BrokenPipeError:
        pass  # nobody reads it any more
    assert (amounts(both, "ns.a"), amounts(both, "other.b")) == ([10, 20], [1, 2])
    both.sql(MOVE.format(more=""))
    assert (amounts(both, "ns.a"), amounts(both, "other.b")) == ([5, 20], [6, 2])


def test_a_database_that_breaks_in_the_middle(in_postgres):
    """The connection ends between the first table's UPDATE and the second's: neither is there, and the commit is made on another connection."""
    database = psycopg2.connect(in_postgres.uri)
    database.autocommit = True
    look = database.cursor()
    look.execute("create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$")
    look.execute("create trigger wait before update on iceberg_tables for each row when (new.table_name = 'b') execute function wait()")
    look.execute("select pg_advisory_lock(1)")
    process = subprocess.Popen([LAKELET, "sql", "--quiet", in_postgres.attach(MOVE.format(more=""))], cwd=in_postgres.lakelet.cwd, stderr=subprocess.PIPE, text=True)
    try:
        waiting = "select pid from pg_locks where locktype = 'advisory' and not granted"
        look.execute(waiting)
        while not (first := look.fetchall()):
            assert process.poll() is None, process.stderr.read()
            look.execute(waiting)
        look.execute("select metadata_location from iceberg_tables where table_name = 'a'")
        (place,) = look.fetchone()
        look.execute(f"select pg_terminate_backend({first[0][0]})")
        look.execute(waiting)
        while not (second := look.fetchall()) or second == first:
            assert process.poll() is None, process.stderr.read()
            look.execute(waiting)
        look.execute("select metadata_location from iceberg_tables where table_name = 'a'")
        assert look.fetchone() == (place,)
        look.execute("select pg_advisory_unlock(1)")
        _, errors = process.communicate(timeout=300)
    finally:
        process.kill()
        database.close()
    assert process.returncode == 0, errors
    assert (amounts(in_postgres, "ns.a"), amounts(in_postgres, "other.b")) == ([5, 20], [6, 2])
    assert (snapshots(in_postgres, "ns.a"), snapshots(in_postgres, "other.b")) == (2, 2)
