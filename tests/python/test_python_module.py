"""import lakelet: tables, rows in and out, versions, SQL, and what makes a good citizen of Python."""

import datetime
import decimal
import logging
import pickle
import subprocess
import sys
import threading
import time

import pandas
import polars
import pyarrow
import pyarrow.dataset
import pytest

import lakelet

UTC = datetime.timezone.utc
DAY1 = [
    {"time": datetime.datetime(2025, 1, 1, 12, tzinfo=UTC), "city": "Zürich", "temperature": 1.5},
    {"time": datetime.datetime(2025, 1, 1, 12, tzinfo=UTC), "city": "Oslo", "temperature": -3.0},
]


@pytest.fixture
def weather(here):
    table = lakelet.create("weather", "time timestamp, city string, temperature float", name="Weather", description="Forecasts")
    table.append(DAY1)
    return table


def frames():
    arrow = pyarrow.table({"id": pyarrow.array([1, 2], pyarrow.int64()), "name": ["a", None]})
    return {
        "pyarrow table": arrow,
        "pyarrow reader": arrow.to_reader(),
        "pyarrow batch": arrow.to_batches()[0],
        "pyarrow dataset": pyarrow.dataset.dataset(arrow),
        "pandas": arrow.to_pandas(),
        "polars": polars.from_arrow(arrow),
        "polars lazy": polars.from_arrow(arrow).lazy(),
        "list of dicts": arrow.to_pylist(),
        "generator of dicts": (row for row in arrow.to_pylist()),
        "dict of lists": arrow.to_pydict(),
        "generator of batches": (batch for batch in arrow.to_batches()),
        "list of tables": [arrow.slice(0, 1), arrow.slice(1, 1)],
    }


@pytest.mark.parametrize("kind", frames())
def test_rows_come_from_whatever_holds_them(here, kind):
    lakelet.write("t", frames()[kind])
    assert sorted(lakelet.open("t").to_pylist(), key=lambda row: row["id"]) == [{"id": 1, "name": "a"}, {"id": 2, "name": None}]


def test_rows_come_from_duckdb(here):
    import duckdb

    lakelet.write("t", duckdb.sql("select 1 as id, 'a' as name"))
    assert lakelet.open("t").to_pylist() == [{"id": 1, "name": "a"}]


def test_rows_go_to_every_frame(weather):
    expected = sorted((row["city"], row["temperature"]) for row in DAY1)
    assert sorted(zip(*[weather.to_pyarrow()[name].to_pylist() for name in ("city", "temperature")])) == expected
    assert sorted(weather.to_pandas()[["city", "temperature"]].itertuples(index=False, name=None)) == expected
    assert sorted(weather.to_polars().select("city", "temperature").rows()) == expected
    assert sorted(weather.to_lazy().select("city", "temperature").collect().rows()) == expected
    assert sorted(weather.to_dataset().to_table(columns=["city", "temperature"]).to_pandas().itertuples(index=False, name=None)) == expected
    assert sorted(weather.scan(["city", "temperature"])) == expected
    assert sum(batch.num_rows for batch in weather.scan().to_reader()) == 2
    assert polars.DataFrame(weather).shape == (2, 3)
    assert pyarrow.table(weather).num_rows == 2


def test_duckdb_registers_a_table(weather):
    import duckdb

    connection = duckdb.connect()
    connection.register("weather", weather.to_pyarrow())
    connection.register("lazy", weather.to_dataset())
    connection.register("streamed", weather.scan(["city", "temperature"]))
    assert connection.sql("select count(*) from weather join lazy using (city)").fetchall() == [(2,)]
    assert connection.sql("select min(temperature) from streamed").fetchall() == [(-3.0,)]


