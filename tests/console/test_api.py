"""What the pages ask for."""

import io
import json
import subprocess
import time

import pyarrow.ipc
import pyarrow.parquet
import pytest
import xlsxwriter

from running_console import LAKELET


def test_the_tables_of_a_folder(console, lake):
    server = console("lake")
    assert [(t["name"], t["schema"]) for t in server.get("/api/tables")] == [("sub/numbers", "sub"), ("weather", "")]
    detail = server.get("/api/table/detail", table="weather")
    assert (detail["format"], detail["rows"], detail["version"], detail["files"]) == ("delta", 3, 2, 2)
    assert detail["references"] == []
    assert server.get("/api/table/detail", table="weather", version=1)["rows"] == 2
    schema = server.get("/api/table/schema", table="weather")
    assert [(f["name"], f["type"]) for f in schema] == [("city", "string"), ("temperature", "float"), ("time", "timestamp")]
    history = server.get("/api/table/history", table="weather")
    assert [entry["version"] for entry in history] == [2, 1, 0]
    assert len(server.get("/api/table/history", table="weather", limit=1)) == 1
    files = server.get("/api/table/files", table="weather")
    assert files["total"] == 2 and sorted(f["rows"] for f in files["files"]) == [1, 2]
    assert server.get("/api/table/partitions", table="weather")[0]["files"] == 2


def test_no_path_is_the_folder_that_one_is_in(console, lake):
    server = console()
    assert [t["name"] for t in server.get("/api/tables")] == ["lake/weather", "outside"]


def test_one_table_and_several_folders(console, lake):
    assert [t["name"] for t in console("lake/weather").get("/api/tables")] == ["weather"]
    both = console("lake/sub", "outside")
    assert [t["name"] for t in both.get("/api/tables")] == ["lake/sub/numbers", "outside"]
    assert both.rows(sql="select count(*) from 'lake/sub/numbers', outside") == [["5000"]]


def test_rows_of_a_table(console, lake):
    server = console("lake")
    assert server.rows("scan", table="weather", sort=["-temperature"], columns=["city", "temperature"]) == [
        ["Rome", "21.0"], ["Paris", "10.5"], ["Oslo", "-3.0"]]
    assert server.rows("scan", table="weather", where="temperature > 20", columns=["city"]) == [["Rome"]]
    assert server.rows("scan", table="weather", version="1", sort=["city"], columns=["city", "time"]) == [
        ["Oslo", None], ["Paris", "2025-03-01 12:00:00+00"]]
    problem = server.rows("scan", table="weather", where="temperature >")
    assert problem["code"] == "InvalidArgument" and "predicate" in problem["detail"]


def test_what_changed_between_versions(console, lake):
    server = console("lake")
    server.rows(sql="alter table weather add column humidity float")
    diff = server.get("/api/table/diff", table="weather", **{"from": 1, "to": 3})
    assert diff["added"]["total"] == 1 and diff["removed"]["total"] == 0
    assert [f["name"] for f in diff["schema_after"]] == [f["name"] for f in diff["schema_before"]] + ["humidity"]


def test_statistics_and_histograms(console, lake):
    server = console("lake")
    rows = server.rows("statistics", table="weather")
    assert rows[0][:6] == ["city", "VARCHAR", "3", "0", "3", "Oslo"]
    bins = server.rows("histogram", table="sub/numbers", column="i")
    assert len(bins) == 20 and sum(int(row[3]) for row in bins) == 5000
    times = server.rows("histogram", table="weather", column="time")
    assert times[0][0] == "2025-03-01 12:00:00" and sum(int(row[3]) for row in times) == 2
    names = server.rows("histogram", table="weather", column="city")
    assert [row[0] for row in names] == ["Oslo", "Paris", "Rome"]
    assert server.rows("histogram", table="weather", column="nope")["code"] == "InvalidArgument"


def test_sql_with_parameters_and_several_windows(console, lake):
    server = console("lake")
    assert server.rows(sql="select city from weather where temperature > $t::float", parameters={"t": "15"}) == [["Rome"]]
    query = server.wait(server.start("sql", sql="select i from 'sub/numbers' order by i"))
    assert (query["kept"], query["total"], query["columns"][0]["kind"]) == (5000, 5000, "number")
    for start in (0, 2047, 2048, 4999, 5000, 9999):
        rows = server.get(f"/api/queries/{query['id']}/rows", **{"from": start, "count": 3})["rows"]
        assert rows == [[str(i)] for i in range(start, min(start + 3, 5000))]
    status, _, _ = server.request("DELETE", f"/api/queries/{query['id']}")
    assert status == 204
    server.get(f"/api/queries/{query['id']}", expect=404)


