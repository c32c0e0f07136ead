"""The console with a configuration file: its tables, its saved queries, its settings."""

import os
import stat
import subprocess

import pytest

from running_console import LAKELET

CONFIG = """settings:
  max_query_rows: 3
tables:
  - name: weather
    uri: lake/weather
  - name: later
    uri: lake/later
queries:
  - name: all
    title: All of it
    description: Of `weather`
    totals_row: true
    parameters:
      least: {default: "0"}
      city:
    sql: |
      select * from weather where temperature > $least::float and city = coalesce($city, city)
"""


@pytest.fixture
def configured(lake, tmp_path):
    (tmp_path / "lakelet.yml").write_text(CONFIG)
    return tmp_path


def test_its_tables_are_shown_and_nothing_else_is_reached(console, configured):
    server = console()
    assert [(t["name"], t["configured"]) for t in server.get("/api/tables")] == [("weather", True), ("later", True)]
    assert server.get("/api/table/detail", table="weather")["rows"] == 3
    assert server.get("/api/table/detail", 404, table="later")["code"] == "NotFound"
    assert server.rows(sql="select count(*) from weather") == [["3"]]
    assert server.rows(sql="select count(*) from 'lake/weather'") == [["3"]]
    for sql in ("from 'lake/sub/numbers'", "from './outside'", "from read_text('lakelet.yml')", "from read_csv('secret.csv')"):
        assert server.rows(sql=sql)["code"] == "Permission", sql
    server.rows(sql="create table later as select 1 as a")
    assert server.rows(sql="from later") == [["1"]]


def test_folders_come_beside_them(console, configured):
    names = [t["name"] for t in console("lake").get("/api/tables")]
    assert names == ["weather", "later", "lake/sub/numbers"]


def test_saved_queries_rows_and_totals(console, configured):
    server = console()
    (query,) = server.get("/api/saved")
    assert (query["title"], query["totals_row"], query["where"]) == ("All of it", True, "lakelet.yml:9")
    assert query["parameters"] == [{"name": "least", "default": "0"}, {"name": "city", "default": ""}]
    started = server.wait(server.start("sql", sql=query["sql"], parameters={"least": "0", "city": "", "unused": "x"}))
    assert started["total"] == 2
    assert server.get(f"/api/queries/{started['id']}/totals")["totals"] == [[None, "31.5", None]]


def test_rows_beyond_the_limit_are_counted_and_summed(console, configured):
    server = console()
    ended = server.wait(server.start("sql", sql="select range as i, range * 1.5 as i, 'x' as x from range(5000)"))
    assert (ended["kept"], ended["total"]) == (3, 5000)
    assert len(server.get(f"/api/queries/{ended['id']}/rows", count=1000)["rows"]) == 3
    assert server.get(f"/api/queries/{ended['id']}/totals")["totals"] == [["12497500", "18746250.0", None]]
    status, _, body = server.request("GET", f"/api/queries/{ended['id']}/export?format=csv")
    assert status == 200 and body.count(b"\n") == 5001


def test_a_query_is_saved_into_the_file(console, configured):
    file = configured / "lakelet.yml"
    os.chmod(file, 0o600)
    server = console()
    saved = {"name": "mine", "title": "Mine: all", "description": "two\nlines", "sql": "select $x\nfrom weather", "parameters": {"x": "1", "y": ""}, "totals_row": True}
    assert server.post("/api/saved", saved)["file"] == str(file)
    assert file.read_text().startswith(CONFIG) and stat.S_IMODE(file.stat().st_mode) == 0o600
    mine = server.get("/api/saved")[1]
    assert (mine["title"], mine["description"], mine["sql"]) == ("Mine: all", "two\nlines", "select $x\nfrom weather\n")
    assert mine["parameters"] == [{"name": "x", "default": "1"}, {"name": "y", "default": ""}]
    assert server.post("/api/saved", saved, 409)["code"] == "AlreadyExists"
    server.post("/api/saved", saved | {"sql": "select 2", "replace": True})
    assert [q["sql"].strip() for q in server.get("/api/saved")][1] == "select 2"
    assert "environment variable" in server.post("/api/saved", {"name": "b", "sql": "select '${HOME}'"}, 400)["detail"]
    file.write_text(CONFIG + "  - {")
    assert "lakelet.yml:" in server.get("/api/saved", 400)["detail"]
    assert server.rows(sql="select 1") == [["1"]]  # the rest works


def test_the_first_saved_query_makes_the_file(console, lake, tmp_path):
    server = console("lake")
    assert server.get("/api/saved") == []
    server.post("/api/saved", {"name": "one", "sql": "select 1"})
    assert (tmp_path / "lakelet.yml").read_text() == "queries:\n  - name: one\n    sql: select 1\n"
    assert console().get("/api/tables")  # no tables in it: those of the folder


def test_a_broken_file_says_its_line(configured):
    (configured / "lakelet.yml").write_text("tables:\n  - name: a\n")
    done = subprocess.run([LAKELET, "web", "--port", "0"], cwd=configured, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "lakelet.yml:2: a table has no uri" in done.stderr


def test_hidden_tables(console, configured):
    (configured / "lakelet.yml").write_text(CONFIG.replace("  max_query_rows: 3", "  web: {hide_tables: true}"))
    assert console().get("/api/session")["hide_tables"] is True