def test_a_table_says_what_it_is(weather):
    assert (weather.version, weather.columns, weather.count()) == (1, ["time", "city", "temperature"], 2)
    assert str(weather.schema) == "time timestamp, city string, temperature float"
    assert (weather.metadata.name, weather.metadata.description, weather.metadata.format) == ("Weather", "Forecasts", "delta")
    assert [entry.operation for entry in weather.history()] == ["WRITE", "CREATE TABLE"]
    assert weather.history(1)[0].timestamp.tzinfo is not None
    assert [file.rows for file in weather.files()] == [2]
    assert [part.rows for part in weather.partitions()] == [2]
    assert (weather.detail().rows, weather.detail().files) == (2, 1)
    assert "version 1, 2 rows in 1 file, time timestamp" in repr(weather) and "Zürich" in weather._repr_html_()
    assert "Oslo" in weather.scan()._repr_html_() and bool(weather) and len(weather) == 2


def test_verbs_change_it_and_say_how(weather):
    report = weather.update({"temperature": "temperature + 1"}, where="city = 'Oslo'")
    assert (report.version, report.rows_updated, weather.version) == (2, 1, 2)
    assert "rows_updated=1" in repr(report) and "rows_updated" in report._repr_html_()
    assert weather.delete("city = 'Oslo'").rows_deleted == 1
    assert weather.overwrite(DAY1, where="city = 'Oslo' or city = 'Zürich'").rows_inserted == 2
    assert weather.scan(where="city = 'Oslo'").to_pylist() == [DAY1[1]]
    assert weather.delete().rows_deleted == 2 and weather.count() == 0


def test_a_merge_takes_every_clause(here):
    lakelet.write("t", [{"id": 1, "v": "old"}, {"id": 2, "v": "old"}, {"id": 3, "v": "old"}])
    table = lakelet.open("t")
    source = pandas.DataFrame({"id": [1, 2, 9], "v": ["new", "gone", "in"]})
    merge = (
        table.merge(source, "target.id = source.id", user_metadata={"who": "me"})
        .when_matched_delete("source.v = 'gone'")
        .when_matched_update({"v": "source.v"})
        .when_not_matched_insert_all()
        .when_not_matched_by_source_update({"v": "'alone'"})
    )
    assert "matched_delete" in repr(merge)
    report = merge.execute()
    assert (report.rows_updated, report.rows_deleted, report.rows_inserted) == (2, 1, 1)
    assert sorted(table) == [(1, "new"), (3, "alone"), (9, "in")]
    assert table.history(1)[0].other["who"] == "me"
    table.merge(source, "target.id = source.id").when_matched_update_all().when_not_matched_by_source_delete().execute()
    assert sorted(table) == [(1, "new"), (9, "in")]


def test_versions_and_times(weather):
    weather.delete("city = 'Oslo'")
    assert lakelet.open("weather", version=1).count() == 2
    assert lakelet.open("weather@v1").count() == 2
    assert weather.at_version(0).count() == 0
    assert weather.at_timestamp(weather.at_version(1).timestamp).version == 1
    assert lakelet.open("weather", version=weather.at_version(1).timestamp.isoformat()).version == 1
    with pytest.raises(lakelet.NotFound, match="9"):
        lakelet.open("weather", version=9)
    with pytest.raises(lakelet.InvalidArgument, match="newest version"):
        weather.at_version(1).append(DAY1)


def test_a_handle_stays_at_its_version_until_it_is_moved(weather):
    other = lakelet.open("weather")
    other.append(DAY1)
    assert (weather.version, weather.count()) == (1, 2)
    assert (weather.refresh().version, weather.count()) == (2, 4)


def test_changes_are_a_scan(here):
    table = lakelet.create("t", "id int", properties={"delta.enableChangeDataFeed": "true"})
    table.append([{"id": 1}])
    table.update({"id": "2"})
    rows = table.changes(1).select("id", "_change_type").to_pylist()
    assert sorted((row["_change_type"], row["id"]) for row in rows) == [("insert", 1), ("update_postimage", 2), ("update_preimage", 1)]
    assert table.changes(2, 2).to_pyarrow().num_rows == 2


