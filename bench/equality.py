"""Equality deletes, which neither lakelet nor pyiceberg writes: a delete file of given keys is added to a table in a folder, as one commit more."""

import glob
import json
import os

import fastavro
import manifests
import pyarrow
import pyarrow.parquet

SNAPSHOT = 1000000000000000002


def record(name, type_, fields):
    return {"type": "record", "name": name, "fields": [field if field["name"] != "partition" else {**field, "type": type_} for field in fields]}


def delete_schema():
    """Of the entries of a table without partitions."""
    nothing = {"type": "record", "name": "r102", "fields": []}
    ids = manifests.field("equality_ids", 135, {"type": "array", "items": "int", "element-id": 136}, True)
    file = record("r2", nothing, [*manifests.FILE["fields"], ids])
    return {**manifests.ENTRY, "fields": [*manifests.ENTRY["fields"][:-1], manifests.field("data_file", 2, file)]}


def add(table, field_id, name, keys):
    """`keys`: whole numbers; rows that have one of them in the column are gone."""
    files = glob.glob(os.path.join(table, "metadata", "v*.metadata.json"))
    newest = max(files, key=lambda path: int(os.path.basename(path)[1:].split(".")[0]))
    with open(newest) as source:
        metadata = json.load(source)
    base = next(each for each in metadata["snapshots"] if each["snapshot-id"] == metadata["current-snapshot-id"])
    number = metadata["last-sequence-number"] + 1
    keys = pyarrow.array(keys, pyarrow.int64())
    schema = pyarrow.schema([pyarrow.field(name, pyarrow.int64(), metadata={"PARQUET:field_id": str(field_id)})])
    os.makedirs(os.path.join(table, "deletes"), exist_ok=True)
    path = os.path.join(table, "deletes", "equality-deletes.parquet")
    pyarrow.parquet.write_table(pyarrow.table([keys], schema=schema), path)
    entry = {
        "status": 1,
        "snapshot_id": SNAPSHOT,
        "sequence_number": number,
        "file_sequence_number": number,
        "data_file": {"content": 2, "file_path": path, "file_format": "PARQUET", "partition": {}, "record_count": len(keys),
                      "file_size_in_bytes": os.path.getsize(path), "equality_ids": [field_id]},
    }  # fmt: skip
    manifest = os.path.join(table, "metadata", "equality-m0.avro")
    described = {"schema": json.dumps(metadata["schemas"][-1]), "partition-spec": "[]", "partition-spec-id": "0", "format-version": "2", "content": "deletes"}
    with open(manifest, "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(delete_schema()), [entry], codec="deflate", metadata=described)
    with open(base["manifest-list"].removeprefix("file://"), "rb") as source:
        listed = list(fastavro.reader(source))
    listed.append(
        {"manifest_path": manifest, "manifest_length": os.path.getsize(manifest), "partition_spec_id": 0, "content": 1, "sequence_number": number,
         "min_sequence_number": number, "added_snapshot_id": SNAPSHOT, "added_files_count": 1, "existing_files_count": 0, "deleted_files_count": 0,
         "added_rows_count": len(keys), "existing_rows_count": 0, "deleted_rows_count": 0, "partitions": []}
    )  # fmt: skip
    names = os.path.join(table, "metadata", f"snap-{SNAPSHOT}-0-bench.avro")
    with open(names, "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(manifests.LIST), listed, codec="deflate")
    snapshot = {**base, "snapshot-id": SNAPSHOT, "parent-snapshot-id": base["snapshot-id"], "sequence-number": number, "manifest-list": names,
                "timestamp-ms": base["timestamp-ms"] + 1, "summary": {"operation": "delete", "total-equality-deletes": str(len(keys))}}  # fmt: skip
    metadata["snapshots"].append(snapshot)
    metadata["current-snapshot-id"] = SNAPSHOT
    metadata["last-sequence-number"] = number
    metadata["last-updated-ms"] = snapshot["timestamp-ms"]
    metadata["refs"]["main"]["snapshot-id"] = SNAPSHOT
    metadata["snapshot-log"].append({"timestamp-ms": snapshot["timestamp-ms"], "snapshot-id": SNAPSHOT})
    with open(os.path.join(table, "metadata", f"v{int(os.path.basename(newest)[1:].split('.')[0]) + 1}.metadata.json"), "w") as out:
        json.dump(metadata, out)
    hint = os.path.join(table, "metadata", "version-hint.text")
    if os.path.exists(hint):
        os.remove(hint)
