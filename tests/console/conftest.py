"""A console on a folder of tables, for each test its own."""

import subprocess

import pytest

from running_console import LAKELET, Console


@pytest.fixture
def console(tmp_path):
    """Starts consoles on tmp_path; stops them all."""
    consoles = []

    def start(*arguments):
        consoles.append(Console(tmp_path, *arguments))
        return consoles[-1]

    yield start
    for one in consoles:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture
def lake(tmp_path):
    """A folder with two tables, and files beside it that are nobody's business."""
    folder = tmp_path / "lake"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("the secret")
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    run = lambda sql: subprocess.run([LAKELET, "sql", sql], cwd=tmp_path, check=True, capture_output=True)
    run("create table 'lake/weather' (city varchar, temperature float, time timestamptz)")
    run("insert into 'lake/weather' values ('Paris', 10.5, '2025-03-01 12:00:00+00'), ('Oslo', -3, null)")
    run("insert into 'lake/weather' values ('Rome', 21, '2025-03-02 12:00:00+00')")
    run("create table 'lake/sub/numbers' as select range as i, range % 7 as k from range(5000)")
    run("create table './outside' as select 1 as a")
    return folder
