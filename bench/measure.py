"""Runs a command as a process of its own and measures it from outside, by the operating system's accounting."""

import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Measured:
    wall: float  # seconds
    cpu: float  # user + system seconds, of all its threads
    peak_rss: int  # bytes
    work_wall: float | None = None  # without start-up and imports, as the worker itself measured it
    work_cpu: float | None = None
    answer: dict = field(default_factory=dict)  # what the worker printed


class Failed(Exception):
    pass


def run(command, cwd=None, env=None, timeout=900):
    """Runs the command to its end, or ends it after so many seconds. Raises Failed with its last error lines when it exits with anything but 0."""
    read_end, write_end = os.pipe()
    started = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, env=env, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    # Small outputs only: workers print one JSON line.
    output = b""
    late = threading.Event()
    clock = threading.Timer(timeout, lambda: (late.set(), child.kill()))
    clock.start()
    with os.fdopen(read_end, "rb") as stream:
        output = stream.read()
    errors = child.stderr.read()
    child.stderr.close()
    clock.cancel()
    clock.join()  # before the process is gone, so that nothing else is ended
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if late.is_set():
        raise Failed(f"took more than {timeout} s")
    if child.returncode != 0:
        raise Failed(f"exit {child.returncode}: {errors.decode(errors='replace').strip()[-400:]}")
    measured = Measured(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_rss=usage.ru_maxrss * 1024)
    lines = output.decode(errors="replace").strip().splitlines()
    if lines and lines[-1].startswith("{"):
        try:
            measured.answer = json.loads(lines[-1])
        except ValueError:
            measured.answer = {}
        measured.work_wall = measured.answer.get("work_wall")
        measured.work_cpu = measured.answer.get("work_cpu")
    return measured


def folder_bytes(folder):
    """The sizes of all files below the folder, by path."""
    sizes = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            sizes[path] = os.path.getsize(path)
    return sizes


def bytes_written(before, after):
    """Bytes in files that are new or changed."""
    return sum(size for path, size in after.items() if before.get(path) != size)
