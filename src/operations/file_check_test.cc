#include "operations/file_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operations/analyze.h"
#include "operations/layout_advice.h"
#include "table/given_files.h"

namespace lakelet::operations {
namespace {

using testing::HasSubstr;

struct FileCheck : testing::Test {
  FileCheck() {
    facts.schema = parse_schema("a int, s string, n struct<x: bigint>");
    task.file.path = "f.parquet";
    task.file.rows = 10;
    footer.rows = 10;
    footer.schema = facts.schema;
  }
  static ColumnStatistics known(std::optional<std::int64_t> nulls, std::optional<Value> min, std::optional<Value> max) {
    ColumnStatistics statistics;
    statistics.null_count = nulls;
    if (min) statistics.min.emplace(*min);
    if (max) statistics.max.emplace(*max);
    return statistics;
  }
  std::vector<std::string> checks() {
    const auto snapshot = std::make_shared<GivenSnapshot>(facts, std::vector<FileTask>{});
    std::vector<std::string> found;
    for (const Finding& finding : check_footer(*snapshot, task, footer)) {
      EXPECT_EQ(finding.severity, Severity::Damage);
      EXPECT_EQ(finding.subject, "f.parquet");
      found.push_back(finding.check);
    }
    return found;
  }
  std::vector<std::string> row_checks(const MeasuredFile& measured) {
    const auto snapshot = std::make_shared<GivenSnapshot>(facts, std::vector<FileTask>{});
    std::vector<std::string> found;
    for (const Finding& finding : check_rows(*snapshot, task, measured)) found.push_back(finding.check);
    return found;
  }

  SnapshotFacts facts;
  FileTask task;
  ParquetFooter footer;
};

TEST_F(FileCheck, TheNumberOfRows) {
  EXPECT_TRUE(checks().empty());
  task.file.rows = 11;
  EXPECT_THAT(checks(), testing::ElementsAre("row count"));
  task.file.rows.reset();
  EXPECT_TRUE(checks().empty());
}

TEST_F(FileCheck, BoundsMayBeWiderAndNotNarrower) {
  footer.statistics[{"a"}] = known(0, Value(1), Value(9));
  task.file.statistics[{"a"}] = known(0, Value(0), Value(10));
  EXPECT_TRUE(checks().empty());
  task.file.statistics[{"a"}] = known(0, Value(2), Value(10));
  EXPECT_THAT(checks(), testing::ElementsAre("bounds"));
  task.file.statistics[{"a"}] = known(0, Value(1), Value(8));
  EXPECT_THAT(checks(), testing::ElementsAre("bounds"));
  task.deletes.positions = std::make_shared<const RowPositions>();  // they may be of the rows that are left
  EXPECT_TRUE(checks().empty());
}

TEST_F(FileCheck, BoundsOfTextInAFooterMayBeCut) {
  footer.statistics[{"s"}] = known(0, Value("ab"), Value("b"));
  task.file.statistics[{"s"}] = known(0, Value("abc"), Value("bcd"));
  EXPECT_TRUE(checks().empty());
}

TEST_F(FileCheck, NullCountsThatWouldHideRows) {
  footer.statistics[{"a"}] = known(3, {}, {});
  task.file.statistics[{"a"}] = known(0, {}, {});
  EXPECT_THAT(checks(), testing::ElementsAre("null count"));
  task.file.statistics[{"a"}] = known(10, {}, {});
  EXPECT_THAT(checks(), testing::ElementsAre("null count"));
  task.file.statistics[{"a"}] = known(4, {}, {});
  EXPECT_TRUE(checks().empty());
}

TEST_F(FileCheck, ColumnsAreFoundByTheirNamesInTheFile) {
  std::vector<Field> fields = facts.schema.fields();
  fields[0].physical_name = "col-1";
  facts.schema = Schema(fields);
  footer.schema = parse_schema("\"col-1\" int, n struct<x: int>");
  footer.statistics[{"col-1"}] = known(0, Value(1), Value(9));
  footer.statistics[{"n", "x"}] = known(0, Value(1), Value(9));
  task.file.statistics[{"a"}] = known(0, Value(2), Value(9));
  task.file.statistics[{"n", "x"}] = known(0, Value(1), Value(7));
  EXPECT_THAT(checks(), testing::ElementsAre("bounds", "bounds"));
}

TEST_F(FileCheck, RowsThemselves) {
  MeasuredFile measured;
  measured.rows = 10;
  measured.statistics[{"s"}] = known(0, Value("a"), Value("x"));
  task.file.statistics[{"s"}] = known(0, Value("a"), Value("w"));
  EXPECT_THAT(row_checks(measured), testing::ElementsAre("bounds"));
  RowPositions gone;
  gone.add_range(0, 2);
  task.deletes.positions = std::make_shared<const RowPositions>(gone);
  task.file.statistics[{"s"}] = known(0, Value("a"), Value("x"));
  EXPECT_THAT(row_checks(measured), testing::ElementsAre("row count"));
  measured.rows = 8;
  EXPECT_TRUE(row_checks(measured).empty());
}

TEST_F(FileCheck, WhatAnalyzeHasToDo) {
  EXPECT_TRUE(lacks_statistics(task.file, {{"a"}}));
  task.file.statistics[{"a"}] = known(0, Value(1), Value(9));
  EXPECT_FALSE(lacks_statistics(task.file, {{"a"}}));
  EXPECT_TRUE(lacks_statistics(task.file, {{"a"}, {"s"}}));
  MeasuredFile measured;
  measured.rows = 8;
  measured.statistics[{"a"}] = known(0, Value(1), Value(9));
  const DataFile same = restated(task.file, measured, 2);
  EXPECT_EQ(same.rows, 10);
  EXPECT_FALSE(tells_something_else(task.file, same, facts.schema));
  measured.statistics[{"a"}] = known(0, Value(1), Value(11));
  EXPECT_TRUE(tells_something_else(task.file, restated(task.file, measured, 2), facts.schema));
  measured.statistics[{"a"}] = known(0, Value(2), Value(8));  // what is there is wider, and right
  EXPECT_FALSE(tells_something_else(task.file, restated(task.file, measured, 2), facts.schema));
  measured.statistics[{"s"}] = known(1, {}, {});
  EXPECT_TRUE(tells_something_else(task.file, restated(task.file, measured, 2), facts.schema));
}

TEST(LayoutAdviceTest, SmallFilesAndSkew) {
  constexpr std::uint64_t kMegabyte = 1'000'000;
  LayoutAdvice few(100 * kMegabyte), many(100 * kMegabyte), skewed(100 * kMegabyte);
  DataFile file;
  file.bytes = kMegabyte;
  for (int i = 0; i < 7; ++i) few.add(file, 0);
  EXPECT_TRUE(few.findings().empty());
  for (int i = 0; i < 250; ++i) many.add(file, 0);
  ASSERT_EQ(many.findings().size(), 1u);
  EXPECT_THAT(many.findings()[0].message, HasSubstr("250 of 250 files are small (250 MB together): 3 would do"));
  EXPECT_EQ(many.findings()[0].severity, Severity::Advice);
  for (int i = 0; i < 5; ++i) {
    file.partition_values = {Value(i)};
    file.bytes = i == 0 ? 5000 * kMegabyte : 100 * kMegabyte;
    skewed.add(file, 0);
  }
  ASSERT_EQ(skewed.findings().size(), 1u);
  EXPECT_EQ(skewed.findings()[0].check, "skew");
}

}  // namespace
}  // namespace lakelet::operations