def test_more_rows_than_are_kept_are_counted(console, lake):
    server = console("lake")
    query = server.wait(server.start("sql", sql="select range as i from range(1000000)"))
    assert query["total"] == 1_000_000
    assert 100_000 <= query["kept"] < 1_000_000
    _, _, whole = server.request("GET", f"/api/queries/{query['id']}/export?format=csv")
    assert whole.count(b"\n") == 1_000_001


def test_a_result_filtered_and_in_order(console, lake):
    server = console("lake")
    query = server.wait(server.start("sql", sql="select range as i, 'row ' || range as \"the \"\"name\", range % 3 as k from range(250000)"))
    assert query["total"] == 250000 and query["kept"] == 100000
    of = query["id"]
    # Of all rows, not of those that are kept.
    assert server.rows("result", of=of, where="i > 249990 and k = 1 -- of three", sort=["-i"]) == [
        [str(i), f"row {i}", "1"] for i in range(249999, 249990, -1) if i % 3 == 1]
    assert server.rows("result", of=of, sort=['-the "name'])[0][1] == "row 99999"
    assert [row[0] for row in server.rows("result", of=of, where="\"the \"\"name\" = 'row 7'")] == ["7"]
    filtered = server.wait(server.start("result", of=of, where="i < 3"))
    status, _, content = server.request("GET", f"/api/queries/{filtered['id']}/export?format=jsonl")
    assert status == 200 and [json.loads(line)["i"] for line in content.splitlines()] == [0, 1, 2]
    wrong = server.rows("result", of=of, where="i >")
    assert wrong["code"] == "InvalidArgument" and "syntax error" in wrong["detail"]
    assert "nothing" in server.rows("result", of=of, where="nothing = 1")["detail"]
    assert server.post("/api/queries", {"kind": "result", "of": "0" * 32, "where": "true"}, expect=404)["code"] == "NotFound"


def test_a_filter_changes_nothing(console, lake):
    server = console("lake")
    query = server.wait(server.start("sql", sql="select 1 as a"))
    for where in ["true); delete from weather where (true", "true) ; drop table weather; select (1"]:
        assert "code" in server.rows("result", of=query["id"], where=where)
    assert server.get("/api/table/detail", table="weather")["rows"] == 3


def test_exports(console, lake):
    server = console("lake")
    sql = "select 'a,\"b\"' as t, null as n, 1.5::double as d, [1, 2] as l, '' as e"
    query = server.wait(server.start("sql", sql=sql))
    fetch = lambda how: server.request("GET", f"/api/queries/{query['id']}/export?format={how}")
    status, headers, content = fetch("csv")
    assert content.decode() == 't,n,d,l,e\r\n"a,""b""",,1.5,"[1,2]",""\r\n'
    assert headers["Content-Disposition"] == 'attachment; filename="result.csv"'
    assert json.loads(fetch("json")[2]) == [{"t": 'a,"b"', "n": None, "d": 1.5, "l": [1, 2], "e": ""}]
    assert json.loads(fetch("jsonl")[2])["l"] == [1, 2]
    assert pyarrow.parquet.read_table(io.BytesIO(fetch("parquet")[2])).to_pylist()[0]["l"] == [1, 2]
    assert pyarrow.ipc.open_file(io.BytesIO(fetch("arrow")[2])).read_all().num_rows == 1
    assert fetch("xls")[0] == 400


def test_an_export_never_runs_a_change_again(console, lake):
    server = console("lake")
    many = "insert into 'sub/numbers' select range, 0 from range(300000) returning i"
    query = server.wait(server.start("sql", sql=many))
    assert query["state"] == "done" and query["total"] == 300_000
    status, _, content = server.request("GET", f"/api/queries/{query['id']}/export?format=csv")
    assert query["kept"] == query["total"] or (status == 403 and b"only reads" in content)
    assert server.rows(sql="select count(*) from 'sub/numbers'") == [["305000"]]


def test_a_wrong_query_says_where(console, lake):
    problem = console("lake").rows(sql="select citty from weather")
    assert problem["code"] == "InvalidArgument" and "citty" in problem["detail"] and problem["status"] == 400


def test_cancel(console, lake):
    server = console("lake")
    slow = server.start("sql", sql="select count(*) from range(100000000) a, range(100000) b")
    time.sleep(0.2)
    assert server.get(f"/api/queries/{slow['id']}")["state"] == "running"
    server.post(f"/api/queries/{slow['id']}/cancel", expect=204)
    assert server.wait(slow, 20)["state"] == "cancelled"


def test_two_clients_at_once(console, lake):
    server = console("lake")
    slow = server.start("sql", sql="select count(*) from range(100000000) a, range(100000) b")
    assert server.rows(sql="select count(*) from weather") == [["3"]]
    assert server.rows("scan", table="sub/numbers", where="i = 77", columns=["i"]) == [["77"]]
    assert server.get(f"/api/queries/{slow['id']}")["state"] == "running"
    server.request("DELETE", f"/api/queries/{slow['id']}")


