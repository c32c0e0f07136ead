// CALL lake_clone, lake_convert, lake_diff, lake_statistics, lake_optimize, lake_doctor and lake_analyze: what they
// give is what the API gives.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lake/session_folder_fixture.h"

namespace lakelet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ProceduresTest : public SessionFolder {
 protected:
  // Versions 1 and 2 append a row each, version 3 changes the first one.
  Table make(const std::string& name) {
    Table table = session_->create(name, parse_schema("id int, name string"));
    table.append(Source::sql("select 1 as id, 'a' as name"));
    table.append(Source::sql("select 2 as id, 'b' as name"));
    table.update({{"name", "'c'"}}, "id = 1");
    return table;
  }
  static std::string data_file(const Table& table) { return table.files().front().path; }
};

TEST_F(ProceduresTest, AClone) {
  make("t");
  EXPECT_THAT(sql("CALL lake_clone('t', 'planned', dry_run => true)"),
              ElementsAre(testing::MatchesRegex(".*/planned\\|NULL\\|3\\|2\\|[0-9]+\\|0\\|0\\|0")));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/planned"));
  EXPECT_THAT(sql("CALL lake_clone('t', 'deep')"),
              ElementsAre(testing::MatchesRegex(".*/deep\\|0\\|3\\|2\\|[0-9]+\\|2\\|[0-9]+\\|0")));
  EXPECT_THAT(sql("CALL lake_clone('t', 'shallow', shallow => true, version => 1)"),
              ElementsAre(testing::MatchesRegex(".*/shallow\\|0\\|1\\|1\\|[0-9]+\\|0\\|0\\|0")));
  EXPECT_THAT(sql("FROM 'deep' ORDER BY id"), ElementsAre("1|c", "2|b"));
  EXPECT_THAT(sql("FROM 'shallow'"), ElementsAre("1|a"));
  // A clone of a table in an attached lake, by its name.
  EXPECT_THAT(sql("ATTACH '.' AS l (TYPE lakelet); CALL lake_clone('l.t', 'named')"), SizeIs(1));
  EXPECT_THAT(sql("FROM l.named ORDER BY id"), ElementsAre("1|c", "2|b"));
  EXPECT_EQ(error_of([&] { sql("CALL lake_clone('t', 'deep')"); }).code(), ErrorCode::AlreadyExists);
  EXPECT_EQ(error_of([&] { sql("CALL lake_clone('t')"); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { sql("CALL lake_clone('nothing/here', 'x')"); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { sql("CALL lake_clone('t', 'x', version => 9)"); }).code(), ErrorCode::NotFound);
}

TEST_F(ProceduresTest, AConversion) {
  for (const std::string day : {"2024-01-01", "2024-01-02"}) {
    std::filesystem::create_directories(folder_ + "/plain/day=" + day);
    sql("COPY (select 7 as id, '" + day + "' as said) TO '" + folder_ + "/plain/day=" + day +
        "/rows.parquet' (FORMAT parquet)");
  }
  EXPECT_THAT(sql("CALL lake_convert('plain', partition_by => 'day date', dry_run => true)"),
              ElementsAre(testing::AllOf(HasSubstr("/plain|delta|NULL|"), HasSubstr("|day|2|"))));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/plain/_delta_log"));
  EXPECT_THAT(sql("CALL lake_convert('plain', partition_by => 'day date', name => 'days', description => 'of it')"),
              ElementsAre(testing::AllOf(HasSubstr("/plain|delta|0|"), HasSubstr("|day|2|"), HasSubstr("|2|0"))));
  EXPECT_THAT(sql("SELECT id, said = day::varchar, day FROM 'plain' ORDER BY day"),
              ElementsAre("7|true|2024-01-01", "7|true|2024-01-02"));
  EXPECT_EQ(session_->open("plain").metadata().name, "days");
  EXPECT_EQ(error_of([&] { sql("CALL lake_convert('plain', partition_by => 'day date')"); }).code(),
            ErrorCode::AlreadyExists);
  EXPECT_EQ(error_of([&] { sql("CALL lake_convert('nothing/here')"); }).code(), ErrorCode::NotFound);
}

TEST_F(ProceduresTest, ADifference) {
  make("t");
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 1, key => ['id'])"),
              ElementsAre("update_preimage|1|a", "update_postimage|1|c", "insert|2|b"));
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 1, to_version => 2)"), ElementsAre("insert|2|b"));
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 2)"), UnorderedElementsAre("delete|1|a", "insert|1|c"));
  // A query may go on with it.
  EXPECT_THAT(sql("SELECT _change_type, count(*) FROM lake_diff('t', from_version => 0) GROUP BY ALL"),
              ElementsAre("insert|2"));
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 3)"), IsEmpty());
  EXPECT_EQ(error_of([&] { sql("FROM lake_diff('t')"); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { sql("FROM lake_diff('t', from_version => 1, what => 'all')"); }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { sql("FROM lake_diff('t', from_version => 1, key => ['nope'])"); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ProceduresTest, ADifferenceOfWhatIsAroundTheRows) {
  make("t");
  sql("ALTER TABLE 't' ADD COLUMN price double");
  sql("ALTER TABLE 't' SET ('delta.logRetentionDuration' = 'interval 3 days')");
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 0, what => 'schema')"), ElementsAre("column|price|NULL|double"));
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 0, what => 'properties')"),
              ElementsAre("property|delta.logRetentionDuration|NULL|interval 3 days"));
  EXPECT_THAT(sql("FROM lake_diff('t', from_version => 0, to_version => 1, what => 'properties')"), IsEmpty());
  EXPECT_THAT(
      sql("FROM lake_diff('t', from_version => 2, what => 'files')"),
      ElementsAre(testing::MatchesRegex("removed\\|.*\\.parquet"), testing::MatchesRegex("added\\|.*\\.parquet")));
}

