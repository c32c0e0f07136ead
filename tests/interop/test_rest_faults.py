"""REST catalogs that are slow, wrong, out of order or lose their answers: every change is made once or not at all, and the error says what happened."""

import json
import os
import pathlib
import signal
import subprocess
import threading

import pyarrow as pa
import pytest
from pyiceberg.catalog.rest import RestCatalog
from rest_server import Fault, RestServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))
COMMIT, LOAD = ("POST", r"/tables/t$"), ("GET", r"/tables/t$")


class Served:
    def __init__(self, server, lakelet):
        self.server, self.lakelet, self.uri, self.options = server, lakelet, f"iceberg+{server.uri}", ["--storage-option", "timeout=10s"]

    def attach(self, query):
        return f"attach '{self.uri}' as c (type lakelet); {query}"

    def fault(self, where, **what):
        self.server.faults.append(Fault(*where, **what))
        return self

    def sql(self, query):
        return self.lakelet.ok("sql", "--quiet", *self.options, self.attach(query))

    def fails(self, code, query):
        return self.lakelet.fails(code, "sql", "--quiet", *self.options, self.attach(query))

    def ids(self):
        """By pyiceberg."""
        return sorted(RestCatalog("rest", uri=self.server.uri, **self.their_options).load_table("ns.t").scan().to_arrow()["id"].to_pylist())

    their_options = {}


@pytest.fixture
def serve(tmp_path, lakelet):
    """Starts servers, with a table ns.t of one row."""
    started = []

    def start(**options):
        their_options = {"credential": options["client"]} if "client" in options else {}
        later = {name: options.pop(name) for name in ("config", "table_config", "endpoints", "keys") if name in options}
        started.append(RestServer(tmp_path / "warehouse", **options).__enter__())
        catalog = RestCatalog("rest", uri=started[-1].uri, **their_options)
        catalog.create_namespace("ns")
        rows = pa.table({"id": pa.array([1], pa.int64())})
        catalog.create_table("ns.t", rows.schema).append(rows)
        started[-1].requests.clear()
        vars(started[-1]).update(later)  # pyiceberg heeds them too
        served = Served(started[-1], lakelet)
        served.their_options = their_options
        return served

    yield start
    for server in started:
        server.__exit__()


@pytest.fixture
def served(serve):
    return serve()


LOST = [
    {"status": 500},
    {"status": 500, "after": True},
    {"status": 502, "after": True},
    {"status": 503},
    {"status": 504, "after": True},
    {"cut": True},
    {"cut": True, "after": True},
    {"cut": True, "after": True, "status": 200, "body": b'{"metadata-loc'},
    {"status": 200, "after": True, "body": b"<html>fine</html>"},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 409},
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_commit_is_made_once(served, fault):
    served.fault(COMMIT, **fault).sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2]
    assert len(served.server.tables[(("ns",), "t")][1].snapshots) == 2


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_change_without_a_snapshot_is_made_once(served, fault):
    served.fault(COMMIT, **fault).sql("alter table c.ns.t add column note varchar")
    metadata = served.server.tables[(("ns",), "t")][1]
    assert [field.name for field in metadata.schema().fields] == ["id", "note"]
    assert len(metadata.schemas) == 2


@pytest.mark.parametrize("fault", [fault for fault in LOST if fault.get("status") != 409], ids=str)
def test_a_table_is_made_once(served, fault):
    served.fault(("POST", r"/tables/made$"), **fault).sql("create table c.ns.made as select 7 as id")
    assert served.lakelet.rows(served.attach("from c.ns.made")).to_pylist() == [{"id": 7}]


@pytest.mark.parametrize("fault", [{"status": 500, "after": True}, {"status": 504, "after": True}, {"cut": True, "after": True}, {"status": 429, "headers": {"Retry-After": "1"}}], ids=str)
def test_a_table_is_registered_once(served, fault):
    place, _ = served.server.tables[(("ns",), "t")]
    served.fault(("POST", "/register$"), **fault).lakelet.ok("register", f"{served.uri}#ns.again", place)
    assert served.server.tables[(("ns",), "again")][0] == place
    assert len(served.server.seen("POST", "/register$")) == (2 if fault.get("status") == 429 else 1)
    assert "already" in served.lakelet.fails(4, "register", f"{served.uri}#ns.again", place)