def test_sql_reads_tables_and_the_callers_frames(weather):
    names = pandas.DataFrame({"city": ["Oslo"], "country": ["Norway"]})
    rows = lakelet.sql("select country, temperature from 'weather' join names using (city)")
    assert rows.columns == ["country", "temperature"] and rows.fetchall() == [("Norway", -3.0)]
    lazy = polars.LazyFrame({"x": [1, 2]})
    assert lakelet.sql("select sum(a.x * b.x) from lazy a, lazy b").fetchone() == (9,)
    assert lakelet.sql("select * from given", given=[{"x": 1}]).to_pylist() == [{"x": 1}]
    assert lakelet.sql("select $a || 'b' as c", {"a": "it's "}).fetchall() == [("it's b",)]
    assert names is not None
    with pytest.raises(lakelet.NotFound, match="nowhere"):
        lakelet.sql("select * from nowhere")
    with pytest.raises(lakelet.InvalidArgument):
        lakelet.sql("selec 1")


def test_rows_can_be_read_once(weather):
    rows = lakelet.sql("select * from 'weather'")
    assert rows.to_pyarrow().num_rows == 2
    with pytest.raises(ValueError, match="read already"):
        rows.to_pyarrow()


def test_every_type_comes_out_as_it_went_in(here):
    values = {
        "bo": True,
        "i": -(2**63),
        "d": 1.5,
        "s": "text",
        "b": b"\x00\xff",
        "da": datetime.date(1999, 12, 31),
        "ts": datetime.datetime(2025, 1, 1, 12, 30, 1, 5, tzinfo=UTC),
        "tn": datetime.datetime(1969, 1, 1),
        "de": decimal.Decimal("-12.340"),
        "l": [1, None, 3],
        "st": {"x": 1, "y": "z"},
        "n": None,
    }
    lakelet.write("t", [values])
    assert lakelet.open("t").to_pylist() == [values]
    assert lakelet.open("t").to_pyarrow().to_pylist() == [values]


def test_a_schema_is_a_value(here):
    schema = lakelet.schema("id int not null, tags list<string>, price decimal(10,2)")
    assert schema.names == ["id", "tags", "price"] and "tags" in schema and len(schema) == 3
    assert schema["id"].nullable is False and schema[2].type.precision == 10
    assert schema == lakelet.Schema([lakelet.field("id", "int", nullable=False), lakelet.field("tags", "list<string>"), lakelet.field("price", "decimal(10,2)")])
    assert lakelet.schema(pyarrow.schema(schema)) == schema
    assert lakelet.schema({"id": "int"}) == lakelet.schema([("id", "int")]) == lakelet.schema(polars.DataFrame(schema={"id": polars.Int32}))
    assert pickle.loads(pickle.dumps(schema)) == schema and hash(schema) == hash(pickle.loads(pickle.dumps(schema)))
    assert "not null" in repr(schema) and "decimal(10,2)" in schema._repr_html_()
    assert lakelet.create("t", schema).schema == schema


def test_handles_scans_and_splits_are_pickled(weather):
    again = pickle.loads(pickle.dumps(weather))
    assert again.version == 1 and again.append(DAY1).version == 2
    old = pickle.loads(pickle.dumps(weather.at_version(1)))
    assert old.count() == 2
    scan = pickle.loads(pickle.dumps(weather.scan(["city"], "temperature < 0").limit(5)))
    assert scan.to_pylist() == [{"city": "Oslo"}]
    parts = [pickle.loads(pickle.dumps(split)) for split in weather.scan().splits()]
    assert sum(split.to_pyarrow().num_rows for split in parts) == 2


def test_splits_are_read_in_other_processes(weather):
    import concurrent.futures
    import multiprocessing

    for _ in range(3):
        weather.append(DAY1)
    parts = weather.scan(where="city = 'Oslo'").splits(target_bytes=1)
    assert len(parts) == 4
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        assert sum(pool.map(lakelet.Split.to_pylist, parts), []) == [DAY1[1]] * 4


FORK = """
import multiprocessing, sys, lakelet
table = lakelet.open(sys.argv[1])
scan = table.scan(where="city = 'Oslo'")
assert table.count() == 2 and len(scan.to_pylist()) == 1
def child(queue):
    queue.put((len(table.to_pylist()), len(scan.to_pylist()), lakelet.sql("select 1").fetchone()))
context = multiprocessing.get_context("fork")
queue = context.Queue()
children = [context.Process(target=child, args=(queue,)) for _ in range(3)]
[each.start() for each in children]
assert [queue.get(timeout=60) for _ in children] == [(2, 1, (1,))] * 3
[each.join(30) for each in children]
assert [each.exitcode for each in children] == [0, 0, 0]
assert len(table.to_pylist()) == 2
"""


