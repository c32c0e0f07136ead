"""Rows of odd files are changed: what stays is written anew, as the table's types have it."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
from delta_table import array, field, struct


def test_rows_that_stay_keep_their_values(table):
    table.create(field("id", "integer"), field("d", "date"), field("t", "timestamp"), field("s", "string"), field("l", array(struct(field("x", "long"), field("new", "string")))))
    days = (dt.date(1500, 1, 10) - dt.date(1970, 1, 1)).days
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int32()), "d": pa.array([days, 0, None], pa.int32()).cast(pa.date32()),
                     "t": pa.array([1_000, 2_000, None], pa.timestamp("ns")), "s": pa.array(["é".encode(), b"", None], pa.binary()),
                     "l": pa.array([[{"x": 1}, None], [], None], pa.list_(pa.struct([("x", pa.int16())])))})
    table.write(rows.replace_schema_metadata({"org.apache.spark.version": "2.4.5"}))
    before = table.rows(rest="where id <> 2 order by id")
    assert before[0] == {"id": 1, "d": dt.date(1500, 1, 1), "t": dt.datetime(1970, 1, 1, 0, 0, 0, 1, dt.timezone.utc), "s": "é", "l": [{"x": 1, "new": None}, None]}
    table.lakelet.ok("sql", "--quiet", "delete from 't' where id = 2")
    assert table.rows(rest="order by id") == before
    (new,) = [file for file in table.path.glob("*.parquet") if file.name != "part-0.parquet"]
    assert pq.read_table(new).sort_by("id")["d"].to_pylist() == [dt.date(1500, 1, 1), None]
