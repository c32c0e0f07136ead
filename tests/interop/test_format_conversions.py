"""Tables that become tables of another format over the same files, read by that format's other engines."""

import decimal
import glob
import json
import os

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, QueryBuilder, write_deltalake
from iceberg_readers import duckdb_rows, metadata_file, pyiceberg_rows, pyiceberg_table
from readers import assert_same_rows

VECTORS = ("--property", "delta.enableDeletionVectors=true")

# Every type that both formats have, with NULLs at every depth.
TYPES = """select i::bigint as id, case when i % 5 = 0 then null else i % 3 = 0 end as truth, (i % 100)::integer as small,
  (i / 7)::float as f, (i / 3)::double as d, ((i * 37) % 100000 / 100)::decimal(9, 2) as price,
  (i * 1000003)::decimal(30, 3) as wide, case when i % 4 = 1 then null else 'text ' || i end as name,
  encode('b' || i) as raw, date '2024-02-28' + (i % 5)::integer as day,
  timestamptz '2024-01-01 00:00:00.123456+00' + to_seconds(i) as at,
  {'a': i::integer, 'b': case when i % 6 = 2 then null else {'c': 'in ' || i} end} as deep,
  [i::integer, null, 3] as list, case when i % 3 = 1 then null else map {'k' || i: i / 2} end as pairs"""
COLUMNS = ("id bigint, truth boolean, small int, f float, d double, price decimal(9,2), wide decimal(30,3), name string, "
           "raw binary, day date, at timestamp, deep struct<a: int, b: struct<c: string>>, list array<int>, "
           "pairs map<string, double>")


