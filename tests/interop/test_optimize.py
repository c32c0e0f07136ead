"""Tables that lakelet optimized, read by deltalake and DuckDB's delta extension: partitions, deletion vectors, column
mapping, row tracking, change feed, clustered tables; and what the log says."""

import json

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder
from readers import assert_same_rows, duckdb_rows

SCHEMA = "id bigint, day date, city string, amount double, tags array<string>"
ROWS = """select i as id, date '2024-01-01' + (i % 3)::int as day, if(i % 11 = 0, null, 'city ' || i % 17) as city,
 (i * 7919 % 1000) / 8.0 as amount, if(i % 5 = 0, null, ['a', 't' || i % 4]) as tags from range({}, {}) r(i)"""


def make(lakelet, *options, files=6, rows=500):
    lakelet.ok("create", "t", "--schema", SCHEMA, *options)
    for n in range(files):
        lakelet.ok("sql", f"insert into 't' {ROWS.format(n * rows, (n + 1) * rows)}")


def actions(path, version):
    return [json.loads(line) for line in (path / "_delta_log" / f"{version:020}.json").read_text().splitlines()]


def of(path, version, kind):
    return [action[kind] for action in actions(path, version) if kind in action]


def version_of(path):
    return max(int(commit.stem) for commit in (path / "_delta_log").glob("*[0-9].json") if commit.stem.isdigit())


