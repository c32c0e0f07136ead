"""REST catalogs whose requests are signed by SigV4, and those that give the keys for their tables' files. botocore judges each signature."""

import re
import time

import pyarrow as pa
import pytest
from pyiceberg.catalog.rest import RestCatalog
from rest_server import RestServer
from s3_gate import ID, REGION, SECRET

KEYS = {"rest.access-key-id": ID, "rest.secret-access-key": SECRET}
SIGNED = {"rest.sigv4-enabled": "true", "rest.signing-region": REGION}


def flags(options):
    return [part for name, value in options.items() for part in ("--storage-option", f"{name}={value}")]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def signed(tmp_path):
    with RestServer(tmp_path / "warehouse", page_size=1, signed=(REGION, "execute-api")) as server:
        yield server


def all_of_it(lakelet, attach, *options):
    """Routes of every kind, with names that are encoded in them."""
    lakelet.ok("sql", "--quiet", *options, f"{attach}; create schema c.\"a.b\"; create schema c.\"x y+z~é\"; create table c.\"a.b\".\"t (1)&=%41\" as select 1::bigint id")
    lakelet.ok("sql", "--quiet", *options, f"{attach}; insert into c.\"a.b\".\"t (1)&=%41\" values (2); alter table c.\"a.b\".\"t (1)&=%41\" rename to plain")
    assert lakelet.ok("sql", "--format", "csv", *options, f"{attach}; select sum(id) s from c.\"a.b\".plain").split() == ["s", "3"]


def test_signed_with_options(signed, lakelet):
    all_of_it(lakelet, f"attach 'iceberg+{signed.uri}' as c (type lakelet)", *flags(SIGNED | KEYS))
    assert all("x-amz-date" in {name.lower() for name in request["headers"]} for request in signed.requests)


def test_signed_with_options_of_attach(signed, lakelet):
    attach = (f"attach 'iceberg+{signed.uri}' as c (type lakelet, rest_sigv4_enabled true, rest_signing_region '{REGION}', rest_access_key_id '{ID}', rest_secret_access_key '{SECRET}', "
              "rest_session_token 'to/ken==')")
    all_of_it(lakelet, attach)
    shown = lakelet.ok("sql", "--format", "json", f"{attach}; select * from duckdb_databases()")
    assert SECRET not in shown and ID not in shown and "to/ken" not in shown
    assert all(request["headers"].get("x-amz-security-token") == "to/ken==" for request in signed.requests)


def test_signed_with_the_configuration_and_the_environment(signed, lakelet, monkeypatch):
    (lakelet.cwd / "lakelet.yml").write_text(f"catalogs:\n  ours:\n    uri: iceberg+{signed.uri}\n    rest.sigv4-enabled: true\n    rest.signing-region: {REGION}\n")
    assert "there are no keys" in lakelet.fails(9, "sql", f"attach 'iceberg+{signed.uri}' as c (type lakelet); from c.ns.t")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    all_of_it(lakelet, f"attach 'iceberg+{signed.uri}' as c (type lakelet)")
    lakelet.ok("config", "validate")


def test_the_server_asks_for_signatures(signed, lakelet):
    signed.signed = None
    signed.config = SIGNED | {"rest.signing-name": "glue"}
    served = flags(KEYS)
    lakelet.ok("sql", "--quiet", *served, f"attach 'iceberg+{signed.uri}' as c (type lakelet); create schema c.ns")
    assert "/glue/aws4_request" in signed.seen("POST", "namespaces")[0]["headers"]["Authorization"]


def test_refused_signatures(signed, lakelet):
    query = f"attach 'iceberg+{signed.uri}' as c (type lakelet); from c.ns.t"
    wrong = lakelet.run("sql", *flags(SIGNED | KEYS | {"rest.secret-access-key": "hush-hush"}), query)
    assert wrong.returncode == 9 and "does not match" in wrong.stderr and "hush" not in wrong.stderr
    assert "no region" in lakelet.fails(2, "sql", *flags(KEYS | {"rest.sigv4-enabled": "true"}), query)
    assert "shown to people" in lakelet.fails(2, "view", f"iceberg+{signed.uri}?rest.secret-access-key=x#ns.t")


