"""Start to first row with polars (it reads Delta through the deltalake package)."""

import polars
import work_clock


def first_row(table):
    return polars.scan_delta(table).head(1).collect().height


work_clock.main({"first_row": first_row})
