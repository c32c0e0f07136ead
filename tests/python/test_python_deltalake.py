"""lakelet.deltalake beside the real `deltalake` package: the same calls on the same inputs, and what both say of them.

Each test runs once with each package as `delta`; `compared` runs a step in both and compares what comes back.
"""

import datetime
import json
import time

import arro3.core
import deltalake as real
import deltalake.exceptions
import deltalake.fs
import deltalake.query
import deltalake.schema
import deltalake.table
import deltalake.transaction
import deltalake.writer
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pytest

import lakelet
import lakelet.deltalake as ours
import lakelet.deltalake.exceptions
import lakelet.deltalake.fs
import lakelet.deltalake.query
import lakelet.deltalake.schema
import lakelet.deltalake.table
import lakelet.deltalake.transaction
import lakelet.deltalake.writer
from side_by_side import BOTH, ROWS, made, pairs, printed, rows_of

UTC = datetime.timezone.utc

# --- what both write, both read


@pytest.mark.parametrize("writer", [real, ours], ids=["deltalake writes", "lakelet writes"])
def test_both_read_what_either_writes(here, writer):
    path, table = made(writer, here, partition_by="p")
    writer.write_deltalake(path, ROWS, mode="append")
    table.update_incremental()
    table.update({"s": "'changed'"}, predicate="id = 1")
    table.delete("id = 2")
    merge = pyarrow.table({"id": pyarrow.array([3, 9], pyarrow.int32()), "s": ["m", "n"], "p": ["y", "z"]})
    table.merge(merge, "s.id = t.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
    table.alter.add_columns([writer.Field("extra", "long") if writer is ours else real.Field("extra", real.schema.PrimitiveType("long"))])
    theirs, mine = real.DeltaTable(path), ours.DeltaTable(path)
    assert rows_of(theirs) == rows_of(mine) and len(rows_of(mine)) == 5
    for version in range(mine.version() + 1):
        assert rows_of(real.DeltaTable(path, version)) == rows_of(ours.DeltaTable(path, version)), version
    assert theirs.to_pyarrow_table().schema == mine.to_pyarrow_table().schema
    assert repr(theirs.schema()) == repr(mine.schema()) and theirs.schema().to_json() == mine.schema().to_json()
    assert (theirs.table_uri, theirs.version(), theirs.count()) == (mine.table_uri, mine.version(), mine.count())
    assert tuple(theirs.protocol()) == tuple(mine.protocol())
    assert str(theirs.metadata()) == str(mine.metadata())
    assert sorted(theirs.file_uris()) == sorted(mine.file_uris())
    assert sorted(map(str, theirs.partitions())) == sorted(map(str, mine.partitions()))
    assert theirs.history() == mine.history()
    assert theirs.history(2) == mine.history(2)


def test_metrics_and_history_have_the_same_keys_and_types(here):
    def work(delta):
        path, table = made(delta, here, partition_by=["p"])
        delta.write_deltalake(path, ROWS, mode="append", commit_properties=delta.CommitProperties(custom_metadata={"job": "7"}))
        delta.write_deltalake(path, ROWS, mode="overwrite")
        table.update_incremental()
        update = table.update(new_values={"s": "its"}, predicate="id = 2")
        delete = table.delete("id = 1")
        source = pyarrow.table({"id": pyarrow.array([2, 9], pyarrow.int32()), "s": ["z", "n"], "p": ["x", "y"]})
        merge = table.merge(source, "s.id = t.id", source_alias="s", target_alias="t").when_matched_update({"s": "s.s"}).when_not_matched_insert({"id": "s.id", "p": "s.p"}).execute()
        table.alter.add_constraint({"positive": "id > 0"})
        table.alter.set_table_properties({"delta.appendOnly": "false"})
        return update, delete, merge, table.history()

    theirs, mine = pairs(work)
    # Times differ, and lakelet skips files that the other one opens.
    timed = ("execution_time_ms", "scan_time_ms", "rewrite_time_ms", "num_target_files_scanned", "num_target_files_skipped_during_scan")
    for their, my in zip(theirs[:3], mine[:3]):
        assert list(their) == list(my)
        assert {key: value for key, value in their.items() if key not in timed} == {key: value for key, value in my.items() if key not in timed}
        assert all(type(their[key]) is type(my[key]) for key in their)
    assert len(theirs[3]) == len(mine[3])
    for their, my in zip(theirs[3], mine[3]):
        assert (their["operation"], their["version"]) == (my["operation"], my["version"])
        assert set(their) <= set(my), my["operation"]
        if my["operation"] != "ADD CONSTRAINT":  # lakelet tells it as the property that it is
            assert set(their["operationParameters"]) <= set(my["operationParameters"]), my["operation"]
        assert set(their.get("operationMetrics", {})) <= set(my.get("operationMetrics", {})), my["operation"]
        assert all(my[key] == their[key] for key in ("readVersion", "job") if key in their)


# --- writing


@BOTH
def test_modes_of_a_write(here, delta):
    path, _ = made(delta, here)
    with pytest.raises(delta.exceptions.DeltaError, match="already exists"):
        delta.write_deltalake(path, ROWS)
    delta.write_deltalake(path, ROWS, mode="ignore")
    assert delta.DeltaTable(path).version() == 0
    delta.write_deltalake(path, ROWS, mode="append")
    delta.write_deltalake(delta.DeltaTable(path), ROWS.slice(0, 1), mode="overwrite")
    assert rows_of(delta.DeltaTable(path)) == [{"id": 1, "s": "a", "p": "x"}]
    delta.write_deltalake(path, ROWS, mode="overwrite", predicate="id = 1 or id = 2 or id = 3")
    assert delta.DeltaTable(path).count() == 3


@BOTH
def test_a_handle_that_is_written_to_moves(here, delta):
    path, table = made(delta, here)
    delta.write_deltalake(table, ROWS, mode="append")
    assert (table.version(), table.count()) == (1, 6)


@BOTH
def test_schema_modes(here, delta):
    path, _ = made(delta, here)
    wider = ROWS.append_column("more", pyarrow.array([1.5, None, 2.5]))
    with pytest.raises(delta.exceptions.SchemaMismatchError):
        delta.write_deltalake(path, wider, mode="append")
    delta.write_deltalake(path, wider, mode="append", schema_mode="merge")
    assert delta.DeltaTable(path).schema().to_arrow().names == ["id", "s", "p", "more"]
    delta.write_deltalake(path, pyarrow.table({"other": [1]}), mode="overwrite", schema_mode="overwrite")
    assert rows_of(delta.DeltaTable(path)) == [{"other": 1}]


FRAMES = {
    "pandas": lambda: ROWS.to_pandas(),
    "polars": lambda: polars.from_arrow(ROWS),
    "batches": lambda: ROWS.to_batches(),
    "reader": lambda: ROWS.to_reader(),
}


@BOTH
@pytest.mark.parametrize("kind", FRAMES)
def test_rows_come_from_frames(here, delta, kind):
    _, table = made(delta, here, FRAMES[kind]())
    assert rows_of(table) == rows_of(made(delta, here / "plain")[1])


def test_types_that_delta_lacks_become_the_same_ones(here):
    rows = pyarrow.table(
        {
            "u8": pyarrow.array([1], pyarrow.uint8()),
            "u16": pyarrow.array([1], pyarrow.uint16()),
            "u32": pyarrow.array([1], pyarrow.uint32()),
            "u64": pyarrow.array([1], pyarrow.uint64()),
            "ns": pyarrow.array([1_000], pyarrow.timestamp("ns")),
            "nstz": pyarrow.array([1_000], pyarrow.timestamp("ns", "Europe/Zurich")),
            "s": pyarrow.array([1], pyarrow.timestamp("s")),
            "large": pyarrow.array(["x"], pyarrow.large_string()),
            "view": pyarrow.array(["x"], pyarrow.string_view()),
            "d": pyarrow.array(["x"]).dictionary_encode(),
            "l": pyarrow.array([[1]], pyarrow.large_list(pyarrow.int8())),
        }
    )
    for each in (rows, rows.to_reader()):
        theirs, mine = pairs(lambda delta: made(delta, here / type(each).__name__ / delta.__name__, rows if each is rows else rows.to_reader())[1])
        assert theirs.schema().to_json() == mine.schema().to_json()
        assert rows_of(theirs) == rows_of(mine)


@BOTH
def test_metadata_and_configuration_of_a_new_table(here, delta):
    path, table = made(delta, here, name="N", description="D", configuration={"delta.appendOnly": "true"}, partition_by="p")
    metadata = table.metadata()
    assert (metadata.name, metadata.description, metadata.partition_columns) == ("N", "D", ["p"])
    assert metadata.configuration == {"delta.appendOnly": "true"} and isinstance(metadata.created_time, int) and metadata.id
    assert made(delta, here / "unnamed")[1].metadata().name is None


@BOTH
def test_writer_properties(here, delta):
    properties = delta.WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=2048)
    _, table = made(delta, here, writer_properties=properties)
    assert "zstd" in table.file_uris()[0]
    import pyarrow.parquet

    assert pyarrow.parquet.ParquetFile(table.file_uris()[0]).metadata.row_group(0).column(0).compression == "ZSTD"
    for wrong in ({"compression": "FOO"}, {"compression_level": 3}, {"compression": "ZSTD", "compression_level": 99}):
        with pytest.raises(ValueError):
            delta.WriterProperties(**wrong)
    with pytest.raises(ValueError):
        delta.BloomFilterProperties(True, fpp=2.0)
    with pytest.raises(ValueError):
        delta.ColumnProperties(dictionary_enabled=True, encoding="PLAIN")


