"""The workloads with the `deltalake` package (delta-rs)."""

import pyarrow.dataset
import pyarrow.parquet
import work_clock
from deltalake import DeltaTable, QueryBuilder, write_deltalake


def first_row(table):
    rows = QueryBuilder().register("t", DeltaTable(table)).execute("select * from t limit 1").read_all()
    return rows.num_rows


def write(source, table):
    write_deltalake(table, pyarrow.dataset.dataset(source).scanner().to_reader())
    return DeltaTable(table).version()


def query(table, sql):
    rows = QueryBuilder().register("t", DeltaTable(table)).execute(sql).read_all()
    return rows.num_rows


def upsert(table, source):
    metrics = (
        DeltaTable(table)
        .merge(
            pyarrow.parquet.read_table(source),
            "target.l_orderkey = source.l_orderkey and target.l_linenumber = source.l_linenumber",
            source_alias="source",
            target_alias="target",
        )
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )
    return [metrics["num_target_rows_updated"], metrics["num_target_rows_inserted"]]


def delete(table, predicate):
    return DeltaTable(table).delete(predicate)["num_deleted_rows"]


def compact(table):
    return DeltaTable(table).optimize.compact()["numFilesAdded"]


def z_order(table, columns, target):
    return DeltaTable(table).optimize.z_order(columns, target_size=target)["numFilesAdded"]


def open_files(table):
    return DeltaTable(table).version()


def list_files(table):
    return len(DeltaTable(table).file_uris())


def vacuum_files(table, full):
    return len(DeltaTable(table).vacuum(dry_run=True, full=full))


work_clock.main({"vacuum_files": vacuum_files, "open_files": open_files, "list_files": list_files, "first_row": first_row, "write": write, "query": query, "upsert": upsert, "delete": delete, "compact": compact, "z_order": z_order})