def test_too_many_at_once_are_turned_away(console, lake):
    server = console("lake")
    slow = [server.start("sql", sql="select count(*) from range(100000000) a, range(100000) b") for _ in range(8)]
    problem = server.post("/api/queries", {"kind": "sql", "sql": "select 1"}, expect=507)
    assert problem["code"] == "Exhausted"
    for query in slow:
        server.request("DELETE", f"/api/queries/{query['id']}")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if server.request("POST", "/api/queries", {"kind": "sql", "sql": "select 1"})[0] == 200:
            return
        time.sleep(0.1)
    pytest.fail("the queries weren't cancelled")


def test_import(console, lake):
    server = console("lake")
    send = lambda name, content: json.loads(server.request("POST", f"/api/uploads?name={name}", content)[2])["upload"]
    upload = send("more.csv", "city;temperature\nLima;18\n")
    assert server.rows("preview", upload=upload) == [["Lima", "18"]]
    report = server.post("/api/import", {"upload": upload, "table": "weather", "mode": "append"})
    assert (report["rows_inserted"], report["version"]) == (1, 3)
    server.post("/api/import", {"upload": upload, "table": "weather"}, expect=404)  # it is used up
    upload = send("fresh.jsonl", '{"a": 1}\n{"a": 2}\n')
    assert server.post("/api/import", {"upload": upload, "table": "fresh", "mode": "create"})["rows_inserted"] == 2
    assert "fresh" in [table["name"] for table in server.get("/api/tables")]
    upload = send("bad.csv", "city,temperature\nLima,warm\n")
    problem = server.post("/api/import", {"upload": upload, "name": "bad.csv", "table": "weather"}, expect=422)
    assert "bad.csv" in problem["detail"] and "warm" in problem["detail"]


def test_sheets_of_a_workbook(console, lake, tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "two.xlsx"))
    for name, rows in {"one": [["a"], [1]], "two & more": [["b"], ["x"], ["y"]]}.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    book.close()
    server = console("lake")
    _, _, content = server.request("POST", "/api/uploads?name=two.xlsx", (tmp_path / "two.xlsx").read_bytes())
    upload = json.loads(content)["upload"]
    assert server.get("/api/uploads/sheets", upload=upload) == {"sheets": ["one", "two & more"]}
    assert server.rows("preview", upload=upload) == [["1"]]
    assert server.rows("preview", upload=upload, sheet="two & more") == [["x"], ["y"]]
    assert server.post("/api/import", {"upload": upload, "table": "sheet", "mode": "create", "sheet": "2"})["rows_inserted"] == 2
    _, _, content = server.request("POST", "/api/uploads?name=a.csv", b"a\n1\n")
    assert server.get("/api/uploads/sheets", upload=json.loads(content)["upload"]) == {"sheets": []}


def test_maintenance_is_looked_at_and_then_done(console, lake):
    server = console("lake")
    plan = server.job("optimize")
    assert plan["state"] == "done" and plan["dry_run"] and not plan["result"]["nothing"]
    assert plan["result"]["summary"].startswith("2 files of 2, ") and plan["result"]["rows"][0][1] == "2"
    assert server.get("/api/table/detail", table="weather")["version"] == 2
    done = server.job("optimize", dry_run=False, z_order=["city"])["result"]
    assert done["version"] == 3 and "2 files became 1 file" in done["summary"]
    assert server.job("optimize", z_order=["city"])["result"]["nothing"]
    assert "version 1" in server.job("restore", version="1")["result"]["summary"]
    assert server.job("restore", version="1", dry_run=False)["result"]["version"] == 4
    assert server.rows(sql="select count(*) from weather") == [["2"]]
    assert server.job("restore")["problem"]["code"] == "InvalidArgument"
    found = server.job("vacuum", retention="0h", force=True)["result"]
    assert len(found["rows"]) == found["rows_total"] == 2 and found["columns"][0] == "file"
    assert server.job("vacuum", retention="0h")["problem"]["code"] == "InvalidArgument"
    assert "2 files deleted" in server.job("vacuum", retention="0h", force=True, dry_run=False)["result"]["summary"]
    assert server.job("checkpoint", dry_run=False)["result"]["rows"][0][0] == "written"
    assert server.job("checkpoint")["result"]["nothing"]
    assert server.job("compact_log")["result"]["nothing"] and server.job("clean_log")["result"]["nothing"]
    assert "statistics" in server.job("analyze")["result"]["summary"]
    assert "healthy" in server.job("doctor", full=True)["result"]["summary"]


