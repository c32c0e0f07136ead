"""Folders of Parquet files that become tables where they are, beside deltalake's own conversion."""

import datetime
import decimal
import json
import shutil
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import convert_to_deltalake
from readers import assert_all_read, assert_same_rows, deltalake_rows, duckdb_rows


def write(path, rows, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows if isinstance(rows, pa.Table) else pa.table(rows), path, **options)


def actions(path, kind):
    lines = (path / "_delta_log" / f"{0:020}.json").read_text().splitlines()
    return [action[kind] for action in map(json.loads, lines) if kind in action]


def statistics(path):
    return {urllib.parse.unquote(add["path"]): json.loads(add["stats"]) for add in actions(path, "add")}


def test_plain_files_as_deltalake_converts_them(lakelet, tmp_path):
    for name in ("ours", "theirs"):
        for i in range(3):
            write(tmp_path / name / f"part-{i}.parquet",
                  {"id": range(i * 10, i * 10 + 10), "s": [f"v{j}" if j else None for j in range(10)]})
    before = sorted(file.name for file in (tmp_path / "ours").iterdir())
    lakelet.ok("convert", "ours", "--to", "delta")
    convert_to_deltalake(str(tmp_path / "theirs"))
    assert_all_read(tmp_path / "ours", deltalake_rows(tmp_path / "theirs"))
    assert sorted(file.name for file in (tmp_path / "ours").iterdir()) == sorted(before + ["_delta_log"])
    (info,) = actions(tmp_path / "ours", "commitInfo")
    assert info["operation"] == "CONVERT"
    assert info["operationParameters"] == {"numFiles": 3, "partitionedBy": "[]", "collectStats": True, "sourceFormat": "parquet"}
    assert info["operationMetrics"]["numConvertedFiles"] == 3
    ours, theirs = statistics(tmp_path / "ours"), statistics(tmp_path / "theirs")
    for path, said in theirs.items():
        assert ours[path] == {"numRecords": said["numRecords"], "minValues": said["minValues"],
                              "maxValues": said["maxValues"], "nullCount": said["nullCount"]}
    (schema,) = actions(tmp_path / "ours", "metaData")
    (their_schema,) = actions(tmp_path / "theirs", "metaData")
    assert json.loads(schema["schemaString"])["fields"] == json.loads(their_schema["schemaString"])["fields"]


def test_partitions(lakelet, tmp_path):
    folders = [(2024, "Zürich"), (2025, "a/b=c%"), (2025, None)]
    expected = []
    for i, (year, city) in enumerate(folders):
        folder = "__HIVE_DEFAULT_PARTITION__" if city is None else urllib.parse.quote(city, safe="ü")
        write(tmp_path / "t" / f"year={year}" / f"city={folder}" / "f.parquet", {"v": [i, i + 10]})
        expected += [{"v": v, "year": year, "city": city} for v in (i, i + 10)]
    (tmp_path / "t" / "_SUCCESS").write_text("")
    (tmp_path / "t" / ".f.parquet.crc").write_text("x")
    (tmp_path / "t" / "notes.txt").write_text("x")
    shutil.copytree(tmp_path / "t", tmp_path / "given")
    rows = pa.Table.from_pylist(expected)
    report = lakelet.json("convert", "t")
    assert report["partition_columns"] == ["year", "city"] and report["passed_over"] == 3
    assert report["schema"] == "v bigint, year int, city string"
    assert_all_read(tmp_path / "t", rows.set_column(1, "year", rows["year"].cast(pa.int32())))
    assert len(lakelet.rows("from 't' where city is null")) == 2
    lakelet.ok("convert", "given", "--partition-by", "city string, year string")
    assert actions(tmp_path / "given", "metaData")[0]["partitionColumns"] == ["city", "year"]
    assert set(lakelet.rows("select year from 'given'").column(0).to_pylist()) == {"2024", "2025"}
    # And it goes on as any table does.
    lakelet.ok("sql", "insert into 't' values (99, 2026, 'x')")
    lakelet.ok("delete", "t", "--where", "year = 2024")
    assert sorted(deltalake_rows(tmp_path / "t")["v"].to_pylist()) == [1, 2, 11, 12, 99]


def test_types(lakelet, tmp_path):
    utc = datetime.timezone.utc
    rows = pa.table({
        "b": [True, None], "i8": pa.array([1, -128], pa.int8()), "u16": pa.array([65535, 0], pa.uint16()),
        "u32": pa.array([4294967295, 1], pa.uint32()), "f": pa.array([1.5, float("nan")], pa.float32()),
        "d": pa.array([decimal.Decimal("12.34"), None], pa.decimal128(10, 2)), "day": [datetime.date(1969, 12, 31), None],
        "ts": pa.array([datetime.datetime(2025, 1, 1, tzinfo=utc)] * 2, pa.timestamp("us", "UTC")),
        "ms": pa.array([datetime.datetime(2025, 1, 1, 0, 0, 0, 5000, tzinfo=utc)] * 2, pa.timestamp("ms", "UTC")),
        "ntz": pa.array([datetime.datetime(2025, 1, 1)] * 2, pa.timestamp("us")), "bin": [b"\x00\xff", b""],
        "st": [{"a": 1, "l": [1, 2]}, {"a": None, "l": None}], "li": [["x", None], []],
        "m": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int32())),
    })
    write(tmp_path / "t" / "f.parquet", rows)
    lakelet.ok("convert", "t")
    fields = json.loads(actions(tmp_path / "t", "metaData")[0]["schemaString"])["fields"]
    names = {field["name"]: field["type"] for field in fields}
    assert names["u16"] == "integer" and names["u32"] == "long" and names["ms"] == "timestamp" and names["ntz"] == "timestamp_ntz"
    shown = lakelet.rows("from 't'")
    assert shown["u32"].to_pylist() == [4294967295, 1]
    assert_same_rows(duckdb_rows(tmp_path / "t"), shown)
    said = statistics(tmp_path / "t")["f.parquet"]
    assert said["numRecords"] == 2 and "f" not in said["maxValues"] and said["minValues"]["u32"] == 1
    assert said["nullCount"]["st"]["a"] == 1 and said["maxValues"]["d"] == 12.34


