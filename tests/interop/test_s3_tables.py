"""Tables in buckets of S3: lakelet beside deltalake, pyiceberg and DuckDB, several writers at once, and a server that misbehaves."""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

import duckdb
import duckdb_extension_avro
import duckdb_extension_delta
import duckdb_extension_httpfs
import duckdb_extension_iceberg
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pyiceberg.table import StaticTable
from s3_gate import ID, REGION, SECRET, Fault

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))
ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "city": ["Oslo", "Bern", None]})
FORMATS = ["delta", "iceberg"]


@pytest.fixture
def lake(s3, lakelet, monkeypatch):
    """The CLI with S3's keys in its environment."""
    for name, value in {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": s3.endpoint}.items():
        monkeypatch.setenv(name, value)
    return lakelet


def uri(s3, name="t"):
    return f"s3://{s3.bucket}/lake/{name}"


def theirs(s3):
    """For deltalake, which sends what the gate doesn't know how to check."""
    return {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": s3.moto, "AWS_ALLOW_HTTP": "true"}


def iceberg_table(s3, name="t"):
    files = [key for key in s3.keys_in(f"lake/{name}/metadata/v") if key.endswith(".metadata.json")]
    newest = max(files, key=lambda key: int(re.search(r"/v(\d+)\.", key)[1]))
    options = {"s3.endpoint": s3.moto, "s3.region": REGION, "s3.access-key-id": ID, "s3.secret-access-key": SECRET}
    return StaticTable.from_metadata(f"s3://{s3.bucket}/{newest}", options)


def duckdb_reads(s3, format, name="t"):
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    for package in (duckdb_extension_httpfs, duckdb_extension_avro, duckdb_extension_iceberg, duckdb_extension_delta):
        folder = os.path.join(os.path.dirname(package.__file__), "extensions", "v" + duckdb.__version__)
        con.execute(f"load '{folder}/{package.__name__.removeprefix('duckdb_extension_')}.duckdb_extension'")
    endpoint = s3.moto.removeprefix("http://")
    con.execute(f"create secret (type s3, key_id '{ID}', secret '{SECRET}', region '{REGION}', endpoint '{endpoint}', url_style 'path', use_ssl false)")
    source = f"delta_scan('{uri(s3, name)}')" if format == "delta" else f"iceberg_scan('{iceberg_table(s3, name).metadata_location}')"
    return con.execute(f"from {source} order by id").to_arrow_table().to_pylist()


def ids(s3, format, name="t"):
    """By deltalake or pyiceberg."""
    table = DeltaTable(uri(s3, name), storage_options=theirs(s3)).to_pyarrow_table() if format == "delta" else iceberg_table(s3, name).scan().to_arrow()
    return sorted(table["id"].to_pylist())


def make(lake, s3, format="delta", name="t"):
    lake.ok("create", uri(s3, name), "--schema", "id bigint, city string", "--as", format)
    lake.ok("sql", "--quiet", f"insert into '{uri(s3, name)}' values (1, 'Oslo'), (2, 'Bern'), (3, null)")


@pytest.mark.parametrize("format", FORMATS)
def test_ours_is_read_by_others(lake, s3, format):
    make(lake, s3, format)
    table = uri(s3)
    lake.ok("sql", "--quiet", f"insert into '{table}' values (4, 'Rome'); update '{table}' set city = 'Paris' where id = 2; delete from '{table}' where id = 1")
    lake.ok("sql", "--quiet", f"merge into '{table}' t using (values (3, 'Kyiv'), (5, 'Lima')) s(id, city) on t.id = s.id when matched then update set city = s.city "
            "when not matched then insert (id, city) values (s.id, s.city)")
    expected = [{"id": 2, "city": "Paris"}, {"id": 3, "city": "Kyiv"}, {"id": 4, "city": "Rome"}, {"id": 5, "city": "Lima"}]
    assert lake.rows(f"from '{table}' order by id").to_pylist() == expected
    assert ids(s3, format) == [2, 3, 4, 5]
    assert duckdb_reads(s3, format) == expected
    assert lake.rows(f"from '{table.replace('s3:', 's3a:')}' order by id").to_pylist() == expected


def test_theirs_is_read_and_changed(lake, s3):
    write_deltalake(uri(s3), ROWS, storage_options=theirs(s3), partition_by=["city"])
    assert lake.rows(f"from '{uri(s3)}' order by id").to_pylist() == ROWS.to_pylist()
    lake.ok("sql", "--quiet", f"update '{uri(s3)}' set city = 'a b/c?d#e%' where id = 2; insert into '{uri(s3)}' values (4, 'Rome')")
    table = DeltaTable(uri(s3), storage_options=theirs(s3))
    assert sorted(table.to_pyarrow_table().to_pylist(), key=lambda row: row["id"])[1] == {"id": 2, "city": "a b/c?d#e%"}
    write_deltalake(table, ROWS.slice(0, 1), mode="append")
    assert lake.rows(f"select count(*) n from '{uri(s3)}'").to_pylist() == [{"n": 5}]


@pytest.mark.parametrize("format", FORMATS)
def test_upkeep(lake, s3, format):
    make(lake, s3, format)
    for n in range(4, 8):
        lake.ok("sql", "--quiet", f"insert into '{uri(s3)}' values ({n}, 'x')")
    lake.ok("optimize", uri(s3))
    if format == "delta":
        lake.ok("checkpoint", uri(s3))
    before = len(s3.keys_in("lake/t/"))
    lake.ok("vacuum", uri(s3), "--retention", "0s", "--force")
    assert len(s3.keys_in("lake/t/")) < before
    lake.ok("doctor", uri(s3))
    lake.ok("history", uri(s3))
    assert ids(s3, format) == list(range(1, 8))
    lake.ok("clone", uri(s3), uri(s3, "copy"))
    assert ids(s3, format, "copy") == list(range(1, 8))


@pytest.mark.parametrize("format", FORMATS)
def test_every_append_of_a_race_is_kept(lake, s3, format):
    make(lake, s3, format)

    def append(writer):
        for n in range(3):
            lake.ok("sql", "--quiet", f"insert into '{uri(s3)}' values ({100 * writer + n}, 'w{writer}')")

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(append, range(1, 5)))
    assert ids(s3, format) == [1, 2, 3] + [100 * writer + n for writer in range(1, 5) for n in range(3)]


def test_a_big_import_goes_in_parts(lake, s3):
    lake.ok("sql", "--quiet", f"create table '{uri(s3)}' as select i id, hash(i)::varchar || hash(i + 1)::varchar as city from range(1500000) r(i)")
    assert s3.seen("POST", "/lake/t/.*parquet")
    assert not s3.uploads()
    assert max(len(request["body"]) for request in s3.requests) <= 8 << 20
    assert DeltaTable(uri(s3), storage_options=theirs(s3)).to_pyarrow_table().num_rows == 1500000
    assert lake.rows(f"select count(distinct city) n from '{uri(s3)}'").to_pylist() == [{"n": 1500000}]


def test_python(lake, s3, tmp_path):
    options = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": s3.endpoint, "AWS_ALLOW_HTTP": "true"}
    script = f"""
import lakelet, pyarrow as pa
from lakelet.deltalake import DeltaTable, write_deltalake
options = {options!r}
write_deltalake({uri(s3)!r}, pa.table({{"id": [1, 2]}}), storage_options=options)
write_deltalake({uri(s3)!r}, pa.table({{"id": [3]}}), mode="append", storage_options=options)
assert DeltaTable({uri(s3)!r}, storage_options=options).version() == 1
print(sorted(lakelet.open({uri(s3)!r}).scan().to_pyarrow()["id"].to_pylist()))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.path.join(os.path.dirname(LAKELET), "python")})
    assert done.stdout == "[1, 2, 3]\n", done.stderr


def test_options_go_before_the_environment(lake, s3, monkeypatch):
    make(lake, s3)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert "secret access key isn't" in lake.run("view", uri(s3)).stderr
    options = [part for name, value in s3.options().items() for part in ("--storage-option", f"{name}={value}")]
    assert "Oslo" in lake.ok("view", uri(s3), *options)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no keys" in lake.fails(9, "view", uri(s3))
    lower = [part for name, value in theirs(s3).items() for part in ("--storage-option", f"{name.lower()}={s3.endpoint if 'URL' in name else value}")]
    assert "Oslo" in lake.ok("view", uri(s3), *lower)
    s3.public = True
    assert "Oslo" in lake.ok("view", uri(s3), "--storage-option", "s3.anonymous=true")


def test_what_is_refused(lake, s3, monkeypatch):
    make(lake, s3)
    for option, said in {"s3.remote-signing-enabled=true": "remote-signing", "s3.role-arn=arn:x": "s3.role-arn", "s3.sse.type=kms": "encryption"}.items():
        assert said in lake.fails(5, "view", uri(s3), "--storage-option", option)
    assert "come in pairs" in lake.fails(2, "view", uri(s3), "--storage-option", "s3.access-key-id=x")
    assert "no endpoint" in lake.fails(2, "view", uri(s3), "--storage-option", "s3.endpoint=ftp://x")
    for missing in ["gs://b/t", "az://b/t", "abfss://a@b/t"]:
        assert "aren't supported" in lake.fails(5, "view", missing)
    assert "names no bucket" in lake.fails(2, "view", "s3:///t")


def test_refused_keys_and_missing_buckets(lake, s3, monkeypatch):
    make(lake, s3)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    shown = lake.run("sql", f"insert into '{uri(s3)}' values (9, 'x')")
    assert shown.returncode == 9 and "SignatureDoesNotMatch" in shown.stderr and "hush" not in shown.stderr
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    assert "InvalidAccessKeyId" in lake.fails(9, "view", uri(s3))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    s3.ended.add(ID)
    assert "ExpiredToken" in lake.fails(9, "view", uri(s3))
    s3.ended.clear()
    assert "there is no bucket not-there" in lake.fails(3, "view", "s3://not-there/t")
    assert "there is no bucket not-there" in lake.fails(3, "create", "s3://not-there/t", "--schema", "id bigint")
    lake.fails(3, "view", uri(s3, "nothing"))
    s3.faults.append(Fault("GET", "lake/t", times=100, status=301, headers={"code": "PermanentRedirect", "x-amz-bucket-region": "ap-south-1"}))
    failed = lake.run("view", uri(s3))
    assert failed.returncode == 2 and "s3.region=ap-south-1" in failed.stderr


@pytest.mark.parametrize("status, code", [(500, "InternalError"), (503, "SlowDown"), (429, "TooManyRequests")])
def test_faults_that_pass(lake, s3, status, code):
    make(lake, s3)
    for method in ("GET", "PUT", "HEAD"):
        s3.faults.append(Fault(method, "lake/t|list-type", times=2, status=status, headers={"code": code}))
    lake.ok("sql", "--quiet", f"insert into '{uri(s3)}' values (4, 'x')")
    assert ids(s3, "delta") == [1, 2, 3, 4]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("fault", [{"cut": True, "after": True}, {"status": 500, "after": True}, {"status": 409, "headers": {"code": "ConditionalRequestConflict"}}, {"cut": True}])
def test_a_commit_whose_answer_is_lost_is_made_once(lake, s3, format, fault):
    make(lake, s3, format)
    where = "_delta_log/.*json" if format == "delta" else "v3.metadata.json"
    s3.faults.append(Fault("PUT", where, **fault))
    lake.ok("sql", "--quiet", f"insert into '{uri(s3)}' values (4, 'x')")
    assert not s3.faults[0].times
    assert ids(s3, format) == [1, 2, 3, 4]
    history = json.loads(lake.ok("history", uri(s3), "--format", "json"))
    assert len([entry for entry in history if entry["version"] == (2 if format == "delta" else history[0]["version"])]) == 1


def test_answers_that_are_cut_off(lake, s3):
    make(lake, s3)
    for where in ("parquet", "list-type", "_delta_log"):
        s3.faults.append(Fault("GET", where, times=2, cut=True, after=True))
    assert lake.rows(f"from '{uri(s3)}' order by id").to_pylist() == ROWS.to_pylist()
    assert all(not fault.times for fault in s3.faults)


def test_a_server_that_stays_out_of_order(lake, s3):
    make(lake, s3)
    s3.faults.append(Fault("GET", ".*", times=1000, status=500, headers={"code": "InternalError"}))
    failed = lake.fails(9, "view", uri(s3))
    assert "InternalError" in failed
    s3.faults.clear()
    s3.faults.append(Fault("PUT", "parquet", times=1000, status=503, headers={"code": "SlowDown"}))
    lake.fails(9, "sql", f"insert into '{uri(s3)}' values (4, 'x')")
    s3.faults.clear()
    assert ids(s3, "delta") == [1, 2, 3]
    lake.ok("sql", "--quiet", f"insert into '{uri(s3)}' values (4, 'x')")


def test_more_pages_than_one(lake, s3):
    make(lake, s3)
    for n in range(1100):
        s3.boto().put_object(Bucket=s3.bucket, Key=f"lake/t/stray/{n:04}.parquet", Body=b"x")
    found = lake.ok("vacuum", uri(s3), "--dry-run", "--full", "--force", "--retention", "0s", "--uncommitted", "0s", "--format", "json")
    assert len(set(re.findall(r"stray/\d{4}\.parquet", found))) == 1100


def test_keys_of_the_configuration(lake, s3, monkeypatch):
    make(lake, s3)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUSH", SECRET)
    (lake.cwd / "lakelet.yml").write_text(f"""storage_credentials:
  ours:
    s3: {{access_key_id: {ID}, secret_access_key: "${{HUSH}}", region: {REGION}, endpoint_url: "{s3.endpoint}", allow_http: true}}
tables:
  - {{name: towns, uri: "{uri(s3)}", storage_credential: ours}}
""")
    assert "Oslo" in lake.ok("view", "towns")
    lake.ok("sql", "--quiet", "insert into towns values (4, 'Rome')")
    assert ids(s3, "delta") == [1, 2, 3, 4]
    assert "no keys" in lake.fails(9, "view", uri(s3))
    assert SECRET not in lake.ok("config", "show", "--substitute")