def test_a_token_stays_beside_the_signature(signed, lakelet):
    lakelet.ok("sql", "--quiet", *flags(SIGNED | KEYS | {"token": "hush"}), f"attach 'iceberg+{signed.uri}' as c (type lakelet); create schema c.ns")
    assert signed.requests[0]["headers"]["Original-Authorization"] == "Bearer hush"


# --- vended credentials ------------------------------------------------------------------------------------------------
class Vending:
    """Gives each load of a table new keys, with a token, which the bucket knows by then."""

    def __init__(self, s3, seconds=3600):
        self.s3, self.seconds, self.given = s3, seconds, []
        s3.keys.clear()

    def keys(self):
        name = f"ASIATESTS{len(self.given):08}"
        self.s3.keys[name] = (f"secret/{name}", f"token+{name}==")
        self.given.append(name)
        return {"s3.access-key-id": name, "s3.secret-access-key": f"secret/{name}", "s3.session-token": f"token+{name}==", "s3.session-token-expires-at-ms": str(int((time.time() + self.seconds) * 1000))}

    def place(self):
        return {"s3.endpoint": self.s3.endpoint, "client.region": REGION, "s3.path-style-access": "true"}


@pytest.fixture
def vending(s3):
    return Vending(s3)


@pytest.fixture
def catalog(s3, vending):
    with RestServer(f"s3://{s3.bucket}/wh", s3=s3) as server:
        yield server


def make(server, s3, name="t"):
    """By pyiceberg, past the gate."""
    options = {"s3.endpoint": s3.moto, "s3.region": REGION, "s3.access-key-id": ID, "s3.secret-access-key": SECRET}
    catalog = RestCatalog("rest", uri=server.uri, **options)
    catalog.create_namespace_if_not_exists("ns")
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64())})
    catalog.create_table(f"ns.{name}", rows.schema).append(rows)
    return lambda: sorted(catalog.load_table(f"ns.{name}").scan().to_arrow()["id"].to_pylist())


def attach(server, query):
    return f"attach 'iceberg+{server.uri}' as c (type lakelet); {query}"


@pytest.mark.parametrize("how", ["config", "storage-credentials"])
def test_keys_of_the_table_are_used(catalog, s3, vending, lakelet, how):
    theirs = make(catalog, s3)
    if how == "config":
        catalog.access = lambda key, location: {"config": vending.place() | vending.keys()}
    else:
        wrong = {"s3.access-key-id": "wrong", "s3.secret-access-key": "wrong"}
        catalog.access = lambda key, location: {"config": vending.place() | wrong, "storage-credentials": [
            {"prefix": "s3://", "config": wrong}, {"prefix": location, "config": vending.keys()}, {"prefix": location + "-other", "config": wrong}]}
    lakelet.ok("sql", "--quiet", attach(catalog, "insert into c.ns.t values (4); delete from c.ns.t where id = 1; create table c.ns.new as select 5::bigint id"))
    assert lakelet.ok("sql", "--format", "csv", attach(catalog, "select sum(id) s from (from c.ns.t union all from c.ns.new)")).split() == ["s", "14"]
    assert all(request["headers"]["X-Iceberg-Access-Delegation"] == "vended-credentials" for request in catalog.seen("GET", "/tables/(t|new)$") + catalog.seen("POST", "/tables$")
               if "lakelet" in request["headers"]["User-Agent"])
    catalog.access = lambda key, location: {}
    assert theirs() == [2, 3, 4]
    used = {re.search("Credential=([^/]+)/", request["headers"]["authorization"])[1] for request in s3.requests}
    assert used and used <= set(vending.given)
    assert not any(secret in path.read_text(errors="replace") for path in lakelet.cwd.rglob("*") if path.is_file() for secret in ("secret/ASIA", "token+ASIA"))