def test_properties_are_shown_alike():
    def work(delta):
        bloom = delta.BloomFilterProperties(True, 0.1, 5)
        column = delta.ColumnProperties(False, "CHUNK", bloom)
        return [
            str(bloom),
            str(column),
            str(delta.WriterProperties(compression="gzip", default_column_properties=column, column_properties={"x": column})),
            str(delta.WriterProperties(max_row_group_size=5, compression="SNAPPY")),
            repr(delta.Transaction("app", 1)),
        ]

    theirs, mine = pairs(work)
    assert theirs == mine


def test_codecs_and_encodings_have_the_same_names_and_levels():
    def work(delta):
        properties = __import__(f"{delta.__name__}.writer.properties", fromlist=["x"])
        codecs = properties.Compression
        levels = [(codecs.from_str(name).get_level_range(), codecs.from_str(name).get_default_level()) for name in ("gzip", "BROTLI", "zstd")]
        assert codecs.ZSTD.check_valid_level(3)
        for wrong in (lambda: codecs.from_str("x"), lambda: codecs.ZSTD.check_valid_level(99), lambda: properties.Encoding.from_str("x")):
            with pytest.raises(ValueError):
                wrong()
        with pytest.raises(KeyError):
            codecs.SNAPPY.get_level_range()
        return [each.value for each in codecs], [each.value for each in properties.Encoding], levels

    theirs, mine = pairs(work)
    assert theirs == mine


