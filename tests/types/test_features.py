"""Protocol versions and features: read, or refused by name."""

import pyarrow as pa
import pytest
from delta_table import field

ROWS = pa.table({"a": pa.array([1, 2], pa.int32())})


def one(table, **options):
    table.create(field("a", "integer"), **options)
    return table.write(ROWS)


@pytest.mark.parametrize("versions", [(1, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6), (1, 6)])
def test_legacy_versions(table, versions):
    assert one(table, versions=versions).values("a") == [1, 2]


@pytest.mark.parametrize("feature", [
    "appendOnly", "invariants", "checkConstraints", "generatedColumns", "allowColumnDefaults", "changeDataFeed", "identityColumns", "rowTracking", "domainMetadata",
    "icebergCompatV1", "icebergCompatV2", "icebergCompatV3", "icebergWriterCompatV1", "icebergWriterCompatV3", "clustering", "inCommitTimestamp", "checkpointProtection",
    "materializePartitionColumns", "collations", "columnMappingUsageTracking", "redirectWriterOnly-preview", "coordinatedCommits-preview", "not invented yet"])
def test_writer_features_do_not_stop_readers(table, feature):
    assert one(table, writer=[feature]).values("a") == [1, 2]


@pytest.mark.parametrize("feature", ["deletionVectors", "columnMapping", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "typeWidening", "typeWidening-preview",
                                     "variantType", "variantType-preview", "variantShredding", "variantShredding-preview"])
def test_reader_features(table, feature):
    assert one(table, reader=[feature]).values("a") == [1, 2]


@pytest.mark.parametrize("feature", ["catalogManaged", "catalogOwned-preview", "timestampNanos", "geospatial", "adaptiveMetadata-preview", "redirectReaderWriter-preview", "not invented yet"])
def test_reader_features_that_are_refused(table, feature):
    error = one(table, reader=["timestampNtz", feature]).fails(5)
    assert f"the feature '{feature.removesuffix('-preview')}" in error


def test_a_feature_that_nobody_knows_stops_writers(table):
    assert "'not invented yet'" in one(table, writer=["not invented yet"]).fails(5, "insert into 't' values (3)")


@pytest.mark.parametrize("protocol, what", [
    ({"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["timestampNtz"], "writerFeatures": []}, "timestampNtz"),
    ({"minReaderVersion": 2, "minWriterVersion": 5, "readerFeatures": ["columnMapping"]}, "reader version 2 lists features"),
    ({"minReaderVersion": 3, "minWriterVersion": 6, "readerFeatures": []}, "reader version 3 with writer version 6"),
])
def test_protocols_that_contradict_themselves(table, protocol, what):
    one(table).commit({"protocol": protocol})
    assert what in table.fails(6)
    assert [r["a"] for r in table.lakelet.rows("from 't' at (version => 1)").to_pylist()] == [1, 2]


@pytest.mark.parametrize("versions, what", [((4, 7), "reader version 4"), ((99, 99), "reader version 99")])
def test_newer_versions(table, versions, what):
    assert what in one(table, versions=versions).fails(5)


def test_staged_commits_are_no_commits(table):
    one(table)
    staged = table.path / "_delta_log" / "_staged_commits"
    staged.mkdir()
    (staged / "00000000000000000002.016ae953-37a9-438e-8683-9a9a4a79a395.json").write_text('{"remove":{"path":"part-0.parquet","dataChange":true}}\n')
    assert table.values("a") == [1, 2]