TEST_F(ProceduresTest, Statistics) {
  sql("CREATE TABLE './s' AS SELECT CASE WHEN i > 2 THEN i END AS a, CASE i WHEN 0 THEN 'inf' ELSE i::varchar "
      "END::double AS b, "
      "'n' || i % 3 AS c, {'x': i} AS d, DATE '2025-01-01' + i::int AS e, i::decimal(9, 2) AS f "
      "FROM range(1000000) r(i)");
  // Three nulls of a million are three.
  EXPECT_THAT(sql("SELECT * EXCLUDE (\"distinct\", deviation) FROM lake_statistics('./s')"),
              ElementsAre("a|BIGINT|1000000|3|3|999999|500001.0", "b|DOUBLE|1000000|0|1.0|inf|inf",
                          "c|VARCHAR|1000000|0|n0|n2|NULL", "d|STRUCT(x BIGINT)|1000000|0|{'x': 0}|{'x': 999999}|NULL",
                          "e|DATE|1000000|0|2025-01-01|4762-11-28|3393-12-14 12:00:00",
                          "f|DECIMAL(9,2)|1000000|0|0.00|999999.00|499999.5"));
  EXPECT_THAT(sql("SELECT \"distinct\" between 900000 and 999997, deviation::double between 288674 and 288675 "
                  "FROM lake_statistics('./s') WHERE \"column\" = 'a'"),
              ElementsAre("true|true"));
  EXPECT_THAT(sql("SELECT deviation FROM lake_statistics('./s') WHERE \"column\" = 'b'"), ElementsAre("NULL"));
  sql("DELETE FROM './s' WHERE a IS NULL OR a > 10");
  EXPECT_THAT(sql("SELECT rows, nulls, \"distinct\", deviation FROM lake_statistics('./s') LIMIT 1"),
              ElementsAre("8|0|8|2.449489742783178"));
  EXPECT_THAT(sql("SELECT rows, nulls FROM lake_statistics('./s', version => 0) LIMIT 1"), ElementsAre("1000000|3"));
  sql("DELETE FROM './s'");
  EXPECT_THAT(sql("FROM lake_statistics('./s') LIMIT 1"), ElementsAre("a|BIGINT|0|0|0|NULL|NULL|NULL|NULL"));
  sql("CREATE TABLE './n' (a timestamp_ns) WITH (format = 'iceberg', \"format-version\" = '3')");
  sql("INSERT INTO './n' VALUES ('2025-01-01 00:00:00.000000001'), ('2025-01-03'), (NULL)");
  EXPECT_THAT(
      sql("FROM lake_statistics('./n')"),
      ElementsAre("a|TIMESTAMP_NS|3|1|2|2025-01-01 00:00:00.000000001|2025-01-03 00:00:00|2025-01-02 00:00:00|NULL"));
}