def test_what_isnt_followed_is_said(here):
    with pytest.warns(UserWarning, match="data_page_size_limit"):
        made(ours, here, writer_properties=ours.WriterProperties(data_page_size_limit=10))


@BOTH
def test_a_write_of_an_application_happens_once(here, delta):
    properties = delta.CommitProperties(app_transactions=[delta.Transaction("app", 1)])
    path, _ = made(delta, here)
    delta.write_deltalake(path, ROWS, mode="append", commit_properties=properties)
    assert delta.DeltaTable(path).count() == 6


# --- creating


@BOTH
def test_create(here, delta):
    path = str(here / delta.__name__)
    schema = delta.Schema([delta.Field("id", delta.schema.PrimitiveType("long"), nullable=False), delta.Field("s", delta.schema.PrimitiveType("string"))])
    table = delta.DeltaTable.create(path, schema, name="N", description="D", partition_by="s", configuration={"delta.appendOnly": "false"})
    assert table.schema() == schema and table.metadata().partition_columns == ["s"] and table.version() == 0
    with pytest.raises(delta.exceptions.DeltaError):
        delta.DeltaTable.create(path, schema)
    assert delta.DeltaTable.create(path, schema, mode="ignore").version() == 0
    with pytest.raises(delta.exceptions.DeltaError):
        delta.DeltaTable.create(path + "2", schema, configuration={"delta.nonsense": "1"})
    arrow = pyarrow.schema([("a", pyarrow.int64())])
    assert delta.DeltaTable.create(path + "3", arrow).schema().to_arrow().names == ["a"]


@BOTH
def test_create_over_a_table(here, delta):
    path, table = made(delta, here, configuration={"delta.enableChangeDataFeed": "true"}, name="old", description="text")
    schema = delta.Schema([delta.Field("z", delta.schema.PrimitiveType("long")), delta.Field("p", delta.schema.PrimitiveType("string"))])
    properties = delta.CommitProperties(custom_metadata={"job": "7"})
    table = delta.DeltaTable.create(path, schema, mode="overwrite", partition_by="p", name="new", configuration={"delta.appendOnly": "false"}, commit_properties=properties)
    metadata = table.metadata()
    assert (metadata.name, metadata.description, metadata.partition_columns, metadata.configuration) == ("new", None, ["p"], {"delta.appendOnly": "false"})
    assert table.version() == 1 and table.schema() == schema and table.to_pyarrow_table().num_rows == 0
    entry = table.history(1)[0]
    assert (entry["operation"], entry["job"]) == ("CREATE OR REPLACE TABLE", "7")
    assert delta.DeltaTable(path, 0).count() == 3
    delta.write_deltalake(path, pyarrow.table({"z": [1], "p": ["q"]}), mode="append")
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path)) == [{"z": 1, "p": "q"}]
    assert delta.DeltaTable.create(path + "2", schema, mode="overwrite").version() == 0
    with pytest.raises(delta.exceptions.DeltaError):
        delta.DeltaTable.create(path, schema, mode="append")


