"""The annotations are right: mypy, strictly, on the module; and on a user's code, which finds py.typed and the stubs."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
USER = """
import lakelet
from lakelet.deltalake import DeltaTable, write_deltalake

table: lakelet.Table = lakelet.open("t", version=1)
version: int = table.version
names: list[str] = table.schema.names
report: lakelet.Report = table.merge([{"id": 1}], "target.id = source.id").when_matched_update_all().execute()
write_deltalake("t", [{"id": 1}], mode="append")
wrong: str = DeltaTable("t").version()
"""


def mypy(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=cwd, capture_output=True, text=True, timeout=300)


def test_the_module_is_typed(tmp_path):
    done = mypy("--config-file", "pyproject.toml", "--cache-dir", str(tmp_path), cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_a_user_sees_the_types(tmp_path):
    (tmp_path / "user.py").write_text(USER)
    done = mypy("--strict", "--cache-dir", "cache", "user.py", cwd=tmp_path)
    (line,) = [line for line in done.stdout.splitlines() if "error" in line and line.startswith("user.py")]
    assert line.startswith("user.py:10:") and "int" in line and "str" in line, done.stdout
