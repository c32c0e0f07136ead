"""The `lakelet` command of the wheel: the program beside the module."""

from __future__ import annotations

import os
import sys


def main() -> None:
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "lakelet")
    try:
        os.execv(program, ["lakelet", *sys.argv[1:]])
    except FileNotFoundError:
        sys.exit(f"lakelet: the program isn't in this installation ({program})")