@BOTH
def test_versions_of_applications(here, delta):
    path, table = made(delta, here)
    assert table.transaction_version("app") is None
    for version in (3, 5):
        properties = delta.CommitProperties(app_transactions=[delta.Transaction("app", version)])
        delta.write_deltalake(path, ROWS, mode="append", commit_properties=properties)
    table.update_incremental()
    assert (table.transaction_version("app"), table.transaction_version("other")) == (5, None)
    table.load_as_version(1)
    assert table.transaction_version("app") == 3


@BOTH
def test_properties_of_a_commit_by_position(here, delta):
    _, table = made(delta, here)
    properties = delta.CommitProperties(custom_metadata={"job": "7"})
    for verb in (
        lambda: table.delete("id = 1", None, None, properties),
        lambda: table.update({"s": "'x'"}, None, "id = 2", None, True, None, properties),
        lambda: table.alter.set_table_name("n", properties),
        lambda: table.alter.add_constraint({"positive": "id > 0"}, None, properties),
    ):
        with pytest.warns(DeprecationWarning):
            verb()
        assert table.history(1)[0]["job"] == "7"
    with pytest.warns(DeprecationWarning), pytest.raises(TypeError):
        table.delete("id = 1", None, None, properties, commit_properties=properties)
    with pytest.raises(TypeError):
        table.delete("id = 1", None, None, properties, 5)


@BOTH
def test_is_deltatable(here, delta):
    path, _ = made(delta, here)
    assert delta.DeltaTable.is_deltatable(path) is True
    assert delta.DeltaTable.is_deltatable(str(here / "nothing")) is False


# --- reading


@BOTH
def test_time_travel(here, delta):
    path, table = made(delta, here)
    first = datetime.datetime.now(UTC) + datetime.timedelta(milliseconds=10)
    time.sleep(0.03)
    delta.write_deltalake(path, ROWS, mode="append")
    assert delta.DeltaTable(path, version=0).count() == 3
    table = delta.DeltaTable(path)
    table.load_as_version(0)
    assert (table.version(), table.count()) == (0, 3)
    table.update_incremental()
    assert table.version() == 1
    for moment in (first, first.isoformat()):
        table.load_as_version(moment)
        assert table.version() == 0
    with pytest.raises(TypeError):
        table.load_as_version(1.5)
    with pytest.raises(delta.exceptions.DeltaError):
        delta.DeltaTable(path, version=9)


@BOTH
def test_frames_with_columns_and_filters(here, delta):
    _, table = made(delta, here, partition_by="p")
    assert sorted(table.to_pandas(columns=["id"])["id"]) == [1, 2, 3]
    assert table.to_pyarrow_table(filters=[("id", ">", 2)], columns=["s"]).to_pylist() == [{"s": None}]
    assert table.to_pyarrow_table(filters=[[("id", "=", 1)], [("p", "=", "y")]]).num_rows == 2
    assert table.to_pyarrow_table(filters=pyarrow.dataset.field("p").isin(["y"])).num_rows == 1
    assert table.to_pandas(filters=[("p", "in", ["x"]), ("id", "!=", 1)])["id"].tolist() == [2]
    assert pyarrow.table(table.scan(columns=["id"], predicate="id > 1")).num_rows == 2


@BOTH
def test_a_dataset(here, delta):
    _, table = made(delta, here, partition_by="p")
    dataset = table.to_pyarrow_dataset()
    assert isinstance(dataset, pyarrow.dataset.Dataset) and dataset.count_rows() == 3
    assert dataset.to_table(filter=pyarrow.dataset.field("p") == "y")["id"].to_pylist() == [3]
    assert len(list(dataset.get_fragments(filter=pyarrow.dataset.field("p") == "y"))) == 1
    assert table.to_pyarrow_dataset(file_pruning_predicate=[("p", "=", "x")]).count_rows() == 2
    assert table.to_pyarrow_dataset(as_large_types=True).schema.field("s").type == pyarrow.large_string()
    import duckdb

    assert duckdb.arrow(dataset).aggregate("sum(id)").fetchone() == (6,)


@BOTH
def test_files_by_condition(here, delta):
    path, table = made(delta, here, partition_by="p")
    assert len(table.file_uris()) == 2
    assert all(uri.startswith("/") and "p=y" in uri for uri in table.file_uris(file_pruning_predicate=[("p", "=", "y")]))
    assert len(table.file_uris(file_pruning_predicate="p = 'x'")) == 1
    assert table.file_uris(file_pruning_predicate="id > 100") == []
    assert table.partitions(file_pruning_predicate=[("p", "=", "y")]) == [{"p": "y"}]
    with pytest.warns(DeprecationWarning):
        table.partitions([("p", "=", "y")])
    with pytest.raises(ValueError):
        table.file_uris(file_pruning_predicate=[("p", "=", "y"), [("p", "=", "x")]])


