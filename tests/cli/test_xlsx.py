"""Excel workbooks, as two libraries write them, imported."""

import datetime
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

USAGE, NOT_FOUND, UNSUPPORTED, VIOLATION = 2, 3, 5, 8


def workbook(path, rows, **options):
    """XlsxWriter: shared strings, its own formats."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("data")
    book.add_worksheet("other").write(0, 0, "not this one")
    formats = {datetime.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), datetime.date: book.add_format({"num_format": "dd/mm/yy"})}
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is not None:
                sheet.write(i, j, value, *([formats[type(value)]] if type(value) in formats else []))
    book.close()
    return path


ROWS = [["time", "day", "city", "n", "share", "ok", "empty"],
        [datetime.datetime(2025, 3, 1, 13, 30), datetime.date(2025, 3, 1), "Žilina & <b>", 3, 0.1, True, None],
        [datetime.datetime(1999, 12, 31, 23, 59, 59, 999000), datetime.date(1900, 1, 1), " ", -4, 1e-7, False, None],
        [None, None, None, None, None, None, None],
        [None, datetime.date(1900, 3, 1), "'quoted'", 9007199254740991, 2, None, None]]
READ = [{"time": "2025-03-01T13:30:00", "day": "2025-03-01", "city": "Žilina & <b>", "n": 3, "share": 0.1, "ok": True, "empty": None},
        {"time": "1999-12-31T23:59:59.999000", "day": "1900-01-01", "city": " ", "n": -4, "share": 1e-7, "ok": False, "empty": None},
        {"time": None, "day": "1900-03-01", "city": "'quoted'", "n": 9007199254740991, "share": 2.0, "ok": None, "empty": None}]


def test_types_of_a_new_table(lakelet):
    workbook(lakelet.cwd / "a.xlsx", ROWS)
    lakelet.ok("import", "t", "a.xlsx", "--create")
    assert [row["type"] for row in lakelet.json("schema", "t")] == ["timestamp_ntz", "date", "string", "bigint", "double", "boolean", "string"]
    assert sorted(lakelet.json("view", "t"), key=lambda row: row["day"], reverse=True) == sorted(READ, key=lambda row: row["day"], reverse=True)


def test_a_workbook_of_1904_and_of_another_writer(lakelet):
    workbook(lakelet.cwd / "a.xlsx", ROWS[:2], date_1904=True)
    lakelet.ok("import", "t", "a.xlsx", "--create")
    book = openpyxl.Workbook()
    for row in ROWS[:2]:
        book.active.append(row)
    book.active.append([None, None, openpyxl.cell.rich_text.CellRichText("two ", openpyxl.cell.rich_text.TextBlock(openpyxl.cell.text.InlineFont(b=True), "runs"))])
    book.active["D4"] = "=1+1"  # a formula that nothing has worked out has no value
    book.save(lakelet.cwd / "b.xlsx")
    lakelet.ok("import", "t", "b.xlsx")
    rows = lakelet.json("view", "t")
    assert rows.count(READ[0]) == 2 and [row["city"] for row in rows if row["day"] is None] == ["two runs"]


def test_the_table_says_what_a_column_is(lakelet):
    lakelet.ok("create", "t", "--schema", "code string, price decimal(10,2), at timestamp, day date, n int")
    workbook(lakelet.cwd / "a.xlsx", [["n", "code", "price", "at", "day"], [1, 75001, 10.1, datetime.date(2025, 1, 2), "2025-01-03"], [2, "B2", 0.3, None, None]])
    lakelet.ok("import", "t", "a.xlsx")
    assert sorted(lakelet.json("view", "t"), key=lambda row: row["n"]) == [
        {"code": "75001", "price": 10.1, "at": "2025-01-02T00:00:00Z", "day": "2025-01-03", "n": 1},
        {"code": "B2", "price": 0.3, "at": None, "day": None, "n": 2}]
    workbook(lakelet.cwd / "b.xlsx", [["n"], ["many"]])
    assert "many" in lakelet.run("import", "t", "b.xlsx").stderr
    workbook(lakelet.cwd / "c.xlsx", [["n"], [1.5]])
    assert lakelet.run("import", "t", "c.xlsx").returncode != 0
    assert len(lakelet.json("view", "t")) == 2


def test_mixtures_times_and_errors(lakelet):
    book = xlsxwriter.Workbook(str(lakelet.cwd / "a.xlsx"))
    sheet = book.add_worksheet()
    clock = book.add_format({"num_format": "hh:mm:ss"})
    money = book.add_format({"num_format": '#,##0.00 "days"'})
    sheet.write_row(0, 0, ["mixed", "clock", "money", "wrong", "computed"])
    sheet.write_row(1, 0, [1])
    sheet.write_row(2, 0, ["one"])
    sheet.write_datetime(1, 1, datetime.time(13, 30, 5), clock)
    sheet.write_number(1, 2, 45000, money)
    sheet.write_formula(1, 3, "=NA()", None, "#N/A")
    sheet.write_formula(1, 4, "=1+2", None, 3)
    book.close()
    lakelet.ok("import", "t", "a.xlsx", "--create")
    rows = sorted(lakelet.json("view", "t"), key=lambda row: row["mixed"])
    assert rows == [{"mixed": "1", "clock": "13:30:05", "money": 45000, "wrong": None, "computed": 3},
                    {"mixed": "one", "clock": None, "money": None, "wrong": None, "computed": None}]


def test_without_a_header_and_by_another_name(lakelet):
    lakelet.ok("create", "t", "--schema", "a bigint, b string")
    workbook(lakelet.cwd / "a.bin", [[1, "x"], [2, "y"]])
    lakelet.ok("import", "t", "a.bin", "--input-format", "xlsx", "--no-header")
    assert len(lakelet.json("view", "t")) == 2


def test_a_sheet_is_chosen(lakelet):
    book = xlsxwriter.Workbook(str(lakelet.cwd / "a.xlsx"))
    for name, value in [("first", 1), ("2025", 2), ("Žilina & <b>", 3), ("2", 4)]:
        book.add_worksheet(name).write_column(0, 0, ["n", value])
        book.add_chartsheet("chart " + name)  # has no cells, and no number
    book.close()
    for sheet, value in [([], 1), (["--sheet", "2025"], 2), (["--sheet", "3"], 3), (["--sheet", "2"], 4), (["--sheet", "Žilina & <b>"], 3)]:
        lakelet.ok("import", "t", "a.xlsx", "--create", "--mode", "overwrite", *sheet)
        assert lakelet.json("view", "t") == [{"n": value}], sheet
    failed = lakelet.run("import", "t", "a.xlsx", "--sheet", "other")
    assert failed.returncode == NOT_FOUND and "no sheet 'other'" in failed.stderr and "first, 2025" in failed.stderr
    assert "chart" not in failed.stderr
    lakelet.fails(NOT_FOUND, "import", "t", "a.xlsx", "--sheet", "5")


def test_laketowers_spelling(lakelet):
    (lakelet.cwd / "lakelet.yml").write_text("tables: [{name: t, uri: lake/t}]\n")
    workbook(lakelet.cwd / "a.xlsx", [["a"], [1]])
    lakelet.ok("tables", "import", "t", "--file", "a.xlsx", "--format", "xlsx")
    assert lakelet.json("tables", "view", "t") == [{"a": 1}]


def test_what_is_no_workbook(lakelet):
    def fails(code, name, content):
        (lakelet.cwd / name).write_bytes(content)
        return lakelet.fails(code, "import", "t", name, "--create")

    good = workbook(lakelet.cwd / "good.xlsx", ROWS).read_bytes()

    def changed(part, change):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name)
                content = change(content) if name == part else content
                if content is not None:
                    target.writestr(name, content)
        return out.getvalue()

    sheet = "xl/worksheets/sheet1.xml"
    assert "no zip archive" in fails(USAGE, "a.xlsx", b"time,city\n")
    assert "cut.xlsx" in fails(USAGE, "cut.xlsx", good[: len(good) // 2])
    assert "encrypted" in fails(UNSUPPORTED, "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    assert "workbook.xml" in fails(USAGE, "b.xlsx", changed("xl/workbook.xml", lambda _: None))
    assert sheet in fails(USAGE, "c.xlsx", changed(sheet, lambda text: text[:-30]))
    assert "shared string" in fails(USAGE, "d.xlsx", changed("xl/sharedStrings.xml", lambda text: b"<sst/>"))
    bomb = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
    assert sheet in fails(USAGE, "e.xlsx", changed(sheet, lambda text: text.replace(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', bomb)))
    many = changed("xl/workbook.xml", lambda text: text.replace(b"<sheets>", b"<sheets>" + b'<sheet name="s" r:id="rId1"/>' * 20000))
    assert "too many sheets" in fails(USAGE, "many.xlsx", many)
    assert "no cell" in fails(USAGE, "f.xlsx", changed(sheet, lambda text: text.replace(b'r="A1"', b'r="ZZZZ1"')))
    assert "called 'x'" in fails(USAGE, "g.xlsx", workbook(lakelet.cwd / "x.xlsx", [["x", "x"], [1, 2]]).read_bytes())
    assert "empty" in fails(USAGE, "h.xlsx", workbook(lakelet.cwd / "y.xlsx", []).read_bytes())
    assert not (lakelet.cwd / "t").exists()
