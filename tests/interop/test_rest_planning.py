"""REST catalogs that want to plan scans themselves: what lakelet asks them, that it reads the files that they say, and what happens when they don't."""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rest_server import RestServer
from test_rest_faults import Served, interrupt

PLAN, POLL, TASKS = ("POST", "/tables/t/plan$"), ("GET", "/tables/t/plan/"), ("POST", "/tables/t/tasks$")


@pytest.fixture
def serve(tmp_path, lakelet):
    """A server that plans, with a table ns.t that was changed in every way: rows are deleted, columns and partitions are others than they were."""
    started = []

    def start(planning=None, endpoints=None):
        server = RestServer(tmp_path / "warehouse").__enter__()
        started.append(server)
        served = Served(server, lakelet)
        served.sql("create schema c.ns; create table c.ns.t (id bigint, city varchar, day timestamp, km double, place struct(x bigint)) partitioned by (city, day(day)) "
                   "with (\"format-version\" = 2, \"write.delete.mode\" = 'merge-on-read')")
        served.sql("insert into c.ns.t select i, ['Oslo', 'Bern', null][i % 3 + 1], timestamp '2024-01-01 12:00:00' + to_days((i % 2)::int), if(i % 5 = 0, 'nan'::double, i / 2), {'x': i} from range(12) r(i)")
        served.sql("delete from c.ns.t where id in (1, 4)")
        served.sql("alter table c.ns.t add column note varchar; alter table c.ns.t rename column km to length; alter table c.ns.t add partition field bucket(2, id)")
        served.sql("insert into c.ns.t select i, 'Rome', timestamp '2024-02-01 00:00:00', i, {'x': i}, 'new' from range(20, 26) r(i)")
        served.sql("delete from c.ns.t where id = 21")
        server.table_config, server.planning, server.endpoints = {"scan-planning-mode": "server"}, planning or {}, endpoints
        server.requests.clear()
        served.place = server.tables[(("ns",), "t")][0].removeprefix("file://")
        return served

    yield start
    for server in started:
        server.__exit__()


def planned(served, query):
    return served.lakelet.rows(served.attach(query.format("c.ns.t"))).to_pylist()


def unplanned(served, query):
    """By the metadata file, past the catalog."""
    return served.lakelet.rows(query.format(f"'{served.place}'")).to_pylist()


CONDITIONS = [
    "true", "id > 8", "id >= 20 and city = 'Rome'", "city is null", "city is not null and id < 6", "id in (2, 3, 21, 99)", "not (id in (2, 3) or city = 'Oslo')", "city like 'O%'", "city <> 'Bern'",
    "day >= timestamp '2024-01-02 00:00:00'", "day < timestamp '2024-01-02 00:00:00' or id = 24", "length > 3", "length = 'nan'::double", "length < 2", "not (length < 2)", "place.x = 7", "note = 'new'", "note is null",
    "id % 2 = 0 and city = 'Bern'", "length + id > 3 or id = 2", "city = 'nowhere'", "id between 3 and 7",
]


@pytest.mark.parametrize("planning", [{}, {"polls": 2}, {"page": 1}, {"polls": 1, "page": 2}], ids=str)
def test_a_planned_scan_gives_the_same_rows(serve, planning):
    served = serve(planning)
    for condition in CONDITIONS if not planning else CONDITIONS[:4]:
        query = f"select id, city, day, length, place, note from {{}} where {condition} order by id"
        assert str(planned(served, query)) == str(unplanned(served, query)), condition  # NaN isn't equal to itself
    assert planned(served, "select count(*) n, min(id) a, max(id) b from {}") == [{"n": 15, "a": 0, "b": 25}]
    whole = [plan["fetched"] == set(range(len(plan["documents"]))) for plan in served.server.plans.values()]
    assert any(whole) and all(done or plan["cancelled"] for done, plan in zip(whole, served.server.plans.values(), strict=True))


def test_the_server_is_asked_for_what_is_wanted(serve):
    served = serve()
    snapshot = served.server.tables[(("ns",), "t")][1].current_snapshot_id
    assert len(planned(served, "from {} where city = 'Oslo' and id > 3 and strlen(city) = 4")) == 2
    request = json.loads(served.server.seen(*PLAN)[-1]["body"])
    assert request["snapshot-id"] == snapshot and request["use-snapshot-schema"] is False
    assert all(len(plan["documents"][0]["file-scan-tasks"]) < 4 for plan in served.server.plans.values())
    asked = len(served.server.seen(*PLAN))
    assert planned(served, "from {} where false") == []
    assert len(served.server.seen(*PLAN)) == asked


def test_older_versions_are_planned_by_their_schema(serve):
    served = serve()
    first = served.server.tables[(("ns",), "t")][1].snapshots[0].snapshot_id
    assert planned(served, f"select count(*) n, sum(km) filter (not isnan(km)) km from {{}} at (version => {first})") == [{"n": 12, "km": 25.5}]
    request = json.loads(served.server.seen(*PLAN)[-1]["body"])
    assert request["snapshot-id"] == first and request["use-snapshot-schema"] is True


def test_nothing_but_the_plan_is_read(serve):
    """The manifests are gone, and the files that the server doesn't name aren't there for the reader."""
    served = serve()
    everything = planned(served, "from {} order by id")
    (document,) = next(iter(served.server.plans.values()))["documents"]
    for file in pathlib.Path(served.server.warehouse).rglob("*.avro"):
        file.unlink()
    served.server.planning["documents"] = [document]
    assert str(planned(served, "from {} order by id")) == str(everything)
    served.server.planning["documents"] = [{**document, "file-scan-tasks": document["file-scan-tasks"][:1]}]
    assert 0 < len(planned(served, "from {}")) < len(everything)
    served.server.planning["documents"] = [{}]
    assert planned(served, "from {}") == []