def test_maintenance_that_cannot_be(console, lake):
    server = console("lake")
    assert server.job("optimize", table="nowhere")["problem"]["code"] == "NotFound"
    assert "no maintenance" in server.job("destroy", expect=400)["detail"]
    server.get("/api/jobs/" + "0" * 32, expect=404)
    (lake / "weather" / "_delta_log" / "00000000000000000001.json").write_text("{")
    damaged = server.job("doctor")["result"]
    assert "damaged" in damaged["summary"] and damaged["rows"][0][0] == "damage"
    reading = console("--read-only", "lake/sub")
    assert reading.job("vacuum", table="numbers")["state"] == "done"
    for verb in ("vacuum", "optimize", "restore", "checkpoint", "compact_log", "clean_log", "analyze", "doctor"):
        assert reading.job(verb, table="numbers", expect=403, dry_run=False, version="0")["code"] == "Permission"


def test_rows_between_two_versions(console, lake):
    server = console("lake")
    assert server.rows("diff", table="weather", **{"from": "1", "to": "2"}) == [["insert", "Rome", "21.0", "2025-03-02 12:00:00+00"]]
    assert server.rows("diff", table="weather", **{"from": "2", "to": "2"}) == []
    server.rows(sql="update weather set temperature = 5 where city = 'Oslo'")
    keyed = server.rows("diff", table="weather", key=["city"], **{"from": "2", "to": "3"})
    assert [row[:3] for row in keyed] == [["update_preimage", "Oslo", "-3.0"], ["update_postimage", "Oslo", "5.0"]]
    assert server.rows("diff", table="weather", key=["nope"], **{"from": "2", "to": "3"})["code"] == "InvalidArgument"


def test_a_table_that_cant_be_opened_leaves_the_rest(console, lake):
    (lake / "broken" / "_delta_log").mkdir(parents=True)
    (lake / "broken" / "_delta_log" / "00000000000000000000.json").write_text("{nonsense")
    server = console("lake")
    assert "broken" in [table["name"] for table in server.get("/api/tables")]
    assert server.get("/api/table/detail", table="broken", expect=422)["code"] == "CorruptTable"
    assert server.get("/api/table/detail", table="weather")["rows"] == 3
    assert server.get("/api/table/detail", table="nowhere", expect=404)["code"] == "NotFound"


def test_hostile_contents_come_as_text(console, lake):
    server = console("lake")
    nasty = "<img src=x onerror=alert(1)>\u202e\u0007\n'; drop table x --"
    rows = server.rows(sql="select $x as \"</script><b>\", repeat('ab', 5000) as long", parameters={"x": nasty})
    assert rows[0][0] == nasty
    assert rows[0][1] == {"cut": "ab" * 512, "length": 10000}
    query = server.wait(server.start("sql", sql="select repeat('é', 5000)"))
    cell = server.get(f"/api/queries/{query['id']}/cell", row=0, column=0)
    assert cell["text"] == "é" * 5000
    assert server.get(f"/api/queries/{query['id']}/rows")["rows"][0][0]["cut"] == "é" * 512


def test_plans(console, lake):
    server = console("lake")
    query = server.wait(server.start("sql", sql="select count(*) from 'sub/numbers' where i > 10", explain=True, analyze=True))
    text = server.get(f"/api/queries/{query['id']}/cell", row=0, column=1)["text"]
    assert "children" in json.loads(text) or isinstance(json.loads(text), list)


def test_the_pages_are_there(console, lake):
    server = console("lake")
    status, headers, page = server.request("GET", "/")
    assert status == 200 and b"<script" in page and b"@NONCE@" not in page
    script = page.split(b'src="')[1].split(b'"')[0].decode()
    status, headers, content = server.request("GET", script, headers={"Accept-Encoding": "gzip"})
    assert status == 200 and headers["Content-Encoding"] == "gzip" and len(content) < 400_000
    assert server.request("GET", script, headers={"If-None-Match": headers["ETag"]})[0] == 304
    assert server.request("GET", "/nothing.js")[0] == 404
    assert server.request("GET", "/api/nothing")[0] == 404


def test_it_stops_when_it_is_told(console, lake):
    server = console("lake")
    server.start("sql", sql="select count(*) from range(100000000) a, range(100000) b")
    code, rest = server.stop()
    assert code == 0, rest


def test_a_port_that_is_taken(console, lake, tmp_path):
    server = console("lake")
    second = subprocess.run([LAKELET, "web", "lake", "--port", str(server.port)], cwd=tmp_path, capture_output=True,
                            text=True, timeout=20)
    assert second.returncode == 9 and "can't listen" in second.stderr
    none = subprocess.run([LAKELET, "web", "nowhere", "--port", "0"], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert none.returncode == 3 and "nowhere" in none.stderr
