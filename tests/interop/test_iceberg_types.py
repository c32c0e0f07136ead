"""Iceberg's types that few writers make: nanoseconds, shapes, unknown columns, and what is encrypted. Where no engine here makes such a
table, one of lakelet's is changed by hand into what the specification says."""

import glob
import json
import re

import fastavro
import pyarrow as pa
import pyarrow.parquet
import pytest
from iceberg_readers import metadata_file, pyiceberg_rows, pyiceberg_table


def create(lakelet, name, columns, version="3"):
    lakelet.ok("sql", f"create table '{name}' ({columns}) with (format = 'iceberg', \"format-version\" = '{version}')")


def edit(path, change):
    """Changes the JSON of the newest metadata file."""
    file = metadata_file(path)
    with open(file) as text:
        metadata = json.load(text)
    change(metadata)
    with open(file, "w") as text:
        json.dump(metadata, text)


def set_type(path, column, type_):
    def change(metadata):
        for schema in metadata["schemas"]:
            for field in schema["fields"]:
                if field["name"] == column:
                    field["type"] = type_

    edit(path, change)


def answers(lakelet, query):
    return lakelet.rows(query).to_pylist()


NANOSECONDS = ["2024-01-01 00:00:00.123456789", "1969-12-31 23:59:59.999999999", "1970-01-01 00:00:00", "2262-01-01 00:00:00.000000001"]


def test_nanoseconds(lakelet, tmp_path):
    """Written, skipped by and read: every digit counts."""
    create(lakelet, "t", "id bigint, t timestamp_ns")
    for id_, text in enumerate(NANOSECONDS):
        lakelet.ok("sql", f"insert into 't' values ({id_}, '{text}')")
    lakelet.ok("sql", "insert into 't' values (9, NULL)")
    assert str(pyiceberg_table(tmp_path / "t").schema().find_field("t").field_type) == "timestamp_ns"
    rows = pyiceberg_rows(tmp_path / "t")
    assert rows.schema.field("t").type == pa.timestamp("ns")
    ours = lakelet.rows("from 't'")
    assert ours.schema.field("t").type == pa.timestamp("ns")
    value = lambda table: dict(zip(table.column("id").to_pylist(), table.column("t").cast(pa.int64()).to_pylist()))  # noqa: E731
    assert value(rows) == value(ours)
    for id_, text in enumerate(NANOSECONDS):
        assert answers(lakelet, f"select id from 't' where t = timestamp_ns '{text}'") == [{"id": id_}]
        later = sum(other > text for other in NANOSECONDS)
        assert answers(lakelet, f"select count(*) n from 't' where t > timestamp_ns '{text}'") == [{"n": later}]
    lakelet.ok("sql", f"update 't' set id = 100 where t = timestamp_ns '{NANOSECONDS[0]}'")
    assert answers(lakelet, "select id from 't' where t < timestamp_ns '2024-01-01 00:00:00.123456790' and id > 50") == [{"id": 100}]


def with_zone(path, values):
    """The table's one file anew, with nanoseconds in UTC in the place of microseconds."""
    set_type(path, "t", "timestamptz_ns")
    (file,) = glob.glob(str(path / "data" / "*.parquet"))
    schema = pa.schema(
        [pa.field("id", pa.int64(), metadata={"PARQUET:field_id": "1"}), pa.field("t", pa.timestamp("ns", "UTC"), metadata={"PARQUET:field_id": "2"})]
    )
    times = pa.array(values, pa.int64()).cast(pa.timestamp("ns", "UTC"))
    pyarrow.parquet.write_table(pa.table([pa.array(range(len(values)), pa.int64()), times], schema=schema), file)
    (manifest,) = [name for name in glob.glob(str(path / "metadata" / "*.avro")) if "snap-" not in name]
    rewrite(manifest, lambda entry: entry["data_file"].update(file_size_in_bytes=len(open(file, "rb").read()), lower_bounds=None, upper_bounds=None))


def rewrite(manifest, change):
    """Changes the entries of a manifest, and its length in the manifest lists."""
    with open(manifest, "rb") as file:
        reader = fastavro.reader(file)
        entries, schema = list(reader), json.loads(reader.metadata["avro.schema"])
        metadata = {key: value for key, value in reader.metadata.items() if not key.startswith("avro.")}
    for entry in entries:
        change(entry)
    with open(manifest, "wb") as file:
        fastavro.writer(file, schema, entries, codec="deflate", metadata=metadata)


