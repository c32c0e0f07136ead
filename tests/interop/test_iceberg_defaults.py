"""Defaults of columns that lakelet sets, as pyiceberg and DuckDB's extension see them, and those that it refuses."""

import datetime
import decimal
import uuid

import pytest
from iceberg_readers import metadata_file, pyiceberg_table

DEFAULTS = {
    "b": ("boolean", "true", True),
    "i": ("integer", "-7", -7),
    "l": ("bigint", "1 + 41", 42),
    "f": ("float", "1.5", 1.5),
    "d": ("double", "-2.25", -2.25),
    "n": ("decimal(9, 2)", "12.50", decimal.Decimal("12.50")),
    "s": ("varchar", "'it''s'", "it's"),
    "day": ("date", "date '2024-02-29'", datetime.date(2024, 2, 29)),
    "ts": ("timestamp", "timestamp '2024-02-29 12:34:56.789012'", datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)),
    "tz": ("timestamptz", "timestamptz '2024-02-29 12:34:56+00'", datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=datetime.timezone.utc)),
    "t": ("time", "time '01:02:03.5'", datetime.time(1, 2, 3, 500000)),
    "u": ("uuid", "uuid '00112233-4455-6677-8899-aabbccddeeff'", uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")),
    "x": ("blob", "'\\xAB\\x00'::blob", b"\xab\x00"),
}


def create(lakelet, columns="id bigint", version="3"):
    lakelet.ok("sql", f"create table 't' ({columns}) with (format = 'iceberg', \"format-version\" = '{version}')")


def defaults(path):
    fields = pyiceberg_table(path).schema().fields
    return {field.name: (field.initial_default, field.write_default) for field in fields if field.name != "id"}


def plain(value):
    """Readers give a UUID as such, as text or as its bytes."""
    if isinstance(value, bytes) and len(value) == 16:
        value = uuid.UUID(bytes=value)
    return str(value) if isinstance(value, uuid.UUID) else value


def test_rows_that_are_there_get_the_default_of_a_new_column(lakelet, tmp_path):
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1)")
    for name, (type, text, _) in DEFAULTS.items():
        lakelet.ok("sql", f"alter table 't' add column {name} {type} default {text}")
    lakelet.ok("sql", "insert into 't' (id) values (2)")
    expected = {name: plain(value) for name, (_, _, value) in DEFAULTS.items()}
    for row in lakelet.rows("from 't'").to_pylist():
        assert {name: plain(value) for name, value in row.items() if name != "id"} == expected
    for row in pyiceberg_table(tmp_path / "t").scan().to_arrow().to_pylist():
        assert {name: plain(value) for name, value in row.items() if name != "id"} == expected
    told = defaults(tmp_path / "t")
    assert set(told) == set(DEFAULTS) and all(initial == write is not None for initial, write in told.values())
    assert len(pyiceberg_table(tmp_path / "t").schemas()) == 1 + len(DEFAULTS)


def test_a_new_column_may_be_not_null(lakelet, tmp_path):
    create(lakelet)
    lakelet.ok("sql", "insert into 't' values (1)")
    assert lakelet.run("sql", "alter table 't' add column a integer not null").returncode == 8
    lakelet.ok("sql", "alter table 't' add column a integer not null default 5; insert into 't' (id) values (2)")
    assert lakelet.rows("from 't'")["a"].to_pylist() == [5, 5]
    assert pyiceberg_table(tmp_path / "t").schema().find_field("a").required
    assert lakelet.run("sql", "insert into 't' values (3, null)").returncode == 8


def test_defaults_change_for_rows_to_come(lakelet, tmp_path):
    create(lakelet, "id bigint, a integer default 1, c varchar")
    assert defaults(tmp_path / "t") == {"a": (None, 1), "c": (None, None)}
    lakelet.ok("sql", "insert into 't' (id) values (1)")
    lakelet.ok("sql", "alter table 't' alter column a set default 2; alter table 't' alter column c set default 'x'")
    lakelet.ok("sql", "insert into 't' (id) values (2); insert into 't' values (3, default, null)")
    lakelet.ok("sql", "alter table 't' alter column a drop default; insert into 't' (id) values (4)")
    rows = lakelet.rows("from 't' order by id").to_pylist()
    assert [(row["a"], row["c"]) for row in rows] == [(1, None), (2, "x"), (2, None), (None, "x")]
    assert defaults(tmp_path / "t") == {"a": (None, None), "c": (None, "x")}
    lakelet.ok("alter", "t", "set-default", "a", "7")
    assert defaults(tmp_path / "t")["a"] == (None, 7)
    lakelet.ok("sql", "alter table 't' rename column a to b; insert into 't' (id) values (5)")
    assert lakelet.rows("from 't' where id = 5").to_pylist() == [{"id": 5, "b": 7, "c": "x"}]


def test_what_defaults_refuse(lakelet, tmp_path):
    create(lakelet, "id bigint, a integer, l integer[], d double")
    lakelet.ok("sql", "insert into 't' values (1, 1, [1], 0)")
    before = metadata_file(tmp_path / "t")
    for statement, code in [("alter column a set default (random() * 10)::integer", 5), ("alter column a set default 'x'", 2), ("alter column l set default [1]", 5),
                            ("alter column a drop default", 3), ("add column ts timestamptz default now()", 5), ("alter column nobody set default 1", 3),
                            ("add column f float default 'NaN'::float", 5), ("add column e double default '-Infinity'::double", 5), ("alter column d set default 'inf'::double", 5)]:
        error = lakelet.run("sql", f"alter table 't' {statement}")
        assert error.returncode == code, (statement, error.returncode, error.stderr)
    assert metadata_file(tmp_path / "t") == before


@pytest.mark.parametrize("version", ["1", "2"])
def test_older_versions_have_none(lakelet, tmp_path, version):
    error = lakelet.run("sql", f"create table 'u' (id bigint default 1) with (format = 'iceberg', \"format-version\" = '{version}')")
    assert error.returncode == 5 and "format-version" in error.stderr and not (tmp_path / "u").exists()
    create(lakelet, "id bigint, a integer", version)
    lakelet.ok("sql", "insert into 't' values (1, 1)")
    before = metadata_file(tmp_path / "t")
    assert lakelet.run("sql", "alter table 't' alter column a set default 1").returncode == 5
    assert lakelet.run("sql", "alter table 't' add column b integer default 1").returncode in (5, 8)
    assert metadata_file(tmp_path / "t") == before
