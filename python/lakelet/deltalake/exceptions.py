"""The exceptions of the `deltalake` package. What is raised is also lakelet's own class for the error's code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .. import errors

__all__ = ["CommitFailedError", "DeltaError", "DeltaProtocolError", "SchemaMismatchError", "TableNotFoundError"]


class DeltaError(Exception):
    """What every other one is."""


class TableNotFoundError(DeltaError):
    """There is no table at that place."""


class CommitFailedError(DeltaError):
    """Another writer was first, and the change can't be put on top of its work."""


class DeltaProtocolError(DeltaError):
    """The table's protocol asks for what isn't supported, or forbids it."""


class SchemaMismatchError(DeltaError):
    """The rows don't fit the table's columns."""


def _kind_of(problem: errors.Error) -> type[DeltaError]:
    text = str(problem.args[0])
    if isinstance(problem, errors.NotFound):
        return TableNotFoundError if "no table" in text else DeltaError
    if isinstance(problem, errors.Conflict):
        return CommitFailedError
    if isinstance(problem, errors.UnsupportedFeature):
        return DeltaProtocolError
    if isinstance(problem, errors.ConstraintViolation) and ("column" in text or "schema" in text):
        return SchemaMismatchError
    return DeltaError


_both: dict[tuple[type, type], type] = {}


def translate(problem: errors.Error) -> errors.Error:
    """The same error as an instance of its own class and of the package's."""
    delta, own = _kind_of(problem), type(problem)
    kind = _both.get((delta, own))
    if kind is None:
        kind = _both[delta, own] = type(delta.__name__, (delta, own), {"__doc__": delta.__doc__, "__module__": __name__})
    made: errors.Error = kind(problem.args[0], text=problem.message, hint=problem.hint, context=problem.context)
    return made


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except DeltaError:
        raise
    except errors.Error as problem:
        raise translate(problem) from problem