def test_a_registration_that_is_never_answered(served):
    place, _ = served.server.tables[(("ns",), "t")]
    served.fault(("POST", "/register$"), cut=True)
    served.lakelet.fails(1, "register", f"{served.uri}#ns.again", place)
    assert (("ns",), "again") not in served.server.tables


def test_an_answer_that_comes_too_late(served):
    """The server still has the first try when the second is made."""
    late = threading.Event()
    served.options = ["--storage-option", "timeout=6s"]
    served.fault(COMMIT, hold=late).sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2]
    late.set()
    served.sql("insert into c.ns.t values (3)")
    assert served.ids() == [1, 2, 3]


def keys_of(served, method, path):
    return [request["headers"].get("Idempotency-Key") for request in served.server.seen(method, path)]


ANSWER_LOST = [{"status": 502, "after": True}, {"status": 504, "after": True}, {"cut": True}, {"cut": True, "after": True}, {"cut": True, "after": True, "status": 200, "body": b'{"metadata-loc'}]


@pytest.mark.parametrize("fault", ANSWER_LOST, ids=str)
def test_a_commit_is_sent_again_with_its_key(serve, fault):
    served = serve(keys="PT30M")
    served.sql("insert into c.ns.t values (2)")
    loads = len(served.server.seen(*LOAD))
    served.fault(COMMIT, **fault).sql("insert into c.ns.t values (3)")
    assert len(served.server.seen(*LOAD)) == 2 * loads  # nothing is read back
    first, second, third = keys_of(served, *COMMIT)
    assert first != second == third and len(served.server.kept) == 2
    assert served.ids() == [1, 2, 3]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_commit_with_a_key_is_made_once(serve, fault):
    served = serve(keys="PT30M")
    served.fault(COMMIT, **fault).sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2]
    assert len(served.server.tables[(("ns",), "t")][1].snapshots) == 2


def test_a_commit_on_top_of_others_has_a_new_key(serve):
    served = serve(keys="PT30M")

    def others():
        served.server.faults.clear()
        RestCatalog("rest", uri=served.server.uri).load_table("ns.t").append(pa.table({"id": pa.array([5], pa.int64())}))

    before = len(served.server.seen(*COMMIT))
    hold = threading.Event()
    served.fault(COMMIT, hold=hold)
    served.server.faults[-1].on_use = lambda: threading.Thread(target=lambda: (others(), hold.set())).start()
    served.sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2, 5]
    ours = [request["headers"]["Idempotency-Key"] for request in served.server.seen(*COMMIT)[before:] if request["headers"].get("User-Agent") == "lakelet"]
    assert len(ours) == 2 == len(set(ours))


@pytest.mark.parametrize("times", [1, 20])
def test_a_try_that_the_server_failed_has_the_same_key(serve, times):
    """5xx isn't kept with a key: the same commit is made again."""
    served = serve(keys="PT30M")
    served.fault(COMMIT, status=500, times=times).sql("insert into c.ns.t values (2)")
    keys = keys_of(served, *COMMIT)
    assert len(keys) == times + 1 and len(set(keys)) == 1
    assert served.ids() == [1, 2]


def test_keys_end_with_their_lifetime(serve):
    """What is lost later is looked up, and sent with another key if it wasn't made."""
    served = serve(keys="PT0.000S")
    served.fault(COMMIT, cut=True).sql("insert into c.ns.t values (2)")
    first, second = keys_of(served, *COMMIT)
    assert first != second and served.ids() == [1, 2]


def test_a_key_that_is_refused_says_nothing_of_the_commit(serve):
    served = serve(keys="PT30M")
    served.fault(COMMIT, cut=True, after=True).fault(COMMIT, status=429, times=9).sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2]
    served.server.faults.clear()
    served.fault(COMMIT, cut=True, after=True).fault(COMMIT, status=403, times=9).sql("insert into c.ns.t values (3)")
    assert served.ids() == [1, 2, 3]


