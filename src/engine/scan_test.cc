#include "engine/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/task_reader.h"
#include "engine/test_table.h"

namespace lakelet::engine {
namespace {

std::shared_ptr<const RowPositions> positions(std::initializer_list<std::uint64_t> values) {
  auto result = std::make_shared<RowPositions>();
  for (const auto value : values) result->add(value);
  return result;
}

TEST(Scan, GivesTheRowsThatWereWritten) {
  TestLake lake;
  auto table = lake.table("t",
                          "id bigint, name string, price decimal(10,2), at timestamp, local timestamp_ntz, day date, "
                          "ok boolean, score double, raw binary, tags array<string>, m map<string,int>, "
                          "s struct<a: int, b: struct<c: string>>");
  lake.write(*table,
             "select 1::bigint, 'x', 12.50::decimal(10,2), '2024-05-06 07:08:09.5+00'::timestamptz, "
             "'2024-05-06 07:08:09.5'::timestamp, '2024-05-06'::date, true, 1.5::double, '\\xAA'::blob, ['p','q'], "
             "map{'k': 3}, {'a': 1, 'b': {'c': 'deep'}} "
             "union all select null,null,null,null,null,null,null,null,null,null,null,null");
  EXPECT_EQ(lake.query("from test_scan('t') order by id nulls last"),
            "1|x|12.50|2024-05-06 07:08:09.5+00|2024-05-06 07:08:09.5|2024-05-06|true|1.5|\\xAA|[p, q]|{k=3}|"
            "{'a': 1, 'b': {'c': deep}}\nNULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t')"), "2\n");
  EXPECT_EQ(lake.query("select s.b.c, tags[2] from test_scan('t') where s.b.c = 'deep'"), "deep|q\n");
}

TEST(Scan, PartitionValuesAreConstantsAndPruneFiles) {
  TestLake lake;
  auto table = lake.table("t", "id bigint, country string, day date", {"country", "day"});
  lake.write(*table,
             "select range, case when range % 3 = 0 then null when range % 3 = 1 then 'DE' else 'a/b=c' end, "
             "'2024-01-01'::date + (range % 2)::int from range(600)");
  ASSERT_EQ(table->files.size(), 6u);
  EXPECT_EQ(lake.query("select country, day, count(*), min(id) from test_scan('t') group by all order by all"),
            "DE|2024-01-01|100|4\nDE|2024-01-02|100|1\na/b=c|2024-01-01|100|2\na/b=c|2024-01-02|100|5\n"
            "NULL|2024-01-01|100|0\nNULL|2024-01-02|100|3\n");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where country is null and day > '2024-01-01'"), "100\n");
  const ScanFigures figures = lake.last_scan->figures();
  EXPECT_EQ(figures.planned.files_total, 6);
  EXPECT_EQ(figures.planned.files_pruned, 5);
  EXPECT_EQ(figures.files_read, 1);
}

TEST(Scan, StatisticsPruneFilesAndAJoinPrunesAtRunTime) {
  TestLake lake;
  auto table = lake.table("t", "id bigint, s struct<a: int>, name string");
  for (int i = 0; i < 10; ++i) {
    lake.write(*table,
               "select range + " + std::to_string(i * 1000) + ", {'a': range::int}, 'n' || range from range(1000)");
  }
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where id between 2500 and 3499"), "1000\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 8);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where id in (5, 9999)"), "2\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 8);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where id < 0 or name is null"), "0\n");
  EXPECT_EQ(lake.last_scan->figures().files_read, 0);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where s.a < 0"), "0\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 10);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where not (id >= 1000 or name like 'x%')"), "1000\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 9);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where hash(id) = 1 or id = 9000"), "1\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 0);
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where name like 'zz%'"), "0\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 10);
  lake.query("prepare p as select count(*) from test_scan('t') where id = $1");
  EXPECT_EQ(lake.query("execute p(4711)"), "1\n");
  EXPECT_EQ(lake.last_scan->figures().files_read, 1);
  EXPECT_EQ(lake.query("select id from test_scan('t') order by id desc limit 2"), "9999\n9998\n");
  // The first files give the least ids: none of the others is opened once they are in.
  lake.query("set threads = 1");
  EXPECT_EQ(lake.query("select id, name from test_scan('t') order by id limit 2"), "0|n0\n1|n1\n");
  EXPECT_LE(lake.last_scan->figures().files_read, 3);
  EXPECT_EQ(lake.query("select id from test_scan('t') order by id nulls first limit 2"), "0\n1\n");
  EXPECT_LE(lake.last_scan->figures().files_read, 2);
  lake.query("set threads = 2");
  lake.query("create table source as select range + 4200 as id from range(10)");
  EXPECT_EQ(lake.query("select count(*), sum(t.id) from test_scan('t') t join source using (id)"), "10|42045\n");
  EXPECT_EQ(lake.last_scan->figures().planned.files_pruned, 9);
  EXPECT_EQ(lake.last_scan->figures().files_read, 1);
}

