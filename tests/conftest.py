"""What every Python test shares: the CLI under test, run as its users run it."""

import json
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))


class Cli:
    """Runs build/lakelet. Paths in arguments may be pathlib paths."""

    def __init__(self, cwd):
        self.cwd = cwd

    def run(self, *arguments, stdin=None, timeout=120):
        command = [LAKELET, *map(str, arguments)]
        return subprocess.run(command, cwd=self.cwd, input=stdin, capture_output=True, text=True, timeout=timeout)

    def ok(self, *arguments, stdin=None):
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{done.args}\nexit {done.returncode}\n{done.stderr}"
        return done.stdout

    def fails(self, code, *arguments, stdin=None):
        """Runs what must fail with this exit code and returns its error line."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == code, f"{done.args}\nexit {done.returncode}, expected {code}\n{done.stdout}\n{done.stderr}"
        lines = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
        assert lines and lines[0].startswith("error: "), done.stderr
        assert "INTERNAL" not in done.stderr
        return lines[0]

    def rows(self, sql):
        """The rows of a query as an Arrow table."""
        import pyarrow.ipc

        out = os.path.join(str(self.cwd), "rows.arrow")
        self.ok("sql", "--quiet", "--output", out, sql)
        with open(out, "rb") as file:
            return pyarrow.ipc.open_file(file.read()).read_all()

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "--format", "json"))

    def report(self, *arguments, stdin=None):
        """The report of a verb that changes the table."""
        return json.loads(self.ok(*arguments, "--format", "json", stdin=stdin))


@pytest.fixture
def lakelet(tmp_path):
    return Cli(tmp_path)