@pytest.mark.parametrize("flatten", [False, True])
def test_add_actions(here, flatten):
    path, _ = made(real, here, partition_by="p")
    theirs, mine = (pyarrow.table(delta.DeltaTable(path).get_add_actions(flatten=flatten)) for delta in (real, ours))
    assert theirs.schema.names == mine.schema.names
    key = lambda row: row["path"]  # noqa: E731
    assert sorted(theirs.to_pylist(), key=key) == sorted(mine.to_pylist(), key=key)
    assert type(real.DeltaTable(path).get_add_actions()) is type(ours.DeltaTable(path).get_add_actions())


def test_deletion_vectors(here):
    table = lakelet.create(str(here / "t"), "id bigint", properties={"delta.enableDeletionVectors": "true"})
    table.append([{"id": number} for number in range(5)])
    table.delete("id = 1 or id = 3")
    theirs, mine = (pyarrow.table(delta.DeltaTable(table.uri).deletion_vectors()).to_pylist() for delta in (real, ours))
    assert mine[0]["selection_vector"] == [True, False, True, False, True]
    assert [row["filepath"] for row in theirs] == [row["filepath"] for row in mine]
    assert [row["selection_vector"][:4] for row in theirs] == [row["selection_vector"][:4] for row in mine]


@BOTH
def test_change_data_feed(here, delta):
    path, table = made(delta, here, configuration={"delta.enableChangeDataFeed": "true"})
    table.update({"s": "'u'"}, predicate="id = 1")
    changes = pyarrow.table(table.load_cdf(starting_version=1))
    assert sorted(changes["_change_type"].to_pylist()) == ["update_postimage", "update_preimage"]
    assert set(changes.schema.names) == {"id", "s", "p", "_change_type", "_commit_version", "_commit_timestamp"}
    some = pyarrow.table(table.load_cdf(0, 1, columns=["id", "_change_type"], predicate="_change_type = 'insert'"))
    assert some.num_rows == 3
    with pytest.raises(delta.exceptions.DeltaError):
        table.load_cdf(5)
    assert pyarrow.table(table.load_cdf(5, allow_out_of_range=True)).num_rows == 0
    assert pyarrow.table(table.load_cdf(0, 9, allow_out_of_range=True)).num_rows == 5
    assert pyarrow.table(table.load_cdf(starting_timestamp="2150-01-01T00:00:00Z", allow_out_of_range=True)).num_rows == 0


@BOTH
def test_query_builder(here, delta):
    _, table = made(delta, here)
    result = delta.QueryBuilder().register("t", table).execute("select p, count(*) as n from t group by p order by p").read_all()
    assert pyarrow.table(result).to_pylist() == [{"p": "x", "n": 2}, {"p": "y", "n": 1}]
    result = delta.QueryBuilder().register("t", table).execute("with big as (select * from t where id > 1) select count(*) as n from big").read_all()
    assert pyarrow.table(result).to_pylist() == [{"n": 2}]


# --- verbs


@BOTH
def test_merge_clauses(here, delta):
    rows = pyarrow.table({"id": [1, 2, 3, 4], "v": ["a", "b", "c", "d"], "n": [1, 2, 3, 4]})
    _, table = made(delta, here, rows)
    source = pyarrow.table({"id": [1, 2, 9], "v": ["A", "B", "I"], "n": [10, 20, 90]})
    (
        table.merge(source, "target.id = source.id", source_alias="source", target_alias="target")
        .when_matched_delete("source.id = 2")
        .when_matched_update_all(except_cols=["n"])
        .when_not_matched_insert_all(predicate="source.n > 50")
        .when_not_matched_by_source_update({"v": "target.v || '!'"}, "target.id = 3")
        .when_not_matched_by_source_delete()
        .execute()
    )
    assert rows_of(table) == [{"id": 1, "v": "A", "n": 1}, {"id": 3, "v": "c!", "n": 3}, {"id": 9, "v": "I", "n": 90}]


@BOTH
def test_merge_with_other_aliases_and_odd_names(here, delta):
    _, table = made(delta, here, pyarrow.table({"my id": [1, 2], "v": ["a", "b"]}))
    source = pyarrow.table({"my id": [2, 3], "v": ["B", "C"]})
    merge = table.merge(source, "s.`my id` = t.`my id`", source_alias="s", target_alias="t")
    merge.when_matched_update({"t.v": "s.v"}).when_not_matched_insert({"t.`my id`": "s.`my id`", "v": "'s.v'"}).execute()
    assert rows_of(table) == [{"my id": 1, "v": "a"}, {"my id": 2, "v": "B"}, {"my id": 3, "v": "s.v"}]


