"""Where data files may be, and what is said of those that can't be read."""

import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delta_table import field

ONE = pa.table({"a": pa.array([1], pa.int32())})

PATHS = [  # the file's name, and how the log spells it
    ("with space.parquet", "with%20space.parquet"),
    ("with space.parquet", "with space.parquet"),
    ("per%cent.parquet", "per%25cent.parquet"),
    ("per%20cent.parquet", "per%2520cent.parquet"),
    ("plus+plus.parquet", "plus+plus.parquet"),
    ("hash#hash.parquet", "hash%23hash.parquet"),
    ("ask?ask.parquet", "ask%3Fask.parquet"),
    ("star*[x].parquet", "star*%5Bx%5D.parquet"),
    ("ünï.parquet", "%C3%BCn%C3%AF.parquet"),
    ("ünï.parquet", "ünï.parquet"),
    ("a:b.parquet", "a%3Ab.parquet"),
    ("p=a%2Fb/x.parquet", "p=a%252Fb/x.parquet"),
    ("p=12:00/x.parquet", "p=12:00/x.parquet"),
    ("back\\slash.parquet", "back%5Cslash.parquet"),
    ("new\nline.parquet", "new%0Aline.parquet"),
    ("quote'\".parquet", "quote'%22.parquet"),
]


@pytest.mark.parametrize("name, spelled", PATHS)
def test_spellings(table, name, spelled):
    table.create(field("a", "integer"), field("p", "string"), partition_by=["p"])
    table.write(ONE, name, log_path=spelled, values={"p": "v"})
    assert table.rows() == [{"a": 1, "p": "v"}]
    assert table.values("a", "where a = 1 and p = 'v'") == [1]
    table.commit({"remove": {"path": spelled, "dataChange": True, "deletionTimestamp": 1}})
    assert table.rows() == []


@pytest.mark.parametrize("spelling", ["{}", "file:{}", "file://{}", "file://localhost{}"])
def test_files_elsewhere(table, tmp_path, spelling):
    folder = tmp_path / "else where %"
    folder.mkdir()
    pq.write_table(ONE, folder / "f.parquet")
    table.create(field("a", "integer")).add("f.parquet", log_path=spelling.format(urllib.parse.quote(str(folder / "f.parquet"))))
    assert table.values("a") == [1]


def test_partition_columns_in_the_file_too_count_as_the_log_has_them(table):
    table.create(field("a", "integer"), field("p", "string"), field("q", "integer"), partition_by=["p", "q"], writer=["materializePartitionColumns"])
    rows = ONE.append_column("p", pa.array(["of the file"])).append_column("q", pa.array(["no int"]))
    table.write(rows, values={"p": "of the log", "q": "7"})
    assert table.rows() == [{"a": 1, "p": "of the log", "q": 7}]
    assert table.rows(rest="where p = 'of the file'") == []
    assert table.rows(rest="where p = 'of the log' and q > 6") == [{"a": 1, "p": "of the log", "q": 7}]
    table.write(rows, "b.parquet", values={"p": None})
    assert table.rows(rest="where q is null") == [{"a": 1, "p": None, "q": None}]


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_files(table, rows):
    table.create(field("a", "integer"), field("s", "string"))
    table.write(ONE.slice(0, 0))
    with pq.ParquetWriter(table.path / "none.parquet", ONE.schema):
        pass  # no row group at all
    table.add("none.parquet")
    if rows:
        table.write(ONE, "one.parquet")
    assert table.rows() == [{"a": 1, "s": None}] * rows
    assert table.values("count(*)", "where a > 0") == [rows]
    assert table.values("count(*)") == [rows]


def test_a_size_that_the_log_has_wrong_does_no_harm(table):
    table.create(field("a", "integer"))
    table.write(pa.table({"a": pa.array(range(50_000), pa.int32())}), size=1)
    table.write(ONE, "b.parquet", size=10**12)
    assert table.values("count(distinct a) + count(*)") == [100_001]


def garble_footer(data):
    at = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return data[:at] + b"\xff" * 50 + data[at + 50:]


def damaged(data, how):
    return {"empty": b"", "short": b"PAR1", "no Parquet": b"hello " * 1000, "cut": data[: len(data) // 2], "without its end": data[:-8],
            "with a false length": data[:-8] + b"\xff\xff\xff\x7fPAR1", "with a garbled footer": garble_footer(data),
            "encrypted": data[:-4] + b"PARE"}[how]


@pytest.mark.parametrize("how", ["empty", "short", "no Parquet", "cut", "without its end", "with a false length", "with a garbled footer", "encrypted"])
def test_damaged_files(table, how):
    table.create(field("a", "integer"))
    pq.write_table(pa.table({"a": pa.array(range(1000), pa.int32())}), table.path / "whole.parquet")
    (table.path / "bad.parquet").write_bytes(damaged((table.path / "whole.parquet").read_bytes(), how))
    table.add("whole.parquet").add("bad.parquet")
    for query in ["from 't'", "select sum(a) from 't'", "from 't' where a = 5"]:
        assert "bad.parquet" in table.fails(6, query)


def test_garbled_pages(table):
    table.create(field("s", "string"))
    pq.write_table(pa.table({"s": [f"text {n}" for n in range(5000)]}), table.path / "bad.parquet", compression="snappy", use_dictionary=False)
    data = bytearray((table.path / "bad.parquet").read_bytes())
    data[200:2200] = bytes(2000)
    (table.path / "bad.parquet").write_bytes(data)
    table.add("bad.parquet")
    assert "bad.parquet" in table.fails(6)


def test_a_missing_file_is_named(table):
    table.create(field("a", "integer")).add("gone.parquet")
    done = table.lakelet.run("sql", "--quiet", "from 't'")
    assert done.returncode == 6 and "gone.parquet" in done.stderr and "is missing" in done.stderr and "vacuum" in done.stderr


def test_many_row_groups(table):
    table.create(field("a", "integer"))
    table.write(pa.table({"a": pa.array(range(100_000), pa.int32())}), row_group_size=1000)
    assert table.values("sum(a)", "where a between 12345 and 54321") == [sum(range(12345, 54322))]
