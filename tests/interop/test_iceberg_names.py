"""Branches, tags, partition transforms and sort orders that lakelet makes, as pyiceberg and DuckDB's extension see them."""

import datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from iceberg_readers import READERS, metadata_file, pyiceberg_table
from readers import assert_same_rows

DAY = 24 * 3600 * 1000


def create(lakelet, columns="id bigint, s varchar", by=None, **properties):
    options = {"format": "iceberg", **properties}
    text = ", ".join(f"\"{key}\" = '{value}'" for key, value in options.items())
    partitioned = f" partitioned by ({by})" if by else ""
    lakelet.ok("sql", f"create table 't' ({columns}){partitioned} with ({text})")


def references(path):
    return pyiceberg_table(path).metadata.refs


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_branch_is_written_to(lakelet, tmp_path, version):
    create(lakelet, **{"format-version": version})
    lakelet.ok("sql", "insert into 't' values (1, 'a'), (2, 'b')")
    lakelet.ok("branch", "t", "audit")
    lakelet.ok("sql", "insert into 't@audit' values (3, 'c')")
    lakelet.ok("sql", "update 't@audit' set s = 'changed' where id = 1")
    lakelet.ok("sql", "delete from 't@audit' where id = 2")
    assert sorted(lakelet.rows("from 't'")["id"].to_pylist()) == [1, 2]
    on_branch = lakelet.rows("from 't@audit'")
    assert sorted(on_branch["id"].to_pylist()) == [1, 3]
    table = pyiceberg_table(tmp_path / "t")
    assert_same_rows(table.scan().use_ref("audit").to_arrow(), on_branch)
    assert_same_rows(table.scan().to_arrow(), lakelet.rows("from 't'"))
    lakelet.ok("branch", "t", "main", "--forward-to", "audit")
    for reader in READERS.values():
        assert_same_rows(reader(tmp_path / "t"), on_branch)
    refs = references(tmp_path / "t")
    assert refs["main"].snapshot_id == refs["audit"].snapshot_id
    assert pyiceberg_table(tmp_path / "t").metadata.snapshot_log[-1].snapshot_id == refs["audit"].snapshot_id


def test_words_of_sql(lakelet, tmp_path):
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    first = pyiceberg_table(tmp_path / "t").current_snapshot().snapshot_id
    lakelet.ok("sql", "insert into 't' values (2, 'b')")
    second = pyiceberg_table(tmp_path / "t").current_snapshot().snapshot_id
    lakelet.ok("sql", f"alter table 't' create tag v1 as of version {first} retain 30 days")
    lakelet.ok("sql", "alter table 't' create branch b with snapshot retention 3 snapshots 2 hours")
    lakelet.ok("sql", "alter table 't' create branch if not exists b")
    refs = references(tmp_path / "t")
    assert (refs["v1"].snapshot_id, refs["v1"].snapshot_ref_type.value, refs["v1"].max_ref_age_ms) == (first, "tag", 30 * DAY)
    assert (refs["b"].snapshot_id, refs["b"].min_snapshots_to_keep, refs["b"].max_snapshot_age_ms) == (second, 3, 2 * 3600 * 1000)
    lakelet.ok("sql", f"alter table 't' replace branch b as of version {first}")
    lakelet.ok("sql", "alter table 't' alter branch b retain 5 days")
    refs = references(tmp_path / "t")
    assert (refs["b"].snapshot_id, refs["b"].min_snapshots_to_keep, refs["b"].max_ref_age_ms) == (first, 3, 5 * DAY)
    lakelet.ok("sql", "alter table 't' fast forward branch b to main")
    assert references(tmp_path / "t")["b"].snapshot_id == second
    lakelet.ok("sql", "alter table 't' drop tag v1; alter table 't' drop branch if exists nobody; alter table 't' drop branch b")
    assert set(references(tmp_path / "t")) == {"main"}


