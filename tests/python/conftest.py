"""The module under test is the one that `make python` or `make test` built."""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = str(ROOT / "build" / "python")
if BUILT not in sys.path:
    sys.path.insert(0, BUILT)
os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([BUILT, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder that is the working one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
