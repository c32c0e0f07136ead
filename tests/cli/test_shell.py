"""lakelet sql on a terminal: a pseudo-terminal types what a person would."""

import os
import pty
import re
import select
import signal
import termios
import time

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))


class Shell:
    def __init__(self, cwd, home, *arguments):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            environment = {**os.environ, "XDG_STATE_HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}
            os.execve(LAKELET, [LAKELET, *arguments, "sql"], environment)
        self.raw, self.seen = b"", ""
        self.wait("lakelet> ")

    def wait(self, sign, seconds=20):
        """What came until `sign` did, without the terminal's own codes."""
        deadline = time.monotonic() + seconds
        while sign not in self.seen:
            assert time.monotonic() < deadline, repr(self.raw)
            if not select.select([self.terminal], [], [], 0.2)[0]:
                continue
            try:
                more = os.read(self.terminal, 4096)
            except OSError:
                more = b""
            assert more, self.seen
            self.raw += more  # the terminal's codes and characters may come in two halves
            self.seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x09\x0b-\x1f]", "", self.raw.decode(errors="replace"))
        before, _, after = self.seen.partition(sign)
        self.raw, self.seen = after.encode(), after
        return before

    def type(self, text):
        os.write(self.terminal, text.encode())

    def interrupt(self):
        """Ctrl-C once the terminal makes a signal of it and the bar is there, so that a statement runs."""
        self.wait("━")
        assert termios.tcgetattr(self.terminal)[3] & termios.ISIG
        self.type("\x03")

    def ask(self, text):
        self.type(text + "\n")
        return self.wait("lakelet> ")

    def end(self, typed, seconds=20):
        """Types what ends it, again and again: a Ctrl-D before the editor has the terminal is the terminal's own, which makes
        an invisible character of it; Ctrl-C clears the line then."""
        deadline = time.monotonic() + seconds
        done = 0
        while not done:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            try:
                self.type(typed)
            except OSError:
                pass  # it is gone
            typed = "\x03" + typed.lstrip("\x03")
            for _ in range(20):
                done, status = os.waitpid(self.pid, os.WNOHANG)
                if done:
                    break
                time.sleep(0.05)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status)


@pytest.fixture
def shell(lakelet):
    lakelet.ok("sql", "create table 'lake/weather' as select 'Oslo' as city, 3.5 as temperature")
    (lakelet.cwd / "lakelet.yml").write_text("tables:\n  - {name: weather, uri: lake/weather}\nqueries:\n  - {name: all, sql: from weather}\n")
    return lambda: Shell(lakelet.cwd, lakelet.cwd / "state")


def test_statements_of_several_lines_and_what_is_kept_between_them(shell):
    one = shell()
    one.type("select city,\n")
    one.wait("...> ")
    assert "Oslo" in one.ask("temperature from weather;")
    one.ask("create temp table t as select 41 as a;")
    assert "42" in one.ask("select a + 1 from t;")
    assert "1 row changed" in one.ask("insert into weather values ('Žilina', 7);")
    assert "Žilina" in one.ask("from 'lake/weather';")
    assert "citty" in one.ask("select citty from weather;")  # and it goes on
    assert "1,2" in one.ask(".mode csv") + one.ask("select 1 as a, 2 as b;")
    assert one.end("\x04") == 0


def test_completion_of_tables_columns_keywords_and_paths(shell):
    one = shell()
    one.type("sel\t")
    one.wait("select")
    one.type(" temp\t")  # of no table yet: nothing but what the engine knows
    one.type("\x03")
    one.wait("lakelet> ")
    one.type("select city from wea\t")
    one.wait("weather")
    one.type(" where tem\t")
    one.wait("temperature")
    assert "Oslo" in one.ask(" > 1;")
    one.type("from 'la\t")
    one.wait("'lake/weather'")
    assert "Oslo" in one.ask(";")
    one.type(".sch\t")
    one.wait(".schema")
    assert "temperature" in one.ask(" weather")
    assert one.end(".quit\n") == 0


def test_interruption(shell, lakelet):
    lakelet.ok("sql", "create table './t' as select range as i from range(1000000)")
    one = shell()
    one.type("select 'half")
    one.wait("half")
    one.type("\x03")
    one.wait("lakelet> ")
    for _ in range(2):  # a second one doesn't end it either
        one.type("select sum((a.i * b.i) % 7) from './t' a, './t' b;\n")  # of 10^12 pairs
        one.interrupt()
        assert "cancelled" in one.wait("lakelet> ")
    assert "42" in one.ask("select 42;")
    assert one.end(".quit\n") == 0


def test_history_is_kept_for_its_owner(shell, lakelet):
    one = shell()
    one.ask("select 'kept'\nas x;")
    assert one.end(".quit\n") == 0
    file = lakelet.cwd / "state" / "lakelet" / "history"
    assert os.stat(file).st_mode & 0o077 == 0
    again = shell()
    again.type("\x1b[A")  # .quit
    again.wait(".quit")
    again.type("\x1b[A")
    again.wait("select 'kept' as x;")
    again.type("\n")
    assert "kept" in again.wait("lakelet> ")
    assert again.end("\x04") == 0


def test_its_own_commands(shell):
    one = shell()
    help = one.ask(".help")
    assert ".schema TABLE" in help and "Ctrl-C" in help
    assert "weather" in one.ask(".tables")
    assert "CREATE TABLE" in one.ask(".history weather")
    assert "all" in one.ask(".queries")
    assert "no command .nothing" in one.ask(".nothing x")
    assert "42" in one.ask(".timer on") + one.ask("select 42;")
    assert one.end(".quit\n") == 0