def test_what_names_refuse(lakelet, tmp_path):
    create(lakelet)
    error = lakelet.run("branch", "t", "b")
    assert error.returncode == 2 and "no snapshot" in error.stderr
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("branch", "t", "b")
    lakelet.ok("tag", "t", "x")
    lakelet.ok("sql", "insert into 't' values (2, 'b')")
    lakelet.ok("sql", "insert into 't@b' values (3, 'c')")
    before = metadata_file(tmp_path / "t")
    for statement, code in [("create branch b", 4), ("drop branch nobody", 3), ("drop tag b", 2), ("drop branch main", 2), ("fast forward branch main to b", 2),
                            ("create tag y with snapshot retention 3 snapshots", 2), ("create branch z as of version 1", 3)]:
        error = lakelet.run("sql", f"alter table 't' {statement}")
        assert error.returncode == code, (statement, error.stderr)
    error = lakelet.run("sql", "insert into 't@x' values (1, 'a')")
    assert error.returncode == 2 and "past" in error.stderr
    assert lakelet.run("sql", "insert into 't@nobody' values (1, 'a')").returncode == 3
    assert lakelet.run("sql", "drop table 't@b'").returncode == 2
    assert metadata_file(tmp_path / "t") == before
    lakelet.ok("create", "d", "--schema", "id bigint")
    error = lakelet.run("branch", "d", "b")
    assert error.returncode == 5 and "branches" in error.stderr


def test_a_branch_that_moves_takes_no_rows_in_the_same_commit(lakelet, tmp_path):
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("branch", "t", "b")
    lakelet.ok("sql", "insert into 't@b' values (2, 'b')")
    before = metadata_file(tmp_path / "t")
    error = lakelet.run("sql", "begin; alter table 't' fast forward branch main to b; insert into 't' values (9, 'x'); commit")
    assert error.returncode == 2 and "one commit" in error.stderr
    assert metadata_file(tmp_path / "t") == before
    lakelet.ok("sql", "begin; alter table 't' create branch c; insert into 't' values (9, 'x'); commit")
    assert {name: len(lakelet.rows(f"from 't@{name}'")) for name in ("main", "b", "c")} == {"main": 2, "b": 2, "c": 1}


def test_imports_and_listing(lakelet, tmp_path):
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("branch", "t", "b", "--keep-versions", "2")
    (tmp_path / "more.csv").write_text("id,s\n2,b\n")
    lakelet.ok("import", "t@b", "more.csv")
    lakelet.ok("sql", "begin; insert into 't@b' values (3, 'c'); delete from 't@b' where id = 1; commit")
    assert sorted(lakelet.rows("from 't@b'")["id"].to_pylist()) == [2, 3]
    assert [row["name"] for row in lakelet.json("branch", "t")] == ["b", "main"]
    assert lakelet.json("tag", "t") == []


SOURCE = """select range id, case when range % 9 > 0 then 'é' || range % 3 || 'x' end s,
  timestamptz '1969-11-15 00:00:00+00' + to_days((range * 3)::int) ts, (date '1969-12-01' + (range * 5)::int) d from range(60)"""
