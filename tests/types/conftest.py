import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))


@pytest.fixture
def table(lakelet, tmp_path):
    """Makes a Delta table with its log written by hand, at `t` in the folder of the command line."""
    from delta_table import DeltaLog

    return DeltaLog(lakelet, tmp_path / "t")