def test_nanoseconds_with_a_zone(lakelet, tmp_path):
    """Read in microseconds, the finest that the engine has with a zone; a value that has more is an error, not another value."""
    create(lakelet, "t", "id bigint, t timestamptz")
    lakelet.ok("sql", "insert into 't' values (0, '2024-01-01 00:00:00+00'), (1, '2024-01-01 00:00:00+00')")
    with_zone(tmp_path / "t", [1704067200123456000, -1000])
    assert answers(lakelet, "select id, epoch_us(t) us from 't' order by id") == [{"id": 0, "us": 1704067200123456}, {"id": 1, "us": -1}]
    with_zone(tmp_path / "t", [1704067200123456000, 1704067200123456789])
    refused = lakelet.run("sql", "from 't'")
    assert refused.returncode != 0 and "nanosecond" in refused.stderr.lower()


def blob(value):
    """The literal of the bytes."""
    return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'"


POINT = bytes.fromhex("0101000000000000000000f03f0000000000000040")


@pytest.mark.parametrize("type_", ["geometry", "geometry(srid:4326)", "geography", "geography(srid:4326, vincenty)"])
def test_shapes(lakelet, tmp_path, type_):
    """Well-Known Binary, as it is; nothing is skipped by bounds of shapes; the type stays when the table changes."""
    create(lakelet, "t", "id bigint, g blob")
    set_type(tmp_path / "t", "g", type_)
    lakelet.ok("sql", f"insert into 't' values (1, {blob(POINT)}), (2, NULL)")
    assert answers(lakelet, "from 't' order by id") == [{"id": 1, "g": POINT}, {"id": 2, "g": None}]
    assert answers(lakelet, "select id from 't' where g is null") == [{"id": 2}]
    assert answers(lakelet, "select id from 't' where g > '\\x00'::blob") == [{"id": 1}]
    lakelet.ok("sql", "alter table 't' add column more integer")
    lakelet.ok("sql", "update 't' set more = 5 where id = 2")
    with open(metadata_file(tmp_path / "t")) as text:
        metadata = json.load(text)
    assert {field["type"] for schema in metadata["schemas"] for field in schema["fields"] if field["name"] == "g"} == {type_}
    assert answers(lakelet, "from 't' order by id") == [{"id": 1, "g": POINT, "more": None}, {"id": 2, "g": None, "more": 5}]
    for manifest in glob.glob(str(tmp_path / "t" / "metadata" / "*.avro")):
        if "snap-" not in manifest:
            with open(manifest, "rb") as file:
                for entry in fastavro.reader(file):
                    assert 2 not in {bound["key"] for bound in entry["data_file"]["lower_bounds"] or []}, "bounds of a shape are no bytes to compare"


def test_unknown_columns(lakelet, tmp_path):
    """Always NULL, and in no file. Rows aren't written to tables that have one."""
    create(lakelet, "t", "id bigint")
    lakelet.ok("sql", "insert into 't' values (1)")

    def add(metadata):
        metadata["last-column-id"] = 2
        metadata["schemas"][0]["fields"].append({"id": 2, "name": "u", "required": False, "type": "unknown"})

    edit(tmp_path / "t", add)
    assert answers(lakelet, "from 't'") == [{"id": 1, "u": None}]
    assert answers(lakelet, "select id from 't' where u is null") == [{"id": 1}]
    assert str(pyiceberg_table(tmp_path / "t").schema().find_field("u").field_type) == "unknown"
    before = metadata_file(tmp_path / "t")
    refused = lakelet.run("sql", "insert into 't' (id) values (2)")
    assert refused.returncode == 5 and "a column without a type" in refused.stderr
    assert metadata_file(tmp_path / "t") == before


def test_encrypted_tables_are_refused(lakelet, tmp_path):
    create(lakelet, "t", "id bigint")
    lakelet.ok("sql", "insert into 't' values (1)")
    before = json.load(open(metadata_file(tmp_path / "t")))

    def with_keys(metadata):
        metadata["encryption-keys"] = [{"key-id": "k", "encrypted-key-metadata": "AAAA"}]

    edit(tmp_path / "t", with_keys)
    assert answers(lakelet, "from 't'") == [{"id": 1}], "its files are plain"
    refused = lakelet.run("sql", "insert into 't' values (2)")
    assert refused.returncode == 5 and "encryption" in refused.stderr
    edit(tmp_path / "t", lambda metadata: metadata["snapshots"][0].update({"key-id": "k"}))
    refused = lakelet.run("sql", "from 't'")
    assert refused.returncode == 5 and "encryption" in refused.stderr
    edit(tmp_path / "t", lambda metadata: (metadata.clear(), metadata.update(before)))
    (manifest,) = [name for name in glob.glob(str(tmp_path / "t" / "metadata" / "*.avro")) if "snap-" not in name]
    (list_file,) = glob.glob(str(tmp_path / "t" / "metadata" / "snap-*.avro"))
    original = open(manifest, "rb").read()
    rewrite(manifest, lambda entry: entry["data_file"].update(key_metadata=b"key"))
    refused = lakelet.run("sql", "from 't'")
    if b"key_metadata" in original:
        assert refused.returncode == 5 and "encrypted" in refused.stderr
    with open(list_file, "rb") as file:
        assert re.search(rb"key_metadata", file.read())
    with open(manifest, "wb") as file:
        file.write(original)
    rewrite(list_file, lambda entry: entry.update(key_metadata=b"key"))
    refused = lakelet.run("sql", "from 't'")
    assert refused.returncode == 5 and "encrypted" in refused.stderr


