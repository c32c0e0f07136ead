"""Bad input at the command line: one line that names file and position, the right exit code, and nothing done."""

import json
import os
import shutil

import pytest

LOG = "_delta_log"


@pytest.fixture
def table(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int not null, s string")
    lakelet.ok("import", "t", "-", "--input-format", "csv", stdin="i,s\n1,a\n2,b\n")
    return tmp_path / "t"


def commit(table, version):
    return table / LOG / ("%020d.json" % version)


def test_a_missing_path(lakelet):
    assert "nowhere" in lakelet.fails(3, "view", "nowhere")


def test_a_link_to_nothing(lakelet, tmp_path):
    (tmp_path / "gone").symlink_to("/nowhere/at/all")
    for reference in ["gone", "gone/below"]:
        assert "/gone' is a link to '/nowhere/at/all', which doesn't exist" in lakelet.fails(3, "view", reference)
    assert "link to" in lakelet.fails(3, "sql", "select * from './gone'")


def test_a_folder_that_is_no_table(lakelet, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.txt").write_text("hello")
    assert "folder" in lakelet.fails(3, "view", "folder")


def test_creating_twice(lakelet, table):
    lakelet.fails(4, "create", "t", "--schema", "i int")
    lakelet.ok("create", "t", "--schema", "i int", "--if-not-exists")


def test_wrong_usage(lakelet):
    assert lakelet.run("fly").returncode == 2
    assert lakelet.run("view").returncode == 2
    assert lakelet.run("view", "t", "--no-such-option").returncode == 2
    assert lakelet.run("create", "t", "--schema", "i nonsense").returncode == 2
    other = lakelet.run("create", "t", "--schema", "i int", "--format", "iceberg")
    assert other.returncode == 2 and "--as" in other.stderr


@pytest.mark.parametrize("garbage", ['{"add":{"path":', "not json\n", '{"add":{"size":1}}\n', '{"add":[]}\n', "\x00\x01\x02"])
def test_a_garbled_commit(lakelet, table, garbage):
    good = commit(table, 1).read_text()
    commit(table, 2).write_text(good.splitlines()[0] + "\n" + garbage)
    error = lakelet.fails(6, "view", "t")
    assert "00000000000000000002.json" in error
    # The version before it can still be read.
    assert lakelet.json("view", "t@v1", "--sort-asc", "i") == [{"i": 1, "s": "a"}, {"i": 2, "s": "b"}]


def test_an_empty_commit_file(lakelet, table):
    commit(table, 2).write_text("")
    assert lakelet.json("sql", "select count(*) as n from lake_scan('t', version => 1)") == [{"n": 2}]


def test_a_gap_in_the_log(lakelet, table):
    shutil.copy(commit(table, 1), commit(table, 4))
    error = lakelet.fails(6, "view", "t")
    assert "2" in error and "3" in error


def test_a_truncated_checkpoint(lakelet, table):
    for i in range(10):
        lakelet.ok("import", "t", "-", "--input-format", "csv", stdin=f"i,s\n{i},x\n")
    checkpoint = table / LOG / ("%020d.checkpoint.parquet" % 10)
    whole = checkpoint.read_bytes()
    for version in range(10):
        commit(table, version).unlink()
    checkpoint.write_bytes(whole[: len(whole) // 2])
    assert checkpoint.name in lakelet.fails(6, "view", "t")


@pytest.mark.parametrize("protocol", [
    {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["timeMachine"], "writerFeatures": ["timeMachine"]},
    {"minReaderVersion": 99, "minWriterVersion": 99},
])
def test_an_unknown_reader_feature(lakelet, table, protocol):
    commit(table, 2).write_text(json.dumps({"protocol": protocol}) + "\n")
    error = lakelet.fails(5, "view", "t")
    assert "timeMachine" in error or "99" in error


def test_an_unknown_writer_feature_can_be_read_but_not_written(lakelet, table):
    commit(table, 2).write_text(json.dumps({"protocol": {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": ["appendOnly", "futureThing"]}}) + "\n")
    assert len(lakelet.json("view", "t")) == 2
    for verb in (["import", "t", "-", "--input-format", "csv"], ["delete", "t", "--where", "i = 1"]):
        assert "futureThing" in lakelet.fails(5, *verb, stdin="i,s\n3,c\n")
    assert not commit(table, 3).exists()


def test_append_only(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int", "--property", "delta.appendOnly=true")
    lakelet.ok("import", "t", "-", "--input-format", "csv", stdin="i\n1\n")
    assert lakelet.run("delete", "t", "--where", "i = 1").returncode in (5, 8)
    assert lakelet.json("view", "t") == [{"i": 1}]


def test_a_csv_with_a_bad_row(lakelet, table, tmp_path):
    (tmp_path / "bad.csv").write_text("i,s\n3,c\nfour,d\n5,e\n")
    error = lakelet.fails(8, "import", "t", "bad.csv")
    assert "bad.csv" in error and "3" in error
    assert len(lakelet.json("view", "t")) == 2


def test_a_null_where_none_may_be(lakelet, table):
    error = lakelet.fails(8, "import", "t", "-", "--input-format", "csv", stdin="i,s\n,c\n")
    assert "i" in error


def test_a_type_that_does_not_fit(lakelet, table, tmp_path):
    (tmp_path / "bad.json").write_text('[{"i": "seven", "s": "x"}]')
    lakelet.fails(8, "import", "t", "bad.json")
    (tmp_path / "big.json").write_text('[{"i": 99999999999, "s": "x"}]')
    lakelet.fails(8, "import", "t", "big.json")
    assert len(lakelet.json("view", "t")) == 2


@pytest.mark.parametrize("predicate", ["i >", "1 = 1); drop table x; --", "nope = 1", "i = 'a' and"])
def test_a_predicate_that_does_not_parse(lakelet, table, predicate):
    error = lakelet.fails(2, "delete", "t", "--where", predicate)
    assert "\n" not in error
    assert len(lakelet.json("view", "t")) == 2


def test_a_version_that_is_not_there(lakelet, table):
    error = lakelet.fails(3, "view", "t@v9")
    assert "9" in error and "1" in error


def test_a_missing_data_file(lakelet, table):
    for name in os.listdir(table):
        if name.endswith(".parquet"):
            (table / name).unlink()
    assert ".parquet" in lakelet.fails(6, "view", "t")


def test_a_truncated_data_file(lakelet, table):
    for name in os.listdir(table):
        if name.endswith(".parquet"):
            whole = (table / name).read_bytes()
            (table / name).write_bytes(whole[: len(whole) - 20])
    assert ".parquet" in lakelet.fails(6, "view", "t")


def test_merge_with_two_source_rows_for_one_target_row(lakelet, table):
    error = lakelet.fails(8, "merge", "t", "--source", "(select 1 as i, 'x' as s union all select 1, 'y')", "--on", "target.i = source.i", "--update-all")
    assert "i = 1" in error
    assert len(lakelet.json("view", "t")) == 2


def test_a_merge_with_a_column_that_the_table_lacks(lakelet, table):
    merge = ("merge", "t", "--source", "(select 1 as i, 'x' as s, 2.5::double as more)", "--on", "target.i = source.i", "--update-all")
    assert "more" in lakelet.fails(8, *merge)
    assert "more" not in lakelet.json("view", "t")[0]
    lakelet.ok(*merge, "--schema-mode", "merge")
    assert sorted(lakelet.json("view", "t"), key=lambda row: row["i"]) == [{"i": 1, "s": "x", "more": 2.5}, {"i": 2, "s": "b", "more": None}]


def test_an_unreadable_import_file(lakelet, table):
    lakelet.fails(3, "import", "t", "no-such-file.csv")


def test_a_row_that_breaks_a_constraint(lakelet):
    lakelet.ok("create", "c", "--schema", "i int, s string", "--property", "delta.constraints.few=i < 10 or s is null")
    lakelet.ok("import", "c", "-", "--input-format", "csv", stdin="i,s\n1,a\n")
    said = lakelet.fails(8, "import", "c", "-", "--input-format", "csv", stdin="i,s\n2,b\n11,c\n")
    assert said.startswith("error: the CHECK constraint few (i < 10 or s is null) doesn't hold for a row: i = 11, s = c")
    assert len(lakelet.ok("history", "c", "--format", "jsonl").splitlines()) == 2


def test_a_constraint_that_is_not_understood(lakelet):
    lakelet.ok("create", "c", "--schema", "i int, s string", "--property", "delta.constraints.odd=soundex(s) = 'A000'")
    said = lakelet.fails(5, "sql", "insert into 'c' values (1, 'a')")
    assert "the CHECK constraint odd (soundex(s) = 'A000') can't be honoured: the function soundex" in said