def delta_rows(path):
    """DuckDB's extension knows no absolute paths, nor does deltalake's reader by way of pyarrow."""
    return pa.table(QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t").read_all())


def parquet_files(path):
    return sorted(glob.glob(f"{path}/**/*.parquet", recursive=True))


def data_files_of_iceberg(path):
    table = pyiceberg_table(path)
    return sorted(task.file.file_path.removeprefix("file://") for task in table.scan().plan_files())


def assert_iceberg_reads(lakelet, path, expected):
    assert_same_rows(lakelet.rows(f"from '{path.name}'"), expected, "lakelet")
    assert_same_rows(pyiceberg_rows(path), expected, "pyiceberg")
    assert_same_rows(duckdb_rows(path), expected, "duckdb")


@pytest.mark.parametrize("version", ["2", "3"])
def test_every_type_goes_over_to_iceberg(lakelet, tmp_path, version):
    lakelet.ok("create", "d", "--schema", COLUMNS, *VECTORS, "--name", "Things", "--description", "of the tests")
    lakelet.ok("sql", f"insert into 'd' {TYPES} from range(300) r(i)")
    lakelet.ok("sql", f"insert into 'd' {TYPES} from range(300, 400) r(i)")
    lakelet.ok("sql", "insert into 'd' (id) values (1000)")
    lakelet.ok("delete", "d", "--where", "id % 7 = 2 and id < 300")
    expected, before = lakelet.rows("from 'd'"), parquet_files(tmp_path / "d")
    report = lakelet.json("convert", "d", "--to", "iceberg", "--into", "i", "--property", f"format-version={version}")
    assert report["format"] == "iceberg" and report["rows"] == len(expected) and report["files"] == 3
    assert data_files_of_iceberg(tmp_path / "i") == before == parquet_files(tmp_path / "d")
    assert_iceberg_reads(lakelet, tmp_path / "i", expected)
    shown = lakelet.json("metadata", "i")
    assert shown["name"] == "Things" and shown["description"] == "of the tests"
    # It goes on as any table does, and the old one stays what it was.
    lakelet.ok("sql", f"insert into 'i' {TYPES} from range(2000, 2100) r(i)")
    lakelet.ok("update", "i", "--set", "name = 'changed'", "--where", "id < 50")
    lakelet.ok("delete", "i", "--where", "id > 2050")
    assert_iceberg_reads(lakelet, tmp_path / "i", lakelet.rows("from 'i'"))
    assert_same_rows(lakelet.rows("from 'd'"), expected)


@pytest.mark.parametrize("writer", ["lakelet", "deltalake"])
def test_partitions_go_over_to_iceberg(lakelet, tmp_path, writer):
    query = """select i::bigint as id, 'v' || i as v, case i % 4 when 0 then null else 'Zürich/' || i % 4 end as city,
      date '2024-01-01' + (i % 2)::integer as day, (i % 3)::decimal(5, 2) as tariff from range(60) r(i)"""
    if writer == "lakelet":
        lakelet.ok("create", "d", "--schema", "id bigint, v string, city string, day date, tariff decimal(5,2)",
                   "--partition-by", "city,day,tariff")
        lakelet.ok("sql", f"insert into 'd' {query}")
    else:
        write_deltalake(str(tmp_path / "d"), duckdb.sql(query).to_arrow_table(), partition_by=["city", "day", "tariff"])
    expected = lakelet.rows("from 'd'")
    report = lakelet.json("convert", "d", "--to", "iceberg", "--into", "i")
    assert report["partition_columns"] == ["city", "day", "tariff"]
    assert_iceberg_reads(lakelet, tmp_path / "i", expected)
    for where in ("city is null", "city = 'Zürich/1'", "day = date '2024-01-02'", "tariff = 1.00"):
        assert_same_rows(lakelet.rows(f"from 'i' where {where}"), lakelet.rows(f"from 'd' where {where}"), where)
    assert pyiceberg_rows(tmp_path / "i").num_rows == 60
    pruned = pyiceberg_table(tmp_path / "i").scan("city = 'Zürich/1'").to_arrow()
    assert_same_rows(pruned, lakelet.rows("from 'd' where city = 'Zürich/1'"))
    lakelet.ok("sql", "insert into 'i' values (100, 'new', 'Oslo', '2025-01-01', 9.25)")
    assert_iceberg_reads(lakelet, tmp_path / "i", lakelet.rows("from 'i'"))


def test_columns_with_other_names_in_files(lakelet, tmp_path):
    """Column mapping: names that nobody sees, of which the table's name mapping and ids tell."""
    lakelet.ok("create", "d", "--schema", "id bigint, old string, deep struct<x: int, y: string>", "--property",
               "delta.columnMapping.mode=name")
    lakelet.ok("sql", "insert into 'd' select i, 'a' || i, {'x': i, 'y': 'y' || i} from range(5) r(i)")
    lakelet.ok("alter", "d", "rename-column", "old", "new")
    lakelet.ok("alter", "d", "rename-column", "deep.x", "z")
    lakelet.ok("alter", "d", "add-column", "late", "double")
    lakelet.ok("sql", "insert into 'd' select i, 'b' || i, {'z': i, 'y': null}, i / 2 from range(10, 15) r(i)")
    expected = lakelet.rows("from 'd'")
    lakelet.ok("convert", "d", "--to", "iceberg", "--into", "i")
    assert_iceberg_reads(lakelet, tmp_path / "i", expected)


def test_files_without_ids_get_a_name_mapping(lakelet, tmp_path):
    write_deltalake(str(tmp_path / "d"), pa.table({"a": [1, 2, None], "s": [{"x": 1}, {"x": None}, None]}))
    lakelet.ok("convert", "d", "--to", "iceberg", "--into", "i")
    with open(metadata_file(tmp_path / "i")) as text:
        metadata = json.load(text)
    mapping = json.loads(metadata["properties"]["schema.name-mapping.default"])
    assert mapping == [{"field-id": 1, "names": ["a"]},
                       {"field-id": 2, "names": ["s"], "fields": [{"field-id": 3, "names": ["x"]}]}]
    assert_iceberg_reads(lakelet, tmp_path / "i", lakelet.rows("from 'd'"))


def test_what_does_not_go_over_to_iceberg(lakelet, tmp_path):
    lakelet.ok("create", "d", "--schema", "id int, v string", *VECTORS)
    lakelet.ok("sql", "insert into 'd' values (1, 'a'), (2, 'b')")
    assert "two in one folder" in lakelet.fails(2, "convert", "d", "--to", "iceberg")
    assert "in one another" in lakelet.fails(2, "convert", "d", "--to", "iceberg", "--into", "d/i")
    assert "own columns" in lakelet.fails(2, "convert", "d", "--to", "iceberg", "--into", "i", "--schema", "id int")
    lakelet.fails(4, "convert", "d", "--to", "delta", "--into", "i")
    lakelet.ok("create", "there", "--schema", "id int")
    lakelet.fails(4, "convert", "d", "--to", "iceberg", "--into", "there")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x.txt").write_text("x")
    assert "isn't empty" in lakelet.fails(2, "convert", "d", "--to", "iceberg", "--into", "full")
    lakelet.ok("delete", "d", "--where", "id = 1")
    told = lakelet.fails(5, "convert", "d", "--to", "iceberg", "--into", "i", "--property", "format-version=1")
    assert "format version 1" in told
    lakelet.ok("alter", "d", "add-constraint", "positive", "id > 0")
    assert "positive" in lakelet.fails(5, "convert", "d", "--to", "iceberg", "--into", "i")
    assert not (tmp_path / "i").exists()


def test_files_whose_types_or_ids_do_not_fit_are_named(lakelet, tmp_path):
    rows = pa.table({"n": pa.array([1], pa.int32())})
    with_id = rows.cast(pa.schema([pa.field("n", pa.int32(), metadata={"PARQUET:field_id": "1"})]))
    other_id = rows.cast(pa.schema([pa.field("n", pa.int32(), metadata={"PARQUET:field_id": "7"})]))
    for name, files in (("agree", [with_id, rows]), ("differ", [with_id, other_id])):
        (tmp_path / name).mkdir()
        for number, each in enumerate(files):
            pq.write_table(each, tmp_path / name / f"{number}.parquet")
        lakelet.ok("convert", name)
    lakelet.ok("convert", "agree", "--to", "iceberg", "--into", "i")
    assert_iceberg_reads(lakelet, tmp_path / "i", lakelet.rows("from 'agree'"))
    told = lakelet.fails(5, "convert", "differ", "--to", "iceberg", "--into", "j")
    assert "has the id 1 in" in told and "7 in" in told
    (tmp_path / "nanos").mkdir()
    pq.write_table(pa.table({"t": pa.array([1], pa.timestamp("ns"))}), tmp_path / "nanos" / "0.parquet")
    lakelet.ok("convert", "nanos")
    assert "timestamp_ns" in lakelet.fails(5, "convert", "nanos", "--to", "iceberg", "--into", "j")
    assert not (tmp_path / "j").exists()


def test_a_folder_becomes_an_iceberg_table(lakelet, tmp_path):
    for year in (2024, 2025):
        os.makedirs(tmp_path / "f" / f"year={year}")
        pq.write_table(pa.table({"id": [year, None], "price": [decimal.Decimal("1.25"), None],
                                 "tags": [["a", None], None]}), tmp_path / "f" / f"year={year}" / "a.parquet")
    lakelet.ok("convert", "f", "--to", "iceberg", "--into", "i")
    expected = lakelet.rows("select *, year::integer as year from read_parquet('f/*/*.parquet', hive_partitioning = false)"
                            .replace("*, year::integer", "*, regexp_extract(filename, 'year=(\\d+)', 1)::integer")
                            .replace("hive_partitioning = false", "filename = 'filename', hive_partitioning = false"))
    expected = expected.drop_columns(["filename"])
    assert_iceberg_reads(lakelet, tmp_path / "i", expected)
    lakelet.ok("convert", "f", "--to", "iceberg")
    assert_iceberg_reads(lakelet, tmp_path / "f", expected)
    assert sorted(os.listdir(tmp_path / "f")) == ["metadata", "year=2024", "year=2025"]
    lakelet.ok("sql", "insert into 'f' values (1, 2.5, ['b'], 2026)")
    assert_iceberg_reads(lakelet, tmp_path / "f", lakelet.rows("from 'f'"))


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_every_type_goes_over_to_delta(lakelet, tmp_path, version):
    changes = () if version == "1" else ("--property", "write.delete.mode=merge-on-read")
    lakelet.ok("create", "i", "--as", "iceberg", "--schema", COLUMNS, "--property", f"format-version={version}", *changes)
    lakelet.ok("sql", f"insert into 'i' {TYPES} from range(300) r(i)")
    lakelet.ok("sql", "insert into 'i' (id) values (1000)")
    lakelet.ok("delete", "i", "--where", "id % 7 = 2")
    expected, before = lakelet.rows("from 'i'"), parquet_files(tmp_path / "i")
    report = lakelet.json("convert", "i", "--to", "delta", "--into", "d")
    assert report["format"] == "delta" and report["rows"] == len(expected)
    assert before == parquet_files(tmp_path / "i") and not parquet_files(tmp_path / "d")
    assert_same_rows(lakelet.rows("from 'd'"), expected)
    assert_same_rows(delta_rows(tmp_path / "d"), expected)
    lakelet.ok("update", "d", "--set", "name = 'changed'", "--where", "id < 50")
    assert_same_rows(delta_rows(tmp_path / "d"), lakelet.rows("from 'd'"))
    assert_same_rows(lakelet.rows("from 'i'"), expected)
    # And back, over the same files once more.
    lakelet.ok("convert", "d", "--to", "iceberg", "--into", "again")
    assert_iceberg_reads(lakelet, tmp_path / "again", lakelet.rows("from 'd'"))


def test_partitions_go_over_to_delta(lakelet, tmp_path):
    lakelet.ok("create", "i", "--as", "iceberg", "--schema", "id bigint, city string, day date", "--partition-by", "city,day")
    lakelet.ok("sql", """insert into 'i' select i, case i % 3 when 0 then null else 'Oslo ' || i % 3 end,
      date '2024-01-01' + (i % 2)::integer from range(30) r(i)""")
    expected = lakelet.rows("from 'i'")
    assert lakelet.json("convert", "i", "--to", "delta", "--into", "d")["partition_columns"] == ["city", "day"]
    for where in ("true", "city is null", "city = 'Oslo 1'", "day > '2024-01-01'"):
        assert_same_rows(lakelet.rows(f"from 'd' where {where}"), lakelet.rows(f"from 'i' where {where}"), where)
    assert_same_rows(delta_rows(tmp_path / "d"), expected)
    assert DeltaTable(str(tmp_path / "d")).metadata().partition_columns == ["city", "day"]


def test_renamed_columns_go_over_to_delta(lakelet, tmp_path):
    lakelet.ok("create", "i", "--as", "iceberg", "--schema", "id bigint, v string")
    lakelet.ok("sql", "insert into 'i' values (1, 'a'), (2, NULL)")
    lakelet.ok("alter", "i", "rename-column", "v", "w")
    lakelet.ok("convert", "i", "--to", "delta", "--into", "named")
    assert_same_rows(delta_rows(tmp_path / "named"), lakelet.rows("from 'i'"))
    assert lakelet.json("metadata", "named")["properties"]["delta.columnMapping.mode"] == "name"
    # Under the new name too: now ids alone tell, by which not every reader of Delta goes.
    lakelet.ok("sql", "insert into 'i' values (3, 'c')")
    assert "is called 'v' in" in lakelet.fails(5, "convert", "i", "--to", "delta", "--into", "by_id")
    lakelet.ok("create", "again", "--as", "iceberg", "--schema", "a int, b int")
    lakelet.ok("sql", "insert into 'again' values (1, 2)")
    lakelet.ok("alter", "again", "drop-column", "a")
    lakelet.ok("alter", "again", "add-column", "a", "int")
    assert "by the name of a" in lakelet.fails(5, "convert", "again", "--to", "delta", "--into", "by_id")


def test_a_call_takes_properties(lakelet, tmp_path):
    lakelet.ok("create", "d", "--as", "delta", "--schema", "id bigint")
    lakelet.ok("sql", "insert into 'd' values (1)")
    lakelet.ok("sql", "call lake_convert('d', format => 'iceberg', \"into\" => 'i', properties => ['format-version=3', 'a=b=c'])")
    (row,) = lakelet.rows("select properties from lake_metadata('i')").to_pylist()
    assert dict(row["properties"])["a"] == "b=c" and lakelet.rows("from 'i'")["id"].to_pylist() == [1]
    error = lakelet.run("sql", "call lake_convert('d', format => 'iceberg', \"into\" => 'j', properties => ['nothing'])")
    assert error.returncode == 2 and "KEY=VALUE" in error.stderr and not (tmp_path / "j").exists()


def test_what_does_not_go_over_to_delta(lakelet, tmp_path):
    def make(name, columns, partition="", version="2"):
        lakelet.ok("create", name, "--as", "iceberg", "--schema", columns, "--property", f"format-version={version}",
                   *(["--partition-by", partition] if partition else []))

    make("bucket", "id bigint, v string", "bucket(4, id)")
    lakelet.ok("sql", "insert into 'bucket' values (1, 'a')")
    assert "id_bucket" in lakelet.fails(5, "convert", "bucket", "--to", "delta", "--into", "d")
    make("clock", "id bigint, t time")
    assert "time" in lakelet.fails(5, "convert", "clock", "--to", "delta", "--into", "d")
    lakelet.fails(2, "convert", "clock", "--to", "delta", "--into", "d", "--partition-by", "id bigint")
    make("empty", "id bigint, city string", "city")
    lakelet.ok("sql", "insert into 'empty' values (1, '')")
    assert "NULL" in lakelet.fails(5, "convert", "empty", "--to", "delta", "--into", "d")
    make("evolved", "id bigint, city string")
    lakelet.ok("sql", "insert into 'evolved' values (1, 'x')")
    lakelet.ok("sql", "alter table 'evolved' add partition field city")
    assert "before the table was partitioned" in lakelet.fails(5, "convert", "evolved", "--to", "delta", "--into", "d")
    make("wider", "n int")
    lakelet.ok("sql", "insert into 'wider' values (1)")
    lakelet.ok("alter", "wider", "set-type", "n", "bigint")
    assert "the column n is int" in lakelet.fails(5, "convert", "wider", "--to", "delta", "--into", "d")
    assert not (tmp_path / "d").exists()
