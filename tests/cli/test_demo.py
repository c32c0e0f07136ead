"""What `make demo` prints, and what the table holds afterwards."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

FINAL = {"12:00": 10.0, "13:00": 12.0, "14:00": 13.0, "15:00": 14.0}


def hours(rows):
    return {row["time"][11:16]: row["temperature"] for row in rows}


def test_the_walkthrough(lakelet, tmp_path):
    environment = {**os.environ, "LAKELET_DEMO_FOLDER": str(tmp_path)}
    demo = subprocess.run([f"{ROOT}/scripts/demo"], env=environment, capture_output=True, text=True, timeout=120)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    commands = [line.split()[2] for line in demo.stdout.splitlines() if line.startswith("$ lakelet ")]
    assert commands == ["create", "import", "merge", "history", "view", "view", "view", "sql", "import", "merge", "view"]
    assert all(text in demo.stdout for text in ("14.0", "13.0", "12.0", "10.0"))

    weather = tmp_path / "weather"
    assert hours(lakelet.json("view", weather)) == FINAL
    assert len(lakelet.json("view", f"{weather}@v1")) == 3
    assert lakelet.json("view", f"{weather}@v0") == []
    assert len(lakelet.json("history", weather)) == 3
    assert lakelet.json("metadata", weather)["name"] == "Weather"
    assert lakelet.json("metadata", tmp_path / "weather_iceberg")["format"] == "iceberg"
    assert hours(lakelet.json("view", tmp_path / "weather_iceberg")) == FINAL


def test_the_walkthrough_starts_from_nothing(tmp_path):
    """A second run finds the first one's table, and makes it anew."""
    environment = {**os.environ, "LAKELET_DEMO_FOLDER": str(tmp_path)}
    first, second = (
        subprocess.run([f"{ROOT}/scripts/demo"], env=environment, capture_output=True, text=True, timeout=120) for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
