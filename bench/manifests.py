"""manifests.py FOLDER [--manifests N] [--files N]: makes the Iceberg table whose planning bench/iceberg.py measures, once: metadata alone,
for files that aren't there. Each manifest holds the files of one day, in 100 shards; ids grow from file to file."""

import argparse
import datetime
import json
import os
import struct
import time
import uuid

import fastavro

FIRST_DAY = (datetime.date(2021, 1, 1) - datetime.date(1970, 1, 1)).days
ROWS = 1000
SHARDS = 100
LONG, INT = struct.Struct("<q"), struct.Struct("<i")
SCHEMA = {
    "type": "struct",
    "schema-id": 0,
    "fields": [
        {"id": 1, "name": "id", "required": False, "type": "long"},
        {"id": 2, "name": "day", "required": False, "type": "date"},
        {"id": 3, "name": "shard", "required": False, "type": "int"},
        {"id": 4, "name": "name", "required": False, "type": "string"},
        {"id": 5, "name": "value", "required": False, "type": "double"},
    ],
}
SPEC = [
    {"source-id": 2, "field-id": 1000, "name": "day", "transform": "identity"},
    {"source-id": 3, "field-id": 1001, "name": "shard", "transform": "identity"},
]


def field(name, id_, type_, optional=False):
    return {"name": name, "type": ["null", type_] if optional else type_, "field-id": id_, **({"default": None} if optional else {})}


def pairs(name, id_, key, value, type_):
    record = {"type": "record", "name": f"k{key}_v{value}", "fields": [field("key", key, "int"), field("value", value, type_)]}
    return field(name, id_, {"type": "array", "items": record, "logicalType": "map"}, True)


FILE = {
    "type": "record",
    "name": "r2",
    "fields": [
        field("content", 134, "int"),
        field("file_path", 100, "string"),
        field("file_format", 101, "string"),
        field(
            "partition",
            102,
            {
                "type": "record",
                "name": "r102",
                "fields": [field("day", 1000, {"type": "int", "logicalType": "date"}, True), field("shard", 1001, "int", True)],
            },
        ),
        field("record_count", 103, "long"),
        field("file_size_in_bytes", 104, "long"),
        pairs("column_sizes", 108, 117, 118, "long"),
        pairs("value_counts", 109, 119, 120, "long"),
        pairs("null_value_counts", 110, 121, 122, "long"),
        pairs("nan_value_counts", 137, 138, 139, "long"),
        pairs("lower_bounds", 125, 126, 127, "bytes"),
        pairs("upper_bounds", 128, 129, 130, "bytes"),
        field("split_offsets", 132, {"type": "array", "items": "long", "element-id": 133}, True),
        field("sort_order_id", 140, "int", True),
    ],
}
ENTRY = {
    "type": "record",
    "name": "manifest_entry",
    "fields": [
        field("status", 0, "int"),
        field("snapshot_id", 1, "long", True),
        field("sequence_number", 3, "long", True),
        field("file_sequence_number", 4, "long", True),
        field("data_file", 2, FILE),
    ],
}
SUMMARY = {
    "type": "record",
    "name": "r508",
    "fields": [
        field("contains_null", 509, "boolean"),
        field("contains_nan", 518, "boolean", True),
        field("lower_bound", 510, "bytes", True),
        field("upper_bound", 511, "bytes", True),
    ],
}
LIST = {
    "type": "record",
    "name": "manifest_file",
    "fields": [
        field("manifest_path", 500, "string"),
        field("manifest_length", 501, "long"),
        field("partition_spec_id", 502, "int"),
        field("content", 517, "int"),
        field("sequence_number", 515, "long"),
        field("min_sequence_number", 516, "long"),
        field("added_snapshot_id", 503, "long"),
        field("added_files_count", 504, "int"),
        field("existing_files_count", 505, "int"),
        field("deleted_files_count", 506, "int"),
        field("added_rows_count", 512, "long"),
        field("existing_rows_count", 513, "long"),
        field("deleted_rows_count", 514, "long"),
        field("partitions", 507, {"type": "array", "items": SUMMARY, "element-id": 508}, True),
    ],
}
SNAPSHOT = 1000000000000000001


