"""What the console must not do, whoever asks."""

import json
import subprocess

import pytest

from running_console import LAKELET

# SQL that reaches beyond the tables, each in the words that somebody would try.
BEYOND = [
    "select * from read_text('{out}/secret.txt')",
    "select * from read_text('{out}/lake/../secret.txt')",
    "select * from read_blob('lakelet:{out}/secret.txt')",
    "select * from read_csv('{out}/secret.csv')",
    "select * from '{out}/secret.csv'",
    "from '../secret.csv'",
    "select * from glob('{out}/*')",
    "select * from glob('lakelet:{out}/*')",
    "select * from read_parquet('{out}/outside/*.parquet')",
    "select * from '{out}/outside'",
    "select * from '../outside'",
    "select * from lake_scan('{out}/outside')",
    "select * from lake_files('{out}/outside')",
    "select * from lake_history('{out}/outside')",
    "insert into '{out}/outside' values (2)",
    "create table '{out}/new' (a int) with (format = 'delta')",
    "create table '../new' as select 1 as a",
    "copy (select 1) to '{out}/x.csv'",
    "copy (select 1) to 'x.csv'",
    "copy (select 1) to 'lakelet:{out}/lake/weather/_delta_log/00000000000000000009.json'",
    "export database '{out}/dump'",
    "attach '{out}/x.db' as x",
    "attach '{out}' as x (type lakelet)",
    "install httpfs",
    "load '{out}/x.so'",
    "set enable_external_access = true",
    "reset lock_configuration",
    "set memory_limit = '100GB'",
    "pragma threads = 1",
    "set global allowed_directories = ['/']",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "select * from sniff_csv('{out}/secret.csv')",
    "explain analyze copy (select 1) to '{out}/x.csv'",
    "prepare p as copy (select 1) to '{out}/x.csv'",
    "select * from read_json('{out}/secret.txt')",
    "import database '{out}/dump'",
    # What isn't a table in a folder that is shown, by the name that the engine has for files.
    "select * from read_text('lakelet:{out}/lake/lakelet.yml')",
    "select * from read_csv('lakelet:{out}/lake/lakelet.yml')",
    "select * from read_blob('lakelet:{out}/lake/lakelet.yml')",
    "select * from glob('lakelet:{out}/lake/*')",
    "select * from read_json('lakelet:{out}/lake/weather/_delta_log/*.json')",
    # What would change all other queries.
    "select * from enable_logging(storage = 'file', storage_config = {{'path': '{out}/log'}})",
    "select * from enable_profiling(save_location = '{out}/profile')",
    "select * from disable_logging()",
]


@pytest.mark.parametrize("sql", BEYOND)
def test_sql_stays_within_the_tables(console, lake, tmp_path, sql):
    (lake / "lakelet.yml").write_text("# the secret\n")
    before = sorted(p for p in tmp_path.rglob("*"))
    problem = console("lake").rows(sql=sql.format(out=tmp_path))
    assert isinstance(problem, dict), problem
    assert "the secret" not in json.dumps(problem)
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_sql_within_the_tables_works(console, lake):
    server = console("lake")
    assert server.rows(sql="create table made as select 1 as a; select * from made") == [["1"]]
    assert server.rows(sql="create table 'kept' (a int) with (format = 'delta')") == []
    assert server.rows(sql="insert into 'kept' values (1), (2)") == [["2"]]
    assert server.rows(sql="update 'kept' set a = 5 where a = 1") == [["1"]]
    assert server.rows(sql="select count(*) from lake_files('kept')")[0][0] >= "1"
    # Big enough to spill: the engine's own temporary files are within reach.
    assert server.rows(sql="select max(x) from (select repeat('x', 100) || range as x from range(300000) order by x)")


def test_references_stay_within_the_folders(console, lake, tmp_path):
    server = console("lake")
    for path in ("detail", "schema", "history", "files", "partitions"):
        for table in ("../outside", str(tmp_path / "outside"), f"file://{tmp_path}/outside", "memory://x/t"):
            problem = server.get(f"/api/table/{path}", table=table, expect=403)
            assert problem["code"] == "Permission"
    assert server.rows("scan", table="../outside")["code"] == "Permission"
    assert server.rows("scan", table="weather", where="(select count(*) from read_text('../secret.txt')) > 0")["code"]
    upload = json.loads(server.request("POST", "/api/uploads?name=a.csv", "a\n1\n")[2])["upload"]
    server.post("/api/import", {"upload": upload, "table": "../made", "mode": "create"}, expect=403)
    assert not (tmp_path / "made").exists()
    for wrong in ("../../etc/passwd", "..", ".", "", "x/y"):
        assert server.post("/api/import", {"upload": wrong, "table": "weather"}, expect=404)["code"] == "NotFound"


