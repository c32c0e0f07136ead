"""Optimize beside appends, merges and deletes of other processes, and killed again and again: no append fails, and the rows are those
of the changes."""

import concurrent.futures
import os
import pathlib
import subprocess

import pytest

LAKELET = os.environ.get("LAKELET", str(pathlib.Path(__file__).resolve().parents[2] / "build" / "lakelet"))
APPENDERS, APPENDS = 2, 5


def repeat(cwd, command):
    """Until it succeeds: a change may lose to another one."""
    for _ in range(60):
        done = subprocess.run([LAKELET, *command, "--quiet"], cwd=cwd, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            return
        assert done.returncode == 7, done.stderr
    raise AssertionError(f"{command} lost sixty times")


def append(cwd, writer, failures):
    for n in range(APPENDS):
        first = 10_000 * (writer + 1) + 10 * n
        rows = f"insert into 't' select i, 'a', 1 from range({first}, {first + 10}) r(i)"
        done = subprocess.run([LAKELET, "sql", "--quiet", rows], cwd=cwd, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            failures.append(done.stderr)


def change(cwd):
    for n in range(1, 4):
        repeat(cwd, ["delete", "t", "--where", f"id = {n * 7}"])
        repeat(cwd, ["merge", "t", "--source", "changes.csv", "--on", "target.id = source.id", "--update", "n = target.n + 1", "--insert-all"])


def kill_optimize(cwd):
    for n in range(6):
        try:
            subprocess.run([LAKELET, "optimize", "t", "--hilbert", "id,n", "--full", "--quiet"], cwd=cwd, capture_output=True, timeout=0.02 + 0.03 * n)
        except subprocess.TimeoutExpired:
            pass  # it is killed


@pytest.mark.parametrize("vectors", ["true", "false"])
def test_the_rows_are_those_of_the_changes(lakelet, tmp_path, vectors):
    lakelet.ok("create", "t", "--schema", "id bigint, v string, n bigint", "--property", f"delta.enableDeletionVectors={vectors}")
    for first in range(0, 400, 100):
        lakelet.ok("sql", f"insert into 't' select i, 'v', 0 from range({first}, {first + 100}) r(i)")
    (tmp_path / "changes.csv").write_text("id,v,n\n200,m,0\n201,m,0\n999999,m,0\n")
    failures = []
    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = [pool.submit(append, tmp_path, writer, failures) for writer in range(APPENDERS)]
        for options in ([], ["--z-order", "id,n"]):
            work.append(pool.submit(lambda o=options: [repeat(tmp_path, ["optimize", "t", *o]) for _ in range(4)]))
        work += [pool.submit(change, tmp_path), pool.submit(kill_optimize, tmp_path)]
    for each in work:
        each.result()
    assert failures == []
    (found,) = lakelet.rows("select count(*)::bigint n, count(distinct id)::bigint ids, sum(n)::bigint total, count(*) filter (id in (7, 14, 21))::bigint gone from 't'").to_pylist()
    appended = APPENDERS * APPENDS * 10
    # Two rows are merged three times; the third is inserted, and then merged twice.
    assert found == {"n": 400 + appended - 3 + 1, "ids": 400 + appended - 3 + 1, "total": appended + 2 * 3 + 2, "gone": 0}
    lakelet.ok("optimize", "t")
    assert lakelet.rows("select count(*)::bigint n from 't'").to_pylist() == [{"n": found["n"]}]
