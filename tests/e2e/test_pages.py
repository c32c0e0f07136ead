"""The console in a real browser: drive.mjs goes through every page and action on tables that are made here, of each format.

The screenshots stay in build/console-screenshots, to be looked at; docs/images/console.png is the one called readme.png.
"""

import json
import os
import re
import shutil
import subprocess
import time

import pytest
import xlsxwriter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

TABLES = [
    "create table 'weather' (time timestamptz, city varchar, temperature float) with (format = 'delta', \"delta.enableChangeDataFeed\" = 'true')",
    """insert into 'weather' select timestamptz '2025-03-01' + to_hours(h::int), city, round(base + 6 * sin(h / 24 * 2 * pi()) + h * 0.02, 1)
       from range(24) t(h), (values ('Paris', 11), ('Oslo', 1), ('Rome', 16), ('Lima', 20)) c(city, base) order by city = 'Paris' desc, h""",
    """insert into 'weather' select timestamptz '2025-03-02' + to_hours(h::int), city, round(base + 6 * sin(h / 24 * 2 * pi()), 1)
       from range(24) t(h), (values ('Paris', 12), ('Rome', 17)) c(city, base)""",
    """merge into 'weather' as target using (select time, city, temperature + 1 as temperature from 'weather' where city = 'Rome') as source
       on target.time = source.time and target.city = source.city when matched then update set temperature = source.temperature""",
    "alter table 'weather' add column humidity float",
    """create table 'orders' (id bigint, day date, country varchar, amount decimal(10,2)) partitioned by (country)
       with (format = 'delta', "delta.enableDeletionVectors" = 'true')""",
    *[f"""insert into 'orders' select range + {i} * 4000, date '2025-01-01' + (range % 90)::int,
         ['FR', 'DE', 'PE', 'NO'][1 + ((range * range) % 7 % 4)::int], ((range * 37 % 9000) / 100)::decimal(10,2) from range({4000 - 700 * i})""" for i in range(4)],
    "delete from 'orders' where id % 11 = 3",
    """create table './nested' as select * from (values
       ('anna', {'street': 'Rue de Rivoli', 'zip': '75001'}, [1, 2, 3], map {'a': 1.5}),
       ('ben', {'street': 'Via Appia', 'zip': null}, [], map {}), (null, null, null, null)) t(name, address, scores, weights)""",
    """create table './hostile' as select '<img src=x onerror=alert(1)>' as "<b>bold</b>", '"quoted"' as "a""b'c", 1 as "имя"
       union all select chr(8238) || 'evil' || chr(7) || chr(10) || 'second line', '<script>alert(1)</script>', 2
       union all select repeat('long ', 20000), 'שלום עולם', 3""",
    "create table './big' as select range as id, md5(range::varchar) as hash, range * 0.5 as half from range(1000000)",
    "create table 'sub/numbers' as select range as i from range(100)",
    """create table 'stations' (id int, name varchar, country varchar, height double) partitioned by (country)
       with (format = 'iceberg', "write.delete.mode" = 'merge-on-read')""",
    "insert into 'stations' select range, 'Station ' || range, ['FR', 'NO', 'PE'][1 + (range % 3)::int], range * 1.5 from range(300)",
    "alter table 'stations' create tag whole",
    "delete from 'stations' where id % 10 = 3",
    """merge into 'stations' as target using (select id, name || '!' as name from 'stations' where id < 20) as source
       on target.id = source.id when matched then update set name = source.name""",
]


SAVED = """# kept by hand
queries:
  - name: means
    title: Mean by city
    description: Of `weather`, for cities whose mean is **at least** $least
    totals_row: true
    parameters:
      least: {default: "10"}
    sql: |
      select city, count(*) as hours, round(avg(temperature), 2) as mean
      from weather
      group by city
      having avg(temperature) >= coalesce($least::double, -100)
      order by city
"""


@pytest.fixture
def lake(tmp_path):
    for sql in TABLES:
        done = subprocess.run([LAKELET, "sql", sql], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{sql}\n{done.stderr}"
    log = tmp_path / "broken" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text('{"protocol": ')
    (tmp_path / "lakelet.yml").write_text(SAVED)
    return tmp_path


def test_every_page(lake):
    assert CHROMIUM, "chromium isn't here: scripts/setup tests"
    started = time.monotonic()
    server = subprocess.Popen([LAKELET, "web", "--port", "0"], cwd=lake, stderr=subprocess.PIPE, text=True)
    try:
        line = server.stderr.readline()
        start_ms = round((time.monotonic() - started) * 1000)
        url = re.search(r"http://\S+", line)[0]
        screenshots = os.path.join(ROOT, "build", "console-screenshots")
        os.makedirs(screenshots, exist_ok=True)
        with xlsxwriter.Workbook(os.path.join(screenshots, "two.xlsx")) as book:
            book.add_worksheet("spring").write_row(0, 0, ["bloom"])
            summer = book.add_worksheet("summer")
            for i, row in enumerate([["city", "hours"], ["Turku", 3], ["Porto", 5]]):
                summer.write_row(i, 0, row)
        done = subprocess.run(["node", os.path.join(HERE, "drive.mjs"), url, screenshots, CHROMIUM], cwd=HERE,
                              capture_output=True, text=True, timeout=540)
        assert done.returncode == 0, done.stderr
        print(json.loads(done.stdout) | {"server_start_ms": start_ms})
        kept = (lake / "lakelet.yml").read_text()
        assert kept.startswith(SAVED) and "title: \"Warmest: hour\"" in kept
    finally:
        server.terminate()
        server.wait(30)
        server.stderr.close()