def test_times_of_snapshots(lakelet, tmp_path):
    """A time between two snapshots is that of the older one; before the first there is none."""
    create(lakelet, "t", "id bigint")
    for id_ in range(3):
        lakelet.ok("sql", f"insert into 't' values ({id_})")
    times = [1_700_000_000_000, 1_700_000_001_000, 1_700_000_002_000]

    def change(metadata):
        for at, (snapshot, entry) in enumerate(zip(metadata["snapshots"], metadata["snapshot-log"])):
            snapshot["timestamp-ms"] = entry["timestamp-ms"] = times[at]

    edit(tmp_path / "t", change)
    for at, time in enumerate(times):
        for later in (0, 999):
            count = answers(lakelet, f"select count(*) n from iceberg_scan('t', timestamp_ms => {time + later})")
            assert count == [{"n": at + 1}]
    assert lakelet.run("sql", f"from iceberg_scan('t', timestamp_ms => {times[0] - 1})").returncode == 3


def test_columns_told_apart_by_case(lakelet, tmp_path):
    """As the engine's names differ in more, the later one gets a number; nothing is written under it."""
    create(lakelet, "t", "name text, other text, name_1 bigint, parts struct(x int, y int)")
    lakelet.ok("sql", "insert into 't' values ('a', 'b', 3, {'x': 1, 'y': 2})")

    def rename(metadata):
        for field in metadata["schemas"][-1]["fields"]:
            if field["name"] == "other":
                field["name"] = "Name"
            if field["name"] == "parts":
                field["type"]["fields"][1]["name"] = "X"

    edit(tmp_path / "t", rename)
    assert answers(lakelet, "from 't'") == [{"name": "a", "Name_2": "b", "name_1": 3, "parts": {"x": 1, "X_1": 2}}]
    assert answers(lakelet, "select name_2 from 't' where name_2 = 'b'") == [{"Name_2": "b"}]
    for command in (["sql", "insert into 't' values ('a', 'b', 3, NULL)"], ["delete", "t", "--where", "name = 'a'"], ["vacuum", "t"]):
        assert "columns told apart by case" in lakelet.fails(5, *command)


def test_a_relative_location(lakelet, tmp_path):
    """Some writers put "./" before the table's location, and none before its files'."""
    create(lakelet, "t", "id bigint")
    lakelet.ok("sql", "insert into 't' values (1)")
    here = str(tmp_path / "t")

    def relative(metadata):
        metadata["location"] = "./elsewhere/t"
        for snapshot in metadata["snapshots"]:
            snapshot["manifest-list"] = snapshot["manifest-list"].removeprefix("file://").replace(here, "elsewhere/t")

    edit(tmp_path / "t", relative)
    for file in glob.glob(here + "/metadata/*.avro"):
        with open(file, "rb") as avro:
            reader = fastavro.reader(avro)
            entries, schema, metadata = list(reader), reader.writer_schema, reader.metadata
        for entry in entries:
            for part, key in ((entry, "manifest_path"), (entry.get("data_file", {}), "file_path")):
                if key in part:
                    part[key] = part[key].removeprefix("file://").replace(here, "elsewhere/t")
        kept = {key: value for key, value in metadata.items() if not key.startswith("avro.")}
        with open(file, "wb") as avro:
            fastavro.writer(avro, schema, entries, metadata=kept)
    assert answers(lakelet, "from 't'") == [{"id": 1}]


def test_what_older_writers_leave_out(lakelet, tmp_path):
    create(lakelet, "v3", "id bigint")
    edit(tmp_path / "v3", lambda metadata: metadata.pop("next-row-id"))
    assert answers(lakelet, "from 'v3'") == []
    lakelet.ok("sql", "insert into 'v3' values (1)")
    edit(tmp_path / "v3", lambda metadata: metadata.pop("next-row-id"))
    assert "'next-row-id' of the table is missing" in lakelet.fails(6, "view", "v3")

    create(lakelet, "v1", "id bigint", version="1")
    lakelet.ok("sql", "insert into 'v1' values (1)")
    edit(tmp_path / "v1", lambda metadata: metadata.pop("current-schema-id"))
    assert answers(lakelet, "from 'v1'") == [{"id": 1}]
    edit(tmp_path / "v1", lambda metadata: metadata.pop("schema"))
    assert "'current-schema-id' of the table is missing" in lakelet.fails(6, "view", "v1")