COLUMNS = "id bigint, s varchar, ts timestamptz, d date"


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_tables_by_transforms(lakelet, tmp_path, version):
    from pyiceberg.partitioning import PartitionField

    create(lakelet, COLUMNS, "bucket(4, id), truncate(2, s), days(ts), month(d)", **{"format-version": version})
    lakelet.ok("sql", f"insert into 't' {SOURCE}")
    expected = lakelet.rows("from 't'")
    assert len(expected) == 60
    for reader in READERS.values():
        assert_same_rows(reader(tmp_path / "t"), expected)
    fields = pyiceberg_table(tmp_path / "t").spec().fields
    assert [(f.name, str(f.transform), f.field_id) for f in fields] == [
        ("id_bucket", "bucket[4]", 1000), ("s_trunc", "truncate[2]", 1001), ("ts_day", "day", 1002), ("d_month", "month", 1003)]
    assert isinstance(fields[0], PartitionField)
    assert pyiceberg_table(tmp_path / "t").scan(row_filter="id = 20").to_arrow().num_rows == 1


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_partitions_evolve(lakelet, tmp_path, version):
    create(lakelet, COLUMNS, "s", **{"format-version": version})
    steps = ["add partition field bucket(3, id) as shard", "replace partition field s with day(ts)", "drop partition field shard", "add partition field truncate(10, id)",
             "replace partition field day(ts) with month(ts) as m", "drop partition field m"]
    lakelet.ok("sql", f"insert into 't' {SOURCE}")
    for i, step in enumerate(steps):
        lakelet.ok("sql", f"alter table 't' {step}")
        lakelet.ok("sql", f"insert into 't' from ({SOURCE}) where id % 6 = {i}")
        lakelet.ok("sql", f"delete from 't' where id = {i}")
        expected = lakelet.rows("from 't'")
        for reader in READERS.values():
            assert_same_rows(reader(tmp_path / "t"), expected)
    live = [str(field.transform) for field in pyiceberg_table(tmp_path / "t").spec().fields if str(field.transform) != "void"]
    assert live == ["truncate[10]"]
    assert len({field.field_id for spec in pyiceberg_table(tmp_path / "t").specs().values() for field in spec.fields}) >= 5
    for predicate in ["id = 17", "s = 'é1x'", "ts < '1970-01-01'", "d >= date '1970-03-01'", "s is null", "id between 20 and 30 and s <> 'é0x'"]:
        model = lakelet.rows(f"select * from (select * from 't' order by id) where coalesce({predicate}, false) or random() < 0")
        assert_same_rows(lakelet.rows(f"from 't' where {predicate}"), model)


def test_what_partitioning_refuses(lakelet, tmp_path):
    assert lakelet.run("sql", "create table 'd' (id bigint, x integer) partitioned by (bucket(4, id)) with (format = 'delta')").returncode == 5
    for by in ["day(id)", "bucket(0, id)", "nope(id)", "bucket(4, nobody)", "hour(d)"]:
        error = lakelet.run("sql", f"create table 'u' (id bigint, d date) partitioned by ({by}) with (format = 'iceberg')")
        assert error.returncode == 2, (by, error.stderr)
    create(lakelet, COLUMNS, "bucket(4, id)")
    for step, code in [("add partition field bucket(4, id)", 4), ("drop partition field s", 3), ("add partition field day(s)", 2)]:
        error = lakelet.run("sql", f"alter table 't' {step}")
        assert error.returncode == code, (step, error.stderr)


def test_words_of_the_command_line(lakelet, tmp_path):
    lakelet.ok("create", "t", "--as", "iceberg", "--schema", "id bigint, s string, ts timestamp", "--partition-by", "bucket(8, id),s")
    lakelet.ok("alter", "t", "drop-partition-field", "s")
    lakelet.ok("alter", "t", "add-partition-field", "day(ts)")
    lakelet.ok("alter", "t", "replace-partition-field", "bucket(8, id)", "bucket(2, id)")
    assert [str(field.transform) for field in pyiceberg_table(tmp_path / "t").spec().fields] == ["bucket[2]", "day"]
    lakelet.ok("alter", "t", "set-sort-order", "s", "bucket(4, id) desc", "ts desc nulls first")
    order = pyiceberg_table(tmp_path / "t").sort_order()
    assert [(f.source_id, str(f.transform), f.direction.value, f.null_order.value) for f in order.fields] == [
        (2, "identity", "asc", "nulls-first"), (1, "bucket[4]", "desc", "nulls-last"), (3, "identity", "desc", "nulls-first")]
    assert order.order_id == 1
    lakelet.ok("sql", "alter table 't' write ordered by s desc")
    assert pyiceberg_table(tmp_path / "t").sort_order().order_id == 2
    lakelet.ok("sql", "alter table 't' write unordered")
    assert pyiceberg_table(tmp_path / "t").sort_order().order_id == 0
    lakelet.ok("sql", "insert into 't' values (1, 'x', timestamp '2024-01-01')")
    assert len(READERS["pyiceberg"](tmp_path / "t")) == 1
    error = lakelet.run("sql", "alter table 't' drop column id")
    assert error.returncode == 2 and "partitioned" in error.stderr