def test_int96_is_an_instant(lakelet, tmp_path):
    moment = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.timezone.utc)
    write(tmp_path / "t" / "f.parquet", pa.table({"t": pa.array([moment], pa.timestamp("us", "UTC"))}),
          use_deprecated_int96_timestamps=True)
    lakelet.ok("convert", "t")
    assert lakelet.rows("from 't'")["t"].to_pylist() == [moment]
    assert_all_read(tmp_path / "t", lakelet.rows("from 't'"))


def test_columns_that_not_all_files_have(lakelet, tmp_path):
    write(tmp_path / "t" / "a.parquet", {"i": pa.array([1], pa.int32()), "s": [{"x": 1}]})
    write(tmp_path / "t" / "b.parquet", {"i": pa.array([2], pa.int16()), "s": [{"x": 2, "y": "why"}], "z": [2.5]})
    lakelet.ok("convert", "t")
    shown = lakelet.rows("select i, s.y as y, z from 't' order by i").to_pylist()
    assert shown == [{"i": 1, "y": None, "z": None}, {"i": 2, "y": "why", "z": 2.5}]
    assert len(deltalake_rows(tmp_path / "t")) == 2


@pytest.mark.parametrize("other, message", [
    (pa.table({"a": ["text"]}), "b.parquet"),
    (pa.table({"A": [1]}), "is called a elsewhere"),
    (pa.table({"a": pa.array([1], pa.time64("us"))}), "time"),
])
def test_files_that_dont_go_together(lakelet, tmp_path, other, message):
    write(tmp_path / "t" / "a.parquet", {"a": [1]})
    write(tmp_path / "t" / "b.parquet", other)
    assert message in lakelet.fails(2, "convert", "t")
    assert not (tmp_path / "t" / "_delta_log").exists()


def test_what_cannot_be(lakelet, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no Parquet file" in lakelet.fails(3, "convert", "empty")
    lakelet.fails(3, "convert", "nowhere")
    write(tmp_path / "torn" / "f.parquet", {"a": [1]})
    (tmp_path / "torn" / "f.parquet").write_bytes((tmp_path / "torn" / "f.parquet").read_bytes()[:-10])
    assert "f.parquet" in lakelet.fails(6, "convert", "torn")
    lakelet.ok("create", "t", "--schema", "i int")
    lakelet.fails(4, "convert", "t")
    shutil.copytree(tmp_path / "t", tmp_path / "nest" / "inner")
    write(tmp_path / "nest" / "f.parquet", {"a": [1]})
    assert "nest/inner" in lakelet.fails(5, "convert", "nest")
    write(tmp_path / "mixed" / "a=1" / "f.parquet", {"x": [1]})
    write(tmp_path / "mixed" / "g.parquet", {"x": [1]})
    assert "a=1/f.parquet and g.parquet" in lakelet.fails(2, "convert", "mixed")
    write(tmp_path / "typed" / "a=x" / "f.parquet", {"x": [1]})
    assert "a = 'x'" in lakelet.fails(2, "convert", "typed", "--partition-by", "a int")


def test_a_dry_run_says_what_would_be(lakelet, tmp_path):
    write(tmp_path / "t" / "p=1" / "f.parquet", {"a": [1]})
    said = lakelet.run("convert", "t", "--dry-run").stderr
    assert "a bigint, p int" in said and "would make delta table" in said
    assert not (tmp_path / "t" / "_delta_log").exists()


def test_names_that_need_column_mapping(lakelet, tmp_path):
    rows = pa.table({"a b": [1, 2], "c,d": ["x", None]})
    write(tmp_path / "t" / "f.parquet", rows)
    lakelet.ok("convert", "t")
    configuration = actions(tmp_path / "t", "metaData")[0]["configuration"]
    assert configuration["delta.columnMapping.mode"] == "name"
    assert_same_rows(lakelet.rows("from 't'"), rows)
    assert_same_rows(duckdb_rows(tmp_path / "t"), rows)
    lakelet.ok("sql", "insert into 't' values (3, 'y')")
    assert len(lakelet.rows("from 't'")) == 3


def test_without_statistics(lakelet, tmp_path):
    write(tmp_path / "t" / "f.parquet", {"a": [1]})
    lakelet.ok("convert", "t", "--no-statistics", "--name", "n", "--property", "delta.enableDeletionVectors=true")
    assert statistics(tmp_path / "t")["f.parquet"] == {"numRecords": 1, "minValues": {}, "maxValues": {}, "nullCount": {}}
    assert actions(tmp_path / "t", "metaData")[0]["name"] == "n"
    lakelet.ok("analyze", "t")
    (line,) = [a for a in map(json.loads, (tmp_path / "t" / "_delta_log" / f"{1:020}.json").read_text().splitlines()) if "add" in a]
    assert line["add"]["dataChange"] is False
    assert json.loads(line["add"]["stats"]) == {"numRecords": 1, "minValues": {"a": 1}, "maxValues": {"a": 1}, "nullCount": {"a": 0}}
    assert_same_rows(duckdb_rows(tmp_path / "t"), lakelet.rows("from 't'"))
