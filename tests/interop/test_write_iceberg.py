"""Iceberg tables that lakelet writes, of each format version, read back row for row by pyiceberg and DuckDB's iceberg extension."""

import duckdb
import pyarrow as pa
import pytest
from iceberg_readers import READERS, metadata_file, pyiceberg_table
from readers import assert_same_rows

VERSIONS = ["1", "2", "3"]

TYPES = """
select * from (values
  (true, (-2147483648)::integer, (-9223372036854775808)::bigint, 1.5::float, 2.25::double,
   (-12345678901234567890123456.0123456789)::decimal(38, 10), 1.10::decimal(9, 2), 'ünïcode ''quoted''', '\\x00\\xFF'::blob, date '1970-01-01',
   timestamptz '1999-12-31 23:59:59.999999+00', timestamp '1999-12-31 23:59:59.999999', time '23:59:59.999999'),
  (false, 2147483647, 9223372036854775807, '-inf', 'inf', 0, -0.01, '', ''::blob, date '9999-12-31', timestamptz '2262-01-01 00:00:00+00',
   timestamp '1500-01-01', time '00:00:00'),
  (true, 0, 0, 0, 0, 1, 1, 'same', 'same', date '2024-02-29', timestamptz '1969-12-31 23:59:59.5+00', timestamp '1969-12-31 23:59:59.5', time '12:00:00'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) t(b, i32, i64, f32, f64, dec38, dec9, s, bin, d, ts, tsn, tm)
"""

NESTED = """
select * from (values
  (1, {'a': 1, 'b': {'c': 'x', 'd': [1, 2, NULL]}}, [{'k': 'p', 'v': 1.5::double}], map {'one': 1, 'two': NULL}),
  (2, {'a': NULL, 'b': {'c': NULL, 'd': NULL}}, [], map {}),
  (3, NULL, [], NULL)
) t(id, st, li, mp)  -- pyiceberg makes an empty list of a list of structs that is null
"""


def plain_duckdb(sql):
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    return con.execute(sql).to_arrow_table()


def create(lakelet, name, columns, version, **properties):
    partitioned = properties.pop("partitioned_by", None)
    options = {"format": "iceberg", "format-version": version, **properties}
    text = ", ".join(f"\"{key}\" = '{value}'" for key, value in options.items())
    by = f" partitioned by ({partitioned})" if partitioned else ""
    lakelet.ok("sql", f"create table '{name}' ({columns}){by} with ({text})")


