"""Table features that come by way of a schema or a write's properties, and what the deltalake package then finds in the table."""

import deltalake as theirs
import lakelet.deltalake as ours
import pyarrow as pa
from lakelet.deltalake.schema import PrimitiveType


def test_a_schema_with_an_identity_column(here):
    """The metadata alone would make a table whose writers leave the ids empty: the table gets the feature too."""
    path = str(here / "t")
    identity = {"delta.identity.start": 10, "delta.identity.step": 5, "delta.identity.allowExplicitInsert": False}
    schema = ours.Schema([ours.Field("id", PrimitiveType("long"), metadata=identity), ours.Field("v", PrimitiveType("string"))])
    ours.DeltaTable.create(path, schema)
    assert theirs.DeltaTable(path).protocol().writer_features == ["identityColumns"]
    for values in (["a", "b"], ["c"]):
        ours.write_deltalake(path, pa.table({"v": values}), mode="append")
    rows = theirs.DeltaTable(path).to_pyarrow_table().sort_by("id").to_pydict()
    assert rows == {"id": [10, 15, 20], "v": ["a", "b", "c"]}


def test_the_version_of_an_application(here):
    path = str(here / "t")
    rows = pa.table({"id": [1, 2]})
    for version in (1, 1, 2):
        properties = ours.CommitProperties(app_transactions=[ours.Transaction("loader", version)])
        ours.write_deltalake(path, rows, mode="append", commit_properties=properties)
    assert theirs.DeltaTable(path).transaction_version("loader") == 2
    assert theirs.DeltaTable(path).count() == 4
    properties = theirs.CommitProperties(app_transactions=[theirs.Transaction("loader", 3)])
    theirs.write_deltalake(path, rows, mode="append", commit_properties=properties)
    again = ours.CommitProperties(app_transactions=[ours.Transaction("loader", 3)])
    ours.write_deltalake(path, rows, mode="append", commit_properties=again)
    assert ours.DeltaTable(path).count() == theirs.DeltaTable(path).count() == 6
