"""The changes of Iceberg tables, beside the same statements on a plain DuckDB table, whose versions are compared row by row."""

import duckdb
import pyarrow as pa
import pytest

ROWS = "select i as id, (i % 3)::int as p, case when i % 4 <> 0 then 'r' || i % 5 end as s from range(40) r(i)"
STATEMENTS = [
    "update t set s = 'u' where id % 7 = 0",
    "delete from t where p = 1 and id > 20",
    "insert into t select i, 1, NULL from range(100, 104) r(i)",
    "insert into t select * from t where id = 3",  # a duplicate
    "update t set id = id where id < 5",  # changes nothing
    "delete from t where id = 3",
    "merge into t using (select i as id, 9 as p from range(0, 50, 5) r(i)) n on t.id = n.id when matched and n.id > 30 then delete "
    "when matched then update set s = 'm', p = n.p when not matched then insert values (n.id, n.p, 'n')",
    "delete from t where p = 9",
]
MODES = [("1", "copy-on-write"), ("2", "copy-on-write"), ("2", "merge-on-read"), ("3", "copy-on-write"), ("3", "merge-on-read")]


def versions(lakelet, name):
    newest_first = lakelet.rows(f"select version from lake_history('{name}')").column("version").to_pylist()
    return newest_first[::-1]


def bag(table):
    return sorted(map(repr, table.to_pylist()))


@pytest.mark.parametrize("partitioned", ["", "partitioned by (p)"], ids=["plain", "partitioned"])
@pytest.mark.parametrize("version,mode", MODES)
def test_each_version_tells_what_its_statement_did(lakelet, version, mode, partitioned):
    lakelet.ok("sql", f"create table 't' (id bigint, p int, s varchar) {partitioned} with (format = 'iceberg', \"format-version\" = '{version}', \"write.delete.mode\" = '{mode}')")
    lakelet.ok("sql", f"insert into 't' {ROWS}")
    con = duckdb.connect()
    con.execute(f"create table t as {ROWS}; create table before as from t limit 0")
    for statement in [None, *STATEMENTS]:
        if statement:
            con.execute("create or replace table before as from t")
            con.execute(statement)
            lakelet.ok("sql", statement.replace("from t ", "from 't' t ").replace("update t ", "update 't' t ").replace("into t ", "into 't' t ").replace("into 't' t select", "into 't' select"))
        newest = versions(lakelet, "t")[-1]
        for kind, one, other in (("insert", "t", "before"), ("delete", "before", "t")):
            ours = lakelet.rows(f"select id, p, s from lake_changes('t', {newest}, {newest}) where _change_type = '{kind}'")
            assert bag(ours) == bag(con.execute(f"from {one} except all from {other}").to_arrow_table()), (statement, kind)
    whole = lakelet.rows("select _change_type, count(*) as n from lake_changes('t', 0) group by all")
    counts = {each["_change_type"]: each["n"] for each in whole.to_pylist()}
    assert counts["insert"] - counts["delete"] == con.execute("select count(*) from t").fetchone()[0]
    assert set(counts) == {"insert", "delete"}


def test_upkeep_changes_no_row(lakelet):
    lakelet.ok("sql", "create table 't' (id bigint, s varchar) with (format = 'iceberg')")
    for i in range(4):
        lakelet.ok("sql", f"insert into 't' values ({i}, 'a')")
    before = lakelet.rows("from lake_changes('t', 0)")
    lakelet.ok("optimize", "t")
    lakelet.ok("compact-log", "t")
    assert len(versions(lakelet, "t")) == 6
    assert bag(lakelet.rows("from lake_changes('t', 0)")) == bag(before)
    newest = versions(lakelet, "t")[-1]
    assert lakelet.rows(f"from lake_changes('t', {newest})").num_rows == 0


def test_rows_have_the_newest_columns(lakelet):
    lakelet.ok("sql", "create table 't' (id int, s varchar, gone int) with (format = 'iceberg')")
    lakelet.ok("sql", "insert into 't' values (1, 'a', 5), (2, 'b', 6)")
    lakelet.ok("sql", "alter table 't' rename column s to name; alter table 't' drop column gone; alter table 't' alter column id type bigint; alter table 't' add column more int")
    lakelet.ok("sql", "update 't' set more = 7 where id = 1")
    rows = lakelet.rows("select id, name, more, _change_type from lake_changes('t', 0) order by all")
    assert rows.schema.field("id").type == pa.int64()
    assert [tuple(row.values()) for row in rows.to_pylist()] == [(1, "a", 7, "insert"), (1, "a", None, "delete"), (1, "a", None, "insert"), (2, "b", None, "insert")]


