"""Delta tables whose log is written by hand, over data files that the tests make."""

import json
import uuid

import pyarrow.parquet as pq


def field(name, type_, nullable=True, **metadata):
    return {"name": name, "type": type_, "nullable": nullable, "metadata": metadata}


def struct(*fields):
    return {"type": "struct", "fields": list(fields)}


def array(element, contains_null=True):
    return {"type": "array", "elementType": element, "containsNull": contains_null}


def map_of(key, value):
    return {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": True}


class DeltaLog:
    def __init__(self, lakelet, path):
        self.lakelet, self.path, self.version = lakelet, path, -1
        (path / "_delta_log").mkdir(parents=True)

    def commit(self, *actions):
        self.version += 1
        text = "".join(json.dumps(action) + "\n" for action in actions)
        (self.path / "_delta_log" / f"{self.version:020}.json").write_text(text)

    def create(self, *fields, partition_by=(), reader=(), writer=(), versions=None, configuration=None, schema=None):
        """The first commit. `reader`: reader features, listed for writers too; `writer`: writer features alone."""
        if versions:
            protocol = {"minReaderVersion": versions[0], "minWriterVersion": versions[1]}
        elif reader:
            protocol = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": list(reader), "writerFeatures": [*reader, *writer]}
        elif writer:
            protocol = {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": list(writer)}
        else:
            protocol = {"minReaderVersion": 1, "minWriterVersion": 2}
        self.commit({"protocol": protocol}, {"metaData": {
            "id": str(uuid.uuid4()), "format": {"provider": "parquet", "options": {}},
            "schemaString": schema if schema is not None else json.dumps(struct(*fields)),
            "partitionColumns": list(partition_by), "configuration": configuration or {}, "createdTime": 0}})
        return self

    def add(self, name, log_path=None, values=None, size=None, stats=None, **more):
        """Commits the file `name` of the table's folder."""
        file = self.path / name
        action = {"path": log_path or name, "partitionValues": values or {}, "modificationTime": 0, "dataChange": True,
                  "size": size if size is not None else (file.stat().st_size if file.exists() else 1), **more}
        if stats is not None:
            action["stats"] = json.dumps(stats)
        self.commit({"add": action})
        return self

    def write(self, rows, name="part-0.parquet", **options):
        """Writes an Arrow table as a data file and commits it."""
        log = {key: options.pop(key) for key in ("log_path", "values", "size", "stats") if key in options}
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, self.path / name, **options)
        return self.add(name, **log)

    def rows(self, columns="*", rest=""):
        return self.lakelet.rows(f"select {columns} from 't' {rest}").to_pylist()

    def values(self, column="*", rest=""):
        return [next(iter(row.values())) for row in self.rows(column, rest)]

    def fails(self, code, query="from 't'"):
        return self.lakelet.fails(code, "sql", "--quiet", query)
