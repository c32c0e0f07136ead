"""Change data files and row ids that lakelet writes: beside deltalake's reading, and beside the two versions of each commit."""

import collections
import concurrent.futures
import json
import os
import random

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from readers import assert_same_rows, canonical, plain

FEED = "delta.enableChangeDataFeed=true"
LAYOUTS = {
    "plain": [],
    "partitioned": [],
    "vectors": ["delta.enableDeletionVectors=true"],
    "mapped": ["delta.columnMapping.mode=name"],
    "mapped by id": ["delta.columnMapping.mode=id", "delta.enableDeletionVectors=true"],
}


def create(lakelet, layout, *more, schema="k bigint, p string, s string"):
    properties = [argument for p in [*LAYOUTS[layout], *more] for argument in ("--property", p)]
    by = ["--partition-by", "p"] if layout not in ("plain", "vectors") else []
    lakelet.ok("create", "t", "--schema", schema, *by, *properties)


def version(lakelet):
    return lakelet.json("history", "t", "--limit", "1")[0]["version"]


def log(lakelet, version):
    with open(os.path.join(str(lakelet.cwd), "t", "_delta_log", f"{version:020}.json")) as file:
        return [json.loads(line) for line in file]


def actions(lakelet, version, kind):
    return [action[kind] for action in log(lakelet, version) if kind in action]


def bag(table):
    return collections.Counter(canonical(table, ["k", "p", "s"]))


def check_feed(lakelet, version):
    """The changes of a version are what its rows have more and less than the version before. Returns them."""
    changes = lakelet.rows(f"from lake_changes('t', {version}, {version})")
    gone, come = collections.Counter(), collections.Counter()
    for row, kind in zip(zip(*(changes.column(c).to_pylist() for c in "kps")), changes.column("_change_type").to_pylist()):
        (gone if kind in ("delete", "update_preimage") else come)[tuple(plain(value) for value in row)] += 1
    before, after = (bag(lakelet.rows(f"from 't' at (version => {v})")) for v in (version - 1, version))
    assert before + come == after + gone, version
    assert not gone - before and not come - after, version
    kinds = changes.column("_change_type").to_pylist()
    assert kinds.count("update_preimage") == kinds.count("update_postimage")
    return changes


def check_with_deltalake(lakelet, newest):
    path = os.path.join(str(lakelet.cwd), "t")
    for v in range(newest + 1):
        theirs = pa.table(DeltaTable(path).load_cdf(v, v).read_all())
        ours = lakelet.rows(f"from lake_changes('t', {v}, {v})")
        columns = [column for column in ours.column_names if column != "_commit_timestamp"]
        assert_same_rows(ours.select(columns), theirs.select(columns), v)