def deltalake_rows(path):
    return pa.table(QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t").read_all())


def assert_all_read(lakelet, path, expected):
    assert_same_rows(lakelet.rows("from 't'"), expected, "lakelet")
    assert_same_rows(duckdb_rows(path), expected, "duckdb")
    assert_same_rows(deltalake_rows(path), expected, "deltalake")


LAYOUTS = {
    "plain": (),
    "partitioned": ("--partition-by", "day"),
    "vectors": ("--property", "delta.enableDeletionVectors=true"),
    "vectors in partitions": ("--property", "delta.enableDeletionVectors=true", "--partition-by", "day,city"),
    "mapped": ("--property", "delta.columnMapping.mode=name", "--partition-by", "day"),
    "mapped by id": ("--property", "delta.columnMapping.mode=id"),
    "appends only": ("--property", "delta.appendOnly=true"),
}
WAYS = {"compact": (), "z-order": ("--z-order", "city,amount"), "hilbert": ("--hilbert", "amount,id"), "sort": ("--sort-by", "amount,id")}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_rows_are_the_same_and_the_files_fewer(lakelet, tmp_path, layout, way):
    if way == "z-order" and layout == "vectors in partitions":
        way = "hilbert"  # city is a partition column there
    path = tmp_path / "t"
    make(lakelet, *LAYOUTS[layout])
    if "vectors" in layout:
        lakelet.ok("delete", "t", "--where", "id % 13 = 4 or id between 700 and 720")
    expected, expected_of_duckdb = lakelet.rows("from 't'"), duckdb_rows(path)
    files = len(lakelet.json("files", "t"))
    report = lakelet.report("optimize", "t", *WAYS[way])
    assert report["files_removed"] == files and report["files_added"] < files
    assert_same_rows(lakelet.rows("from 't'"), expected, "lakelet")
    assert_same_rows(deltalake_rows(path), expected, "deltalake")
    # It reads tables with column mapping in its own way, before as after.
    assert_same_rows(duckdb_rows(path), expected_of_duckdb if "mapped" in layout else expected, "duckdb")
    version = version_of(path)
    assert version == report["version"]
    adds, removes = of(path, version, "add"), of(path, version, "remove")
    assert len(adds) == report["files_added"] and len(removes) == files
    assert not any(action["dataChange"] for action in adds + removes)
    assert not any("deletionVector" in add for add in adds)
    assert all(json.loads(add["stats"])["numRecords"] > 0 for add in adds)
    assert lakelet.report("optimize", "t", *WAYS[way])["version"] is None  # nothing is left to do
    assert version_of(path) == version


def test_the_history_says_what_spark_says(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet, "--partition-by", "day", "--property", "delta.enableDeletionVectors=true")
    lakelet.ok("delete", "t", "--where", "id = 4 or id = 700")
    lakelet.ok("optimize", "t", "--z-order", "city,amount", "--where", "day < '2024-01-03'")
    (info,) = of(path, version_of(path), "commitInfo")
    assert info["operation"] == "OPTIMIZE" and info["isBlindAppend"] is False
    parameters = info["operationParameters"]
    assert json.loads(parameters["predicate"]) == ["day < '2024-01-03'"]
    assert json.loads(parameters["zOrderBy"]) == ["city", "amount"] and json.loads(parameters["clusterBy"]) == []
    assert parameters["auto"] == "false"
    metrics = info["operationMetrics"]
    adds = of(path, version_of(path), "add")
    sizes = sorted(add["size"] for add in adds)
    assert metrics["numAddedFiles"] == len(adds) == 2 and metrics["numRemovedFiles"] == 12
    assert metrics["numAddedBytes"] == sum(sizes) and metrics["minFileSize"] == sizes[0] and metrics["maxFileSize"] == sizes[-1]
    assert metrics["numRemovedBytes"] == sum(remove["size"] for remove in of(path, version_of(path), "remove"))
    assert metrics["numDeletionVectorsRemoved"] == 2
    assert sizes[0] <= metrics["p25FileSize"] <= metrics["p50FileSize"] <= metrics["p75FileSize"] <= sizes[-1]
    assert DeltaTable(str(path)).history(1)[0]["operation"] == "OPTIMIZE"


def test_a_purge_takes_files_with_vectors_alone(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet, "--property", "delta.enableDeletionVectors=true", files=4)
    lakelet.ok("delete", "t", "--where", "id = 3 or id = 1203")
    expected = lakelet.rows("from 't'")
    plan = lakelet.json("optimize", "t", "--purge", "--dry-run")
    assert [group["files"] for group in plan] == [2] and plan[0]["deleted_rows"] == 2
    assert version_of(path) == 5
    report = lakelet.report("optimize", "t", "--purge")
    assert report["files_removed"] == 2 and report["rows_purged"] == 2
    (info,) = of(path, 6, "commitInfo")
    assert info["operation"] == "REORG" and info["operationParameters"]["applyPurge"] == "true"
    assert_all_read(lakelet, path, expected)
    assert lakelet.report("optimize", "t", "--purge")["version"] is None


def test_rows_keep_their_ids(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet, "--property", "delta.enableRowTracking=true", "--property", "delta.enableDeletionVectors=true", files=3)
    lakelet.ok("update", "t", "--set", "amount = amount + 1", "--where", "id % 9 = 2")
    known = "from delta_scan('t', row_ids => true)"
    before = lakelet.rows(known)
    for options in ((), ("--z-order", "id,amount"), ("--sort-by", "amount")):
        lakelet.ok("optimize", "t", *options)
        assert_same_rows(lakelet.rows(known), before)
    (info,) = of(path, version_of(path), "commitInfo")
    assert info["tags"]["delta.rowTracking.preserved"] == "true"
    (mark,) = of(path, version_of(path), "domainMetadata")
    assert json.loads(mark["configuration"])["rowIdHighWaterMark"] >= 1500


def test_the_change_feed_is_silent(lakelet, tmp_path):
    make(lakelet, "--property", "delta.enableChangeDataFeed=true", files=3)
    lakelet.ok("update", "t", "--set", "amount = 0", "--where", "id < 10")
    version = version_of(tmp_path / "t")
    lakelet.ok("optimize", "t", "--z-order", "id,amount")
    assert lakelet.rows(f"from lake_changes('t', {version + 1})").num_rows == 0
    feed = DeltaTable(str(tmp_path / "t")).load_cdf(starting_version=version + 1)
    assert pa.table(feed.read_all()).num_rows == 0


def clustered(path, columns, physical=None):
    """Makes a table a clustered one, as Spark's CLUSTER BY does."""
    version = version_of(path) + 1
    commit = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": ["appendOnly", "invariants", "clustering", "domainMetadata"]}},
        {"domainMetadata": {"domain": "delta.clustering", "configuration": json.dumps({"clusteringColumns": [[name] for name in columns]}), "removed": False}},
        {"commitInfo": {"timestamp": 1704067200000, "operation": "CLUSTER BY", "operationParameters": {}}},
    ]
    (path / "_delta_log" / f"{version:020}.json").write_text("".join(json.dumps(action) + "\n" for action in commit))


