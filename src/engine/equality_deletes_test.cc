#include "engine/equality_deletes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_table.h"

namespace lakelet::engine {
namespace {

// A table with the columns id (1), name (2) and a struct with one field (3, 4), which go by their ids.
std::shared_ptr<TestSnapshot> table_with_ids(TestLake& lake, const std::string& name) {
  auto table = lake.table(name, "id bigint, name string, part struct<leaf: int>");
  std::vector<Field> fields = table->columns.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].id = static_cast<std::int32_t>(i + 1);
  Field leaf = fields[2].type.children()[0];
  leaf.id = 4;
  fields[2].type = Type::structure({leaf});
  table->columns = Schema(fields);
  table->matching = ColumnMatching::ById;
  return table;
}

// Deletes by these columns, written as a file of their own.
Deletes::Equality deletes(TestLake& lake, const std::string& name, const std::string& query,
                          const std::vector<std::size_t>& columns) {
  auto table = table_with_ids(lake, name);
  Deletes::Equality result;
  result.uri = lake.write(*table, query)[0].uri;
  for (const std::size_t at : columns) {
    result.columns.push_back(table->columns[at]);
    result.field_ids.push_back(*table->columns[at].id);
  }
  return result;
}

TEST(EqualityDeletes, NullEqualsNullAndAllColumnsCount) {
  TestLake lake;
  auto table = table_with_ids(lake, "t");
  lake.write(*table,
             "select * from (values (1::bigint, 'a', {'leaf': 1}), (2, 'b', {'leaf': NULL}), (3, NULL, NULL), "
             "(NULL, 'a', {'leaf': 4}), (5, 'a', {'leaf': 5}))");
  lake.write(*table, "select 1::bigint, 'a', {'leaf': 9}");
  table->files[0].deletes.equality.push_back(deletes(lake, "d1", "select 1::bigint, 'x', NULL::struct(leaf int)", {0}));
  EXPECT_EQ(lake.query("select id, name from test_scan('t') order by all"), "1|a\n2|b\n3|NULL\n5|a\nNULL|a\n");
  table->files[0].deletes.equality.push_back(
      deletes(lake, "d2", "select NULL::bigint, 'a', NULL::struct(leaf int) union all select 5, 'b', NULL", {0, 1}));
  EXPECT_EQ(lake.query("select id from test_scan('t') order by all"), "1\n2\n3\n5\n");
  // A struct that is null has a leaf that is.
  table->files[0].deletes.equality.push_back(deletes(lake, "d3", "select 0::bigint, '', {'leaf': NULL::int}", {2}));
  EXPECT_EQ(lake.query("select id from test_scan('t') order by all"), "1\n5\n");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t')"), "2\n");
}

TEST(EqualityDeletes, BesidePositionsAndOverManyRows) {
  TestLake lake;
  auto table = table_with_ids(lake, "t");
  lake.write(*table, "select range, 'n' || range, NULL::struct(leaf int) from range(100000)");
  FileTask& task = table->files[0];
  task.deletes.equality.push_back(
      deletes(lake, "d", "select range * 3, '', NULL::struct(leaf int) from range(40000)", {0}));
  RowPositions positions;
  positions.add_range(0, 10);
  task.deletes.positions = std::make_shared<const RowPositions>(positions);
  EXPECT_EQ(lake.query("select count(*), min(id) from test_scan('t')"), "66660|10\n");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where id % 3 = 0"), "0\n");
}

TEST(EqualityDeletes, AMissingFileIsNamed) {
  TestLake lake;
  auto table = table_with_ids(lake, "t");
  lake.write(*table, "select 1::bigint, 'a', NULL::struct(leaf int)");
  table->files[0].deletes.equality.push_back({"memory://lake/gone.parquet", {1}, 1, {table->columns[0]}});
  try {
    lake.query("from test_scan('t')");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_THAT(error.what(), testing::HasSubstr("gone.parquet"));
  }
}

TEST(FileIds, ColumnsAreFoundByTheNamesThatTheyAreTold) {
  TestLake lake;
  auto table = table_with_ids(lake, "t");
  WriteLayout plain = table->write_layout();
  plain.field_ids = false;
  lake.write(*table, "select 1::bigint, 'a', {'leaf': 7}", plain);
  EXPECT_EQ(lake.query("select id, part.leaf from test_scan('t')"), "NULL|NULL\n");
  Field id, part, leaf;
  id.name = "id";
  id.id = 1;
  part.name = "part";
  part.id = 3;
  leaf.name = "leaf";
  leaf.id = 4;
  part.type = Type::structure({leaf});
  table->files[0].file.columns = std::make_shared<const Schema>(std::vector<Field>{id, part});
  EXPECT_EQ(lake.query("select id, name, part.leaf from test_scan('t')"), "1|NULL|7\n");
  table->files[0].file.columns = std::make_shared<const Schema>();
  EXPECT_THROW(lake.query("from test_scan('t')"), Error);
}

}  // namespace
}  // namespace lakelet::engine
