"""One exception class for each of lakelet's error codes; each says what the caller can do."""

from __future__ import annotations

import re


class Error(Exception):
    """What every function of lakelet raises. `hint`, if there is one, says what to do or type next."""

    code = "Internal"

    def __init__(self, message: str, *, text: str = "", hint: str = "", context: list[str] | None = None) -> None:
        super().__init__(message)
        self.message = text or message
        self.hint = hint
        self.context = list(context or [])

    def __str__(self) -> str:
        line = str(self.args[0])
        return f"{line}\nhint: {self.hint}" if self.hint else line

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args[0], self.message, self.hint, self.context)


class NotFound(Error, LookupError):
    """A table, version, file or column that isn't there."""

    code = "NotFound"


class AlreadyExists(Error):
    """A create that would replace something."""

    code = "AlreadyExists"


class InvalidArgument(Error, ValueError):
    """The call itself is wrong: a predicate, an option, a schema's text."""

    code = "InvalidArgument"


class UnsupportedFeature(Error, NotImplementedError):
    """The table needs something that lakelet doesn't do; nothing was touched."""

    code = "UnsupportedFeature"


class CorruptTable(Error):
    """The table's own files contradict the specification of its format."""

    code = "CorruptTable"


class Conflict(Error):
    """Another writer won, and the change can't be put on top of its work."""

    code = "Conflict"


class CommitUnknown(Error):
    """The commit may or may not have happened: look, never clean up."""

    code = "CommitUnknown"


class ConstraintViolation(Error, ValueError):
    """The data doesn't fit the table's schema or constraints."""

    code = "ConstraintViolation"


class Permission(Error, PermissionError):
    """The store refused: a read-only folder, credentials."""

    code = "Permission"


class Unavailable(Error, ConnectionError):
    """A store or server didn't answer; trying again may help."""

    code = "Unavailable"


class Exhausted(Error):
    """A memory limit, the disk's space, a quota."""

    code = "Exhausted"


class Cancelled(Error):
    """The caller asked to stop."""

    code = "Cancelled"


class Internal(Error):
    """A bug in lakelet."""

    code = "Internal"


_CLASSES: dict[str, type[Error]] = {
    each.code: each
    for each in (
        NotFound,
        AlreadyExists,
        InvalidArgument,
        UnsupportedFeature,
        CorruptTable,
        Conflict,
        CommitUnknown,
        ConstraintViolation,
        Permission,
        Unavailable,
        Exhausted,
        Cancelled,
        Internal,
    )
}


_OPTION = re.compile(r"--(?:(force|full|repair|shallow|dry-run|if-not-exists)\b|([a-z][a-z-]*) (\w+))")


def _spoken(option: re.Match[str]) -> str:
    flag, name = ((option[each] or "").replace("-", "_") for each in (1, 2))
    return f"{flag}=True" if flag else f'{name}="{option[3]}"'


def _from_native(code: str, line: str, message: str, hint: str, context: list[str]) -> Error:
    # Hints name options as the command line spells them.
    spoken = _OPTION.sub(_spoken, hint)
    return _CLASSES[code](line, text=message, hint=spoken, context=context)


def _again(kind: type[Error], line: str, message: str, hint: str, context: list[str]) -> Error:
    return kind(line, text=message, hint=hint, context=context)