class Statements:
    """Random ones; `{v}` in an update stands for what a model adds to its assignments."""

    def __init__(self, seed, texts=("'a'", "'b'", "'x/y=z %'")):
        self.random = random.Random(seed)
        self.texts = ("null", *texts)

    def number(self):
        return self.random.choice(["null", *map(str, range(15))])

    def row(self, k):
        return f"({k}, {self.random.choice(self.texts)}, {self.random.choice(['null', repr(''), repr('s')])})"

    def condition(self, of=""):
        n = self.random.randrange(15)
        return self.random.choice([f"{of}k = {n}", f"{of}k < {n}", f"{of}p = 'b'", f"{of}p is null", f"{of}s = 's'", f"{of}k is null", "true"])

    def assignment(self, of=""):
        return self.random.choice(["s = 'u'", "p = 'b'", "p = null", f"s = {of}p", "k = 7"])

    def merge(self):
        keys = self.random.sample(range(15), self.random.randrange(1, 8))
        text = (
            f"merge into 't' as target using (values {', '.join(self.row(k) for k in keys)}) as source(k, p, s) on target.k = source.k"
            " when matched and source.s is null then delete"
        )
        clauses = [
            f" when matched then update set {self.assignment('source.')}",
            " when not matched then insert (k, p, s) values (source.k, source.p, source.s)",
            f" when not matched by source and {self.condition('target.')} then delete",
        ]
        return text + "".join(clause for clause in clauses if self.random.random() < 0.7)

    def statement(self):
        return self.random.choice(
            [
                lambda: f"insert into 't' values {self.row(self.number())}, {self.row(self.number())}",
                lambda: f"insert into 't' (k, p, s) select k, p, s from 't' where {self.condition()}",
                lambda: f"delete from 't' where {self.condition()}",
                lambda: f"update 't' set {self.assignment()} where {self.condition()}",
                lambda: f"update 't' set {self.assignment()} where {self.condition()}",
                self.merge,
            ]
        )()

    def commit(self):
        count = self.random.choice([1, 1, 1, 2, 3])
        text = "; ".join(self.statement() for _ in range(count))
        return text if count == 1 else f"begin; {text}; commit"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_random_histories(lakelet, layout, seed):
    create(lakelet, layout, FEED, "delta.enableRowTracking=true")
    # deltalake's load_cdf doesn't find files whose path in the log is encoded.
    beside_deltalake = layout in ("plain", "partitioned")
    statements = Statements(f"{layout} {seed}", ("'a'", "'b'")) if beside_deltalake else Statements(f"{layout} {seed}")
    lakelet.ok("sql", "insert into 't' values (1, 'a', 's'), (2, 'b', null), (2, 'b', null), (3, null, 's'), (null, 'a', 'x')")
    newest, told = 1, 0
    for _ in range(10):
        text = statements.commit()
        before = lakelet.rows("from delta_scan('t', row_ids => true)").to_pylist()
        lakelet.ok("sql", text)
        if version(lakelet) == newest:
            continue
        newest += 1
        assert version(lakelet) == newest
        check_feed(lakelet, newest)
        told += len(actions(lakelet, newest, "cdc"))
        check_ids(lakelet, before, newest)
    assert told > 0
    if beside_deltalake:
        check_with_deltalake(lakelet, newest)


