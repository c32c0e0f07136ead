"""The same calls on the real `deltalake` package and on lakelet.deltalake, for the tests that compare the two."""

import json

import deltalake as real
import pyarrow
import pytest

import lakelet.deltalake as ours

ROWS = pyarrow.table({"id": pyarrow.array([1, 2, 3], pyarrow.int32()), "s": ["a", "b", None], "p": ["x", "x", "y"]})
BOTH = pytest.mark.parametrize("delta", [real, ours], ids=["deltalake", "lakelet"])


def pairs(work):
    """What the work gives with each package."""
    return work(real), work(ours)


def rows_of(table):
    return sorted(table.to_pyarrow_table().to_pylist(), key=lambda row: json.dumps(row, default=str))


def made(delta, here, rows=ROWS, **options):
    path = str(here / delta.__name__)
    delta.write_deltalake(path, rows, **options)
    return path, delta.DeltaTable(path)
