"""kill -9, many writers, a full disk, a read-only folder: real processes on a real disk."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet
import pytest
from deltalake import DeltaTable

HERE = os.path.dirname(os.path.abspath(__file__))
LAKELET = os.environ.get("LAKELET", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "lakelet"))


def test_killed_at_any_moment_leaves_whole_versions(lakelet, tmp_path):
    """Each killed append either happened or did not: versions are whole, rows come in tens, and the next append works."""
    lakelet.ok("create", "t", "--schema", "i bigint, s string")
    pa.parquet.write_table(pa.table({"i": list(range(10)), "s": ["x" * 1000] * 10}), tmp_path / "ten.parquet")
    seeded = random.Random(7)
    started = time.monotonic()
    lakelet.ok("import", "t", "ten.parquet")
    usual = time.monotonic() - started
    for _ in range(40):
        child = subprocess.Popen([LAKELET, "import", "t", "ten.parquet", "--quiet"], cwd=tmp_path)
        time.sleep(seeded.random() * usual * 1.2)
        child.send_signal(signal.SIGKILL)
        child.wait()
    table = DeltaTable(str(tmp_path / "t"))
    rows = table.to_pyarrow_table()
    assert rows.num_rows == 10 * table.version()
    assert lakelet.rows("select count(*) as n, count(distinct i) as d from 't'").to_pylist() == [{"n": rows.num_rows, "d": 10}]
    lakelet.ok("import", "t", "ten.parquet")
    assert DeltaTable(str(tmp_path / "t")).version() == table.version() + 1


@pytest.mark.parametrize("verb", ["delete", "merge"])
def test_killed_while_rewriting(lakelet, tmp_path, verb):
    lakelet.ok("import", "t", "-", "--create", "--input-format", "csv", stdin="i,s\n" + "".join(f"{i},row {i}\n" for i in range(5000)))
    arguments = {
        "delete": ["delete", "t", "--where", "i % 2 = 0"],
        "merge": ["merge", "t", "--source", "(select i, 'new' as s from 't')", "--on", "target.i = source.i", "--update-all", "--insert-all"],
    }[verb]
    before = sorted(lakelet.rows("from 't'").to_pylist(), key=lambda r: r["i"])
    seeded = random.Random(11)
    for _ in range(15):
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(tmp_path / "t", tmp_path / "copy")
        child = subprocess.Popen([LAKELET, arguments[0], "copy", *[a.replace("'t'", "'copy'") for a in arguments[2:]], "--quiet"], cwd=tmp_path)
        time.sleep(seeded.random() * 0.15)
        child.send_signal(signal.SIGKILL)
        child.wait()
        rows = sorted(lakelet.rows("from 'copy'").to_pylist(), key=lambda r: r["i"])
        version = DeltaTable(str(tmp_path / "copy")).version()
        assert version in (0, 1)
        if version == 0:
            assert rows == before
        else:
            assert rows == ([r for r in before if r["i"] % 2] if verb == "delete" else [{"i": r["i"], "s": "new"} for r in before])


def test_eight_processes_append_at_once(lakelet, tmp_path):
    """No append fails for a race and no row is lost."""
    lakelet.ok("create", "t", "--schema", "writer int, n int")
    script = (
        "import subprocess, sys\n"
        "for n in range(12):\n"
        "    subprocess.run([sys.argv[1], 'import', 't', '-', '--input-format', 'csv', '--quiet'],"
        " input=f'writer,n\\n{sys.argv[2]},{n}\\n', text=True, check=True)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, LAKELET, str(w)], cwd=tmp_path) for w in range(8)]
    assert [w.wait(timeout=300) for w in writers] == [0] * 8
    expected = sorted((w, n) for w in range(8) for n in range(12))
    assert sorted((r["writer"], r["n"]) for r in lakelet.rows("from 't'").to_pylist()) == expected
    table = DeltaTable(str(tmp_path / "t"))
    assert table.version() == 96
    assert sorted((r["writer"], r["n"]) for r in table.to_pyarrow_table().to_pylist()) == expected


def test_a_writer_that_cannot_finish_its_files_changes_nothing(lakelet, tmp_path):
    """A limit on file size stands for a full disk: the write fails in the middle of a data file."""
    lakelet.ok("import", "t", "-", "--create", "--input-format", "csv", stdin="i,s\n1,a\n")
    big = tmp_path / "big.csv"
    with open(big, "w") as file:
        file.write("i,s\n")
        for i in range(200_000):
            file.write(f"{i},{random.getrandbits(128):x}\n")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = subprocess.run([LAKELET, "import", "t", "big.csv", "--quiet"], cwd=tmp_path, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 9, done.stderr
    assert done.stderr.startswith("error: ")
    assert DeltaTable(str(tmp_path / "t")).version() == 0
    assert lakelet.rows("from 't'").to_pylist() == [{"i": 1, "s": "a"}]
    assert not [name for name in os.listdir(tmp_path / "t") if name.startswith(".")], "temporary files were left behind"


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root ignores permissions, and there is no setpriv to stop being root")
def test_read_only_folder(lakelet, tmp_path):
    lakelet.ok("import", "t", "-", "--create", "--input-format", "csv", stdin="i\n1\n")
    for root, folders, _ in os.walk(tmp_path):
        os.chmod(root, 0o555)
    for folder in tmp_path.parents:
        if os.stat(folder).st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            os.chmod(folder, 0o755)
    command = [LAKELET, "import", str(tmp_path / "t"), "-", "--input-format", "csv"]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(command, input="i\n2\n", capture_output=True, text=True, cwd="/")
    for root, folders, _ in os.walk(tmp_path):
        os.chmod(root, 0o755)
    assert done.returncode == 9, done.stderr
    assert "ermission" in done.stderr
    assert lakelet.rows("from 't'").to_pylist() == [{"i": 1}]