def assert_all_read(lakelet, path, name, expected):
    assert_same_rows(lakelet.rows(f"from '{name}'"), expected)
    for reader in READERS.values():
        assert_same_rows(reader(path), expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("sql", [TYPES, NESTED], ids=["primitive", "nested"])
def test_types(lakelet, tmp_path, sql, version):
    expected = plain_duckdb(sql)
    lakelet.ok("sql", f"create table 't' with (format = 'iceberg', \"format-version\" = '{version}') as {sql}")
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    assert pyiceberg_table(tmp_path / "t").metadata.format_version == int(version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("column", ["b", "i32", "i64", "dec38", "dec9", "s", "bin", "d", "ts", "tsn"])
def test_partition_of_each_type(lakelet, tmp_path, column, version):
    sql = f"from ({TYPES})"
    expected = plain_duckdb(sql)
    lakelet.ok("sql", f"create table 't' partitioned by ({column}) with (format = 'iceberg', \"format-version\" = '{version}') as {sql}")
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    assert len(pyiceberg_table(tmp_path / "t").inspect.files()) == (3 if column == "b" else 4)


@pytest.mark.parametrize("mode", ["copy-on-write", "merge-on-read"])
@pytest.mark.parametrize("version", VERSIONS)
def test_changes(lakelet, tmp_path, version, mode):
    create(lakelet, "t", "id bigint not null, city varchar, v double", version, partitioned_by="city", **{"write.delete.mode": mode})
    lakelet.ok("sql", "insert into 't' select range, case range % 3 when 0 then 'Oslo' when 1 then 'Bern' end, range / 4 from range(300)")
    model = duckdb.connect()
    model.execute("create table t as select range id, case range % 3 when 0 then 'Oslo' when 1 then 'Bern' end city, (range / 4)::double v from range(300)")
    for statement in [
        "delete from {} where id % 10 = 3",
        "delete from {} where id % 10 = 4 or id = 0",
        "update {} set v = -1 where id between 100 and 120",
        "delete from {} where city = 'Bern'",
        "insert into {} values (1000, 'Rome', 1)",
        "update {} set city = 'Rome' where id % 7 = 0",
        """merge into {} as target using (select range + 290 as id, 'Oslo' as city, 0.5::double as v from range(20)) as source on target.id = source.id
           when matched then update set v = source.v when not matched then insert values (source.id, source.city, source.v)""",
    ]:
        lakelet.ok("sql", statement.format("'t'"))
        model.execute(statement.format("t"))
        expected = model.execute("from t").to_arrow_table()
        assert_all_read(lakelet, tmp_path / "t", "t", expected)
    kinds = {"1": 0, "2": 1, "3": 1}
    deletes = pyiceberg_table(tmp_path / "t").inspect.delete_files()
    assert (len(deletes) > 0) == (mode == "merge-on-read" and kinds[version] == 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_summaries_and_metrics(lakelet, tmp_path, version):
    create(lakelet, "t", "id bigint, s varchar, f double", version)
    lakelet.ok("sql", "insert into 't' values (1, 'a long text that is cut to sixteen characters', 1.5), (2, NULL, 'nan')")
    lakelet.ok("sql", "insert into 't' values (3, 'z', 0)")
    lakelet.ok("sql", "delete from 't' where id = 1")
    table = pyiceberg_table(tmp_path / "t")
    summaries = [snapshot.summary for snapshot in table.snapshots()]
    assert [summary.operation.value for summary in summaries] == ["append", "append", "overwrite"]
    assert summaries[0]["added-records"] == "2" and summaries[0]["total-records"] == "2"
    assert summaries[1]["total-data-files"] == "2" and summaries[1]["total-records"] == "3"
    assert summaries[2]["deleted-records"] == "2" and summaries[2]["total-records"] == "2"
    assert summaries[2]["engine-name"] == "lakelet"
    first = table.snapshots()[0]
    entry = next(iter(first.manifests(table.io)[0].fetch_manifest_entry(table.io)))
    assert entry.data_file.value_counts == {1: 2, 2: 2, 3: 2}
    assert entry.data_file.null_value_counts == {1: 0, 2: 1, 3: 0}
    assert entry.data_file.lower_bounds[2] == b"a long text that"
    assert entry.data_file.upper_bounds[2] == b"a long text thau"
    history = lakelet.json("history", "t")
    assert [entry["operation"] for entry in history] == ["overwrite", "append", "append"]
    assert [entry["version"] for entry in history][::-1] == [snapshot.snapshot_id for snapshot in table.snapshots()]


def test_field_ids_of_data_and_delete_files(lakelet, tmp_path):
    create(lakelet, "t", "id bigint, st struct(a integer, b varchar[])", "2", **{"write.delete.mode": "merge-on-read"})
    lakelet.ok("sql", "insert into 't' values (1, {'a': 1, 'b': ['x']}), (2, NULL)")
    lakelet.ok("sql", "delete from 't' where id = 1")
    files = pyiceberg_table(tmp_path / "t").inspect.files().to_pylist()
    ids = {}
    for file in files:
        schema = pa.parquet.read_schema(file["file_path"].removeprefix("file://"))
        ids[file["content"]] = {field.name: int(field.metadata[b"PARQUET:field_id"]) for field in schema}
    assert ids == {0: {"id": 1, "st": 2}, 1: {"file_path": 2147483546, "pos": 2147483545}}


def test_row_lineage(lakelet, tmp_path):
    create(lakelet, "t", "id bigint, v bigint", "3")
    lakelet.ok("sql", "insert into 't' select range, 0 from range(10)")
    lakelet.ok("sql", "insert into 't' select range + 10, 0 from range(10)")
    query = "from lake_scan('t', row_ids => true) order by id"
    known = {row["id"]: row for row in lakelet.rows(query).to_pylist()}
    columns = [name for name in known[0] if name not in ("id", "v")]
    assert len(columns) == 2 and len({row[columns[0]] for row in known.values()}) == 20
    lakelet.ok("sql", "update 't' set v = 1 where id < 3")
    rows = lakelet.rows(query).to_pylist()
    assert all(row[columns[0]] == known[row["id"]][columns[0]] for row in rows)
    assert [row[columns[1]] for row in rows] == [3] * 3 + [1] * 7 + [2] * 10
    table = pyiceberg_table(tmp_path / "t")
    assert table.metadata.next_row_id >= 20
    assert [snapshot.first_row_id for snapshot in table.snapshots()] == [0, 10, 20]


@pytest.mark.parametrize("version", VERSIONS)
def test_pyiceberg_reads_older_snapshots(lakelet, tmp_path, version):
    create(lakelet, "t", "i integer", version)
    for i in range(3):
        lakelet.ok("sql", f"insert into 't' values ({i})")
    table = pyiceberg_table(tmp_path / "t")
    for count, snapshot in enumerate(table.snapshots(), start=1):
        assert len(table.scan(snapshot_id=snapshot.snapshot_id).to_arrow()) == count
        assert len(lakelet.rows(f"from 't' at (version => {snapshot.snapshot_id})")) == count
    assert metadata_file(tmp_path / "t").endswith("v4.metadata.json")


def test_schema_changes(lakelet, tmp_path):
    create(lakelet, "t", "id integer, s varchar, st struct(a integer)", "2")
    lakelet.ok("sql", "insert into 't' values (1, 'x', {'a': 1})")
    for change in ["add column extra double", "rename column s to text", "alter column id type bigint", "drop column extra", "add column extra varchar"]:
        lakelet.ok("sql", f"alter table 't' {change}")
    lakelet.ok("sql", "insert into 't' values (5000000000, 'y', {'a': 2}, 'e')")
    expected = plain_duckdb(
        "select * from (values (1::bigint, 'x', {'a': 1}, NULL), (5000000000, 'y', {'a': 2}, 'e')) t(id, text, st, extra)"
    )
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    schema = pyiceberg_table(tmp_path / "t").schema()
    assert schema.find_field("text").field_id == 2
    assert schema.find_field("extra").field_id == 6


def test_what_cannot_be_written_is_refused_by_name(lakelet, tmp_path):
    error = lakelet.run("sql", "create table 't' (v variant) with (format = 'iceberg')")
    assert error.returncode != 0 and "format version 3" in error.stderr
    create(lakelet, "t", "i integer", "2")
    metadata = metadata_file(tmp_path / "t")
    error = lakelet.run("sql", f"insert into '{metadata}' values (1)")
    assert error.returncode != 0 and "catalog" in error.stderr
    assert metadata_file(tmp_path / "t") == metadata


def test_two_writers(lakelet, tmp_path):
    """Appends of many processes at once all land; a change of a file that somebody else changed doesn't."""
    import concurrent.futures

    create(lakelet, "t", "i integer", "2")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: lakelet.ok("sql", f"insert into 't' values ({i})"), range(12)))
    expected = plain_duckdb("select range::integer i from range(12)")
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    assert metadata_file(tmp_path / "t").endswith("v13.metadata.json")


@pytest.mark.parametrize("before,after", [("1", "2"), ("2", "3"), ("1", "3")])
def test_upgrades(lakelet, tmp_path, before, after):
    create(lakelet, "t", "id bigint, v bigint", before, **({"write.delete.mode": "merge-on-read"} if before == "2" else {}))
    lakelet.ok("sql", "insert into 't' select range, 0 from range(10)")
    lakelet.ok("sql", "delete from 't' where id = 1")
    lakelet.ok("alter", "t", "set-property", f"format-version={after}", "write.delete.mode=merge-on-read")
    lakelet.ok("sql", "delete from 't' where id = 2")
    lakelet.ok("sql", "insert into 't' values (20, 0)")
    expected = plain_duckdb("select range id, 0::bigint v from range(10) where range not in (1, 2) union all select 20, 0")
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    assert pyiceberg_table(tmp_path / "t").metadata.format_version == int(after)


def test_rows_of_partition_transforms(lakelet, tmp_path):
    """Each row lies in the partition that pyiceberg computes for it."""
    import json

    from pyiceberg.transforms import parse_transform

    create(lakelet, "t", "id bigint, s varchar, ts timestamptz, dc decimal(9, 2)", "2")
    path = metadata_file(tmp_path / "t")
    with open(path) as file:
        metadata = json.load(file)
    spec = [(1, "bucket[4]"), (2, "truncate[2]"), (3, "month"), (4, "truncate[50]")]
    metadata["partition-specs"][0]["fields"] = [
        {"source-id": source, "field-id": 1000 + i, "name": f"p{i}", "transform": transform} for i, (source, transform) in enumerate(spec)
    ]
    metadata["last-partition-id"] = 1003
    with open(path, "w") as file:
        json.dump(metadata, file)
    source = """select range id, case when range % 9 > 0 then 'é' || range % 3 || 'x' end s,
      timestamptz '1969-11-15 00:00:00+00' + to_days((range * 3)::int) ts, ((range - 20) / 7)::decimal(9, 2) dc from range(40)"""
    lakelet.ok("sql", f"insert into 't' {source}")
    lakelet.ok("sql", "delete from 't' where id % 4 = 1")
    expected = plain_duckdb(f"from ({source}) where id % 4 <> 1")
    assert_all_read(lakelet, tmp_path / "t", "t", expected)
    table = pyiceberg_table(tmp_path / "t")
    schema = table.schema()
    names = {field.field_id: field.name for field in schema.fields}
    for file in table.inspect.files().to_pylist():
        for row in pa.parquet.read_table(file["file_path"].removeprefix("file://"), partitioning=None).to_pylist():
            for i, (source_id, transform) in enumerate(spec):
                value = row[names[source_id]]
                if value is not None and source_id == 3:
                    value = int(value.timestamp()) * 1_000_000
                told = parse_transform(transform).transform(schema.find_field(source_id).field_type)(value)
                assert file["partition"][f"p{i}"] == told, (row, transform)
    assert table.scan(row_filter="id = 20").to_arrow().num_rows == 1