def check_ids(lakelet, before, newest):
    """No id is given twice; a row that says it is older than this version is just as it was."""
    after = lakelet.rows("from delta_scan('t', row_ids => true)").to_pylist()
    old, new = ({row["_row_id"]: row for row in rows} for rows in (before, after))
    assert len(new) == len(after) and None not in new
    highest = max(old, default=-1)
    for row_id, row in new.items():
        if row["_row_commit_version"] == newest:
            assert row_id in old or row_id > highest
        else:
            assert row == old[row_id]
    # A row that is gone: nothing else has its id.
    (domain,) = actions(lakelet, newest, "domainMetadata") or [None]
    if domain:
        assert json.loads(domain["configuration"])["rowIdHighWaterMark"] >= max(new, default=-1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written(lakelet, layout):
    create(lakelet, layout, FEED)
    lakelet.ok("sql", "insert into 't' select i, if(i % 2 = 0, 'a', 'b'), 's' from range(10) r(i)")
    assert not actions(lakelet, 1, "cdc")
    lakelet.ok("sql", "update 't' set s = 'u' where k < 3")
    files = actions(lakelet, 2, "cdc")
    assert files and all(file["path"].startswith("_change_data/") and file["dataChange"] is False and file["size"] > 0 for file in files)
    changes = check_feed(lakelet, 2)
    assert sorted(changes.column("_change_type").to_pylist()) == ["update_postimage"] * 3 + ["update_preimage"] * 3
    (info,) = actions(lakelet, 2, "commitInfo")
    assert info["operationMetrics"]["numAddedChangeFiles"] == len(files)
    lakelet.ok("sql", "update 't' set p = 'c' where k = 9")  # from one partition to another
    check_feed(lakelet, 3)
    lakelet.ok("sql", "delete from 't' where k = 0")
    assert check_feed(lakelet, 4).num_rows == 1
    lakelet.ok("sql", "delete from 't'")
    assert not actions(lakelet, 5, "cdc")
    assert check_feed(lakelet, 5).num_rows == 9


def test_overwrite_of_some_rows(lakelet):
    create(lakelet, "partitioned", FEED)
    lakelet.ok("sql", "insert into 't' select i, 'a', 's' from range(10) r(i)")
    lakelet.ok("import", "t", "-", "--input-format", "csv", "--mode", "overwrite", "--where", "k > 6", stdin="k,p,s\n8,b,n\n9,b,n\n")
    assert sorted(check_feed(lakelet, 2).column("_change_type").to_pylist()) == ["delete"] * 3 + ["insert"] * 2
    lakelet.ok("import", "t", "-", "--input-format", "csv", "--mode", "overwrite", stdin="k,p,s\n8,b,n\n")
    assert check_feed(lakelet, 3).num_rows == 10
    check_with_deltalake(lakelet, 3)


def test_nested_values_and_nulls(lakelet):
    create(lakelet, "plain", FEED, schema="k bigint, p struct<a: int, b: array<string>>, s map<string, double>")
    lakelet.ok("sql", "insert into 't' values (1, {'a': 1, 'b': ['x', null]}, map {'m': 1.5}), (2, null, null), (3, {'a': null, 'b': null}, map {})")
    lakelet.ok("sql", "update 't' set k = k + 10 where k > 1")
    lakelet.ok("sql", "begin; delete from 't' where k = 12; update 't' set k = 0 where k = 1; delete from 't' where k = 13; commit")
    check_feed(lakelet, 2)
    check_feed(lakelet, 3)


def test_not_null_columns_and_schema_changes(lakelet):
    lakelet.ok("create", "t", "--schema", "k bigint not null, p string, s string", "--property", FEED)
    lakelet.ok("sql", "insert into 't' values (1, 'a', 's'), (2, 'b', 's')")
    lakelet.ok("import", "t", "-", "--input-format", "csv", "--schema-mode", "merge", stdin="k,p,s,extra\n3,c,s,7\n")
    lakelet.ok("sql", "update 't' set s = 'u' where k <> 2")
    changes = check_feed(lakelet, 3)
    assert sorted(changes.column("extra").to_pylist(), key=str) == [7, 7, None, None]


def test_columns_of_the_feed_are_taken(lakelet):
    error = lakelet.fails(2, "create", "t", "--schema", "k bigint, _change_type string", "--property", FEED)
    assert "_change_type" in error


def test_row_tracking_of_a_new_table(lakelet):
    create(lakelet, "plain", "delta.enableRowTracking=true")
    (protocol,) = actions(lakelet, 0, "protocol")
    assert {"rowTracking", "domainMetadata"} <= set(protocol["writerFeatures"])
    lakelet.ok("sql", "insert into 't' select i, 'a', 's' from range(10) r(i)")
    (added,) = actions(lakelet, 1, "add")
    assert (added["baseRowId"], added["defaultRowCommitVersion"]) == (0, 1)
    assert actions(lakelet, 1, "domainMetadata") == [
        {"domain": "delta.rowTracking", "configuration": '{"rowIdHighWaterMark":9}', "removed": False}
    ]
    lakelet.ok("sql", "update 't' set s = 'u' where k = 3")
    (added,), (removed,) = actions(lakelet, 2, "add"), actions(lakelet, 2, "remove")
    assert (added["baseRowId"], added["defaultRowCommitVersion"]) == (10, 2)
    assert (removed["baseRowId"], removed["defaultRowCommitVersion"]) == (0, 1)
    (info,) = actions(lakelet, 2, "commitInfo")
    assert info["tags"] == {"delta.rowTracking.preserved": "true"}
    rows = lakelet.rows("select k, _row_id, _row_commit_version from delta_scan('t', row_ids => true) order by k").to_pylist()
    assert rows == [{"k": k, "_row_id": k, "_row_commit_version": 2 if k == 3 else 1} for k in range(10)]
    assert lakelet.rows("from 't'").num_rows == 10
    assert DeltaTable(os.path.join(str(lakelet.cwd), "t")).to_pyarrow_table().num_rows == 10


def test_row_tracking_switched_on_over_rows_without_ids(lakelet):
    create(lakelet, "plain")
    lakelet.ok("alter", "t", "set-property", "delta.enableChangeDataFeed=true")
    lakelet.ok("sql", "insert into 't' values (1, 'a', 's')")
    lakelet.ok("alter", "t", "set-property", "delta.enableRowTracking=true")
    lakelet.ok("sql", "update 't' set s = 'u'")
    assert check_feed(lakelet, 4).num_rows == 2
    assert lakelet.json("sql", "select s, _row_id, _row_commit_version from lake_scan('t', row_ids => true)") == [{"s": "u", "_row_id": 0, "_row_commit_version": 4}]


def test_ids_of_writers_at_once(lakelet):
    """Who loses a race takes the ids after the winner's, and the version that it gets in the end."""
    create(lakelet, "plain", "delta.enableRowTracking=true")

    def write(writer):
        for i in range(4):
            lakelet.ok("sql", f"insert into 't' values ({writer}, 'w', '{i}'), ({writer}, 'w', '{i}')")

    with concurrent.futures.ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    rows = lakelet.rows("from delta_scan('t', row_ids => true)").to_pylist()
    assert sorted(row["_row_id"] for row in rows) == list(range(32))
    assert collections.Counter(row["_row_commit_version"] for row in rows) == {v: 2 for v in range(1, 17)}


def test_a_transaction_that_also_changes_the_columns(lakelet):
    create(lakelet, "plain", FEED, "delta.enableRowTracking=true")
    lakelet.ok("sql", "insert into 't' values (1, 'a', 's'), (2, 'b', 's')")
    lakelet.ok("sql", "begin; alter table 't' add column x int; update 't' set x = 5 where k = 1; commit")
    changes = lakelet.rows("select k, x, _change_type as t from lake_changes('t', 2, 2) order by t").to_pylist()
    assert changes == [{"k": 1, "x": 5, "t": "update_postimage"}, {"k": 1, "x": None, "t": "update_preimage"}]
    rows = lakelet.rows("select k, x, _row_id, _row_commit_version from delta_scan('t', row_ids => true) order by k")
    assert [list(row.values()) for row in rows.to_pylist()] == [[1, 5, 0, 2], [2, None, 1, 1]]


@pytest.mark.parametrize("vectors", ["true", "false"])
@pytest.mark.parametrize("feed", ["true", "false"])
def test_a_transaction_that_switches_row_tracking_on_and_changes_rows(lakelet, vectors, feed):
    """Rows that no version had an id of get one each in this commit, those that it changed and those that it left."""
    create(lakelet, "plain", f"delta.enableDeletionVectors={vectors}", f"delta.enableChangeDataFeed={feed}")
    lakelet.ok("sql", "insert into 't' select i, 'a', 's' from range(10) r(i)")
    lakelet.ok("sql", "insert into 't' select i, 'b', 's' from range(10, 20) r(i)")
    lakelet.ok("sql", "begin; alter table 't' set ('delta.enableRowTracking' = 'true'); update 't' set s = 'u' where k in (3, 4); delete from 't' where k = 5; insert into 't' values (20, 'n', 's'); commit")
    ids = "select k, s, _row_id, _row_commit_version v from lake_scan('t', row_ids => true) order by k"
    first = lakelet.rows(ids).to_pylist()
    assert [(row["k"], row["s"]) for row in first] == [(k, "u" if k in (3, 4) else "s") for k in range(21) if k != 5]
    assert len({row["_row_id"] for row in first}) == 20 and None not in {row["_row_id"] for row in first}
    assert {row["v"] for row in first} == {3}
    (mark,) = actions(lakelet, 3, "domainMetadata")
    assert json.loads(mark["configuration"])["rowIdHighWaterMark"] >= max(row["_row_id"] for row in first)
    lakelet.ok("sql", "update 't' set s = 'v' where k = 3; insert into 't' values (21, 'n', 's')")
    lakelet.ok("optimize", "t")
    second = {row["k"]: row for row in lakelet.rows(ids).to_pylist()}
    assert {k: row["_row_id"] for k, row in second.items() if k != 21} == {row["k"]: row["_row_id"] for row in first}
    assert len({row["_row_id"] for row in second.values()}) == 21
    assert {k for k, row in second.items() if row["v"] != 3} == {3, 21}
