"""Arguments that may stand by position for old code's sake."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

_COMMIT = ("commit_properties", "post_commithook_properties")
_DEFAULTS: dict[str, Any] = {"full": False, "raise_if_key_not_exists": True}


def by_position(method: str, args: Sequence[Any], names: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """The values, in the order of their names, with those that `args` gives in the same order."""
    result = list(values)
    if not args:
        return result
    if len(args) > len(names):
        raise TypeError(f"{method}() takes {len(names)} arguments at most there, and got {len(args)}")
    warnings.warn(f"{method}(): give {', '.join(names)} by their names", DeprecationWarning, stacklevel=4)
    for index, value in enumerate(args):
        if result[index] is not _DEFAULTS.get(names[index]):
            raise TypeError(f"{method}() got two values for {names[index]}")
        result[index] = value
    return result


def commit_first(method: str, args: Sequence[Any], commit: Any, hook: Any) -> Any:
    """The properties of the commit, which old code gives before those of the hook."""
    return by_position(method, args, _COMMIT, (commit, hook))[0]


def commit_last(method: str, args: Sequence[Any], commit: Any, hook: Any) -> Any:
    """The properties of the commit, which old code gives after those of the hook."""
    return by_position(method, args, _COMMIT[::-1], (hook, commit))[1]