def test_files_can_be_allowed(console, lake, tmp_path):
    server = console("lake", "--allow-files")
    assert server.rows(sql=f"select a from read_csv('{tmp_path}/secret.csv')") == [["1"]]


def test_read_only(console, lake):
    server = console("lake", "--read-only")
    assert server.get("/api/session")["read_only"] is True
    for sql in ("insert into weather values ('x', 1, null)", "delete from weather", "update weather set temperature = 0",
                "create table 'new' as select 1 as a", "drop table weather", "alter table weather add column x int",
                "merge into weather using (select 'Rome' as city) s on weather.city = s.city when matched then delete",
                "explain analyze delete from weather", "prepare p as delete from weather",
                "begin; delete from weather; commit", "copy (select 1) to 'x.csv'"):
        problem = server.rows(sql=sql)
        assert isinstance(problem, dict) and problem["code"] == "Permission", (sql, problem)
    server.request("POST", "/api/uploads?name=a.csv", "a\n1\n")[0] == 403
    server.post("/api/import", {"upload": "x.csv", "table": "weather"}, expect=403)
    server.post("/api/jobs", {"verb": "optimize", "table": "weather", "dry_run": False}, expect=403)
    server.post("/api/saved", {"name": "q", "sql": "select 1"}, expect=403)
    assert server.rows(sql="select count(*) from weather") == [["3"]]
    assert server.rows("statistics", table="weather")


def test_other_sites_are_turned_away(console, lake):
    server = console("lake")
    status = lambda *a, **k: server.request(*a, **k)[0]
    assert status("GET", "/api/tables", headers={"Host": "evil.example"}) == 403
    assert status("GET", "/", headers={"Host": f"evil.example:{server.port}"}) == 403
    assert status("GET", "/api/tables", headers={"Sec-Fetch-Site": "cross-site"}) == 403
    assert status("GET", "/api/tables", headers={"Origin": "http://evil.example"}) == 403
    query = {"kind": "sql", "sql": "drop table weather"}
    assert status("POST", "/api/queries", query, {"Origin": "http://evil.example"}) == 403
    assert status("POST", "/api/queries", query, {"X-Lakelet": None}) == 403
    assert status("POST", "/api/queries", json.dumps(query), {"Content-Type": "text/plain"}, marked=False) == 403
    assert server.get("/api/table/detail", table="weather")["rows"] == 3