TEST(Scan, LeavesDeletedRowsOutAndKeepsPositions) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  lake.write(*table, "select range from range(10000)");
  lake.write(*table, "select range + 10000 from range(10000)");
  table->files[0].deletes.positions = positions({0, 1, 2047, 2048, 9999});
  EXPECT_EQ(lake.query("select count(*), min(id), sum(id) from test_scan('t') where id < 10000"),
            "9995|2|" + std::to_string(49995000 - 1 - 2047 - 2048 - 9999) + "\n");
  EXPECT_EQ(
      lake.query(
          "select file_index, file_row_number, id from test_scan('t') where id in (2, 2046, 2049, 10003) order by id"),
      "0|2|2\n0|2046|2046\n0|2049|2049\n1|3|10003\n");
  EXPECT_EQ(lake.query("select id from test_scan('t') where id >= 2040 order by id limit 3 offset 6"),
            "2046\n2049\n2050\n");
}

TEST(Scan, FileNumbersNameTheSameFileInEveryPlan) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  for (int i = 0; i < 4; ++i) lake.write(*table, "select range + " + std::to_string(i * 100) + " from range(100)");
  EXPECT_EQ(lake.query("select distinct file_index from test_scan('t') where id >= 300"), "0\n");
  EXPECT_EQ(lake.last_scan->task(0).file.uri, table->files[3].file.uri);
  EXPECT_EQ(lake.query("select filename from test_scan('t') where id = 300"), table->files[3].file.uri + "\n");
}

TEST(Scan, ColumnsThatAFileLacksAreNullOrTheirDefault) {
  TestLake lake;
  auto old_table = lake.table("old", "id bigint, s struct<a: int>, l array<struct<x: int>>");
  lake.write(*old_table, "select range, {'a': range::int}, [{'x': 1}, {'x': 2}] from range(3)");
  auto table = lake.table(
      "t", "l array<struct<y: string, x: bigint>>, extra int, id bigint, s struct<b: string, a: bigint>, dflt int");
  table->files = old_table->files;
  std::vector<Field> fields = table->columns.fields();
  fields[4].initial_default = Value(42);
  table->columns = Schema(fields);
  EXPECT_EQ(
      lake.query("select id, extra, dflt, s, l from test_scan('t') where dflt = 42 and extra is null order by id"),
      "0|NULL|42|{'b': NULL, 'a': 0}|[{'y': NULL, 'x': 1}, {'y': NULL, 'x': 2}]\n"
      "1|NULL|42|{'b': NULL, 'a': 1}|[{'y': NULL, 'x': 1}, {'y': NULL, 'x': 2}]\n"
      "2|NULL|42|{'b': NULL, 'a': 2}|[{'y': NULL, 'x': 1}, {'y': NULL, 'x': 2}]\n");
  EXPECT_EQ(lake.query("select s.a from test_scan('t') where s.a > 1"), "2\n");
}

TEST(Scan, FindsColumnsByPhysicalNameAndById) {
  TestLake lake;
  auto by_name = lake.table("by_name", "id bigint, s struct<a: int, b: string>, m map<string, struct<v: int>>");
  {
    std::vector<Field> inner = by_name->columns[1].type.children();
    inner[0].physical_name = "col-aaa";
    inner[1].physical_name = "a";  // the other one's logical name
    std::vector<Field> fields = by_name->columns.fields();
    fields[0].physical_name = "col-1";
    fields[1].physical_name = "id";
    fields[1].type = Type::structure(inner);
    by_name->columns = Schema(fields);
  }
  lake.write(*by_name, "select range, {'a': range::int, 'b': 'v' || range}, map{'k': {'v': 9}} from range(2)");
  EXPECT_EQ(lake.query("select id, s.b, s.a, m from test_scan('by_name') where s.b = 'v1'"), "1|v1|1|{k={'v': 9}}\n");
  EXPECT_EQ(lake.query("select \"col-1\", \"id\".\"col-aaa\", \"id\".a from lakelet_parquet(['lakelet:" +
                       by_name->files[0].file.uri + "']) limit 1"),
            "0|0|v0\n");

  auto by_id = lake.table("by_id", "id bigint, s struct<a: int, b: string>, l array<struct<x: int>>");
  by_id->matching = ColumnMatching::ById;
  {
    std::vector<Field> fields = by_id->columns.fields();
    std::vector<Field> inner = fields[1].type.children();
    inner[0].id = 11;
    inner[1].id = 12;
    fields[0].id = 1;
    fields[1].id = 2;
    fields[1].type = Type::structure(inner);
    fields[2].id = 3;
    Field element = fields[2].type.children()[0];
    std::vector<Field> element_fields = element.type.children();
    element_fields[0].id = 31;
    element.type = Type::structure(element_fields);
    fields[2].type = Type::list(element);
    by_id->columns = Schema(fields);
    lake.write(*by_id, "select range, {'a': range::int, 'b': 'v' || range}, [{'x': 7}] from range(2)");
    // Renamed since, one dropped, one added under an old name.
    fields[0].name = "key";
    inner[0].name = "b";
    inner[1].name = "a";
    fields[1].type = Type::structure(inner);
    element_fields[0].name = "y";
    element.type = Type::structure(element_fields);
    fields[2].type = Type::list(element);
    Field added;
    added.name = "id";
    added.type = Type(TypeKind::String);
    added.id = 4;
    fields.push_back(added);
    by_id->columns = Schema(fields);
  }
  EXPECT_EQ(lake.query("select key, s.a, s.b, l, id from test_scan('by_id') where s.b = 1"),
            "1|v1|1|[{'y': 7}]|NULL\n");
}

