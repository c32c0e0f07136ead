"""Tables of catalogs through the module: a server that wants a token, which comes as a storage option."""

import pathlib
import sys

import lakelet
import pyarrow as pa
import pytest
from pyiceberg.catalog.rest import RestCatalog

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from rest_server import RestServer  # noqa: E402


@pytest.fixture
def server(tmp_path):
    with RestServer(tmp_path / "warehouse", client="me:hush") as running:
        yield running


def test_a_table_behind_a_server(server, tmp_path):
    options = {"credential": "me:hush"}
    theirs = RestCatalog("rest", uri=server.uri, credential="me:hush")
    theirs.create_namespace("ns")
    reference = f"iceberg+{server.uri}#ns.t"
    rows = pa.table({"id": pa.array([1, 2], pa.int64()), "city": ["Oslo", "Bern"]})
    lakelet.create(reference, rows.schema, storage_options=options)
    table = lakelet.open(reference, storage_options=options)
    table.append(rows)
    assert theirs.load_table("ns.t").scan().to_arrow().to_pylist() == rows.to_pylist()
    theirs.load_table("ns.t").append(rows.slice(0, 1))
    again = lakelet.open(reference, storage_options=options)
    assert sorted(pa.table(again.scan())["id"].to_pylist()) == [1, 1, 2]
    assert lakelet.exists(reference, storage_options=options)
    assert not lakelet.exists(f"iceberg+{server.uri}#ns.none", storage_options=options)
    with pytest.raises(lakelet.Error) as refused:
        lakelet.open(reference, storage_options={"credential": "me:wrongsecret"})
    assert "wrongsecret" not in str(refused.value)
