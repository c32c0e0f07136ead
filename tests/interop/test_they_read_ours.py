"""Tables that lakelet wrote, read back row for row by deltalake, DuckDB's delta extension and polars."""

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
from deltalake import DeltaTable
from readers import assert_all_read, assert_same_rows, deltalake_rows

TYPES = """
select * from (values
  (true, (-128)::tinyint, (-32768)::smallint, (-2147483648)::integer, (-9223372036854775808)::bigint, 1.5::float, 2.25::double,
   (-12345678901234567890123456.0123456789)::decimal(38, 10), 1.10::decimal(9, 2), 'ünïcode ''quoted''', '\\x00\\xFF'::blob, date '1970-01-01', timestamptz '1999-12-31 23:59:59.999999+00'),
  (false, 127, 32767, 2147483647, 9223372036854775807, '-inf', 'inf', 0, -0.01, '', ''::blob, date '9999-12-31', timestamptz '2262-01-01 00:00:00+00'),
  (true, 0, 0, 0, 0, 'nan', 'nan', 1, 1, 'same', 'same', date '2024-02-29', timestamptz '1969-12-31 23:59:59.5+00'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) t(b, i8, i16, i32, i64, f32, f64, dec38, dec9, s, bin, d, ts)
"""

NESTED = """
select * from (values
  (1, {'a': 1, 'b': {'c': 'x', 'd': [1, 2, NULL]}}, [{'k': 'p', 'v': 1.5}], map {'one': 1, 'two': NULL}),
  (2, {'a': NULL, 'b': {'c': NULL, 'd': NULL}}, [], map {}),
  (3, NULL, NULL, NULL)
) t(id, st, li, mp)
"""


def plain_duckdb(sql):
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    return con.execute(sql).to_arrow_table()


def write_parquet(tmp_path, name, sql):
    path = tmp_path / name
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute(f"copy ({sql}) to '{path}' (format parquet)")
    return path


@pytest.mark.parametrize("sql", [TYPES, NESTED], ids=["primitive", "nested"])
def test_types(lakelet, tmp_path, sql):
    source = write_parquet(tmp_path, "source.parquet", sql)
    lakelet.ok("import", "t", source, "--create")
    expected = plain_duckdb(sql)
    assert_all_read(tmp_path / "t", expected)
    assert_same_rows(lakelet.rows("from 't'"), expected)


@pytest.mark.parametrize("column", ["b", "i8", "i16", "i32", "i64", "f64", "dec9", "s", "d", "ts"])
def test_partition_of_each_type(lakelet, tmp_path, column):
    sql = f"from ({TYPES}) where {column} is distinct from 'nan' and s is distinct from ''" if column == "f64" else f"from ({TYPES}) where s is distinct from ''"
    source = write_parquet(tmp_path, "source.parquet", sql)
    lakelet.ok("import", "t", source, "--create", "--partition-by", column)
    expected = plain_duckdb(sql)
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert_all_read(tmp_path / "t", expected)


PARTITIONS = ["plain", "with space", "é", "日本", "a/b", "a=b", "100%", "%41", "#?&+", "quote'\"", "tab\there", "..", "x:y", "[a]{b}", "back\\slash", None]


def test_partition_values_of_every_kind(lakelet, tmp_path):
    table = pa.table({"p": PARTITIONS, "i": list(range(len(PARTITIONS)))})
    pa.parquet.write_table(table, tmp_path / "source.parquet")
    lakelet.ok("import", "t", "source.parquet", "--create", "--partition-by", "p")
    assert_same_rows(lakelet.rows("from 't'"), table)
    assert_all_read(tmp_path / "t", table)
    # A row of each partition is changed and deleted: the remove must cancel exactly its add.
    lakelet.ok("update", "t", "--set", "i = i + 100", "--where", "i % 2 = 0")
    lakelet.ok("delete", "t", "--where", "i = 3")
    expected = pa.table({
        "p": [p for i, p in enumerate(PARTITIONS) if i != 3],
        "i": [i + 100 if i % 2 == 0 else i for i in range(len(PARTITIONS)) if i != 3],
    })
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert_all_read(tmp_path / "t", expected)


