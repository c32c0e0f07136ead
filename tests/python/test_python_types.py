"""The annotations are right, for mypy and for pyright: the module's, and on a user's code, which finds py.typed and the stubs."""

import json
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


def pyright(folder, **settings):
    (folder / "lakelet").symlink_to(ROOT / "python" / "lakelet")
    settings |= {"pythonVersion": "3.10", "venvPath": str(ROOT), "venv": ".venv-test", "reportMissingModuleSource": False}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    program = ROOT / "tests" / "python" / "node_modules" / "pyright" / "index.js"
    done = subprocess.run(["node", program, "--outputjson"], cwd=folder, capture_output=True, text=True, timeout=300)
    return json.loads(done.stdout)["generalDiagnostics"]


def test_pyright_finds_nothing(tmp_path):
    assert pyright(tmp_path, include=["lakelet"]) == []


def test_pyright_sees_a_users_types(tmp_path):
    (tmp_path / "user.py").write_text(USER)
    (found,) = pyright(tmp_path, include=["user.py"], typeCheckingMode="strict")
    assert found["file"].endswith("user.py") and found["range"]["start"]["line"] == 9
    assert found["rule"] == "reportAssignmentType"