TEST(Scan, WidensWhatTheFileHoldsNarrower) {
  TestLake lake;
  auto old_table = lake.table("old", "a int, f float, d decimal(5,2), t timestamp_ntz");
  lake.write(*old_table,
             "select range::int, range::float / 2, range::decimal(5,2), '2024-01-02 03:04:05'::timestamp + range * "
             "interval 1 day from range(5)");
  auto table = lake.table("t", "a bigint, f double, d decimal(12,2), t timestamp");
  table->files = old_table->files;
  EXPECT_EQ(lake.query("select * from test_scan('t') where a > 3 and d = 4 and f = 2"),
            "4|2.0|4.00|2024-01-06 03:04:05+00\n");
  lake.query("create table source as select range::bigint as a from range(3, 100)");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') join source using (a)"), "2\n");
}

TEST(Scan, ReadsAndRefusesBadFiles) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  lake.write(*table, "select range from range(100000)");
  const auto place = lake.stores->resolve(table->files[0].file.uri);
  const std::string bytes = place.store->read_all(place.path);
  const auto fails_with = [&](const std::string& text) {
    TestLake fresh;
    fresh.tables["t"] = std::make_shared<TestSnapshot>(*table);
    if (!text.empty()) {
      const auto there = fresh.stores->resolve(table->files[0].file.uri);
      there.store->put(there.path, text);
    }
    try {
      fresh.query("select sum(id) from test_scan('t')");
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(table->files[0].file.uri));
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::Internal;
  };
  EXPECT_EQ(fails_with(""), ErrorCode::CorruptTable);
  EXPECT_EQ(fails_with("PAR1"), ErrorCode::CorruptTable);
  EXPECT_EQ(fails_with("this is not Parquet at all"), ErrorCode::CorruptTable);
  EXPECT_EQ(fails_with(bytes.substr(0, bytes.size() / 2)), ErrorCode::CorruptTable);
  std::string garbled = bytes;
  for (std::size_t i = 4; i < bytes.size() / 2; ++i) garbled[i] = static_cast<char>(garbled[i] ^ 0x5a);
  EXPECT_EQ(fails_with(garbled), ErrorCode::CorruptTable);
}

class NoRows final : public RowSource {
 public:
  OwnedArrowStream open(const Schema&) const override { return {}; }
};

TEST(Scan, RefusesWhatItCannotApply) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  lake.write(*table, "select 1::bigint");
  const FileTask plain = table->files[0];
  const std::vector<std::function<void(FileTask&)>> changes = {
      [](FileTask& task) {
        task.deletes.equality.push_back({"x", {1}, 1, {}, "orc"});
      },
      [](FileTask& task) { task.deletes.merge_logs.emplace_back("x.log"); },
      [](FileTask& task) { task.merge = std::make_shared<RecordMerge>(); },
      [](FileTask& task) { task.rows = std::make_shared<NoRows>(); },
      [](FileTask& task) { task.file.columns = std::make_shared<Schema>(); },
      [](FileTask& task) { task.file.format = "avro"; },
  };
  for (const auto& change : changes) {
    table->files[0] = plain;
    change(table->files[0]);
    try {
      lake.query("from test_scan('t')");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    }
  }
}

TEST(Scan, ExplainTellsOfFiles) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  for (int i = 0; i < 3; ++i) lake.write(*table, "select range + " + std::to_string(i * 100) + " from range(100)");
  const std::string plan = lake.query("explain select * from test_scan('t') where id = 5");
  EXPECT_THAT(plan, testing::HasSubstr("1 of 3"));
  EXPECT_THAT(plan, testing::HasSubstr("memory://lake/t"));
}

TEST(TaskReader, ReadsOneFileWithoutSomeRows) {
  TestLake lake;
  auto table = lake.table("t", "id bigint, name string");
  lake.write(*table, "select range, 'n' || range from range(5000)");
  lake.write(*table, "select range + 5000, 'n' from range(10)");
  FileTask task = table->files[0];
  task.deletes.positions = positions({3, 4});
  lake.connection->BeginTransaction();
  TaskReader reader(*lake.connection->context, table, {task}, {0, kRowPositionColumn});
  auto thread = reader.start();
  duckdb::DataChunk rows;
  rows.Initialize(*lake.connection->context, reader.types());
  std::int64_t count = 0, sum = 0;
  while (thread->next(rows)) {
    for (duckdb::idx_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows.GetValue(0, i), rows.GetValue(1, i));
      sum += rows.GetValue(0, i).GetValue<std::int64_t>();
    }
    count += static_cast<std::int64_t>(rows.size());
  }
  EXPECT_EQ(count, 4998);
  EXPECT_EQ(sum, 5000 * 4999 / 2 - 7);
  lake.connection->Commit();
}

}  // namespace
}  // namespace lakelet::engine
