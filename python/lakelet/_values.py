"""Cells as Python's values. What datetime can't hold (years before 1 or after 9999) is a ValueError."""

from __future__ import annotations

import datetime

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_UTC = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_EPOCH_DAY = datetime.date(1970, 1, 1)


def date(days: int) -> datetime.date:
    return _EPOCH_DAY + datetime.timedelta(days=days)


def time(micros: int) -> datetime.time:
    return (_EPOCH + datetime.timedelta(microseconds=micros)).time()


def timestamp(micros: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=micros)


def instant(micros: int) -> datetime.datetime:
    return _EPOCH_UTC + datetime.timedelta(microseconds=micros)


def timestamp_ns(nanos: int) -> datetime.datetime:
    return timestamp(nanos // 1000)


def instant_ns(nanos: int) -> datetime.datetime:
    return instant(nanos // 1000)


def micros_of(moment: datetime.datetime) -> int:
    """Microseconds since the epoch; a moment without a zone is UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return (moment - _EPOCH_UTC) // datetime.timedelta(microseconds=1)


def moment_of(value: datetime.datetime | str) -> datetime.datetime:
    """A time as people write it: a datetime, or text as in ISO 8601."""
    if isinstance(value, datetime.datetime):
        return value
    text = value.strip()
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    return datetime.datetime.fromisoformat(text)