def test_every_verb(lakelet, tmp_path):
    """The same verbs on a plain DuckDB table give the same rows after each step, and so say all readers."""
    con = duckdb.connect()
    con.execute("create table t (id bigint, g varchar, v double)")
    source = "select range as id, case range % 5 when 0 then NULL else 'g' || range % 5 end as g, case when range % 7 = 0 then NULL else range / 4 end as v from range(2000)"
    changes = "select range * 3 as id, 'new' as g, range::double as v from range(1000)"
    write_parquet(tmp_path, "source.parquet", source)
    write_parquet(tmp_path, "changes.parquet", changes)
    lakelet.ok("create", "t", "--schema", "id bigint, g string, v double", "--partition-by", "g")

    def step(sql, *arguments):
        con.execute(sql)
        lakelet.ok(*arguments)
        expected = con.execute("from t").to_arrow_table()
        assert_same_rows(lakelet.rows("from 't'"), expected)
        assert_all_read(tmp_path / "t", expected)

    step(f"insert into t {source}", "import", "t", "source.parquet")
    step("delete from t where v > 300", "delete", "t", "--where", "v > 300")
    step("update t set v = v * 2, g = 'moved' where g = 'g1' or v is null",
         "update", "t", "--set", "v = v * 2", "--set", "g = 'moved'", "--where", "g = 'g1' or v is null")
    step(f"merge into t as target using ({changes}) as source on target.id = source.id "
         "when matched and source.id % 2 = 0 then delete when matched then update set v = source.v "
         "when not matched and source.id < 2500 then insert",
         "merge", "t", "--source", "changes.parquet", "--on", "target.id = source.id", "--delete", "--delete-if", "source.id % 2 = 0",
         "--update", "v = source.v", "--insert-all", "--insert-if", "source.id < 2500")
    step("delete from t where g is null", "delete", "t", "--where", "g is null")
    step("delete from t", "delete", "t", "--all")


def test_checkpoints_are_read(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int, p string", "--partition-by", "p")
    for i in range(23):
        lakelet.ok("import", "t", "-", "--input-format", "csv", stdin=f"i,p\n{i},p{i % 3}\n")
    log = tmp_path / "t" / "_delta_log"
    assert (log / "_last_checkpoint").exists()
    assert (log / ("%020d.checkpoint.parquet" % 20)).exists()
    # Without the commits before it, only the checkpoint knows the files.
    for version in range(20):
        (log / ("%020d.json" % version)).unlink()
    expected = pa.table({"i": pa.array(range(23), pa.int32()), "p": [f"p{i % 3}" for i in range(23)]})
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert_all_read(tmp_path / "t", expected)
    lakelet.ok("delete", "t", "--where", "i < 20")
    assert_all_read(tmp_path / "t", expected.slice(20))


def test_time_travel(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int")
    for i in range(3):
        lakelet.ok("import", "t", "-", "--input-format", "csv", stdin=f"i\n{i}\n")
    for version in range(4):
        rows = pa.table({"i": pa.array(range(version), pa.int32())})
        assert_same_rows(deltalake_rows(tmp_path / "t", version), rows)
        assert_same_rows(lakelet.rows(f"from lake_scan('t', version => {version})"), rows)


def test_history_reads_as_deltalake_s_own(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int, s string")
    lakelet.ok("import", "t", "-", "--input-format", "csv", stdin="i,s\n1,a\n2,b\n3,c\n")
    lakelet.ok("delete", "t", "--where", "i = 1")
    lakelet.ok("update", "t", "--set", "s = 'z'", "--where", "i = 2")
    lakelet.ok("merge", "t", "--source", "(select 2 as i, 'y' as s union all select 9, 'n')", "--on", "target.i = source.i", "--update-all", "--insert-all")
    history = DeltaTable(str(tmp_path / "t")).history()
    assert [h["operation"] for h in history] == ["MERGE", "UPDATE", "DELETE", "WRITE", "CREATE TABLE"]
    merge, update, delete, write, _ = (h["operationMetrics"] if "operationMetrics" in h else None for h in history)
    assert int(merge["num_target_rows_updated"]) == 1 and int(merge["num_target_rows_inserted"]) == 1
    assert int(update["num_updated_rows"]) == 1 and int(update["num_copied_rows"]) == 1
    assert int(delete["num_deleted_rows"]) == 1 and int(delete["num_copied_rows"]) == 2
    assert int(write["num_added_rows"]) == 3 and int(write["num_added_files"]) == 1
    assert all("lakelet" in h["engineInfo"] for h in history)