def test_names_are_changed_once_by_their_keys(serve):
    served = serve(keys="PT30M")
    lost = {"cut": True, "after": True}
    served.fault(("POST", "/namespaces$"), **lost).sql("create schema c.more")
    served.fault(("POST", "/tables/made$"), **lost).sql("create table c.ns.made as select 7 as id")
    served.fault(("POST", "/rename$"), **lost).sql("alter table c.ns.t rename to u")
    served.fault(("POST", "/register$"), **lost).lakelet.ok("register", f"{served.uri}#ns.again", served.server.tables[(("ns",), "u")][0])
    served.fault(("DELETE", "/tables/u$"), **lost).sql("drop table c.ns.u")
    served.fault(("DELETE", "/namespaces/more$"), **lost).sql("drop schema c.more")
    assert sorted(table for _, table in served.server.tables) == ["again", "made"] and list(served.server.namespaces) == [("ns",)]
    for method, path in (("POST", "/namespaces$"), ("POST", "/tables/made$"), ("POST", "/rename$"), ("POST", "/register$"), ("DELETE", "/tables/u$"), ("DELETE", "/namespaces/more$")):
        first, second = keys_of(served, method, path)
        assert first and first == second, path


def test_servers_without_keys_get_none(served):
    served.sql("insert into c.ns.t values (2)")
    assert keys_of(served, *COMMIT) == [None]
    served.server.keys = "soon"  # no length of time
    served.sql("insert into c.ns.t values (3)")
    assert keys_of(served, *COMMIT) == [None, None]


def test_names_are_changed_once(served):
    served.fault(("POST", "/namespaces$"), status=500, after=True).sql("create schema c.more")
    served.fault(("POST", "/rename$"), cut=True, after=True).sql("alter table c.ns.t rename to u")
    assert [table for _, table in served.server.tables] == ["u"]
    served.fault(("DELETE", "/tables/u$"), cut=True, after=True).sql("drop table c.ns.u")
    assert not served.server.tables
    served.fault(("DELETE", "/namespaces/more$"), status=500, after=True).sql("drop schema c.more")
    assert list(served.server.namespaces) == [("ns",)]
    served.fault(("POST", "/namespaces$"), status=500, times=9)
    assert "broken on purpose" in served.fails(9, "create schema c.other")


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 502}, {"cut": True}, {"status": 429, "headers": {"Retry-After": "1"}}, {"status": 200, "cut": True, "body": b"{"}], ids=str)
@pytest.mark.parametrize("path", ["/v1/config$", "/tables/t$"])
def test_reads_are_tried_again(served, fault, path):
    served.fault(("GET", path), **fault)
    assert served.lakelet.rows(served.attach("from c.ns.t")).to_pylist() == [{"id": 1}]


WRONG = [("/tables/t$", b'{"metadata-location": "x"}'), *((path, body) for path in ("/v1/config$", "/tables/t$") for body in (b"", b"<html>", b"[]", b"7", b"{" * 5000))]


@pytest.mark.parametrize(("path", "body"), WRONG, ids=lambda value: str(value)[:30])
def test_answers_that_are_wrong(served, path, body):
    served.fault(("GET", path), times=9, status=200, body=body)
    assert "answer" in served.fails(6, "from c.ns.t")


def test_no_catalog_there(served):
    served.fault(("GET", "/v1/config$"), times=9, status=404, body=b"<html>")
    assert "no REST catalog" in served.fails(3, "from c.ns.t")
    served.server.faults.clear()
    served.fault(("GET", "/v1/config$"), times=9, status=302, headers={"Location": "http://127.0.0.1:1/"})
    assert "redirect" in served.fails(2, "from c.ns.t")


def test_pages_without_an_end(served):
    served.fault(("GET", "/namespaces/ns/tables$"), times=99, status=200, body=b'{"identifiers": [], "next-page-token": "again"}')
    assert "pages" in served.fails(6, "select count(*) from information_schema.tables where table_catalog = 'c'")