def test_a_version_is_picked(lakelet, tmp_path):
    create(lakelet, by="s", **{"format-version": "3"})
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("branch", "t", "b")
    lakelet.ok("sql", "insert into 't@b' values (2, 'b'), (3, 'a')")
    lakelet.ok("sql", "alter table 't' add column n integer; insert into 't' values (4, 'a', 4)")
    picked = references(tmp_path / "t")["b"].snapshot_id
    report = lakelet.json("cherry-pick", "t", "b")
    assert (report["rows_inserted"], report["files_added"]) == (2, 2)
    expected = lakelet.rows("from 't'")
    assert sorted(expected["id"].to_pylist()) == [1, 2, 3, 4]
    for reader in READERS.values():
        assert_same_rows(reader(tmp_path / "t"), expected)
    ids = lakelet.rows("from lake_scan('t', row_ids => true)")["_row_id"].to_pylist()
    assert len(set(ids)) == 4
    table = pyiceberg_table(tmp_path / "t")
    summary = table.current_snapshot().summary
    assert (summary.operation.value, summary["source-snapshot-id"], summary["total-records"]) == ("append", str(picked), "4")
    before = metadata_file(tmp_path / "t")
    error = lakelet.run("cherry-pick", "t", f"v{picked}")
    assert error.returncode == 4 and metadata_file(tmp_path / "t") == before
    # Right after the newest version: it becomes that itself.
    lakelet.ok("branch", "t", "next")
    lakelet.ok("sql", "delete from 't@next' where id = 1")
    deleted = references(tmp_path / "t")["next"].snapshot_id
    lakelet.ok("sql", f"call lake_cherry_pick('t', version => {deleted})")
    assert references(tmp_path / "t")["main"].snapshot_id == deleted
    # Rows that went can't be picked.
    lakelet.ok("sql", "delete from 't@next' where id = 2; insert into 't' values (5, 'a', 5)")
    before = metadata_file(tmp_path / "t")
    error = lakelet.run("cherry-pick", "t", "next")
    assert error.returncode == 5 and "append" in error.stderr and metadata_file(tmp_path / "t") == before
    lakelet.ok("create", "d", "--schema", "id bigint")
    assert lakelet.run("cherry-pick", "d", "v0").returncode == 5


OVERWRITE = ("--user-metadata", "replace-partitions=true")


def staged_overwrite(lakelet, tmp_path):
    """As Spark's INSERT OVERWRITE stages it: one of two partitions has other rows on a branch."""
    create(lakelet, by="s", **{"format-version": "3"})
    lakelet.ok("sql", "insert into 't' values (1, 'a'), (2, 'b')")
    lakelet.ok("branch", "t", "b")
    (tmp_path / "other.csv").write_text("id,s\n10,a\n11,a\n")
    lakelet.ok("import", "t@b", "other.csv", "--mode", "overwrite", "--where", "s = 'a'", *OVERWRITE)
    staged = references(tmp_path / "t")["b"].snapshot_id
    summary = pyiceberg_table(tmp_path / "t").snapshot_by_id(staged).summary
    assert (summary.operation.value, summary["replace-partitions"]) == ("overwrite", "true")
    return staged


def test_a_dynamic_overwrite_is_picked(lakelet, tmp_path):
    staged = staged_overwrite(lakelet, tmp_path)
    lakelet.ok("sql", "insert into 't' values (3, 'b'), (4, 'c')")
    report = lakelet.json("cherry-pick", "t", f"v{staged}")
    assert (report["rows_inserted"], report["rows_deleted"], report["files_added"], report["files_removed"]) == (2, 1, 1, 1)
    expected = lakelet.rows("from 't'")
    assert sorted(expected["id"].to_pylist()) == [2, 3, 4, 10, 11]
    for reader in READERS.values():
        assert_same_rows(reader(tmp_path / "t"), expected)
    summary = pyiceberg_table(tmp_path / "t").current_snapshot().summary
    assert (summary.operation.value, summary["source-snapshot-id"], summary["total-records"]) == ("overwrite", str(staged), "5")
    assert lakelet.run("cherry-pick", "t", f"v{staged}").returncode == 4  # once


