"""lakelet.yml and laketower.yml: tables by their names, on the command line and in SQL."""
import json
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))

USAGE, NOT_FOUND, UNSUPPORTED = 2, 3, 5


@pytest.fixture
def table(lakelet):
    lakelet.ok("create", "data/weather", "--schema", "city string, temperature double")
    lakelet.ok("import", "data/weather", "-", "--input-format", "csv", stdin="city,temperature\nOslo,3.5\n")
    return lakelet


def write(lakelet, name, text):
    (lakelet.cwd / name).write_text(text)


def run(lakelet, *arguments, **variables):
    return subprocess.run([LAKELET, *arguments], cwd=lakelet.cwd, capture_output=True, text=True, timeout=60, env={**os.environ, **variables})


WEATHER = "tables:\n  - name: weather\n    uri: data/weather\n    format: delta\n"


@pytest.mark.parametrize("name", ["lakelet.yml", "laketower.yml"])
def test_a_name_is_a_table(table, name):
    write(table, name, WEATHER + "queries:\n  - name: all\n    title: All\n    sql: select 1\n")
    assert table.json("view", "weather") == [{"city": "Oslo", "temperature": 3.5}]
    assert table.json("view", "weather@v0") == []
    assert table.json("sql", "select count(*) as n from weather w join 'data/weather' p on w.city = p.city") == [{"n": 1}]
    table.ok("sql", "insert into weather values ('Bergen', 5.0); update weather set temperature = 4 where city = 'Oslo'")
    table.ok("delete", "weather", "--where", "city = 'Bergen'")
    assert table.json("sql", "select temperature from weather") == [{"temperature": 4.0}]
    assert table.json("history", "weather")[0]["operation"] == "DELETE"


def test_lakelet_yml_comes_first_and_a_file_may_be_named(table):
    write(table, "laketower.yml", "tables: [{name: weather, uri: data/none}]\n")
    write(table, "lakelet.yml", WEATHER)
    assert len(table.json("view", "weather")) == 1
    write(table, "other.yml", "tables: [{name: w, uri: data/weather}]\n")
    assert len(table.json("--config", "other.yml", "view", "w")) == 1
    assert "weather" in table.fails(NOT_FOUND, "--config", "other.yml", "view", "weather")
    assert "none.yml" in table.fails(NOT_FOUND, "--config", "none.yml", "view", "w")


def test_variables_come_from_the_environment(table):
    write(table, "lakelet.yml", "tables:\n  - name: weather\n    uri: ${WHERE}/weather\n  - name: again\n    uri: {env: ALL}\n")
    done = run(table, "view", "weather", "--format", "json", WHERE="data", ALL="data/weather")
    assert done.returncode == 0 and json.loads(done.stdout)[0]["city"] == "Oslo", done.stderr
    done = run(table, "view", "weather")
    assert done.returncode == USAGE and "lakelet.yml:3: the environment variable WHERE is not set" in done.stderr


def test_a_broken_file_stops_only_those_who_ask_for_names(table):
    write(table, "lakelet.yml", "tables:\n  - name: weather\n")
    assert len(table.json("view", "data/weather")) == 1
    assert "lakelet.yml:2: a table has no uri" in table.fails(USAGE, "view", "weather")
    assert "lakelet.yml:2: a table has no uri" in table.fails(USAGE, "sql", "from weather")
    write(table, "lakelet.yml", "tables: [{name: weather, uri: data/weather, format: parquetish}]\n")
    assert "'parquetish', which isn't one" in table.fails(USAGE, "view", "weather")


def test_attached(table):
    write(table, "more.yml", "tables: [{name: stops, uri: data/stops}]\n")
    write(table, "lake.yml", "include: [more.yml]\n" + WEATHER)
    query = """attach 'lake.yml' as lake (type lakelet); create table lake.stops (id int); insert into lake.stops values (1);
        select w.city, s.id from lake.weather w, lake.stops s"""
    assert table.json("sql", query) == [{"city": "Oslo", "id": 1}]
    assert os.path.isdir(table.cwd / "data" / "stops" / "_delta_log")
    names = table.json("sql", "--attach", "lake.yml", "AS", "lake", "select table_name from duckdb_tables() where database_name = 'lake' order by 1")
    assert [row["table_name"] for row in names] == ["stops", "weather"]
    assert "no table here can be called 'other'" in table.fails(USAGE, "sql", "attach 'lake.yml' as lake (type lakelet); create table lake.other (id int)")
    write(table, "plain.txt", "")
    assert "plain.txt is a file" in table.fails(USAGE, "sql", "attach 'plain.txt' as lake (type lakelet)")
    write(table, "bad.yml", "tables: 5\n")
    assert "bad.yml:1: tables must be a list" in table.fails(USAGE, "sql", "attach 'bad.yml' as lake (type lakelet)")


def test_tables_of_the_session_come_first(table):
    write(table, "lakelet.yml", WEATHER)
    assert table.json("sql", "create table weather as select 1 as a; from weather") == [{"a": 1}]
    assert len(table.json("sql", "with weather as (select 1 as a union all select 2) from weather")) == 2


def test_tables_in_object_stores_are_refused_by_name(table):
    write(table, "lakelet.yml", """storage_credentials:
  ours:
    s3: {access_key_id: an-id, secret_access_key: hidden-one}
  theirs:
    adls: {account_name: someone, access_key: hidden-two}
tables:
  - {name: here, uri: data/weather}
  - {name: remote, uri: "gs://bucket/table", storage_credential: ours}
  - {name: azure, uri: "abfss://lake@someone.dfs.core.windows.net/t", storage_credential: theirs}
""")
    assert "is valid" in table.run("config", "validate").stdout + table.run("config", "validate").stderr
    shown = table.ok("config", "show") + table.ok("config", "show", "--substitute")
    assert "an-id" in shown and "someone" in shown and "hidden" not in shown
    for name, scheme in [("remote", "gs://"), ("azure", "abfss://")]:
        assert scheme in table.fails(UNSUPPORTED, "view", name)
        assert scheme in table.fails(UNSUPPORTED, "sql", f"select * from {name}")
        assert scheme in table.fails(UNSUPPORTED, "sql", f"insert into {name} values ('x', 1)")
        assert scheme in table.fails(UNSUPPORTED, "delete", name, "--where", "true")
    assert table.json("sql", "select city from here") == [{"city": "Oslo"}]