def test_lists_with_what_they_shouldnt_have(served):
    odd = [[], 7, {}, {"name": "x"}, {"namespace": 7, "name": "x"}, {"namespace": ["other"], "name": "x"}, {"namespace": ["ns"], "name": None}, {"namespace": ["ns"], "name": "t"}]
    served.fault(("GET", "/namespaces/ns/tables$"), times=9, status=200, body=json.dumps({"identifiers": odd}).encode())
    served.fault(("GET", "/namespaces$"), status=200, body=b'{"namespaces": [["ns"], [], 7, [7], ["a.b"], [""], ["ns"]]}')
    assert served.lakelet.rows(served.attach("select table_schema s, table_name t from information_schema.tables where table_catalog = 'c'")).to_pylist() == [{"s": "ns", "t": "t"}]


def test_a_commit_that_is_refused(served):
    served.fault(COMMIT, times=9, status=400)
    line = served.fails(2, "insert into c.ns.t values (2)")
    assert "changing the table ns.t: broken on purpose (status 400)" in line
    served.server.faults.clear()
    served.fault(COMMIT, times=9, status=403)
    served.fails(9, "insert into c.ns.t values (2)")
    assert served.ids() == [1]


def test_a_commit_on_a_table_that_is_gone(served):
    served.fault(COMMIT, times=9, status=404)
    served.fails(3, "insert into c.ns.t values (2)")


def test_a_commit_that_is_never_answered(served):
    served.fault(COMMIT, times=10_000, cut=True).fault(LOAD, times=10_000, status=500)
    served.server.faults[1].times = 0
    released = threading.Event()

    def break_down():
        served.server.faults[1].times = 10_000
        released.set()

    served.server.faults[0].on_use = break_down
    line = served.fails(1, "insert into c.ns.t values (2)")
    assert released.is_set() and "may" in line
    served.server.faults.clear()
    assert served.ids() == [1]


@pytest.mark.parametrize("times", [0, 1])
def test_tokens_are_got_and_got_anew(serve, times):
    served = serve(client="me:hush")
    served.options += ["--storage-option", "credential=me:hush"]
    served.fault(LOAD, times=times, status=401).sql("insert into c.ns.t values (2)")
    assert served.ids() == [1, 2]
    asked = served.server.seen("POST", "/oauth/tokens$")
    ours = [request for request in asked if b"scope=catalog" in request["body"] and request["headers"].get("User-Agent") == "lakelet"]
    assert len(ours) == 1 + times


def test_secrets_of_attach(serve, lakelet):
    served = serve(client="me:hush")
    attach = f"attach '{served.uri}' as c (type lakelet, credential 'me:hush', scope 'PRINCIPAL_ROLE:ALL')"
    assert lakelet.rows(f"{attach}; from c.ns.t").to_pylist() == [{"id": 1}]
    assert any(b"scope=PRINCIPAL_ROLE%3AALL" in request["body"] for request in served.server.seen("POST", "/oauth/tokens$"))
    token = next(iter(served.server.tokens))
    attaches = f"{attach}; attach '{served.uri}' as d (type lakelet, TOKEN '{token}')"
    shown = lakelet.ok("sql", f"{attaches}; from duckdb_databases()", "--format", "json")
    assert served.uri in shown and "hush" not in shown and token not in shown
    assert lakelet.rows(f"attach '{served.uri}' as c (type lakelet, token '{token}'); from c.ns.t").to_pylist() == [{"id": 1}]