@pytest.mark.parametrize("change", ["insert into 't' values (5, 'a')", "delete from 't' where s = 'a'", "update 't' set id = 6 where s = 'a'"])
def test_an_overwrite_of_a_partition_that_changed_is_not_picked(lakelet, tmp_path, change):
    staged = staged_overwrite(lakelet, tmp_path)
    lakelet.ok("sql", "insert into 't' values (3, 'b'); " + change)
    before = metadata_file(tmp_path / "t")
    error = lakelet.run("cherry-pick", "t", f"v{staged}")
    assert error.returncode == 7 and error.stderr.startswith("error: ") and metadata_file(tmp_path / "t") == before


def test_an_overwrite_from_another_line_is_not_picked(lakelet, tmp_path):
    """What it put other rows into has to be a version that the table comes from."""
    staged = staged_overwrite(lakelet, tmp_path)
    lakelet.ok("sql", "insert into 't@b' values (12, 'b')")
    lakelet.ok("import", "t@b", "other.csv", "--mode", "overwrite", "--where", "s = 'a'", *OVERWRITE)
    later = references(tmp_path / "t")["b"].snapshot_id
    lakelet.ok("sql", "insert into 't' values (3, 'b')")
    error = lakelet.run("cherry-pick", "t", f"v{later}")
    assert error.returncode == 7 and "doesn't come from" in error.stderr
    # Without the word in its summary an overwrite isn't known to be of whole partitions.
    lakelet.ok("sql", "update 't@b' set id = 13 where id = 12")
    error = lakelet.run("cherry-pick", "t", "b")
    assert error.returncode == 5 and "dynamic overwrite" in error.stderr
    assert staged != later


def test_a_staged_version_is_picked_once(lakelet, tmp_path):
    """As Spark stages appends (write.wap.enabled): a snapshot that no branch has, with a name in its summary."""
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("branch", "t", "b")
    (tmp_path / "more.csv").write_text("id,s\n2,b\n")
    lakelet.ok("import", "t@b", "more.csv", "--user-metadata", "wap.id=nightly")
    lakelet.ok("import", "t", "more.csv")
    staged = references(tmp_path / "t")["b"].snapshot_id
    lakelet.ok("branch", "t", "b", "--drop")
    lakelet.ok("cherry-pick", "t", f"v{staged}")
    assert pyiceberg_table(tmp_path / "t").current_snapshot().summary["published-wap-id"] == "nightly"
    assert sorted(lakelet.rows("from 't'")["id"].to_pylist()) == [1, 2, 2]
    lakelet.ok("import", "t", "more.csv")
    assert lakelet.run("cherry-pick", "t", f"v{staged}").returncode == 4


def is_sorted(path):
    """Whether rows of a data file of (id, p, ts) are by p desc nulls last, day(ts), id desc."""
    rows = lakelet_rows(path)
    keys = [(row["p"] is None, tuple(-ord(c) for c in row["p"] or ""), row["ts"].date(), -row["id"]) for row in rows]
    return keys == sorted(keys)


def lakelet_rows(path):
    return pq.read_table(path.removeprefix("file://")).select(["id", "p", "ts"]).to_pylist()


def data_files(path):
    table = pyiceberg_table(path)
    return [entry.data_file for manifest in table.current_snapshot().manifests(table.io) for entry in manifest.fetch_manifest_entry(table.io) if entry.data_file.content.value == 0]


ORDERED_ROWS = "select (i * 7919) % 1009 id, case i % 4 when 0 then null else 'p' || i % 4 end p, timestamp '2024-01-01' + to_hours(i % 97) ts from range({}, {}) r(i)"


def ordered(lakelet, version="2", by=None, **properties):
    create(lakelet, "id bigint, p varchar, ts timestamp", by, **{"format-version": version, **properties})
    lakelet.ok("sql", "alter table 't' write ordered by p desc nulls last, day(ts), id desc")