def test_a_clustered_table(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet)
    clustered(path, ["city", "amount"])
    expected = lakelet.rows("from 't'")
    report = lakelet.report("optimize", "t")
    assert report["files_removed"] == 6
    adds = of(path, version_of(path), "add")
    assert {add["clusteringProvider"] for add in adds} == {"liquid"}
    assert {add["tags"]["ZCUBE_ZORDER_BY"] for add in adds} == {'["city","amount"]'} and len({add["tags"]["ZCUBE_ID"] for add in adds}) == 1
    (info,) = of(path, version_of(path), "commitInfo")
    assert json.loads(info["operationParameters"]["clusterBy"]) == ["city", "amount"]
    assert json.loads(info["operationParameters"]["zOrderBy"]) == []
    assert_all_read(lakelet, path, expected)
    assert lakelet.report("optimize", "t")["version"] is None
    assert "clustered by" in lakelet.fails(2, "optimize", "t", "--z-order", "id")
    lakelet.ok("sql", f"insert into 't' {ROWS.format(3000, 3500)}")
    before = lakelet.rows("from 't'")
    assert lakelet.report("optimize", "t")["files_removed"] >= 1
    assert_all_read(lakelet, path, before)
    assert lakelet.report("optimize", "t")["version"] is None
    files = len(lakelet.json("files", "t"))
    assert lakelet.report("optimize", "t", "--full")["files_removed"] == files


def test_a_table_that_we_clustered(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet)
    lakelet.ok("sql", "alter table 't' set ('lakelet.clusterBy' = 'city, amount')")
    (info,) = of(path, version_of(path), "commitInfo")
    assert (info["operation"], info["operationParameters"]) == ("CLUSTER BY", {"oldClusteringColumns": "", "newClusteringColumns": "city,amount"})
    (domain,) = of(path, version_of(path), "domainMetadata")
    assert json.loads(domain["configuration"])["clusteringColumns"] == [["city"], ["amount"]]
    expected = lakelet.rows("from 't'")
    assert lakelet.report("optimize", "t")["files_removed"] == 6
    assert {add["clusteringProvider"] for add in of(path, version_of(path), "add")} == {"liquid"}
    lakelet.ok("alter", "t", "set-property", "lakelet.clusterBy=id")
    assert lakelet.report("optimize", "t", "--full")["files_removed"] > 0
    lakelet.ok("alter", "t", "set-property", "lakelet.clusterBy=")
    assert_all_read(lakelet, path, expected)
    lakelet.ok("optimize", "t", "--z-order", "id,amount")
    assert_all_read(lakelet, path, expected)
    for wrong in ("nope", "tags"):
        lakelet.fails(2, "alter", "t", "set-property", f"lakelet.clusterBy={wrong}")
    lakelet.ok("alter", "t", "set-property", "lakelet.clusterBy=day")
    assert "lakelet.clusterBy" not in lakelet.json("metadata", "t")["properties"]
    lakelet.ok("sql", "create or replace table './t' (id bigint, v varchar); insert into 't' values (1, 'x')")
    assert lakelet.report("optimize", "t")["version"] is None
    assert_all_read(lakelet, path, pa.table({"id": [1], "v": ["x"]}))


def test_cluster_by_in_sql(lakelet, tmp_path):
    path = tmp_path / "t"

    def clustering(version):
        (domain,) = of(path, version, "domainMetadata")
        return json.loads(domain["configuration"])["clusteringColumns"]

    lakelet.ok("sql", "create table './t' (id bigint, city varchar, s struct(x int)) cluster by (city, s.x) with ('delta.enableDeletionVectors' = 'true')")
    assert clustering(0) == [["city"], ["s", "x"]]
    assert lakelet.json("metadata", "t")["properties"] == {"delta.enableDeletionVectors": "true"}
    lakelet.ok("sql", "insert into './t' select i, 'c' || i % 5, {'x': i} from range(100) r(i)")
    lakelet.ok("sql", "alter table './t' cluster by (ID)")
    assert clustering(2) == [["id"]]
    lakelet.ok("sql", "insert into './t' select i, 'c' || i % 5, {'x': i} from range(100) r(i)")
    expected = lakelet.rows("from './t'")
    assert lakelet.report("optimize", "t")["files_removed"] == 2
    lakelet.ok("sql", "alter table './t' cluster by none")
    assert clustering(5) == []
    assert_all_read(lakelet, path, expected)
    lakelet.ok("sql", "create table './k' cluster by (k) as select 1 as k")
    lakelet.ok("sql", "create or replace table './k' cluster by (m) as select 2 as m")  # a column that no file knew
    assert lakelet.rows("from './k'").to_pylist() == [{"m": 2}]
    lakelet.ok("sql", "create or replace table './k' cluster by (k) as select 1 as k")
    assert lakelet.rows("from './k'").to_pylist() == [{"k": 1}]
    assert "SORTED BY" in lakelet.fails(5, "sql", "create table './i' (id bigint) sorted by (id)")
    assert "clustered" in lakelet.fails(5, "sql", "create table './i' (id bigint) cluster by (id) with (format = 'iceberg')")
    assert not (tmp_path / "i").exists()