@BOTH
def test_merge_schema_with_no_new_column(here, delta):
    _, table = made(delta, here)
    source = pyarrow.table({"id": pyarrow.array([1, 7], pyarrow.int32()), "s": ["m", "n"], "p": ["x", "y"]})
    table.merge(source, "s.id = t.id", "s", "t", merge_schema=True).when_matched_update_all().when_not_matched_insert_all().execute()
    assert {row["id"]: row["s"] for row in rows_of(table)} == {1: "m", 2: "b", 3: None, 7: "n"}


@BOTH
def test_merge_schema_with_new_columns(here, delta):
    _, table = made(delta, here)
    source = pyarrow.table({"id": pyarrow.array([1, 7], pyarrow.int32()), "s": ["m", "n"], "p": ["x", "y"], "more": [10, 70]})
    table.merge(source, "s.id = t.id", "s", "t", merge_schema=True).when_matched_update_all().when_not_matched_insert_all().execute()
    assert table.version() == 1 and table.schema().fields[-1] == delta.Field("more", delta.schema.PrimitiveType("long"))
    assert {row["id"]: (row["s"], row["more"]) for row in rows_of(table)} == {1: ("m", 10), 2: ("b", None), 3: (None, None), 7: ("n", 70)}
    source = pyarrow.table({"id": pyarrow.array([1, 8], pyarrow.int32()), "p": ["x", "y"], "again": [1.5, 2.5], "unused": [1, 2]})
    merge = table.merge(source, "s.id = t.id", "s", "t", merge_schema=True)
    merge.when_matched_update({"again": "s.again"}).when_not_matched_insert({"t.id": "s.id", "t.again": "s.again"}).execute()
    assert [field.name for field in table.schema().fields] == ["id", "s", "p", "more", "again"]
    assert {row["id"]: row["again"] for row in rows_of(table)} == {1: 1.5, 2: None, 3: None, 7: None, 8: 2.5}
    table.merge(source, "s.id = t.id", "s", "t", merge_schema=True).when_matched_delete().execute()
    assert len(table.schema().fields) == 5 and len(rows_of(table)) == 3
    assert table.history(1)[0]["operation"] == "MERGE"
    assert rows_of(real.DeltaTable(table.table_uri)) == rows_of(ours.DeltaTable(table.table_uri))


def test_a_new_column_takes_the_expressions_value(here):
    _, table = made(ours, here)  # the `deltalake` package gives it the source's value, whatever the expression is
    source = pyarrow.table({"id": pyarrow.array([1, 8], pyarrow.int32()), "again": [1.5, 2.5]})
    merge = table.merge(source, "s.id = t.id", "s", "t", merge_schema=True)
    merge.when_matched_update({"again": "-s.again"}).when_not_matched_insert({"id": "s.id", "again": "s.again + 1"}).execute()
    assert {row["id"]: row["again"] for row in rows_of(table)} == {1: -1.5, 2: None, 3: None, 8: 3.5}


@BOTH
def test_a_merge_without_merge_schema_leaves_new_columns_out(here, delta):
    _, table = made(delta, here)
    source = pyarrow.table({"id": pyarrow.array([1, 7], pyarrow.int32()), "s": ["m", "n"], "p": ["x", "y"], "more": [10, 70]})
    table.merge(source, "s.id = t.id", "s", "t").when_matched_update_all().when_not_matched_insert_all().execute()
    assert {row["id"]: row["s"] for row in rows_of(table)} == {1: "m", 2: "b", 3: None, 7: "n"}
    assert [field.name for field in table.schema().fields] == ["id", "s", "p"]
    table.merge(source, "s.id = t.id", "s", "t").when_matched_update_all(except_cols=["s", "more"]).execute()
    assert len(rows_of(table)) == 4


@BOTH
def test_update_by_values(here, delta):
    rows = pyarrow.table({"i": [1], "f": [1.0], "b": [True], "t": pyarrow.array([datetime.datetime(2020, 1, 1)], pyarrow.timestamp("us")), "s": ["x"]})
    _, table = made(delta, here, rows)
    values = {"i": 5, "f": 2.5, "b": False, "t": datetime.datetime(2021, 2, 3, 4, 5, 6), "s": "new"}
    assert table.update(new_values=values)["num_updated_rows"] == 1
    assert rows_of(table) == [values]
    with pytest.raises(ValueError):
        table.update()
    with pytest.raises(ValueError):
        table.update({"i": "1"}, {"i": 1})