def test_a_body_that_nobody_read_is_no_second_request(console, lake):
    """A page elsewhere may send any body it likes; refused, it mustn't be read as a request with headers of its choice."""
    import socket
    server = console("lake")
    inner = (f"POST /api/queries HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nX-Lakelet: 1\r\nContent-Length: 44\r\n\r\n"
             '{"kind": "sql", "sql": "drop table weather"}')
    outer = (f"POST /api/queries HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nOrigin: http://evil.example\r\n"
             f"Content-Length: {len(inner)}\r\n\r\n{inner}")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(outer.encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.count(b"HTTP/1.1 ") == 1 and b" 403 " in answer.split(b"\r\n")[0]
    assert server.get("/api/table/detail", table="weather")["rows"] == 3


def test_what_answers_say_to_browsers(console, lake):
    server = console("lake")
    _, page, _ = server.request("GET", "/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self';" in policy
    again = server.request("GET", "/")[1]["Content-Security-Policy"]
    assert again != policy  # a nonce is used once
    for headers in (page, server.request("GET", "/api/tables")[1]):
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers
    assert server.request("OPTIONS", "/api/queries")[0] in (403, 404)


def test_a_token_where_others_can_reach_it(console, lake):
    server = console("lake", "--host", "0.0.0.0")
    assert server.token and len(server.token) == 32
    host = f"127.0.0.1:{server.port}"
    ask = lambda path, **headers: server.request("GET", path, headers={"Host": host} | headers)
    assert ask("/api/tables")[0] == 401
    assert ask("/")[0] == 401
    status, headers, _ = ask(f"/?token={server.token}")
    assert status == 302 and headers["Location"] == "/"
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert ask("/api/tables", Cookie=cookie.split(";")[0])[0] == 200
    assert ask("/api/tables", Cookie="lakelet=" + server.token)[0] == 401
    assert ask("/api/tables", Host="evil.example", Cookie=cookie.split(";")[0])[0] == 403


def test_strange_requests(console, lake):
    server = console("lake")
    for body in ("", "[]", "null", "{", '{"kind": 1}', '{"kind": "nope"}', '{"kind": "sql"}', '{"kind": "sql", "sql": 5}',
                 '{"kind": "scan", "table": "weather", "columns": "a"}', '{"kind": "sql", "sql": "x", "parameters": {"a": 1}}'):
        status, headers, content = server.request("POST", "/api/queries", body)
        assert status == 400 and headers["Content-Type"] == "application/problem+json", (body, content)
    status, _, content = server.request("POST", "/api/queries", "x" * (5 << 20))
    assert status == 400 and b"too long" in content
    server.get("/api/table/detail", expect=400)
    server.get("/api/table/history", table="weather", limit="-1", expect=400)
    server.get("/api/table/detail", table="weather", version="99", expect=404)
    server.get("/api/table/detail", table="weather", version="a b/c", expect=400)
    server.get("/api/queries/" + "0" * 32, expect=404)


def test_tables_elsewhere_open_nothing_here(console, lake, tmp_path):
    """A configuration file none of whose tables is on the disk: SQL reaches no file for that."""
    (tmp_path / "lakelet.yml").write_text("tables:\n  - {name: remote, uri: 'gs://bucket/table'}\n")
    server = console()
    for sql in [f"select * from read_text('{tmp_path}/lakelet.yml')", f"select * from '{tmp_path}/outside'", "copy (select 1) to 'x.csv'"]:
        problem = server.rows(sql=sql)
        assert "code" in problem, sql
    assert server.get("/api/table/detail", table="remote", expect=422)["code"] == "UnsupportedFeature"
    assert server.rows(sql="select 1") == [["1"]]


def test_a_catalog_that_comes_later(console, lake, tmp_path):
    (tmp_path / "lakelet.yml").write_text(f"tables:\n  - {{name: t, uri: 'sqlite://{tmp_path}/cat.db#ns.t'}}\n")
    (tmp_path / "wh").mkdir()
    server = console("wh")
    assert server.rows(sql="select a from t")["code"] != "Permission"
    made = subprocess.run([LAKELET, "sql", f"ATTACH 'sqlite://{tmp_path}/cat.db' AS c (TYPE lakelet, WAREHOUSE '{tmp_path}/wh'); create schema c.ns; create table c.ns.t (a int); insert into c.ns.t values (7)"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    assert server.rows(sql="select a from t") == [["7"]]
    assert server.rows("scan", table="t") == [["7"]]


def test_tables_of_a_catalog_within_the_folders(console, lake, tmp_path):
    made = subprocess.run([LAKELET, "sql", f"ATTACH 'sqlite://{tmp_path}/cat.db' AS c (TYPE lakelet, WAREHOUSE '{tmp_path}/wh'); create schema c.ns; create table c.ns.t (a int); insert into c.ns.t values (7)"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    (tmp_path / "lakelet.yml").write_text(f"tables:\n  - {{name: t, uri: 'sqlite://{tmp_path}/cat.db#ns.t'}}\n")
    server = console("wh")
    assert server.rows(sql="select a from t") == [["7"]]
    assert server.rows("scan", table="t") == [["7"]]
    assert "code" in server.rows(sql=f"select * from '{tmp_path}/outside'")
    assert "code" in server.rows(sql=f"select * from read_text('{tmp_path}/lakelet.yml')")
    alone = console()  # the catalog, and not where its tables' files are
    assert alone.rows(sql="select a from t")["code"] == "Permission"
    (tmp_path / "lakelet.yml").unlink()
    whole = console(f"sqlite://{tmp_path}/cat.db", "wh")
    name = f"sqlite://{tmp_path}/cat.db#ns.t"
    assert name in [table["name"] for table in whole.get("/api/tables")]
    assert whole.get("/api/table/detail", table=name)["rows"] == 1
    assert whole.rows(sql=f"insert into '{name}' values (8)") == [["1"]]
    assert whole.rows(sql=f"select sum(a) from '{name}'") == [["15"]]
    assert whole.rows(sql=f"select * from '{tmp_path}/outside'")["code"] == "Permission"
    assert whole.rows(sql=f"select * from 'sqlite://{tmp_path}/other.db#ns.t'")["code"] == "Permission"
