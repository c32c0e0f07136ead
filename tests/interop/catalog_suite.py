"""What holds for every kind of catalog beside pyiceberg. A module imports it whole and gives the fixture `both`."""

import concurrent.futures

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "city": ["Oslo", "Bern", None]})


class SharedCatalog:
    """One catalog, for pyiceberg (`pyiceberg()`) and for lakelet (`attach(query)`, `reference(table)`); tables are made below `warehouse`."""

    def __init__(self, lakelet, uri, warehouse):
        self.lakelet, self.uri, self.warehouse = lakelet, uri, warehouse

    def sql(self, query):
        return self.lakelet.ok("sql", "--quiet", self.attach(query))

    def rows(self, query):
        return self.lakelet.rows(self.attach(query)).to_pylist()


def theirs(both, name):
    return sorted(both.pyiceberg().load_table(name).scan().to_arrow().to_pylist(), key=lambda row: row["id"])


def make(catalog, name="ns.t", rows=ROWS, **properties):
    catalog.create_namespace_if_not_exists(name.rpartition(".")[0])
    table = catalog.create_table(name, rows.schema, properties=properties)
    table.append(rows)
    return table


def change_rows(both):
    """Every kind of change of ROWS in c.ns.t, and what is there afterwards."""
    both.sql("insert into c.ns.t values (4, 'Rome')")
    both.sql("update c.ns.t set city = 'Paris' where id = 2")
    both.sql("delete from c.ns.t where id = 1")
    both.sql("merge into c.ns.t t using (values (3, 'Kyiv'), (5, 'Lima')) s(id, city) on t.id = s.id when matched then update set city = s.city "
             "when not matched then insert (id, city) values (s.id, s.city)")
    expected = [{"id": 2, "city": "Paris"}, {"id": 3, "city": "Kyiv"}, {"id": 4, "city": "Rome"}, {"id": 5, "city": "Lima"}]
    assert both.rows("from c.ns.t order by id") == expected
    return expected


def test_their_table_has_its_columns_changed(both):
    make(both.pyiceberg())
    both.sql("alter table c.ns.t add column note varchar; alter table c.ns.t rename column city to town; insert into c.ns.t values (4, 'Rome', 'x')")
    table = both.pyiceberg().load_table("ns.t")
    assert table.schema().column_names == ["id", "town", "note"]
    assert theirs(both, "ns.t")[3] == {"id": 4, "town": "Rome", "note": "x"}
    with table.update_schema() as update:
        update.delete_column("note")
    assert both.rows("from c.ns.t where id = 4") == [{"id": 4, "town": "Rome"}]


def test_our_table_is_read_and_changed(both):
    both.sql("create schema c.ns; create table c.ns.t as select 1::bigint id, 'Oslo' city")
    both.sql("create table c.ns.parts (id bigint, city varchar) partitioned by (city); insert into c.ns.parts values (1, 'Oslo'), (2, 'Bern')")
    catalog = both.pyiceberg()
    assert catalog.list_namespaces() == [("ns",)]
    assert sorted(catalog.list_tables("ns")) == [("ns", "parts"), ("ns", "t")]
    assert sorted(both.rows("select table_name t from information_schema.tables where table_catalog = 'c'"), key=str) == [{"t": "parts"}, {"t": "t"}]
    assert theirs(both, "ns.t") == [{"id": 1, "city": "Oslo"}]
    table = catalog.load_table("ns.t")
    assert table.location() == f"file://{both.warehouse}/ns/t"
    table.append(pa.table({"id": pa.array([7], pa.int64()), "city": ["Nice"]}))
    assert both.rows("from c.ns.t order by id") == [{"id": 1, "city": "Oslo"}, {"id": 7, "city": "Nice"}]
    both.sql("insert into c.ns.t values (8, NULL)")
    assert [row["id"] for row in theirs(both, "ns.t")] == [1, 7, 8]
    assert len(catalog.load_table("ns.parts").inspect.files()) == 2


def test_references_of_commands(both, lakelet):
    make(both.pyiceberg())
    reference = both.reference("ns.t")
    assert "Oslo" in lakelet.ok("view", reference)
    (entry,) = lakelet.json("history", reference)
    (lakelet.cwd / "more.csv").write_text("id,city\n4,Rome\n")
    lakelet.ok("import", reference, "more.csv")
    assert "Rome" in lakelet.ok("view", reference)
    assert "Rome" not in lakelet.ok("view", f"{reference}@{entry['version']}")
    lakelet.ok("delete", reference, "--where", "id < 4")
    assert theirs(both, "ns.t") == [{"id": 4, "city": "Rome"}]
    lakelet.ok("create", both.reference("ns.made"), "--schema", "id bigint, city string", "--partition-by", "city")
    assert both.pyiceberg().load_table("ns.made").schema().column_names == ["id", "city"]
    assert lakelet.json("metadata", both.reference("ns.made"))["format"] == "iceberg"
    lakelet.fails(4, "create", both.reference("ns.made"), "--schema", "id bigint")
    lakelet.fails(2, "create", both.reference("ns.delta"), "--schema", "id bigint", "--as", "delta")
    lakelet.fails(3, "view", both.reference("ns.none"))