def test_files_of_another_clustering_implementation_stay(lakelet, tmp_path):
    path = tmp_path / "t"
    make(lakelet, files=2)
    clustered(path, ["id"])
    version = version_of(path)
    adds = [add for commit in (1, 2) for add in of(path, commit, "add")]
    lines = [{"add": add | {"clusteringProvider": "somebody", "dataChange": False}} for add in adds]
    (path / "_delta_log" / f"{version + 1:020}.json").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert lakelet.report("optimize", "t")["version"] is None
    assert lakelet.report("optimize", "t", "--full")["version"] is None


def test_z_order_lets_queries_skip_files(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "a bigint, b bigint, v string")
    lakelet.ok("sql", "insert into 't' select hash(i) % 100000, hash(i + 1000000007) % 100000, md5(i::varchar) from range(300000) r(i)")
    lakelet.ok("optimize", "t", "--z-order", "a,b", "--target-size", "200kB", "--row-group-rows", "4096")
    total = len(lakelet.json("files", "t"))
    assert total >= 20
    con = duckdb.connect()
    for where in ("a between 1000 and 2000 and b between 50000 and 51000", "a = 77777 and b > 99000", "b < 300 and a < 300"):
        adds = [json.loads(add["stats"]) for add in of(tmp_path / "t", version_of(tmp_path / "t"), "add")]
        bounds = [(s["minValues"]["a"], s["maxValues"]["a"], s["minValues"]["b"], s["maxValues"]["b"]) for s in adds]
        assert len(bounds) == total
        found = lakelet.rows(f"select count(*)::bigint n from 't' where {where}").to_pylist()[0]["n"]
        expected = con.execute(f"select count(*) from (select hash(i) % 100000 a, hash(i + 1000000007) % 100000 b from range(300000) r(i)) where {where}").fetchone()[0]
        assert found == expected
    # Boxes of a hundredth of each side, all over the square: in the mean, few files may hold rows of one.
    corners = [(a, b) for a in range(0, 100000, 7000) for b in range(0, 100000, 7000)]
    opened = [sum(f[0] <= a + 1000 and f[1] >= a and f[2] <= b + 1000 and f[3] >= b for f in bounds) for a, b in corners]
    assert sum(opened) / len(corners) <= total / 8, sorted(bounds)


def test_an_interrupted_run_goes_on(lakelet, tmp_path):
    make(lakelet, files=12, rows=200)
    expected = lakelet.rows("from 't'")
    size = lakelet.json("files", "t")[0]["bytes"]
    report = lakelet.report("optimize", "t", "--commit-bytes", f"{size * 4}")
    assert report["commits"] >= 3
    assert_all_read(lakelet, tmp_path / "t", expected)
    assert len(lakelet.json("files", "t")) == 1
    assert lakelet.report("optimize", "t")["version"] is None


def test_what_cannot_be_is_refused(lakelet):
    make(lakelet, "--partition-by", "day", files=1, rows=10)
    assert "no column nope" in lakelet.fails(2, "optimize", "t", "--z-order", "nope")
    assert "list" in lakelet.fails(2, "optimize", "t", "--z-order", "tags")
    assert "partition column" in lakelet.fails(2, "optimize", "t", "--z-order", "day")
    assert "one way" in lakelet.fails(2, "optimize", "t", "--z-order", "id", "--sort-by", "id")
    assert "newest version" in lakelet.fails(2, "optimize", "t@v0")
    lakelet.fails(3, "optimize", "nowhere")
    lakelet.fails(7, "optimize", "t", "--if-version", "0", "--sort-by", "id")
