"""Branches, tags, picked versions, partition fields and sort orders from Python, as pyiceberg sees them."""

import datetime
import glob
import pickle

import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable

import lakelet
from lakelet import Reference

DAY = 24 * 3600 * 1000


@pytest.fixture
def table(here):
    table = lakelet.create("t", "id bigint, city string, ts timestamp", format="iceberg")
    return table.append([{"id": 1, "city": "Oslo"}]) and table


def theirs(path="t"):
    newest = max(glob.glob(f"{path}/metadata/v*.metadata.json"), key=lambda name: int(name.split("/v")[-1].split(".")[0]))
    return StaticTable.from_metadata(newest)


def test_branches_and_tags(table):
    first = table.version
    table.create_tag("start", retain="30 days")
    table.append([{"id": 2, "city": "Bern"}])
    table.create_branch("audit", keep_versions=3, keep_age=datetime.timedelta(hours=2))
    table.create_branch("audit", if_not_exists=True)
    assert table.references() == [Reference("audit", table.version, True), Reference("main", table.version, True), Reference("start", first, False)]
    refs = theirs().metadata.refs
    assert (refs["start"].max_ref_age_ms, refs["audit"].min_snapshots_to_keep, refs["audit"].max_snapshot_age_ms) == (30 * DAY, 3, 2 * 3600 * 1000)
    with pytest.raises(lakelet.AlreadyExists):
        table.create_tag("start")
    table.create_tag("start", "audit", replace=True)
    table.create_branch("then", first)
    table.create_branch("at", datetime.datetime.now(datetime.UTC))
    assert {each.name: each.version for each in table.references()} == {name: first if name == "then" else table.version for name in ("at", "audit", "main", "start", "then")}
    table.keep_reference("audit", retain="5d")
    assert theirs().metadata.refs["audit"].max_ref_age_ms == 5 * DAY
    table.drop_tag("start")
    table.drop_branch("at")
    table.drop_branch("nobody", if_exists=True)
    with pytest.raises(lakelet.NotFound):
        table.drop_branch("nobody")
    assert [each.name for each in table.references()] == ["audit", "main", "then"]


def test_a_branch_is_written_to_and_taken_over(table):
    table.create_branch("audit")
    branch = lakelet.open("t@audit")
    branch.append([{"id": 2, "city": "Bern"}])
    branch.update({"city": "'Rome'"}, "id = 1")
    assert sorted(branch.scan(["id", "city"])) == [(1, "Rome"), (2, "Bern")] == sorted(pickle.loads(pickle.dumps(branch)).scan(["id", "city"]))
    assert list(table.refresh().scan(["id", "city"])) == [(1, "Oslo")]
    table.fast_forward("main", "audit")
    assert table.refresh().count() == 2 == len(theirs().scan().to_arrow())


def test_a_version_is_picked(table):
    table.create_branch("audit")
    lakelet.open("t@audit").append([{"id": 2, "city": "Bern"}])
    table.append([{"id": 3, "city": "Nice"}])
    report = table.cherry_pick("audit")
    assert report[1:] == (1, 1) and report.version == table.version
    assert sorted(table.scan(["id"])) == [(1,), (2,), (3,)]
    with pytest.raises(lakelet.AlreadyExists):
        table.cherry_pick("audit")


def test_partition_fields_and_sort_order(table):
    table.add_partition_field("bucket(4, id)", name="shard")
    table.add_partition_field("month(ts)")
    table.replace_partition_field("month(ts)", "day(ts)")
    table.append([{"id": 5, "city": "Kyiv"}])
    assert [(field.name, str(field.transform)) for field in theirs().spec().fields] == [("shard", "bucket[4]"), ("ts_day", "day")]
    table.drop_partition_field("shard")
    table.set_sort_order(["city", "day(ts) desc nulls last"])
    assert [str(field.direction) for field in theirs().sort_order().fields] == ["ASC", "DESC"]
    with pytest.raises(lakelet.InvalidArgument):
        table.add_partition_field("week(ts)")


def test_a_format_without_them(here):
    lakelet.write("d", [{"id": 1}])
    table = lakelet.open("d")
    for verb in (lambda: table.create_branch("b"), lambda: table.add_partition_field("bucket(2, id)"), lambda: table.set_sort_order(["id"]), lambda: table.cherry_pick(0)):
        with pytest.raises(lakelet.UnsupportedFeature):
            verb()
    assert table.references() == [] and table.version == 0


def test_a_table_gets_a_name_in_a_catalog(table, here):
    catalog = SqlCatalog("default", uri="sqlite:///cat.db", warehouse="file://" + str(here))
    catalog.create_namespace("ns")
    named = lakelet.register("sqlite:///cat.db#ns.t", "t/metadata/v2.metadata.json")
    assert named.version == table.version and catalog.load_table("ns.t").scan().to_arrow().num_rows == 1
    named.append([{"id": 2, "city": "Bern"}])
    assert catalog.load_table("ns.t").scan().to_arrow().num_rows == 2
    with pytest.raises(lakelet.AlreadyExists):
        lakelet.register("sqlite:///cat.db#ns.t", "t/metadata/v2.metadata.json")
