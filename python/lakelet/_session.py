"""The sessions behind the module's functions: one for each set of storage options, made when it is first needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

from . import _events, _lakelet

_lock = threading.Lock()
_sessions: dict[tuple[Any, ...], Any] = {}
_limits: dict[str, Any] = {"memory_limit": 0, "threads": 0, "temp_folder": None}
# What stores and catalogs are told where no option says it.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
)
_generation = 0  # of the process: a fork's child can't use its parent's threads
_abandoned: list[Any] = []


def configure(
    *,
    memory_limit: str | int | None = None,
    threads: int | None = None,
    temp_folder: str | os.PathLike[str] | None = None,
) -> None:
    """Limits for everything that is opened from now on; None leaves one as it is.

    memory_limit: "2GB", or bytes; 0 is 70% of what the machine or its cgroup gives. temp_folder: where big joins and
    sorts spill.
    """
    with _lock:
        if memory_limit is not None:
            text = memory_limit
            _limits["memory_limit"] = _lakelet.parse_byte_size(text) if isinstance(text, str) else int(text)
        if threads is not None:
            _limits["threads"] = int(threads)
        if temp_folder is not None:
            _limits["temp_folder"] = os.fspath(temp_folder)
        _sessions.clear()


def session(storage_options: Mapping[str, str] | None = None) -> Any:
    options = {str(key): str(value) for key, value in (storage_options or {}).items()}
    variables = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    folder = os.getcwd()
    key = (folder, tuple(sorted(options.items())), tuple(variables.items()))
    with _lock:
        found = _sessions.get(key)
        if found is None:
            temp = _limits["temp_folder"] or os.path.join(os.environ.get("TMPDIR") or "/tmp", f"lakelet-{os.getpid()}")
            found = _lakelet._Session(
                memory_limit=_limits["memory_limit"],
                threads=_limits["threads"],
                temp_folder=temp,
                working_folder=folder,
                store_options=options,
                variables=variables,
                listener=_events.listener,
            )
            _sessions[key] = found
        return found


def generation() -> int:
    return _generation


def abandon(native: Any) -> None:
    """Keeps what belongs to the parent process: ending it would wait for threads that this process doesn't have."""
    _lakelet.leak(native)
    _abandoned.append(native)


def _after_fork_in_child() -> None:
    global _lock, _generation
    _lock = threading.Lock()
    _generation += 1
    for each in _sessions.values():
        abandon(each)
    _sessions.clear()


os.register_at_fork(after_in_child=_after_fork_in_child)