def test_zero_and_its_negative(lakelet):
    lakelet.ok("sql", "create table 't' (id bigint, v double, f float) with (format = 'iceberg')")
    lakelet.ok("sql", "insert into 't' values (1, 0.0, 0.0), (2, 'nan', 'nan'), (3, NULL, NULL)")
    lakelet.ok("sql", "update 't' set v = -v, f = -f where id <> 2")
    newest = versions(lakelet, "t")[-1]
    rows = lakelet.rows(f"select id, v::varchar as v, f::varchar as f, _change_type as t from lake_changes('t', {newest}) order by all")
    assert [tuple(row.values()) for row in rows.to_pylist()] == [(1, "-0.0", "-0.0", "insert"), (1, "0.0", "0.0", "delete")]


def test_every_surface_has_them(lakelet, tmp_path):
    import lakelet as module

    lakelet.ok("sql", "create table 't' (id bigint) with (format = 'iceberg')")
    lakelet.ok("sql", "insert into 't' values (1), (2)")
    lakelet.ok("delete", "t", "--where", "id = 1")
    first, second = versions(lakelet, "t")
    expected = [("insert", 1), ("insert", 2), ("delete", 1)]
    shown = lakelet.json("changes", "t", "--from", str(first), "--cols", "_change_type,id")
    assert sorted((row["_change_type"], row["id"]) for row in shown) == sorted(expected)
    assert lakelet.json("changes", "t", "--from", str(second), "--cols", "id") == [{"id": 1}]
    assert bag(lakelet.rows("from iceberg_scan('t', changes_from => 0)")) == bag(lakelet.rows("from lake_changes('t', 0)"))
    table = module.open(str(tmp_path / "t"))
    scan = table.changes(first)
    assert sorted(map(tuple, scan.select("_change_type", "id"))) == sorted(expected)
    assert [row["id"] for row in scan.where("_change_type = 'delete'").to_pylist()] == [1]
    with pytest.raises(module.UnsupportedFeature, match="can't be split"):
        scan.splits()


def test_ranges(lakelet):
    lakelet.ok("sql", "create table 't' (id bigint) with (format = 'iceberg')")
    assert lakelet.rows("from lake_changes('t', 0)").num_rows == 0
    for i in range(3):
        lakelet.ok("sql", f"insert into 't' values ({i})")
    one, two, three = versions(lakelet, "t")
    ids = lambda *ends: lakelet.rows(f"select id from lake_changes('t', {', '.join(map(str, ends))}) order by id").column("id").to_pylist()  # noqa: E731
    assert (ids(0), ids(one, two), ids(two), ids(three, three)) == ([0, 1, 2], [0, 1], [1, 2], [2])
    times = lakelet.rows("select timestamp::varchar as t from lake_history('t') order by timestamp").column("t").to_pylist()
    assert ids(f"timestamp '{times[1]}'") == [1, 2]
    assert ids(f"timestamp '{times[0]}'", f"timestamp '{times[1]}'") == [0, 1]
    lakelet.ok("tag", "t", "here", "--at", str(two))
    assert lakelet.json("changes", "t", "--from", str(one), "--to", str(two), "--cols", "id") == [{"id": 0}, {"id": 1}]
    assert "has no snapshot 5" in lakelet.fails(3, "changes", "t", "--from", "5")
    assert "the end of the range is before the beginning" in lakelet.fails(2, "changes", "t", "--from", str(three), "--to", str(one))
    lakelet.ok("tag", "t", "here", "--drop")
    lakelet.ok("vacuum", "t", "--retention", "0s", "--force")
    assert versions(lakelet, "t") == [three]
    assert "the one before it has expired" in lakelet.fails(3, "changes", "t", "--from", str(three))


def test_another_branch_has_changes_of_its_own(lakelet):
    lakelet.ok("sql", "create table 't' (id bigint) with (format = 'iceberg')")
    lakelet.ok("sql", "insert into 't' values (1)")
    lakelet.ok("branch", "t", "b")
    lakelet.ok("sql", "insert into 't@b' values (2)")
    lakelet.ok("sql", "insert into 't' values (3)")
    assert lakelet.rows("select id from lake_changes('t', 0) order by id").column("id").to_pylist() == [1, 3]
    assert lakelet.rows("select id from lake_scan('t', changes_from => 0, ref => 'b') order by id").column("id").to_pylist() == [1, 2]
    staged = [v for v in versions(lakelet, "t") if lakelet.run("changes", "t", "--from", str(v)).returncode != 0]
    assert len(staged) == 1 and "another line's" in lakelet.fails(3, "changes", "t", "--from", str(staged[0]))