def test_a_forked_child_opens_its_own(weather):
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORK, weather.uri], check=True, timeout=120)


def test_threads_share_a_handle(weather):
    problems = []

    def work(number):
        try:
            for _ in range(3):
                weather.append([{**DAY1[0], "temperature": float(number)}])
                assert weather.scan().to_pyarrow().num_rows >= 2
                weather.history(), weather.version, weather.files()
        except Exception as problem:  # the test tells it below
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert not problems and weather.refresh().count() == 14


def test_the_interpreter_goes_on_while_a_query_runs(here):
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(1)
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    lakelet.sql("select sum(a.range * b.range) from range(20000) a, range(10000) b").fetchall()
    stop.set()
    thread.join()
    assert len(ticks) > 3


INTERRUPTED = """
import os, signal, sys, threading, time, lakelet
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    {work}
except KeyboardInterrupt:
    assert time.monotonic() - start < 20
    assert lakelet.sql("select 1").fetchone() == (1,)
    print("interrupted")
"""
LONG = "select sum(hash(a.range, b.range)) as s from range(10000000) a, range(100000) b"


@pytest.mark.parametrize("work", [f'lakelet.sql("{LONG}").fetchall()', f'lakelet.write("t", lakelet.query("{LONG}"))', f'lakelet.sql("{LONG}").to_pyarrow()'])
def test_ctrl_c_cancels(here, work):
    done = subprocess.run([sys.executable, "-c", INTERRUPTED.format(work=work)], capture_output=True, text=True, timeout=100, cwd=here)
    assert done.stdout.strip() == "interrupted", done.stderr
    assert not lakelet.exists("t")


def test_notes_go_to_logging(here, caplog):
    from lakelet import _events

    with caplog.at_level(logging.DEBUG, logger="lakelet"):
        _events.listener("warning", "open", "look here", -1)
        _events.listener("note", "merge", "tried again", -1)
    assert [(record.levelname, record.message) for record in caplog.records] == [("WARNING", "open: look here"), ("INFO", "merge: tried again")]