def test_secrets_of_the_configuration(serve, lakelet, monkeypatch):
    served = serve(client="me:hush")
    monkeypatch.setenv("CATALOG_CREDENTIAL", "me:hush")
    write = (lakelet.cwd / "lakelet.yml").write_text
    catalog = f"catalogs:\n  ours:\n    uri: {served.uri}\n    scope: PRINCIPAL_ROLE:ALL\n"
    table = f"tables:\n  - {{name: t, uri: '{served.uri}#ns.t'}}\n"
    for credential in ("${CATALOG_CREDENTIAL}", "{env: CATALOG_CREDENTIAL}", "me:hush"):
        write(f"{catalog}    credential: {credential}\n    headers: {{X-Tenant: hushed}}\n{table}")
        assert lakelet.rows("from t").to_pylist() == [{"id": 1}]
    # for each way of naming it, and before what is said of all catalogs
    assert "1" in lakelet.ok("view", f"{served.uri}#ns.t", "--storage-option", "token=wrong")
    assert lakelet.rows(served.attach("from c.ns.t")).to_pylist() == [{"id": 1}]
    assert lakelet.rows(f"attach '{served.uri}' as c (type lakelet, warehouse 'w'); from c.ns.t").to_pylist() == [{"id": 1}]
    assert all(request["headers"]["X-Tenant"] == "hushed" for request in served.server.seen("GET", "/tables/t$"))
    assert all(b"scope=PRINCIPAL_ROLE%3AALL" in request["body"] for request in served.server.seen("POST", "/oauth/tokens$"))
    for arguments in (("config", "show"), ("config", "show", "--substitute"), ("config", "validate"), ("tables", "list")):
        assert "hush" not in lakelet.ok(*arguments)
    # what is said of one with options isn't said of the others, and an unset variable matters to its own catalog alone
    write(f"catalogs:\n  w:\n    uri: {served.uri}?warehouse=w\n    credential: me:hush\n  o:\n    uri: iceberg+http://127.0.0.1:1\n    token: ${{NOT_SET}}\n")
    assert lakelet.rows(f"attach '{served.uri}' as c (type lakelet, warehouse 'w'); from c.ns.t").to_pylist() == [{"id": 1}]
    assert "not authorized" in lakelet.fails(9, "view", f"{served.uri}#ns.t")
    assert "lakelet.yml:7: the environment variable NOT_SET is not set" in lakelet.fails(2, "view", "iceberg+http://127.0.0.1:1#ns.t")
    assert "NOT_SET" in lakelet.run("config", "validate").stdout


def test_wrong_secrets(serve, lakelet):
    served = serve(client="me:hush")
    done = lakelet.run("sql", f"attach '{served.uri}' as c (type lakelet, credential 'me:wrongsecret'); from c.ns.t")
    assert done.returncode == 9 and "***" in done.stderr and "wrongsecret" not in done.stderr
    done = lakelet.run("sql", f"attach '{served.uri}' as c (type lakelet, token 'wrongtoken'); from c.ns.t")
    assert done.returncode == 9 and "not authorized" in done.stderr and "wrongtoken" not in done.stderr
    done = lakelet.run("view", f"{served.uri}#ns.t")
    assert done.returncode == 9 and "give a token" in done.stderr


@pytest.mark.parametrize("uri", ["http://me:hush@127.0.0.1:1", "http://127.0.0.1:1/?token=hush", "http://127.0.0.1:1/?credential=hush", "http://127.0.0.1:1/?what=hush"])
def test_secrets_in_uris(lakelet, uri):
    assert "hush" not in lakelet.fails(2, "sql", f"attach 'iceberg+{uri}' as c (type lakelet)")
    assert "hush" not in lakelet.fails(2, "view", f"iceberg+{uri}#ns.t").split("#")[0]


def test_a_certificate_that_nobody_vouches_for(tmp_path, lakelet):
    file = tmp_path / "own.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", tmp_path / "certificate"],
                   check=True, capture_output=True)
    file.write_text(file.read_text() + (tmp_path / "certificate").read_text())
    with RestServer(tmp_path / "warehouse", certificate=file) as server:
        assert "can't be trusted" in lakelet.fails(9, "view", f"iceberg+{server.uri}#ns.t", "--storage-option", "token=hush")
        assert not server.requests


def test_another_server_isnt_trusted(serve):
    with_uri = serve(config={"uri": "http://127.0.0.1:1/"})
    assert "another server" in with_uri.fails(9, "from c.ns.t")


