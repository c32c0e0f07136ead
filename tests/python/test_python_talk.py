"""The workflow of the talk: one script, run with each package's import, prints the same."""

from side_by_side import printed

SCRIPT = """
from PACKAGE import DeltaTable, Field, QueryBuilder, Schema, write_deltalake
from PACKAGE.schema import PrimitiveType
import datetime
import pandas as pd
import polars as pl
import pyarrow as pa
import duckdb
import time

UTC = datetime.timezone.utc

def frame(*rows):
    return pd.DataFrame(rows, columns=["time", "city", "temperature"]).astype({"temperature": "float32", "time": "datetime64[us, UTC]"})

def noon(day):
    return datetime.datetime(2025, 1, day, 12, tzinfo=UTC)

def show(table, order=("time", "city")):
    print(table.version(), table.to_pandas().sort_values(list(order)).to_string(index=False))

# Create
schema = Schema([Field("time", PrimitiveType("timestamp")), Field("city", PrimitiveType("string")), Field("temperature", PrimitiveType("float"))])
table = DeltaTable.create("weather", schema, name="Weather", description="Forecast weather data")
print(table.version(), table.metadata().name, table.metadata().description, table.schema().to_json())

# Append, overwrite
write_deltalake("weather", frame((noon(1), "Grenoble", 3.0), (noon(1), "Lyon", 5.5)), mode="append")
write_deltalake("weather", frame((noon(2), "Grenoble", 4.0), (noon(2), "Lyon", 6.5)), mode="append")
table = DeltaTable("weather")
show(table)

# Upsert
metrics = (
    table.merge(frame((noon(2), "Lyon", 7.0), (noon(3), "Lyon", 8.0)), predicate="target.time = source.time and target.city = source.city", source_alias="source", target_alias="target")
    .when_matched_update(updates={"temperature": "source.temperature"})
    .when_not_matched_insert_all()
    .execute()
)
print(metrics["num_target_rows_updated"], metrics["num_target_rows_inserted"], metrics["num_source_rows"])
show(table)

# Update, delete
print(table.update(updates={"temperature": "temperature + 1"}, predicate="city = 'Grenoble'")["num_updated_rows"])
print(table.delete("temperature > 7.5")["num_deleted_rows"])
show(table)

# A new column
wider = frame((noon(4), "Annecy", -1.0)).assign(humidity=0.8)
write_deltalake("weather", wider, mode="append", schema_mode="merge")
table.update_incremental()
show(table)
print([field.name for field in table.schema().fields])

# History, time travel
for entry in table.history():
    print(entry["version"], entry["operation"], entry["operationParameters"].get("mode"), entry["operationParameters"].get("predicate"))
show(DeltaTable("weather", version=1))
table.load_as_version(2)
show(table)
moment = datetime.datetime.now(UTC)
time.sleep(0.1)
write_deltalake("weather", frame((noon(9), "Nice", 15.0)), mode="overwrite", schema_mode="overwrite")
table = DeltaTable("weather")
show(table)
table.load_as_version(moment.isoformat())
print(table.version())

# Queries, without copies where Arrow allows
dataset = table.to_pyarrow_dataset()
print(duckdb.arrow(dataset).aggregate("city, max(temperature) as t", "city").order("city").fetchall())
print(pl.from_arrow(table.to_pyarrow_table()).group_by("city").len().sort("city").rows())
print(pa.table(QueryBuilder().register("weather", table).execute("select city, count(*) as n from weather group by city order by city").read_all()).to_pylist())
print(len(table.file_uris()), table.count())
"""


def test_the_talks_workflow_prints_the_same(here):
    theirs, ours = printed(SCRIPT, "deltalake", here), printed(SCRIPT, "lakelet.deltalake", here)
    assert theirs.splitlines() == ours.splitlines()
    assert len(ours.splitlines()) > 40
