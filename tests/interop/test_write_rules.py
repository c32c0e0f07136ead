"""Constraints and invariants: deltalake honours those of tables that lakelet made, and lakelet those that deltalake made."""

import concurrent.futures
import json
import re

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Field, Schema, write_deltalake
from deltalake.schema import PrimitiveType
from readers import assert_all_read, deltalake_rows

VIOLATION = 8


def rows(*ids):
    return pa.table({"id": pa.array(ids, pa.int32()), "v": pa.array([f"v{i}" for i in ids], pa.string())})


def test_constraints_of_ours(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id int, v string", "--property", "delta.constraints.positive=id > 0")
    lakelet.ok("sql", "insert into 't' values (1, 'v1')")
    assert_all_read(path, rows(1))
    write_deltalake(path, rows(2), mode="append")
    with pytest.raises(Exception, match="failed validation"):
        write_deltalake(path, rows(-1), mode="append")
    said = lakelet.fails(VIOLATION, "sql", "insert into 't' values (-1, 'x')")
    assert "the CHECK constraint positive (id > 0) doesn't hold for a row: id = -1" in said
    lakelet.fails(VIOLATION, "update", "t", "--set", "id = -id", "--all")
    lakelet.ok("update", "t", "--set", "id = id + 10", "--all")
    assert sorted(deltalake_rows(path).column("id").to_pylist()) == [11, 12]


def test_rules_of_our_create_table(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("sql", """create table './t' (id int, v varchar check (v like 'v%'), constraint positive check (id > 0 and "id" < 1000))""")
    lakelet.ok("sql", "insert into 't' values (5, 'v5')")
    assert_all_read(path, rows(5))
    write_deltalake(path, rows(2), mode="append")
    for bad in (rows(-1), pa.table({"id": pa.array([8], pa.int32()), "v": ["x"]})):
        with pytest.raises(Exception, match="failed validation"):
            write_deltalake(path, bad, mode="append")
    lakelet.ok("sql", "create or replace table './t' (other int)")
    lakelet.ok("sql", "insert into 't' values (-1)")
    assert_all_read(path, pa.table({"other": pa.array([-1], pa.int32())}))


def test_tracked_rows_switched_on(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("sql", "create table './t' (id int, v varchar)")
    lakelet.ok("sql", "insert into 't' values (1, 'v1'), (2, 'v2'); insert into 't' values (3, 'v3')")
    lakelet.ok("alter", "t", "set-property", "delta.enableRowTracking=true")
    lakelet.ok("sql", "delete from 't' where id = 1")
    assert_all_read(path, rows(2, 3))
    ids = lakelet.json("sql", "select id, _row_id from lake_scan('t', row_ids => true) order by id")
    assert ids == [{"id": 2, "_row_id": 1}, {"id": 3, "_row_id": 2}]


def test_constraints_of_theirs(lakelet, tmp_path):
    path = tmp_path / "t"
    write_deltalake(path, rows(1, 2))
    DeltaTable(path).alter.add_constraint({"small": "id < 100 AND v LIKE 'v%'"})
    lakelet.ok("sql", "insert into 't' values (3, 'v3')")
    assert "small" in lakelet.fails(VIOLATION, "sql", "insert into 't' values (100, 'v')")
    assert "small" in lakelet.fails(VIOLATION, "import", "t", "-", "--input-format", "csv", stdin="id,v\n4,x\n")
    write_deltalake(path, rows(5), mode="append")
    assert sorted(deltalake_rows(path).column("id").to_pylist()) == [1, 2, 3, 5]


def test_invariants_of_theirs(lakelet, tmp_path):
    path = tmp_path / "t"
    invariant = {"delta.invariants": json.dumps({"expression": {"expression": "id > 3"}})}
    schema = Schema([Field("id", PrimitiveType("integer"), metadata=invariant), Field("v", PrimitiveType("string"))])
    DeltaTable.create(path, schema)
    lakelet.ok("sql", "insert into 't' values (4, 'v4')")
    for row in ("(3, 'x')", "(null, 'x')"):
        said = lakelet.fails(VIOLATION, "sql", f"insert into 't' values {row}")
        assert "the invariant of the column id (id > 3)" in said
    with pytest.raises(Exception, match="failed validation"):
        write_deltalake(path, rows(1), mode="append")
    assert_all_read(path, rows(4))


def test_writers_at_once_hand_out_each_value_once(lakelet):
    """VALUES are inserted again after a lost race. What reads isn't: it may have read a pipe, and says who won."""
    lakelet.ok("sql", "create table './t' (id bigint generated always as identity, w int)")

    def write(writer):
        for i in range(4):
            lakelet.ok("sql", f"insert into './t' (w) values ({writer}), ({writer})")

    with concurrent.futures.ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    assert sorted(row["id"] for row in lakelet.rows("from 't'").to_pylist()) == list(range(1, 33))
    lost = []

    def read_and_write(writer):
        for _ in range(8):
            done = lakelet.run("sql", f"insert into './t' (w) select {writer} from range(20000)")
            if done.returncode:
                lost.append(done)

    with concurrent.futures.ThreadPoolExecutor(4) as writers:
        list(writers.map(read_and_write, range(4)))
    for done in lost:
        assert done.returncode == 7
        assert re.search(r"the commit to '.*/t' lost to version \d+ \(WRITE by lakelet/[\d.]+\): it changed the table's schema or properties", done.stderr), done.stderr
        assert "nothing was committed; run it again on the newest version" in done.stderr
    ids = lakelet.rows("select count(*) n, count(distinct id) d from 't'").to_pylist()
    assert ids == [{"n": 32 + (32 - len(lost)) * 20000, "d": 32 + (32 - len(lost)) * 20000}]