def test_what_is_refused_by_name(serve, lakelet):
    other = serve(config={"rest.auth.type": "google"})
    assert "rest.auth.type" in other.fails(5, "from c.ns.t")


def test_a_server_that_offers_little(serve):
    routes = ["GET /v1/{prefix}/namespaces", "GET /v1/{prefix}/namespaces/{namespace}", "POST /v1/{prefix}/namespaces", "GET /v1/{prefix}/namespaces/{namespace}/tables",
              "POST /v1/{prefix}/namespaces/{namespace}/tables", "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}", "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}"]
    little = serve(endpoints=routes)
    little.sql("insert into c.ns.t values (2)")
    assert "doesn't offer" in little.fails(5, "alter table c.ns.t rename to u")
    assert "doesn't offer" in little.fails(5, "drop table c.ns.t")
    assert little.ids() == [1, 2]


def test_files_out_of_reach(served):
    place, metadata = served.server.tables[(("ns",), "t")]
    served.server.tables[(("ns",), "far")] = (place, metadata.model_copy(update={"location": "gs://bucket/far"}))
    assert "gs" in served.fails(5, "from c.ns.far")
    served.fails(5, "insert into c.ns.far values (2)")
    served.server.warehouse = "x"
    served.server.location = lambda key: "gs://bucket/new"
    assert "gs" in served.fails(5, "create table c.ns.new as select 1 id")
    assert sorted(table for _, table in served.server.tables) == ["far", "t"]
    assert not served.server.seen("POST", "/tables/(far|new)$")


def interrupt(served, *arguments):
    """Ctrl-C once the server has a request that it doesn't answer. Limits are so long that nothing else ends the wait."""
    fault = served.server.faults[-1]
    asked, fault.hold = threading.Event(), threading.Event()
    fault.on_use = asked.set
    command = [LAKELET, *arguments, "--storage-option", "timeout=10h", "--storage-option", "connect_timeout=10h"]
    process = subprocess.Popen(command, cwd=served.lakelet.cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert asked.wait(300)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=300)
        return process.returncode, errors, fault
    finally:
        process.kill()


@pytest.mark.parametrize("where", [("GET", "/v1/config$"), LOAD, ("GET", "/namespaces/ns/tables$")], ids=str)
def test_ctrl_c_ends_a_question(served, where):
    query = "from c.ns.t" if where != ("GET", "/namespaces/ns/tables$") else "select table_name from information_schema.tables"
    code, errors, fault = interrupt(served.fault(where), "sql", served.attach(query))
    assert code == 130, errors
    fault.hold.set()


def test_ctrl_c_ends_the_command_of_a_reference(served):
    code, errors, fault = interrupt(served.fault(LOAD), "view", f"{served.uri}#ns.t")
    assert code == 130, errors
    fault.hold.set()


def test_ctrl_c_leaves_a_commit_that_was_sent_its_files(served):
    code, errors, fault = interrupt(served.fault(COMMIT), "sql", "--quiet", served.attach("insert into c.ns.t values (2)"))
    assert code == 1 and "may or may not have happened" in errors, errors
    fault.hold.set()
    assert fault.done.wait(300)
    assert served.ids() == [1, 2]


def test_a_server_that_is_down_at_commit(served):
    """It answers those that it knows, and takes no new connection."""
    answered = []

    def close():
        if not answered:
            answered.append(served.server.httpd.shutdown())
            served.server.httpd.server_close()

    served.fault(LOAD, times=99)
    served.server.faults[0].on_use = close
    before = files_of(served)
    line = served.fails(9, "insert into c.ns.t values (2)")
    assert "changing the table ns.t" in line and "may" not in line
    assert answered and len(served.server.tables[(("ns",), "t")][1].snapshots) == 1
    assert {name for name in files_of(served) - before if name.endswith((".avro", ".json"))} == set()


def files_of(served):
    return {str(path) for path in pathlib.Path(served.server.warehouse).rglob("*") if path.is_file()}


def test_a_server_that_is_gone(served):
    served.server.__exit__()
    line = served.fails(9, "from c.ns.t")
    assert served.server.uri in line
