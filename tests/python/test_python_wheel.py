"""The wheel, in an empty virtual environment with nothing else: its size, its command, and the walkthrough."""

import fcntl
import pathlib
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WALKTHROUGH = """
import datetime, lakelet
UTC = datetime.timezone.utc
day = lambda number, city, degrees: {"time": datetime.datetime(2025, 1, number, 12, tzinfo=UTC), "city": city, "temperature": degrees}
table = lakelet.create("weather", "time timestamp, city string, temperature float", name="Weather")
lakelet.write("weather", [day(1, "Zürich", 1.5), day(1, "Oslo", -3.0)])
merge = lakelet.open("weather").merge([day(1, "Oslo", -2.0), day(2, "Oslo", 0.5)], "target.time = source.time and target.city = source.city")
report = merge.when_matched_update({"temperature": "source.temperature"}).when_not_matched_insert_all().execute()
assert (report.rows_updated, report.rows_inserted) == (1, 1)
table.refresh()
assert [entry.operation for entry in table.history()] == ["MERGE", "WRITE", "CREATE TABLE"]
assert sorted(table.at_version(1).scan(["city"])) == [("Oslo",), ("Zürich",)]
print(sorted(lakelet.sql("select city, max(temperature) from 'weather' group by city")))
"""


def install(folder):
    subprocess.run([ROOT / "scripts" / "wheel", folder / "dist"], check=True, timeout=1800)
    (wheel,) = (folder / "dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    pip = [folder / "venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--no-index", "-q", wheel]
    subprocess.run(pip, check=True, timeout=120)
    (folder / "done").touch()


@pytest.fixture(scope="module")
def installed(tmp_path_factory, worker_id):
    # One for all the workers of a run: packing takes minutes.
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "wheel"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            install(folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    return folder / "venv" / "bin", wheel


def run(command, here):
    # Neither the build folder's module nor its libraries.
    return subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120, env={"PATH": "/usr/bin:/bin", "HOME": str(here)})


def test_it_is_small_and_for_many_linuxes(installed):
    _, wheel = installed
    assert "manylinux" in wheel.name and wheel.stat().st_size < 30_000_000
    names = zipfile.ZipFile(wheel).namelist()
    assert "lakelet/py.typed" in names and "lakelet/deltalake/table.py" in names and "lakelet/_lakelet.pyi" in names


def test_the_walkthrough_runs(installed, tmp_path):
    done = run([installed[0] / "python", "-c", WALKTHROUGH], tmp_path)
    assert (done.returncode, done.stdout) == (0, "[('Oslo', 0.5), ('Zürich', 1.5)]\n"), done.stderr


def test_the_command_is_there(installed, tmp_path):
    done = run([installed[0] / "lakelet", "sql", "--format", "csv", "select 40 + 2 as answer"], tmp_path)
    assert (done.returncode, done.stdout) == (0, "answer\n42\n"), done.stderr
    assert run([installed[0] / "lakelet", "history", "nothing"], tmp_path).returncode == 3
