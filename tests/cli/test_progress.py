"""Progress bars: on a terminal, and nowhere else. (How fast it goes: src/base/rate_test.cc.)"""

import os
import pty
import re
import select
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))

LONG = "select sum((a.i * b.i) % 7) from './t' a, './t' b"  # of 10^12 pairs


def shown_until(master, pattern, seconds=100):
    """What a terminal shows, as soon as the pattern is in it."""
    raw, deadline = b"", time.monotonic() + seconds  # decoded as a whole: a character may come in two reads
    while not re.search(pattern, raw.decode(errors="replace")):
        assert time.monotonic() < deadline, raw[-500:]
        if select.select([master], [], [], 1)[0]:
            raw += os.read(master, 65536)
    return raw.decode(errors="replace")


def test_a_bar_is_shown_and_goes_away(lakelet):
    lakelet.ok("sql", "create table './t' as select range as i from range(1000000)")
    master, terminal = pty.openpty()
    process = subprocess.Popen([LAKELET, "sql", LONG], cwd=lakelet.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    try:
        shown_until(master, r"query [━─]+ +\d+%")
        process.send_signal(signal.SIGINT)
        assert shown_until(master, "cancelled").rstrip().split("\x1b[K")[-1].endswith("cancelled")
        assert process.wait(60) != 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_bar_while_rows_are_written_to_a_file(lakelet):
    master, terminal = pty.openpty()
    query = "select md5(range::varchar) as m, range as i from range(3000000000)"
    process = subprocess.Popen([LAKELET, "sql", query, "--output", "rows.parquet"], cwd=lakelet.cwd, stdin=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    try:
        shown_until(master, r"query .*rows/s")
        process.send_signal(signal.SIGINT)
        shown_until(master, "cancelled")
        assert process.wait(60) != 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_no_bar_in_a_pipe(lakelet):
    done = lakelet.run("sql", "select count(*) from range(100000000) t(i) where i % 7 = 3")
    assert done.returncode == 0 and "━" not in done.stderr
