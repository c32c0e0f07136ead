"""What lakelet tells while it works: notes and warnings go to logging, progress to a bar where somebody looks."""

from __future__ import annotations

import sys
import time

_SHOW_AFTER = 0.7  # seconds: what is quicker needs no bar
_WIDTH = 30
_wanted: bool | None = None
_bar: _Bar | None = None


def progress(show: bool | None) -> None:
    """True: always show progress bars. False: never. None: where stderr is a terminal or the program is a notebook."""
    global _wanted
    _wanted = show


def listener(kind: str, operation: str, text: str, fraction: float) -> None:
    if kind != "progress":
        _log(kind, operation, text)
    elif _shown():
        _draw(operation, fraction)


def _log(kind: str, operation: str, text: str) -> None:
    import logging

    level = {"warning": logging.WARNING, "note": logging.INFO}.get(kind, logging.DEBUG)
    logging.getLogger("lakelet").log(level, "%s: %s", operation, text)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def _shown() -> bool:
    if _wanted is not None:
        return _wanted
    return (sys.stderr is not None and sys.stderr.isatty()) or _in_notebook()


class _Bar:
    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.start = time.monotonic()
        self.drawn = ""

    def draw(self, fraction: float) -> None:
        if time.monotonic() - self.start < _SHOW_AFTER and not self.drawn:
            return
        full = int(max(0.0, min(1.0, fraction)) * _WIDTH)
        line = f"\r{self.operation} [{'#' * full}{'.' * (_WIDTH - full)}] {fraction:4.0%}"
        if line != self.drawn:
            sys.stderr.write(line)
            sys.stderr.flush()
            self.drawn = line

    def end(self) -> None:
        if self.drawn:
            sys.stderr.write("\r" + " " * len(self.drawn) + "\r")
            sys.stderr.flush()


def _draw(operation: str, fraction: float) -> None:
    global _bar
    if _bar is None or _bar.operation != operation:
        _bar = _Bar(operation)
    _bar.draw(fraction)
    if fraction >= 1:
        end_bar()


def end_bar() -> None:
    global _bar
    if _bar is not None:
        _bar.end()
        _bar = None
