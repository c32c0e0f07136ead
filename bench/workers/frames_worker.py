"""Tables to and from frames in Python: lakelet's module, deltalake and polars, each importing only what it needs."""

import work_clock


def lakelet_table(table):
    import lakelet

    return lakelet.open(table)


def deltalake_table(table):
    from deltalake import DeltaTable

    return DeltaTable(table)


def polars_scan(table):
    import polars

    return polars.scan_delta(table)


def imported(system):
    __import__(system)
    return 0


READS = {
    ("lakelet", "arrow"): lambda table: lakelet_table(table).to_pyarrow().num_rows,
    ("lakelet", "pandas"): lambda table: len(lakelet_table(table).to_pandas()),
    ("lakelet", "polars"): lambda table: lakelet_table(table).to_polars().height,
    ("lakelet", "rows"): lambda table: len(lakelet_table(table).to_pylist()),
    ("deltalake", "arrow"): lambda table: deltalake_table(table).to_pyarrow_table().num_rows,
    ("deltalake", "pandas"): lambda table: len(deltalake_table(table).to_pandas()),
    ("deltalake", "rows"): lambda table: deltalake_table(table).to_pyarrow_table().num_rows,
    ("polars", "polars"): lambda table: polars_scan(table).collect().height,
    ("polars", "rows"): lambda table: polars_scan(table).collect().height,
}


def read(system, frame, table):
    return READS[system, frame](table)


def frame_of(source, kind):
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(source)
    return rows.to_pandas() if kind == "pandas" else rows


def write(system, frame, source, table):
    rows = frame_of(source, frame)
    if system == "lakelet":
        import lakelet

        return lakelet.write(table, rows).rows_inserted
    from deltalake import write_deltalake

    write_deltalake(table, rows)
    return len(rows)


def merge(system, source, table, on):
    rows = frame_of(source, "arrow")
    if system == "lakelet":
        import lakelet

        work = lakelet.open(table).merge(rows, on)
    else:
        work = deltalake_table(table).merge(rows, on, source_alias="source", target_alias="target")
    work.when_matched_update_all().when_not_matched_insert_all().execute()
    return 0


work_clock.main({"imported": imported, "read": read, "write": write, "merge": merge})