@BOTH
def test_alter(here, delta):
    path, table = made(delta, here)
    table.alter.add_columns(delta.Field("more", delta.schema.PrimitiveType("double")))
    assert table.schema().fields[-1].name == "more"
    table.alter.add_constraint({"positive": "id > 0"})
    assert table.metadata().configuration["delta.constraints.positive"] == "id > 0"
    bad = pyarrow.table({"id": pyarrow.array([-1], pyarrow.int32()), "s": ["d"], "p": ["x"], "more": [1.0]})
    with pytest.raises(delta.exceptions.DeltaError):
        delta.write_deltalake(path, bad, mode="append")
    table.alter.drop_constraint("positive")
    assert table.metadata().configuration == {}
    with pytest.raises(delta.exceptions.DeltaError):
        table.alter.drop_constraint("positive")
    table.alter.drop_constraint("positive", raise_if_not_exists=False)
    table.alter.set_table_properties({"delta.enableChangeDataFeed": "true"})
    assert table.metadata().configuration == {"delta.enableChangeDataFeed": "true"}
    with pytest.raises(delta.exceptions.DeltaError):
        table.alter.set_table_properties({"delta.nonsense": "true"})
    table.alter.set_table_name("new name")
    table.alter.set_table_description("new text")
    assert (table.metadata().name, table.metadata().description) == ("new name", "new text")
    table.alter.set_column_metadata("s", {"comment": "what it says"})
    assert table.schema().fields[1].metadata == {"comment": "what it says"}
    table.alter.add_feature(delta.TableFeatures.AppendOnly, allow_protocol_versions_increase=True)
    assert "appendOnly" in (table.protocol().writer_features or [])


@BOTH
def test_drop_column_not_null(here, delta):
    schema = delta.Schema([delta.Field("id", delta.schema.PrimitiveType("long"), nullable=False)])
    table = delta.DeltaTable.create(str(here / "t"), schema)
    table.alter.drop_column_not_null("id")
    assert table.schema().fields[0].nullable is True


@BOTH
def test_optimize(here, delta):
    path, table = made(delta, here, partition_by="p")
    for _ in range(3):
        delta.write_deltalake(path, ROWS, mode="append")
    table.update_incremental()
    rows = rows_of(table)
    metrics = table.optimize.compact(partition_filters=[("p", "=", "x")])
    assert (metrics["numFilesAdded"], metrics["numFilesRemoved"], metrics["totalConsideredFiles"]) == (1, 4, 4)
    assert json.loads(metrics["filesRemoved"])["totalFiles"] == 4 and json.loads(metrics["filesAdded"])["min"] > 0
    assert table.optimize.compact()["numFilesRemoved"] == 4
    assert len(table.file_uris()) == 2 and rows_of(table) == rows
    assert table.history(1)[0]["operation"] == "OPTIMIZE"
    assert table.optimize.compact()["numFilesAdded"] == 0


@BOTH
def test_z_order(here, delta):
    path, table = made(delta, here)
    delta.write_deltalake(path, ROWS, mode="append")
    table.update_incremental()
    metrics = table.optimize.z_order(["id", "s"])
    assert (metrics["numFilesAdded"], metrics["numFilesRemoved"]) == (1, 2)
    assert sorted(table.to_pyarrow_table()["id"].to_pylist()) == [1, 1, 2, 2, 3, 3]
    ids = table.to_pyarrow_table()["id"].to_pylist()
    assert all(ids[i] == ids[i + 1] for i in (0, 2, 4))  # equal keys are side by side


# --- schemas


def schemas(delta):
    s = delta.schema
    return [
        s.Schema(
            [
                s.Field("a", s.PrimitiveType("integer"), nullable=False, metadata={"x": 1}),
                s.Field("b", s.ArrayType(s.PrimitiveType("string"), contains_null=False)),
                s.Field("m", s.MapType(s.PrimitiveType("string"), s.PrimitiveType("decimal(12,3)"), value_contains_null=False)),
                s.Field("st", s.StructType([s.Field("q", s.PrimitiveType("date")), s.Field("l", s.ArrayType(s.ArrayType("long")))])),
            ]
        ),
        *[s.PrimitiveType(name) for name in "string long integer short byte float double boolean binary date timestamp timestamp_ntz".split()],
        s.ArrayType("integer"),
        s.MapType("integer", s.ArrayType("binary")),
        s.StructType([s.Field("x", "long")]),
        s.Field("f", "timestamp", nullable=False),
    ]


def in_pyarrow(thing):
    """Without what has no meaning in Arrow: the name of a map's entries."""
    arrow = thing.to_arrow()
    kind = type(arrow).__name__
    if kind == "Schema":
        return pyarrow.schema(arrow)
    return pyarrow.schema(arro3.core.Schema([arrow if kind == "Field" else arro3.core.Field("c", arrow)]))


