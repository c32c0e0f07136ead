"""laketower's commands, as its README has them, on its own demo folder (tests/laketower)."""

import json
import os
import shutil

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

USAGE, NOT_FOUND = 2, 3


@pytest.fixture
def demo(lakelet):
    shutil.copytree(os.path.join(ROOT, "tests", "laketower", "demo"), lakelet.cwd / "demo")
    run = lakelet.ok
    lakelet.ok = lambda *arguments, **more: run("-c", "demo/laketower.yml", *arguments, **more)
    fails = lakelet.fails
    lakelet.fails = lambda code, *arguments: fails(code, "-c", "demo/laketower.yml", *arguments)
    return lakelet


def test_configuration(demo):
    done = demo.run("-c", "demo/laketower.yml", "config", "validate")
    assert done.returncode == 0 and "3 tables, 4 queries" in done.stderr
    shown = demo.ok("config", "show")
    (demo.cwd / "shown.yml").write_text(shown)
    assert demo.run("-c", "shown.yml", "config", "show").stdout == shown
    assert demo.ok("config", "show", "--with-env-vars-substitution") == shown


def test_tables(demo):
    assert [row["name"] for row in demo.json("tables", "list")] == ["sample_table", "weather", "invalid_uri_table"]
    assert demo.json("tables", "metadata", "weather")["name"] == "Weather"
    assert [row["column"] for row in demo.json("tables", "schema", "weather")][:2] == ["time", "city"]
    assert [row["version"] for row in demo.json("tables", "history", "weather")] == [2, 1, 0]
    assert len(demo.json("tables", "statistics", "--version", "0", "weather")) == 5
    rows = demo.json("tables", "view", "weather", "--cols", "time", "city", "--sort-asc", "time", "--limit", "4", "--version", "1")
    assert len(rows) == 4 and list(rows[0]) == ["time", "city"]
    assert "invalid_uri_table" in demo.fails(NOT_FOUND, "tables", "schema", "invalid_uri_table")


def test_queries_with_parameters(demo):
    sql = "select count(*) as n from weather where city = $city and time >= coalesce($since::timestamp, timestamp '-infinity')"
    assert demo.json("tables", "query", sql, "-p", "city", "Grenoble")[0]["n"] > 0
    assert demo.json("tables", "query", sql)[0]["n"] == 0  # a parameter without a value is NULL
    demo.ok("tables", "query", "select 1 as a", "--output", "out.csv")
    assert (demo.cwd / "out.csv").read_text() == "a\n1\n"


def test_saved_queries(demo):
    listed = demo.json("queries", "list")
    assert [row["name"] for row in listed] == ["all_data", "daily_avg_temperature", "daily_avg_temperature_params", "large_query"]
    assert listed[2]["parameters"] == "start_date = 2025-01-15, end_date = 2025-01-31"
    by_default = demo.json("queries", "view", "daily_avg_temperature_params")
    until = demo.json("queries", "view", "daily_avg_temperature_params", "-p", "end_date", "2025-01-27")
    assert 0 < len(until) < len(by_default)
    everything = demo.json("queries", "view", "daily_avg_temperature")
    table = demo.ok("queries", "view", "daily_avg_temperature")
    total = sum(row["avg_temperature"] for row in everything)
    assert table.splitlines()[-2].split("│")[1:3] == [f" total{' ' * 18}", f"{total:>16} "]
    assert len(demo.json("queries", "view", "large_query")) == 10000
    assert "lakelet queries list" in demo.run("-c", "demo/laketower.yml", "queries", "view", "none").stderr


def test_import(demo):
    (demo.cwd / "day.csv").write_bytes("time;city;temperature_2m\n2025-03-01 00:00:00;Besançon;4.5\n".encode("latin-1"))
    before = demo.json("tables", "query", "select count(*) as n from weather")[0]["n"]
    demo.ok("tables", "import", "weather", "--file", "day.csv", "--mode", "append", "--format", "csv", "--delimiter", ";", "--encoding", "latin-1")
    rows = demo.json("tables", "view", "weather", "--where", "city = 'Besançon'")
    assert len(rows) == 1 and demo.json("tables", "query", "select count(*) as n from weather")[0]["n"] == before + 1
    demo.ok("tables", "import", "weather", "--file", "day.csv", "--delimiter", ";", "--encoding", "latin-1")  # overwrites
    assert demo.json("tables", "query", "select count(*) as n from weather") == [{"n": 1}]
    demo.ok("tables", "import", "invalid_uri_table", "--file", "day.csv", "--delimiter", ";", "--encoding", "latin-1")  # makes it
    assert len(demo.json("tables", "view", "invalid_uri_table")) == 1


def test_row_limit_is_for_people(demo):
    config = demo.cwd / "demo" / "laketower.yml"
    config.write_text("settings:\n  max_query_rows: 5\n" + config.read_text())
    done = demo.run("-c", "demo/laketower.yml", "queries", "view", "large_query")
    assert "5 rows shown, there are more" in done.stderr
    assert len(demo.json("queries", "view", "large_query")) == 10000


def test_what_is_wrong_is_said_with_its_line(lakelet):
    (lakelet.cwd / "lakelet.yml").write_text("tabels: []\ntables:\n  - name: a\nqueries:\n  - name: q\n    sql: select 1\n    totals_row: perhaps\n")
    done = lakelet.run("config", "validate", "--format", "json")
    assert done.returncode == USAGE and "2 things are wrong" in done.stderr
    assert [(row["where"], row["severity"]) for row in json.loads(done.stdout)] == [
        ("lakelet.yml:1", "warning"), ("lakelet.yml:3", "error"), ("lakelet.yml:7", "error")]
    assert "config" in lakelet.fails(NOT_FOUND, "--config", "none.yml", "config", "validate")


def test_secrets_are_never_printed(lakelet):
    (lakelet.cwd / "lakelet.yml").write_text("storage_credentials:\n  a: {s3: {access_key_id: id, secret_access_key: hush}}\n"
                                             "  b: {s3: {access_key_id: id, secret_access_key: '${LAKELET_TEST_SECRET}'}}\n")
    os.environ["LAKELET_TEST_SECRET"] = "whisper"
    try:
        for words in (["config", "show"], ["config", "show", "--with-env-vars-substitution"], ["config", "validate"]):
            done = lakelet.run(*words)
            assert done.returncode == 0 and "hush" not in done.stdout + done.stderr and "whisper" not in done.stdout + done.stderr
        assert "${LAKELET_TEST_SECRET}" in lakelet.ok("config", "show")
    finally:
        del os.environ["LAKELET_TEST_SECRET"]


def test_schema_for_editors(lakelet):
    schema = json.loads(lakelet.ok("config", "schema"))
    assert set(schema["properties"]) == {"include", "catalogs", "settings", "storage_credentials", "tables", "queries"}
