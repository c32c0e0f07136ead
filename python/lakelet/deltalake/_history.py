"""Commits as a table's history tells them."""

from __future__ import annotations

import json
from typing import Any

from ._facts import milliseconds

# What a commit says that isn't text; a user's own words are text even where they look like a number.
_NUMBERS = ("timestamp", "readVersion", "isBlindAppend", "inCommitTimestamp", "read_version", "num_retries")


def _json_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def commit_of(entry: Any) -> dict[str, Any]:
    """A commit as its commitInfo has it."""
    said = {key: _json_value(text) if key in _NUMBERS or text[:1] in "{[" else text for key, text in entry.other.items()}
    commit: dict[str, Any] = {"timestamp": said.pop("timestamp", milliseconds(entry.timestamp))}
    commit["operation"] = entry.operation
    commit["operationParameters"] = dict(entry.parameters)
    if "readVersion" in said:
        commit["readVersion"] = said.pop("readVersion")
    if entry.engine:
        commit["engineInfo"] = entry.engine
    if entry.user:
        commit["userName"] = entry.user
    if entry.metrics:
        commit["operationMetrics"] = {key: _json_value(text) for key, text in entry.metrics.items()}
    commit.update(said)
    commit["version"] = entry.version
    return commit