def test_schemas_are_shown_and_serialised_alike():
    for their, my in zip(schemas(real), schemas(ours)):
        assert repr(their) == repr(my)
        assert json.loads(their.to_json()) == json.loads(my.to_json())
        assert type(my).from_json(their.to_json()) == my and type(their).from_json(my.to_json()) == their
        assert in_pyarrow(their) == in_pyarrow(my) and type(their.to_arrow()) is type(my.to_arrow())
        assert (my == 5) is False


def test_schemas_come_from_arrow_alike():
    for their, my in zip(schemas(real)[1:], schemas(ours)[1:]):
        assert repr(type(their).from_arrow(their.to_arrow())) == repr(type(my).from_arrow(my.to_arrow()))
        assert type(their).from_arrow(my) == their
    arrow = pyarrow.schema([("a", pyarrow.uint16()), ("b", pyarrow.large_list(pyarrow.string_view())), ("t", pyarrow.timestamp("us", "UTC"))])
    assert real.Schema.from_arrow(arrow).to_json() == ours.Schema.from_arrow(arrow).to_json()
    wide = ours.Schema.from_arrow(arrow).to_arrow(as_large_types=True)
    assert pyarrow.schema(wide).field("b").type == pyarrow.schema(real.Schema.from_arrow(arrow).to_arrow(as_large_types=True)).field("b").type
    for delta in (real, ours):
        with pytest.raises(ValueError):
            delta.schema.PrimitiveType("foo")
        with pytest.raises(Exception):
            delta.schema.PrimitiveType.from_arrow(pyarrow.list_(pyarrow.int8()))


# --- errors


@BOTH
def test_errors_have_the_packages_classes(here, delta):
    with pytest.raises(delta.exceptions.TableNotFoundError):
        delta.DeltaTable(str(here / "nothing"))
    path, table = made(delta, here)
    with pytest.raises(delta.exceptions.DeltaError):
        table.delete("no_such_column = 1")
    with pytest.raises(delta.exceptions.SchemaMismatchError):
        delta.write_deltalake(path, pyarrow.table({"zz": [1]}), mode="append")
    assert delta.DeltaTable(path).version() == 0


def test_errors_are_lakelets_too(here):
    with pytest.raises(lakelet.NotFound) as caught:
        ours.DeltaTable(str(here / "nothing"))
    assert isinstance(caught.value, ours.exceptions.TableNotFoundError) and "nothing" in str(caught.value)


# --- the rest


@BOTH
def test_a_file_system_over_the_table(here, delta):
    path, table = made(delta, here)
    from pyarrow.fs import FileSelector, PyFileSystem

    system = PyFileSystem(delta.fs.DeltaStorageHandler(path))
    names = [info.path for info in system.get_file_info(FileSelector("/", recursive=False)) if info.path.endswith(".parquet")]
    assert len(names) == 1
    import pyarrow.parquet

    assert pyarrow.parquet.read_table(names[0].lstrip("/"), filesystem=system).num_rows == 3


def test_names_that_arent_here_say_what_to_use(here):
    _, table = made(ours, here)
    calls = [
        ours.enable_nanosecond_timestamps,
        ours.init_tracing,
        ours.rust_core_version,
        lambda: ours.transaction.create_table_with_add_actions("x", None, []),
        lambda: ours.convert_to_deltalake(str(here), partition_by=ours.Schema([]), partition_strategy="directory"),
        lambda: table.__datafusion_table_provider__(),
    ]
    for call in calls:
        with pytest.raises(NotImplementedError, match="isn't in lakelet.deltalake; use "):
            call()


def test_code_runs_with_its_import_changed(here):
    code = """
from PACKAGE import DeltaTable, write_deltalake
import pandas as pd
write_deltalake("t", pd.DataFrame({"x": [1, 2, 3], "y": ["a", "b", "c"]}))
write_deltalake("t", pd.DataFrame({"x": [4], "y": ["d"]}), mode="append")
table = DeltaTable("t")
table.delete("x = 2")
print(table.version(), sorted(table.to_pandas()["x"]), [entry["operation"] for entry in table.history()], table.schema())
"""
    theirs, mine = pairs(lambda delta: printed(code, delta.__name__, here))
    assert theirs == mine and "DELETE" in theirs


def test_pandas_goes_there_and_back(here):
    frame = pandas.DataFrame({"x": [1, 2], "t": pandas.to_datetime(["2020-01-01", "2021-01-01"]), "s": ["a", None]})
    theirs, mine = pairs(lambda delta: made(delta, here, frame)[1].to_pandas())
    pandas.testing.assert_frame_equal(theirs, mine)