def test_properties_of_a_namespace(both, lakelet, tmp_path):
    both.sql("create schema c.ns; create schema c.\"ns.deep\"")
    namespace = both.reference("ns")
    assert lakelet.json("namespace", namespace) == []
    properties = {row["name"]: row["value"] for row in lakelet.json("namespace", namespace, "--set", "owner=me", "--set", "note=a=b c")}
    assert properties == {"owner": "me", "note": "a=b c"}
    mine = {key: value for key, value in both.pyiceberg().load_namespace_properties("ns").items() if key != "exists"}
    assert mine == properties
    both.pyiceberg().update_namespace_properties("ns", updates={"theirs": "1"})
    call = f"call lake_set_namespace_properties('c.ns', set => ['location={tmp_path}/elsewhere', 'owner=you'], remove => ['note', 'nothing'])"
    assert both.rows(call) == [{"name": "location", "value": f"{tmp_path}/elsewhere"}, {"name": "owner", "value": "you"}, {"name": "theirs", "value": "1"}]
    assert both.rows("select value from lake_namespace_properties('c.ns') where name = 'theirs'") == [{"value": "1"}]
    assert both.rows(f"from lake_namespace_properties('{both.reference('ns.deep')}')") == [] == both.rows("from lake_namespace_properties('c.\"ns.deep\"')")
    lakelet.fails(3, "namespace", both.reference("none"))
    lakelet.fails(3, "namespace", both.reference("none"), "--set", "a=b")
    lakelet.fails(2, "namespace", namespace, "--set", "a=b", "--unset", "a")
    lakelet.fails(2, "namespace", namespace, "--set", "nothing")
    lakelet.fails(2, "namespace", f"{tmp_path}/folder")
    lakelet.fails(2, "sql", both.attach("call lake_set_namespace_properties('c.ns', set => ['nothing'])"))
    lakelet.fails(2, "sql", both.attach("from lake_set_namespace_properties('c.ns')"))
    assert {row["name"] for row in lakelet.json("namespace", namespace)} == {"location", "owner", "theirs"}


def test_writers_race(both):
    table = make(both.pyiceberg())

    def ours(number):
        both.lakelet.ok("sql", "--quiet", both.attach(f"insert into c.ns.t values ({100 + number}, 'ours')"))

    def them(number):
        for _ in range(50):
            try:
                return both.pyiceberg().load_table("ns.t").append(pa.table({"id": pa.array([200 + number], pa.int64()), "city": ["theirs"]}))
            except CommitFailedException:
                continue
        raise AssertionError("fifty races lost")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(write, number) for number in range(6) for write in (ours, them)]:
            done.result()
    assert [row["id"] for row in theirs(both, "ns.t")] == [1, 2, 3, *range(100, 106), *range(200, 206)]
    assert len(both.rows("from c.ns.t")) == 15
    assert len(table.refresh().metadata.snapshots) == 13


def test_a_table_is_registered(both, lakelet, tmp_path):
    lakelet.ok("sql", f"create table '{tmp_path}/t' with (format = 'iceberg') as select 1::bigint id, 'Oslo' city")
    metadata = f"{tmp_path}/t/metadata/v1.metadata.json"
    both.pyiceberg().create_namespace("ns")
    lakelet.fails(3, "register", both.reference("ns.t"), f"{tmp_path}/t/metadata/v9.metadata.json")
    lakelet.fails(3, "register", both.reference("nowhere.t"), metadata)
    lakelet.fails(2, "register", f"{tmp_path}/other", metadata)
    assert both.pyiceberg().list_tables("ns") == []
    lakelet.ok("register", both.reference("ns.t"), metadata)
    assert theirs(both, "ns.t") == [{"id": 1, "city": "Oslo"}]
    both.sql("insert into c.ns.t values (2, 'Bern')")
    assert len(theirs(both, "ns.t")) == 2
    lakelet.fails(4, "register", both.reference("ns.t"), metadata)
    lakelet.ok("sql", f"call lake_register('{both.reference('ns.again')}', '{both.pyiceberg().load_table('ns.t').metadata_location}')")
    assert theirs(both, "ns.again") == theirs(both, "ns.t")