def test_keys_that_end_are_got_anew(catalog, s3, vending, lakelet):
    make(catalog, s3)
    vending.seconds = 100  # so that they are always about to end
    catalog.access = lambda key, location: {"config": vending.place() | vending.keys()}
    lakelet.ok("sql", "--quiet", attach(catalog, "insert into c.ns.t values (4); from c.ns.t"))
    assert len(vending.given) > 3
    used = [re.search("Credential=([^/]+)/", request["headers"]["authorization"])[1] for request in s3.requests]
    assert len(set(used)) > 3


def test_keys_that_are_refused_are_got_anew(catalog, s3, vending, lakelet):
    make(catalog, s3)

    def access(key, location):
        keys = vending.keys()
        if len(vending.given) == 1:  # the first are refused, whatever they say of their end
            s3.ended.add(keys["s3.access-key-id"])
        return {"config": vending.place() | keys}

    catalog.access = access
    assert lakelet.ok("sql", "--format", "csv", attach(catalog, "select sum(id) s from c.ns.t")).split() == ["s", "6"]
    assert len(vending.given) >= 2
    s3.ended.update(vending.given)
    catalog.access = lambda key, location: {"config": vending.place() | {"s3.access-key-id": vending.given[0], "s3.secret-access-key": f"secret/{vending.given[0]}", "s3.session-token": f"token+{vending.given[0]}=="}}
    failed = lakelet.run("sql", attach(catalog, "from c.ns.t"))
    assert failed.returncode == 9 and "ExpiredToken" in failed.stderr and "secret/" not in failed.stderr


def test_each_table_has_its_own(catalog, s3, vending, lakelet):
    make(catalog, s3)
    make(catalog, s3, "u")
    own = {}

    def access(key, location):
        own.setdefault(key[1], vending.keys())
        return {"config": vending.place() | own[key[1]]}

    catalog.access = access
    lakelet.ok("sql", "--quiet", attach(catalog, "from c.ns.t join c.ns.u using (id)"))
    for name in ("t", "u"):
        used = {re.search("Credential=([^/]+)/", request["headers"]["authorization"])[1] for request in s3.seen("GET", f"/wh/ns/{name}/")}
        assert used == {own[name]["s3.access-key-id"]}


def test_keys_go_nowhere_else(catalog, s3, vending, lakelet):
    """What the catalog gives is for its tables, and our own keys go to no server that only the catalog names."""
    make(catalog, s3)
    catalog.access = lambda key, location: {"config": {}, "storage-credentials": [{"prefix": "s3://", "config": vending.place() | vending.keys()}]}
    failed = lakelet.run("sql", attach(catalog, f"from c.ns.t; from 's3://{s3.bucket}/elsewhere'"))
    assert failed.returncode == 9 and "no keys" in failed.stderr
    catalog.access = lambda key, location: {"config": vending.place()}
    before = len(s3.requests)
    ours = flags({"s3.access-key-id": ID, "s3.secret-access-key": SECRET})
    assert "wasn't named here" in lakelet.fails(9, "sql", *ours, attach(catalog, "from c.ns.t"))
    assert len(s3.requests) == before
    s3.keys[ID] = (SECRET, None)
    lakelet.ok("sql", "--quiet", *ours, "--storage-option", f"s3.endpoint={s3.endpoint}", attach(catalog, "from c.ns.t"))


def test_a_catalog_that_signs_itself_is_refused(catalog, s3, vending, lakelet):
    make(catalog, s3)
    catalog.access = lambda key, location: {"config": vending.place() | {"s3.remote-signing-enabled": "true", "s3.signer.uri": catalog.uri}}
    assert "s3.remote-signing-enabled" in lakelet.fails(5, "sql", attach(catalog, "from c.ns.t"))
