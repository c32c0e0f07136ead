"""The same calls on the real `deltalake` package and on lakelet.deltalake, for the tests that compare the two."""

import json
import subprocess
import sys

import deltalake as real
import pyarrow
import pytest

import lakelet.deltalake as ours

ROWS = pyarrow.table({"id": pyarrow.array([1, 2, 3], pyarrow.int32()), "s": ["a", "b", None], "p": ["x", "x", "y"]})
BOTH = pytest.mark.parametrize("delta", [real, ours], ids=["deltalake", "lakelet"])


def pairs(work):
    """What the work gives with each package."""
    return work(real), work(ours)


def printed(code, package, here):
    """What a script prints in a process and folder of its own, with PACKAGE being the package's name."""
    folder = here / package
    folder.mkdir()
    if package == real.__name__:  # now and then its threads abort the process at the interpreter's end, after everything
        code += "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n"
    done = subprocess.run([sys.executable, "-c", code.replace("PACKAGE", package)], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(table):
    return sorted(table.to_pyarrow_table().to_pylist(), key=lambda row: json.dumps(row, default=str))


def made(delta, here, rows=ROWS, **options):
    path = str(here / delta.__name__)
    delta.write_deltalake(path, rows, **options)
    return path, delta.DeltaTable(path)
