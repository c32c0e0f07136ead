"""Files of other writers: DeltaTable.create_write_transaction beside the real package, and Table.change_files."""

import json
import pathlib

import deltalake as real
import deltalake.exceptions
import deltalake.transaction
import pyarrow
import pyarrow.parquet
import pytest
from side_by_side import BOTH, ROWS, made, rows_of

import lakelet
import lakelet.deltalake as ours
import lakelet.deltalake.exceptions
import lakelet.deltalake.transaction


def added(delta, path, name, rows, partition=None, **wrong):
    """Writes a file beside those of the table, and tells of it as the writer of another engine does."""
    file = pathlib.Path(path, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(rows, file)
    stats = json.dumps({"numRecords": rows.num_rows, "minValues": {"id": min(rows["id"].to_pylist())}, "maxValues": {"id": max(rows["id"].to_pylist())}, "nullCount": {"id": 0}})
    members = {"path": name, "size": file.stat().st_size, "partition_values": partition or {}, "modification_time": 1_700_000_000_000, "data_change": True, "stats": stats, **wrong}
    return delta.transaction.AddAction(**members)


@BOTH
def test_files_are_added(here, delta):
    path, table = made(delta, here)
    rows = pyarrow.table({"id": pyarrow.array([7, 8], pyarrow.int32()), "s": ["x", None], "p": ["y", "y"]})
    action = added(delta, path, "other-1.parquet", rows)
    properties = delta.CommitProperties(custom_metadata={"job": "7"})
    table.create_write_transaction([action], "append", table.schema(), commit_properties=properties)
    fresh = delta.DeltaTable(path)
    assert fresh.version() == 1 and len(rows_of(fresh)) == 5 and fresh.to_pyarrow_table(filters=[("id", ">", 7)]).num_rows == 1
    entry = fresh.history(1)[0]
    assert (entry["operation"], entry["operationParameters"]["mode"], entry["job"]) == ("WRITE", "Append", "7")
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path))


@BOTH
def test_files_of_partitions_take_the_place_of_others(here, delta):
    path, table = made(delta, here, partition_by="p")
    rows = pyarrow.table({"id": pyarrow.array([7], pyarrow.int32()), "s": ["n"]})
    action = added(delta, path, "p=x/other.parquet", rows, {"p": "x"})
    table.create_write_transaction([action], "overwrite", table.schema(), partition_by="p", partition_filters=[("p", "=", "x")])
    assert rows_of(delta.DeltaTable(path)) == [{"id": 3, "s": None, "p": "y"}, {"id": 7, "s": "n", "p": "x"}]
    table = delta.DeltaTable(path)
    action = added(delta, path, "p=z/other.parquet", rows, {"p": "z"})
    table.create_write_transaction([action], "overwrite", table.schema(), partition_by=["p"])
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path)) == [{"id": 7, "s": "n", "p": "z"}]


@BOTH
def test_files_are_removed(here, delta):
    path, table = made(delta, here)
    gone = pathlib.Path(table.file_uris()[0])
    remove = delta.transaction.RemoveAction(path=gone.name, data_change=True, deletion_timestamp=1_700_000_000_000, size=gone.stat().st_size)
    rows = pyarrow.table({"id": pyarrow.array([7], pyarrow.int32()), "s": ["n"], "p": ["x"]})
    table.create_write_transaction([added(delta, path, "other.parquet", rows), remove], "append", table.schema())
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path)) == [{"id": 7, "s": "n", "p": "x"}]


@BOTH
def test_actions_that_contradict(here, delta):
    path, table = made(delta, here)
    action = added(delta, path, "other.parquet", ROWS)
    remove = delta.transaction.RemoveAction(path="other.parquet", data_change=True, deletion_timestamp=1)
    for actions, mode in (([action, remove], "append"), ([remove], "overwrite"), ([action], "upsert")):
        with pytest.raises((delta.exceptions.DeltaError, ValueError)):
            table.create_write_transaction(actions, mode, table.schema())
    assert delta.DeltaTable(path).version() == 0


WRONG = {
    "a column that the table lacks": (pyarrow.table({"id": pyarrow.array([1], pyarrow.int32()), "more": [1]}), lakelet.InvalidArgument, "more"),
    "another type": (pyarrow.table({"id": ["x"]}), lakelet.InvalidArgument, "id"),
    "a wider type": (pyarrow.table({"id": pyarrow.array([1], pyarrow.int64())}), lakelet.InvalidArgument, "id"),
    "no column that has to be there": (pyarrow.table({"s": ["x"]}), lakelet.ConstraintViolation, "id"),
    "NULL where there may be none": (pyarrow.table({"id": pyarrow.array([1, None], pyarrow.int32())}), lakelet.ConstraintViolation, "id"),
}