def check_order(lakelet, path, readers=tuple(READERS)):
    """All files are in the order."""
    files = data_files(path)
    assert files and all(is_sorted(file.file_path) for file in files)
    expected = lakelet.rows("from 't'")
    for reader in readers:
        assert_same_rows(READERS[reader](path), expected)
    return expected


@pytest.mark.parametrize("mode", ["copy-on-write", "merge-on-read"])
@pytest.mark.parametrize("version", ["2", "3"])
@pytest.mark.parametrize("by", [None, "p"])
def test_rows_that_change_come_in_the_tables_order(lakelet, tmp_path, by, version, mode):
    ordered(lakelet, version, by, **{"write.delete.mode": mode})
    lakelet.ok("sql", f"insert into 't' (id, p, ts) {ORDERED_ROWS.format(0, 1000)}")
    check_order(lakelet, tmp_path / "t")
    # Of tables with two vectors in one Puffin file DuckDB's extension 1.5.5 takes the one for the other, now and then.
    readers = ("pyiceberg",) if (version, mode) == ("3", "merge-on-read") else tuple(READERS)
    plain = duckdb.connect()
    plain.execute(f"create table t as {ORDERED_ROWS.format(0, 1000)}")
    changes = ["update {} as t set id = 5000 - id, ts = ts + interval 1 day where id % 3 = 0", "delete from {} as t where id % 7 = 2",
               f"merge into {{}} as t using ({ORDERED_ROWS.format(500, 1200)}) s on t.id = s.id when matched then update set p = 'p9' when not matched then insert values (s.id, s.p, s.ts)",
               f"merge into {{}} as t using ({ORDERED_ROWS.format(100, 1009)}) s on t.id = s.id when matched and s.id % 2 = 0 then delete when matched then update set id = s.id, p = s.p, ts = s.ts"]
    for change in changes:
        lakelet.ok("sql", change.format("'t'"))
        plain.execute(change.format("t"))
        assert_same_rows(check_order(lakelet, tmp_path / "t", readers), plain.execute("from t").to_arrow_table())
    if version == "3":
        row_ids = lakelet.rows("select _row_id from lake_scan('t', row_ids => true)")["_row_id"].to_pylist()
        assert len(set(row_ids)) == len(row_ids)


def test_optimize_goes_by_the_tables_order(lakelet, tmp_path):
    create(lakelet, "id bigint, p varchar, ts timestamp")
    for i in range(3):
        lakelet.ok("sql", f"insert into 't' (id, p, ts) {ORDERED_ROWS.format(300 * i, 300 * i + 300)}")
    expected = lakelet.rows("from 't'")
    lakelet.ok("sql", "alter table 't' write ordered by p desc nulls last, day(ts), id desc")
    assert "placed by p, day(ts), id (sort)" in lakelet.run("optimize", "t", "--dry-run").stderr
    lakelet.ok("optimize", "t")
    assert_same_rows(check_order(lakelet, tmp_path / "t"), expected)
    assert len(data_files(tmp_path / "t")) == 1
    # Another order that somebody asks for counts more, and isn't the table's.
    lakelet.ok("optimize", "t", "--sort-by", "id", "--full")
    (file,) = data_files(tmp_path / "t")
    assert [row["id"] for row in lakelet_rows(file.file_path)] == sorted(expected["id"].to_pylist())
    lakelet.ok("optimize", "t", "--full")
    assert_same_rows(check_order(lakelet, tmp_path / "t"), expected)
    lakelet.ok("sql", "alter table 't' write unordered")
    error = lakelet.run("optimize", "t", "--full")
    assert error.returncode == 2 and "sort order" in error.stderr