def test_bars_are_drawn_where_somebody_looks(capsys, monkeypatch):
    from lakelet import _events

    _events.listener("progress", "merge", "", 0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(_events, "_SHOW_AFTER", -1.0)
    lakelet.progress(True)
    try:
        _events.listener("progress", "merge", "", 0.5)
        assert "50%" in capsys.readouterr().err
        _events.listener("progress", "merge", "", 1.0)
        assert "100%" in capsys.readouterr().err
    finally:
        lakelet.progress(None)


def test_each_error_code_has_its_class(here):
    import lakelet.errors as errors

    for name in "NotFound AlreadyExists InvalidArgument UnsupportedFeature CorruptTable Conflict CommitUnknown ConstraintViolation Permission Unavailable Exhausted Cancelled Internal".split():
        kind = getattr(lakelet, name)
        made = errors._from_native(name, "line (file x)", "line", "--schema-mode merge adds it", ["file x"])
        assert type(made) is kind and made.code == name and made.hint == 'schema_mode="merge" adds it'
        assert str(pickle.loads(pickle.dumps(made))) == str(made) and isinstance(made, lakelet.Error)
    with pytest.raises(LookupError):
        lakelet.open("nothing")
    with pytest.raises(lakelet.AlreadyExists):
        lakelet.create("t", "id int")
        lakelet.create("t", "id int")


def test_columns_and_properties_are_altered(here):
    table = lakelet.create("t", "id int, name string")
    table.append([{"id": 1, "name": "a"}])
    table.alter(("add_column", {"field": lakelet.field("note", "string")}), ("set_description", {"text": "Things"}))
    assert table.columns == ["id", "name", "note"] and table.metadata.description == "Things"
    table.alter(("set_properties", {"properties": {"x.y": "1"}}), ("set_column_comment", {"column": ["name"], "text": "what it is called"}))
    assert table.properties["x.y"] == "1" and table.schema["name"].doc == "what it is called"
    table.alter(("add_constraint", {"name": "positive", "condition": "id > 0"}))
    with pytest.raises(lakelet.ConstraintViolation, match="positive"):
        table.append([{"id": -1, "name": "b", "note": None}])
    with pytest.raises(TypeError, match="unknown option"):
        table.alter(("make_coffee", {}))


def test_defaults_and_domains(here):
    table = lakelet.create("t", "id bigint")
    table.alter(("add_column", {"field": lakelet.field("note", "string"), "default": "'none'"}), ("set_domain", {"name": "app", "text": "{\"a\": 1}"}))
    table.append([{"id": 1}])
    assert list(table) == [(1, "none")] and table.domains()["app"] == '{"a": 1}'
    table.alter(("set_default", {"column": ["id"], "expression": "7"}), ("drop_default", {"column": ["note"]}))
    lakelet.sql("insert into 't' (note) values ('x')").fetchall()
    table.refresh().append([{"id": 2}])
    assert sorted(table, key=str) == [(1, "none"), (2, None), (7, "x")]
    table.alter(("set_domain", {"name": "app"}), ("drop_default", {"column": ["note"], "if_exists": True}))
    assert "app" not in table.domains()
    with pytest.raises(lakelet.NotFound):
        table.alter(("drop_default", {"column": ["note"]}))
    computed = lakelet.create("c", "id bigint")
    computed.alter(("add_column", {"field": lakelet.field("double", "bigint"), "generated": "id * 2"}), ("add_column", {"field": lakelet.field("n", "bigint"), "identity": (10, 5, False)}))
    computed.append([{"id": 4}])
    assert list(computed) == [(4, 8, 10)]


def test_a_table_is_made_anew(here):
    lakelet.write("t", [{"x": 1}], properties={"delta.appendOnly": "false"}, name="old")
    table = lakelet.create("t", "p string, y double", partition_by="p", replace=True, user_metadata={"why": "a test"})
    assert (table.version, table.columns, table.partition_columns, table.properties, table.metadata.name) == (1, ["p", "y"], ["p"], {}, "")
    assert table.history(1)[0].operation == "CREATE OR REPLACE TABLE" and table.history(1)[0].other["why"] == "a test"
    assert table.count() == 0 and list(table.at_version(0)) == [(1,)]
    assert lakelet.create("new", "x int", replace=True).version == 0
    with pytest.raises(lakelet.AlreadyExists):
        lakelet.create("t", "x int")


def test_the_versions_of_applications(here):
    table = lakelet.create("t", "x bigint")
    assert table.application_version("job") is None
    table.append([{"x": 1}], application_version=("job", 4))
    table.append([{"x": 1}], application_version=("job", 4))
    assert table.application_version("job") == 4 and table.count() == 1 and table.at_version(0).application_version("job") is None


def test_a_merge_adds_columns_where_asked_to(here):
    lakelet.write("t", [{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])
    table = lakelet.open("t")
    rows = [{"id": 2, "v": "B", "more": 2.5, "l": [1]}, {"id": 3, "v": "C", "more": None, "l": None}]
    with pytest.raises(lakelet.ConstraintViolation, match='schema_mode="merge"'):
        table.merge(rows, "target.id = source.id").when_matched_update_all().execute()
    report = table.merge(rows, "target.id = source.id", schema_mode="merge").when_matched_update_all().when_not_matched_insert_all().execute()
    assert (report.version, report.rows_updated, report.rows_inserted) == (1, 1, 1)
    assert sorted(table) == [(1, "a", None, None), (2, "B", 2.5, [1]), (3, "C", None, None)]
    assert str(table.schema) == "id bigint, v string, more double, l list<bigint>"
    table.merge(lakelet.query("select 1 as id, 5 as five, 6 as six"), "target.id = source.id", schema_mode="merge").when_matched_update({"five": "source.six"}).execute()
    assert "six" not in table.schema and table.scan(["five"], "id = 1").to_pylist() == [{"five": 6}]


def test_options_of_a_write(here):
    options = {"compression": "zstd", "compression_level": 3, "sort_by": ["id"], "user_metadata": {"job": 7}, "application_version": ("job", 1)}
    assert lakelet.write("t", [{"id": 2}, {"id": 1}], partition_by=[], **options).version == 0
    assert lakelet.write("t", [{"id": 3}], application_version=("job", 1)).version == 0
    assert lakelet.open("t").history(1)[0].other["job"] == "7"
    assert "zstd" in lakelet.open("t").files()[0].path
    assert list(lakelet.open("t")) == [(1,), (2,)]
    with pytest.raises(lakelet.Conflict):
        lakelet.open("t").append([{"id": 4}], if_version=7)
    with pytest.raises(TypeError, match="unknown option speed"):
        lakelet.open("t").append([{"id": 4}], speed="high")


def test_small_files_are_written_together(here):
    for number in range(4):
        lakelet.write("t", [{"x": number, "y": -number}])
    table = lakelet.open("t")
    done = table.optimize(z_order=["x", "y"])
    assert (done.report.files_removed, done.report.files_added, done.commits) == (4, 1, 1)
    assert len(table.files()) == 1 and sorted(table.scan(["x"])) == [(0,), (1,), (2,), (3,)]
    assert table.optimize(where="x > 100").commits == 0
    with pytest.raises(TypeError, match="unknown option speed"):
        table.optimize(speed="high")


def test_files_and_queries_are_sources(here):
    (here / "day.csv").write_text("id;name\n1;a\n")
    lakelet.write("t", lakelet.files("day.csv", delimiter=";"))
    lakelet.write("t", here / "day.csv")
    lakelet.write("t", lakelet.query("select id + $by as id, name from 't'", by=10))
    assert sorted(lakelet.open("t")) == [(1, "a"), (1, "a"), (11, "a"), (11, "a")]


def test_polars_pushes_columns_and_conditions_down(weather):
    from lakelet._polars import sql_condition

    frame = weather.to_lazy().filter((polars.col("temperature") < 0) & (polars.col("city") == "Oslo")).select("city")
    assert frame.collect().rows() == [("Oslo",)]
    assert weather.to_lazy().head(1).collect().height == 1
    assert sql_condition((polars.col("a b") >= 3) & (polars.col("s") == "it's") & polars.col("x").is_null()) == "\"a b\" >= 3 AND \"s\" = 'it''s'"
    assert sql_condition((polars.col("a") > 1) | (polars.col("b") > 1)) is None


def test_a_dataset_has_the_files_as_fragments(here):
    lakelet.write("t", [{"p": "a", "x": 1}, {"p": "b", "x": 2}, {"p": None, "x": 3}], partition_by="p")
    dataset = lakelet.open("t").to_dataset()
    assert isinstance(dataset, pyarrow.dataset.FileSystemDataset)
    assert len(list(dataset.get_fragments(pyarrow.dataset.field("p") == "a"))) == 1
    assert sorted(dataset.to_table().to_pylist(), key=lambda row: row["x"]) == [{"p": "a", "x": 1}, {"p": "b", "x": 2}, {"p": None, "x": 3}]


def test_a_dataset_of_a_table_with_deleted_rows_has_the_rows(here):
    table = lakelet.create("t", "x bigint", properties={"delta.enableDeletionVectors": "true"})
    table.append([{"x": number} for number in range(100)])
    table.delete("x < 90")
    assert table.files()[0].deleted_rows == 90
    assert sorted(table.to_dataset().to_table()["x"].to_pylist()) == list(range(90, 100))


def test_limits_are_configured(here):
    lakelet.configure(memory_limit="200MB", threads=2)
    try:
        assert lakelet.sql("select current_setting('threads')").fetchone() == (2,)
    finally:
        lakelet.configure(memory_limit=0, threads=0)
    with pytest.raises(lakelet.InvalidArgument):
        lakelet.configure(memory_limit="many")


def test_nothing_else_is_imported():
    code = "import sys, lakelet; bad = {'pandas', 'polars', 'pyarrow', 'numpy', 'duckdb', 'deltalake'} & set(sys.modules); assert not bad, bad"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