@pytest.fixture
def table(here):
    table = lakelet.create("t", "id int not null, s string")
    table.append(pyarrow.table({"id": pyarrow.array([1], pyarrow.int32()), "s": ["a"]}))
    return table


def written(rows, name="t/other.parquet"):
    pyarrow.parquet.write_table(rows, name)


@pytest.mark.parametrize("kind", WRONG)
def test_files_that_dont_fit_are_refused(table, kind):
    rows, error, match = WRONG[kind]
    written(rows)
    with pytest.raises(error, match=match):
        table.change_files(["other.parquet"])
    assert table.refresh().version == 1 and list(table) == [(1, "a")]


def test_what_isnt_there_or_there_already_is_refused(table):
    for change, error in (
        ({"add": ["nowhere.parquet"]}, lakelet.NotFound),
        ({"remove": ["nowhere.parquet"]}, lakelet.NotFound),
        ({"add": [table.files()[0].path]}, lakelet.AlreadyExists),
        ({"add": ["t2.parquet", "t2.parquet"]}, lakelet.Error),
    ):
        with pytest.raises(error):
            table.change_files(**change)
    pathlib.Path("t/text.parquet").write_text("no parquet at all")
    with pytest.raises(lakelet.CorruptTable):
        table.change_files(["text.parquet"])
    assert table.refresh().version == 1


@pytest.mark.parametrize(
    "change",
    [("add_constraint", {"name": "few", "condition": "id < 10"}), ("set_properties", {"properties": {"delta.columnMapping.mode": "name"}})],
    ids=["a rule for rows", "columns with names of their own"],
)
def test_tables_whose_files_lakelet_has_to_write(table, change):
    table.alter(change)
    written(pyarrow.table({"id": pyarrow.array([2], pyarrow.int32())}))
    if change[0] == "set_properties":
        table.alter(("rename_column", {"column": ["s"], "name": "t"}))
    with pytest.raises(lakelet.UnsupportedFeature, match="append their rows"):
        table.change_files(["other.parquet"])


def test_files_change_in_one_commit(table):
    rows = pyarrow.table({"id": pyarrow.array([2, 3], pyarrow.int32()), "s": ["b", "c"]})
    written(rows)
    written(rows.slice(1), "elsewhere.parquet")
    assert table.change_files(["other.parquet"], dry_run=True).rows_inserted == 2 and table.version == 1
    old = table.files()[0].path
    done = table.change_files(["other.parquet", str(pathlib.Path("elsewhere.parquet").absolute())], remove=[old], overwrite=True, user_metadata={"why": "a test"}, application_version=("job", 1))
    assert (done.version, done.files_added, done.files_removed, done.rows_inserted) == (2, 2, 1, 3)
    assert sorted(table) == [(2, "b"), (3, "c"), (3, "c")] and table.application_version("job") == 1
    entry = table.history(1)[0]
    assert (entry.operation, entry.other["why"]) == ("WRITE", "a test")
    bounds = {tuple(each.column): (each.least, each.greatest) for each in table.scan(where="id = 2").files()[0].columns}
    assert bounds[("id",)] == (2, 3) and len(table.scan(where="id = 2").files()) == 1
    assert lakelet.doctor("t", full=True).healthy
    with pytest.raises(lakelet.Conflict):
        table.change_files(remove=["other.parquet"], if_version=1)
    assert table.change_files(remove=["other.parquet"]).files_removed == 1 and table.history(1)[0].operation == "DELETE"
    assert list(table) == [(3, "c")]  # of the file that lies elsewhere


def test_partitions_come_from_folders_or_the_caller(here):
    table = lakelet.create("t", "id bigint, day date, p string", partition_by=["day", "p"])
    for name in ("t/day=2025-01-01/p=a b/one.parquet", "t/two.parquet"):
        pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)
        written(pyarrow.table({"id": [len(name)]}), name)
    table.change_files(["day=2025-01-01/p=a b/one.parquet", ("two.parquet", {"day": "2025-01-02", "p": None})])
    assert sorted((str(day), p) for _, day, p in table) == [("2025-01-01", "a b"), ("2025-01-02", None)]
    assert len(table.scan(where="p = 'a b'").files()) == 1
    assert len(rows_of(real.DeltaTable("t"))) == 2
    written(pyarrow.table({"id": [1]}), "t/three.parquet")
    for wrong in ("three.parquet", ("three.parquet", {"day": "2025-01-01"}), ("three.parquet", {"day": "today", "p": "x"})):
        with pytest.raises(lakelet.InvalidArgument):
            table.change_files([wrong])
