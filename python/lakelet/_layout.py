"""Names for versions, and how files are laid out: no column changes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _values
from ._upkeep import Duration, _micros

if TYPE_CHECKING:
    from ._table import Moment


class Reference(NamedTuple):
    """A name for a version: a branch, which commits to it move, or a tag, which stays."""

    name: str
    version: int
    branch: bool


class PickReport(NamedTuple):
    """What cherry_pick() added. Nothing where the version itself became the newest one."""

    version: int
    files_added: int
    rows_inserted: int


def _kept(retain: Duration | None, keep_age: Duration | None, keep_versions: int | None) -> tuple[Any, ...]:
    ages = [None if age is None else _micros(age) // 1000 for age in (retain, keep_age)]  # type: ignore[operator]
    return (*ages, keep_versions)


class Layout:
    """The verbs of a table for branches, tags, partition fields and sort orders, where its format has them."""

    _run: Any
    _still: Any

    def references(self) -> list[Reference]:
        """Its branches and tags, by name."""
        return [Reference(*each) for each in self._still().references()]

    def _name(self, name: str, branch: bool, at: Moment | None, replace: bool, keep: bool, kept: tuple[Any, ...]) -> int:
        moment = isinstance(at, datetime.datetime)
        where = _values.micros_of(_values.moment_of(at)) if moment else at  # type: ignore[arg-type]
        version: int = self._run("set_reference", name, branch, where, moment, replace, keep, kept)
        return version

    def create_branch(
        self,
        name: str,
        at: Moment | None = None,
        *,
        replace: bool = False,
        if_not_exists: bool = False,
        retain: Duration | None = None,
        keep_versions: int | None = None,
        keep_age: Duration | None = None,
    ) -> int:
        """Makes a branch, which is opened as "table@name"; returns the table's version.

        at: a version, a time (datetime), or the name of a branch or tag; None: the newest version. replace: also if
        there is one. retain: how old its newest version may get before vacuum drops the branch; keep_versions, keep_age:
        which of its versions vacuum leaves.
        """
        return self._name(name, True, at, replace, if_not_exists, _kept(retain, keep_age, keep_versions))

    def create_tag(
        self,
        name: str,
        at: Moment | None = None,
        *,
        replace: bool = False,
        if_not_exists: bool = False,
        retain: Duration | None = None,
    ) -> int:
        """Makes a tag, as create_branch() does a branch."""
        return self._name(name, False, at, replace, if_not_exists, _kept(retain, None, None))

    def keep_reference(
        self,
        name: str,
        *,
        retain: Duration | None = None,
        keep_versions: int | None = None,
        keep_age: Duration | None = None,
    ) -> int:
        """How long a branch or tag that is there is kept; what isn't given stays."""
        version: int = self._run("set_reference_retention", name, _kept(retain, keep_age, keep_versions))
        return version

    def drop_branch(self, name: str, if_exists: bool = False) -> int:
        version: int = self._run("drop_reference", name, True, if_exists)
        return version

    def drop_tag(self, name: str, if_exists: bool = False) -> int:
        version: int = self._run("drop_reference", name, False, if_exists)
        return version

    def fast_forward(self, branch: str, to: str) -> int:
        """The branch goes on to a branch or tag that came out of it."""
        version: int = self._run("fast_forward", branch, to)
        return version

    def cherry_pick(self, version: int | str) -> PickReport:
        """Adds what another version added, which isn't of the table's own line: a number, a branch or a tag."""
        return PickReport(*self._run("cherry_pick", version))

    def add_partition_field(self, field: str, name: str | None = None) -> int:
        """New files are partitioned by it too: "city", "bucket(16, id)", "day(ts)"; those that are there stay."""
        version: int = self._run("add_partition_field", field, name)
        return version

    def drop_partition_field(self, field: str) -> int:
        version: int = self._run("drop_partition_field", field)
        return version

    def replace_partition_field(self, field: str, by: str, name: str | None = None) -> int:
        version: int = self._run("replace_partition_field", field, by, name)
        return version

    def set_sort_order(self, fields: Sequence[str]) -> int:
        """The order of rows in new files, such as ["city", "day(ts) desc nulls last"]; none: no order."""
        version: int = self._run("set_sort_order", [*fields])
        return version