def test_an_order_of_the_statement_counts_more(lakelet, tmp_path):
    create(lakelet, "id bigint, x double")
    lakelet.ok("sql", "alter table 't' write ordered by id")
    lakelet.ok("sql", "insert into 't' select i, i from range(100) r(i) order by i desc")
    (file,) = data_files(tmp_path / "t")
    assert pq.read_table(file.file_path.removeprefix("file://"))["id"].to_pylist() == list(range(99, -1, -1))
    lakelet.ok("sql", "create or replace table 't' (id bigint, x double) with (format = 'iceberg'); alter table 't' write ordered by x")
    lakelet.ok("sql", "insert into 't' select i, 100 - i from range(100) r(i)")
    (file,) = data_files(tmp_path / "t")
    assert pq.read_table(file.file_path.removeprefix("file://"))["id"].to_pylist() == list(range(99, -1, -1))


def test_orders_by_buckets_and_other_transforms(lakelet, tmp_path):
    create(lakelet, "id bigint, s varchar, d date, z timestamptz, n decimal(10, 2)")
    lakelet.ok("sql", "alter table 't' write ordered by bucket(8, id), truncate(2, s) desc, month(d), hour(z), truncate(10, n), id")
    lakelet.ok("sql", "insert into 't' select i, case when i % 10 = 0 then null else 'x' || (i * 31) % 97 end, date '1969-01-01' + (i % 700)::int, "
                      "timestamptz '1969-12-31 00:00:00+00' + to_minutes(i * 7), ((i * 37 % 1000) / 7 - 50)::decimal(10, 2) from range(2000) r(i)")
    table = pyiceberg_table(tmp_path / "t")
    order, schema = table.sort_order(), table.schema()
    (file,) = data_files(tmp_path / "t")
    by = [(schema.find_field(field.source_id), field.transform.transform(schema.find_type(field.source_id)), field) for field in order.fields]
    arrow = table.scan().to_arrow().to_pylist()
    stored = pq.read_table(file.file_path.removeprefix("file://")).to_pylist()
    assert len(stored) == 2000 and len(arrow) == 2000

    def key(row):
        parts = []
        for column, transform, field in by:
            value = internal(row[column.name])
            value = None if value is None else transform(value)
            descends, nulls_first = field.direction.value == "desc", field.null_order.value == "nulls-first"
            number = None if value is None else (value if not isinstance(value, str) else int.from_bytes(value.encode().ljust(8, b"\0"), "big"))
            parts.append((value is None) != nulls_first)
            parts.append(0 if value is None else (-number if descends else number))
        return parts

    keys = [key(row) for row in stored]
    assert keys == sorted(keys)


def internal(value):
    """As pyiceberg's transforms take it."""
    if isinstance(value, datetime.datetime):
        return int((value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.date):
        return (value - datetime.date(1970, 1, 1)).days
    return value


@pytest.mark.parametrize("by", [None, "p"])
def test_new_rows_come_in_the_tables_order(lakelet, tmp_path, by):
    create(lakelet, "id bigint, p varchar, ts timestamp", by)
    lakelet.ok("sql", "alter table 't' write ordered by p desc nulls last, day(ts), id desc")
    rows = "select (i * 7919) % 10007 id, case i % 4 when 0 then null else 'p' || i % 4 end p, timestamp '2024-01-01' + to_hours(i % 97) ts from range(10007) r(i)"
    lakelet.ok("sql", f"insert into 't' (ts, id, p) select ts, id, p from ({rows})")
    seen = 0
    for file in sorted((tmp_path / "t" / "data").rglob("*.parquet")):
        got = lakelet.rows(f"select p, ts::date d, id from read_parquet('{file}')").to_pylist()
        keys = [(row["p"] is None, tuple(-ord(c) for c in row["p"] or ""), row["d"], -row["id"]) for row in got]
        assert keys == sorted(keys)
        seen += len(got)
    assert seen == 10007 and (by is not None) == (len(list((tmp_path / "t" / "data").rglob("*.parquet"))) > 1)
    # An order that the statement itself asks for stays, and one by buckets is none for lakelet.
    for order in ("id desc", "bucket(8, id)"):
        lakelet.ok("sql", f"create or replace table 'u' (id bigint) with (format = 'iceberg'); alter table 'u' write ordered by {order}")
        lakelet.ok("sql", "insert into 'u' from range(1000) order by range")
        assert lakelet.rows("from 'u'")["id"].to_pylist() == list(range(1000))