def entries(location, day, files, first):
    bytes_of_day = INT.pack(day)
    counts = [{"key": key, "value": ROWS} for key in range(1, 6)]
    nulls = [{"key": key, "value": 0} for key in range(1, 6)]
    sizes = [{"key": key, "value": 4000 + key} for key in range(1, 6)]
    text = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
    for at in range(files):
        shard = at % SHARDS
        low = (first + at) * ROWS
        values = [LONG.pack(low), bytes_of_day, INT.pack(shard), b"name-0000000000", b"\0" * 8]
        upper = [LONG.pack(low + ROWS - 1), bytes_of_day, INT.pack(shard), b"name-0000000099", struct.pack("<d", 1e6)]
        yield {
            "status": 1,
            "snapshot_id": SNAPSHOT,
            "sequence_number": 1,
            "file_sequence_number": 1,
            "data_file": {
                "content": 0,
                "file_path": f"{location}/data/day={text}/shard={shard}/00000-{first + at:08}-{uuid.uuid5(uuid.NAMESPACE_OID, str(first + at))}-00001.parquet",
                "file_format": "PARQUET",
                "partition": {"day": day, "shard": shard},
                "record_count": ROWS,
                "file_size_in_bytes": 25000 + at,
                "column_sizes": sizes,
                "value_counts": counts,
                "null_value_counts": nulls,
                "nan_value_counts": [{"key": 5, "value": 0}],
                "lower_bounds": [{"key": key, "value": value} for key, value in enumerate(values, 1)],
                "upper_bounds": [{"key": key, "value": value} for key, value in enumerate(upper, 1)],
                "split_offsets": [4],
                "sort_order_id": 0,
            },
        }


def make(folder, manifests, files):
    location = os.path.abspath(folder)
    metadata = os.path.join(location, "metadata")
    os.makedirs(metadata, exist_ok=True)
    described = {
        "schema": json.dumps(SCHEMA),
        "schema-id": "0",
        "partition-spec": json.dumps(SPEC),
        "partition-spec-id": "0",
        "format-version": "2",
        "content": "data",
    }
    schema, summary_of = fastavro.parse_schema(ENTRY), []
    for number in range(manifests):
        path = os.path.join(metadata, f"{number:05}-m0.avro")
        day = FIRST_DAY + number
        with open(path, "wb") as out:
            fastavro.writer(out, schema, entries(location, day, files, number * files), codec="deflate", metadata=described)
        summary_of.append(
            {
                "manifest_path": path,
                "manifest_length": os.path.getsize(path),
                "partition_spec_id": 0,
                "content": 0,
                "sequence_number": 1,
                "min_sequence_number": 1,
                "added_snapshot_id": SNAPSHOT,
                "added_files_count": files,
                "existing_files_count": 0,
                "deleted_files_count": 0,
                "added_rows_count": files * ROWS,
                "existing_rows_count": 0,
                "deleted_rows_count": 0,
                "partitions": [
                    {"contains_null": False, "contains_nan": False, "lower_bound": INT.pack(low), "upper_bound": INT.pack(high)}
                    for low, high in ((day, day), (0, min(SHARDS, files) - 1))
                ],
            }
        )
    names = os.path.join(metadata, f"snap-{SNAPSHOT}-0-bench.avro")
    with open(names, "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(LIST), summary_of, codec="deflate", metadata={"format-version": "2", "snapshot-id": str(SNAPSHOT)})
    now = int(time.time() * 1000)
    summary = {"operation": "append", "total-records": str(manifests * files * ROWS), "total-data-files": str(manifests * files), "total-delete-files": "0"}
    table = {
        "format-version": 2,
        "table-uuid": str(uuid.uuid4()),
        "location": location,
        "last-sequence-number": 1,
        "last-updated-ms": now,
        "last-column-id": 5,
        "current-schema-id": 0,
        "schemas": [SCHEMA],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": SPEC}],
        "last-partition-id": 1001,
        "default-sort-order-id": 0,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": {},
        "current-snapshot-id": SNAPSHOT,
        "snapshots": [
            {"snapshot-id": SNAPSHOT, "sequence-number": 1, "timestamp-ms": now, "manifest-list": names, "summary": summary, "schema-id": 0}
        ],
        "refs": {"main": {"snapshot-id": SNAPSHOT, "type": "branch"}},
        "snapshot-log": [{"timestamp-ms": now, "snapshot-id": SNAPSHOT}],
        "metadata-log": [],
    }
    with open(os.path.join(metadata, "v1.metadata.json"), "w") as out:
        json.dump(table, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--manifests", type=int, default=1000)
    parser.add_argument("--files", type=int, default=1000, help="in each manifest")
    options = parser.parse_args()
    if not os.path.exists(os.path.join(options.folder, "metadata", "v1.metadata.json")):
        make(options.folder, options.manifests, options.files)


if __name__ == "__main__":
    main()
