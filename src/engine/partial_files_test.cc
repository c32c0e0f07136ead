// File tasks that are a part of a file, or say more than the file does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_table.h"

namespace lakelet::engine {
namespace {

std::shared_ptr<const RowPositions> positions(std::initializer_list<std::uint64_t> values) {
  auto result = std::make_shared<RowPositions>();
  for (const auto value : values) result->add(value);
  return result;
}

TEST(PartialFiles, OnlySomeRows) {
  TestLake lake;
  auto table = lake.table("t", "id bigint");
  lake.write(*table, "select range from range(10000)");
  table->files[0].only = positions({0, 1, 2047, 2048, 9999});
  EXPECT_EQ(lake.query("select count(*), sum(id) from test_scan('t')"), "5|14095\n");
  EXPECT_EQ(lake.query("select file_row_number, id from test_scan('t') where id > 2000 order by id"),
            "2047|2047\n2048|2048\n9999|9999\n");
  table->files[0].deletes.positions = positions({1, 5, 9999});
  EXPECT_EQ(lake.query("select id from test_scan('t') order by id"), "0\n2047\n2048\n");
  table->files[0].only = positions({});
  EXPECT_EQ(lake.query("select count(*) from test_scan('t')"), "0\n");
}

// As a change feed has it: what a commit added to a file's rows and what another took away.
TEST(PartialFiles, OneFileTwiceWithOtherConstants) {
  TestLake lake;
  auto table = lake.table("t", "id bigint, kind string, moment timestamp, version bigint");
  auto in_files = lake.table("files", "id bigint, kind string");
  const auto files = lake.write(*in_files, "select range, 'told' from range(4)");
  FileTask task;
  task.file = files[0];
  task.file.statistics.clear();
  task.constants = {{"version", Value(1)}, {"moment", Value(std::int64_t{1'000'000})}};
  table->files.push_back(task);
  task.constants = {{"version", Value(2)}, {"kind", Value("delete")}, {"moment", Value()}};
  task.only = positions({3});
  table->files.push_back(task);
  EXPECT_EQ(lake.query("select version, kind, epoch(moment)::int, id from test_scan('t') order by all"),
            "1|told|1|0\n1|told|1|1\n1|told|1|2\n1|told|1|3\n2|delete|NULL|3\n");
  EXPECT_EQ(lake.query("select id, kind from test_scan('t') where kind = 'delete'"), "3|delete\n");
  EXPECT_EQ(lake.query("select count(*) from test_scan('t') where version = 1 and id > 1"), "2\n");
}

}  // namespace
}  // namespace lakelet::engine