TEST_F(ProceduresTest, AnOptimisation) {
  make("t");
  EXPECT_THAT(sql("CALL lake_optimize('t', dry_run => true)"),
              ElementsAre(testing::MatchesRegex("NULL\\|1\\|2\\|1\\|[0-9]+\\|NULL\\|NULL\\|NULL")));
  EXPECT_THAT(sql("CALL lake_optimize('t', z_order => ['id', 'name'], target_size => '64MB', predicate => 'id > 0', "
                  "commit_bytes => '1MB', commit_seconds => 60)"),
              ElementsAre(testing::MatchesRegex("4\\|1\\|2\\|1\\|[0-9]+\\|[0-9]+\\|2\\|0")));
  EXPECT_THAT(sql("FROM 't' ORDER BY id"), ElementsAre("1|c", "2|b"));
  EXPECT_THAT(sql("CALL lake_optimize('t', z_order => ['id', 'name'])"), ElementsAre("NULL|0|0|0|0|0|0|0"));
  EXPECT_THAT(sql("CALL lake_optimize('t', hilbert => ['id', 'name'], full => true)"),
              ElementsAre(testing::StartsWith("5|1|1|1|")));
  EXPECT_THAT(sql("CALL lake_optimize('t', sort_by => ['name'])"), ElementsAre(testing::StartsWith("6|1|1|1|")));
  sql("ALTER TABLE 't' SET ('delta.enableDeletionVectors' = 'true')");
  sql("DELETE FROM 't' WHERE id = 1");
  EXPECT_THAT(sql("CALL lake_optimize('t', sort_by => ['name'], most_deleted => 1)"),
              ElementsAre("NULL|0|0|0|0|0|0|0"));
  EXPECT_THAT(sql("CALL lake_optimize('t', purge => true)"),
              ElementsAre(testing::MatchesRegex("9\\|1\\|1\\|1\\|.*\\|1\\|1")));
  for (const char* wrong :
       {"most_deleted => 2", "commit_seconds => -1", "z_order => ['a'], sort_by => ['id']", "target_size => 'much'"}) {
    EXPECT_EQ(error_of([&] { sql(fmt::format("CALL lake_optimize('t', {})", wrong)); }).code(),
              ErrorCode::InvalidArgument)
        << wrong;
  }
}

TEST_F(ProceduresTest, ADoctor) {
  make("t");
  EXPECT_THAT(sql("CALL lake_doctor('t')"), testing::Each(testing::StartsWith("advice|")));
  EXPECT_EQ(error_of([&] { sql("FROM lake_doctor('t')"); }).code(), ErrorCode::InvalidArgument);
}

TEST_F(ProceduresTest, ADoctorSaysWhatUpkeepWouldGain) {
  CreateOptions options;
  options.properties = {{"delta.deletedFileRetentionDuration", "interval 0 seconds"},
                        {"delta.checkpointInterval", "100"}};
  Table table = session_->create("t", parse_schema("id int"), options);
  for (int i = 0; i < 31; ++i) table.overwrite(Source::sql("select 1 as id"));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto found = sql("CALL lake_doctor('t')");
  EXPECT_THAT(found, testing::Contains(HasSubstr("advice|old files||30 files (")));
  EXPECT_THAT(found, testing::Contains(HasSubstr("advice|long log||32 commits came since the last checkpoint")));
  table.vacuum();
  table.checkpoint();
  EXPECT_THAT(sql("CALL lake_doctor('t')"), IsEmpty());
}

TEST_F(ProceduresTest, ADoctorMends) {
  Table table = make("t");
  const std::string gone = data_file(table);
  std::filesystem::remove(folder_ + "/t/" + gone);
  const auto found = sql("CALL lake_doctor('t')");
  ASSERT_THAT(found, testing::Contains(HasSubstr("damage|missing file|" + gone)));
  EXPECT_EQ(session_->open("t").version(), 3);
  EXPECT_THAT(sql("CALL lake_doctor('t', repair => true)"), testing::Contains(HasSubstr("|true|true")));
  EXPECT_EQ(session_->open("t").version(), 4);
  EXPECT_THAT(sql("FROM 't'"), SizeIs(1));
  EXPECT_EQ(error_of([&] { sql("CALL lake_doctor('nothing/here')"); }).code(), ErrorCode::NotFound);
}

TEST_F(ProceduresTest, AnAnalysis) {
  CreateOptions options;
  options.properties = {{"delta.dataSkippingNumIndexedCols", "1"}};
  session_->create("t", parse_schema("id int, name string"), options)
      .append(Source::sql("select 1 as id, 'a' as name"));
  EXPECT_THAT(error_of([&] { sql("CALL lake_analyze('t', columns => ['name'])"); }).message(),
              HasSubstr("keeps statistics"));
  sql("ALTER TABLE 't' SET ('delta.dataSkippingNumIndexedCols' = '32')");
  EXPECT_THAT(sql("CALL lake_analyze('t', columns => ['name'], dry_run => true)"), ElementsAre("NULL|1|1|0"));
  EXPECT_THAT(sql("CALL lake_analyze('t', columns => ['name'])"), ElementsAre("3|1|1|1"));
  EXPECT_THAT(sql("CALL lake_analyze('t', columns => ['name'])"), ElementsAre(HasSubstr("NULL|1|")));
  EXPECT_EQ(error_of([&] { sql("CALL lake_analyze('t', columns => ['nope'])"); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { sql("SELECT * FROM lake_analyze('t')"); }).code(), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace lakelet