def test_equality_deletes_of_a_plan(serve):
    served = serve()
    planned(served, "from {}")
    (document,) = next(iter(served.server.plans.values()))["documents"]
    place = f"{served.server.warehouse}/ns/t/data/equality.parquet"
    pq.write_table(pa.table({"id": pa.array([2, 24], pa.int64())}, schema=pa.schema([pa.field("id", pa.int64(), metadata={"PARQUET:field_id": "1"})])), place)
    delete = {"content": "equality-deletes", "file-path": place, "file-format": "parquet", "spec-id": 0, "partition": [None, None], "file-size-in-bytes": 1, "record-count": 2, "equality-ids": [1]}
    tasks = [{**task, "delete-file-references": [*task["delete-file-references"], len(document["delete-files"])]} for task in document["file-scan-tasks"]]
    served.server.planning["documents"] = [{"delete-files": [*document["delete-files"], delete], "file-scan-tasks": tasks}]
    assert [row["id"] for row in planned(served, "select id from {} order by id")] == [0, 3, 5, 6, 7, 8, 9, 10, 11, 20, 22, 23, 25]


def test_rows_are_added_and_changed(serve):
    served = serve({"page": 1})
    served.sql("insert into c.ns.t (id, city) values (30, 'Kyiv')")
    served.sql("update c.ns.t set city = 'Lima' where id = 30")
    served.sql("delete from c.ns.t where id < 9")
    served.place = served.server.tables[(("ns",), "t")][0].removeprefix("file://")
    query = "select id, city from {} order by id"
    assert planned(served, query) == unplanned(served, query)
    assert planned(served, query)[0] == {"id": 9, "city": "Oslo"} and planned(served, query)[-1] == {"id": 30, "city": "Lima"}
    for command in (("optimize",), ("vacuum", "--dry-run"), ("compact-log",)):
        assert "plans the scans" in served.lakelet.fails(5, command[0], f"{served.uri}#ns.t", *command[1:])


FAILED = {"status": "failed", "error": {"message": "too large", "type": "X", "code": 500}}
WRONG = [
    (PLAN, FAILED, 9, "too large"),
    (PLAN, {"status": "failed", "error": {"message": "no such column", "type": "X", "code": 400}}, 2, "no such column"),
    (PLAN, {"status": "failed", "error": {"message": "gone", "type": "X", "code": 404}}, 9, "gone"),
    (PLAN, {"status": "failed"}, 9, "planning a scan of ns.t"),
    (PLAN, {"status": "cancelled"}, 9, "cancelled"),
    (PLAN, {"status": "thinking"}, 6, "thinking"),
    (PLAN, {}, 6, "status"),
    (PLAN, {"status": "submitted"}, 6, "plan-id"),
    (PLAN, {"status": "completed", "file-scan-tasks": [{}]}, 6, "data-file"),
    (PLAN, {"status": "completed", "plan-tasks": ["a", "a"]}, 6, "come back"),
    (POLL, FAILED, 9, "too large"),
    (POLL, {"status": "cancelled"}, 9, "cancelled"),
    (TASKS, {"file-scan-tasks": [{"data-file": {"file-path": "x"}}]}, 6, "content"),
    (TASKS, [], 6, "answer"),
]


@pytest.mark.parametrize(("where", "answer", "code", "text"), WRONG, ids=str)
def test_plans_that_go_wrong(serve, where, answer, code, text):
    served = serve({"polls": 1, "page": 1})
    line = served.fault(where, times=99, status=200, body=json.dumps(answer).encode()).fails(code, "from c.ns.t")
    assert text in line and "\n" not in line.strip()


@pytest.mark.parametrize("where", [PLAN, POLL, TASKS], ids=str)
@pytest.mark.parametrize("fault", [{"status": 503}, {"cut": True}, {"status": 200, "cut": True, "body": b'{"status": '}], ids=str)
def test_a_plan_is_asked_for_again(serve, where, fault):
    served = serve({"polls": 1, "page": 2})
    served.fault(where, **fault)
    assert planned(served, "select count(*) n from {} where id >= 0") == [{"n": 15}]


@pytest.mark.parametrize("where", [PLAN, POLL, TASKS], ids=str)
def test_a_plan_that_is_gone_is_no_missing_table(serve, where):
    served = serve({"polls": 1, "page": 1})
    assert "broken on purpose" in served.fault(where, times=99, status=404).fails(9, "from c.ns.t")


def test_a_plan_that_nobody_waits_for_is_cancelled(serve):
    served = serve({"polls": 1, "page": 1})
    for where in (POLL, TASKS):
        served.server.plans.clear()
        code, errors, fault = interrupt(served.fault(where), "sql", served.attach("from c.ns.t"))
        assert code == 130, errors
        assert any(plan["cancelled"] for plan in served.server.plans.values())
        fault.hold.set()


def test_a_server_that_wants_to_plan_and_doesnt_offer_it(serve):
    routes = ["GET /v1/{prefix}/namespaces", "GET /v1/{prefix}/namespaces/{namespace}", "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}"]
    served = serve(endpoints=routes)
    assert "plan" in served.fails(5, "from c.ns.t")


def test_a_table_without_rows(serve):
    served = serve()
    served.sql("create table c.ns.none (id bigint)")
    assert planned(served, "select count(*) n from c.ns.none") == [{"n": 0}]
    assert not served.server.seen("POST", "/none/plan$")
