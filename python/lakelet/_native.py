"""Loads the native module. What it calls of the engine is looked up at the first call, not all of it at once, which
would be most of the time that `import lakelet` takes: 66,000 symbols."""

from __future__ import annotations

import os
import sys


def _load() -> None:
    flags = sys.getdlopenflags()
    sys.setdlopenflags((flags & ~os.RTLD_NOW) | os.RTLD_LAZY)
    try:
        from . import _lakelet  # noqa: F401
    finally:
        sys.setdlopenflags(flags)


_load()
