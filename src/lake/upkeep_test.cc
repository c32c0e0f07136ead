// vacuum, restore, checkpoint, compact_log and clean_log, on tables on the local disk, by the API and by CALL.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lake/session_folder_fixture.h"

namespace lakelet {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class UpkeepTest : public SessionFolder {
 protected:
  Table make(const std::string& name, Properties properties = {}, std::vector<std::string> partition_by = {}) {
    CreateOptions options;
    options.properties = std::move(properties);
    options.partition_by = std::move(partition_by);
    return session_->create(name, parse_schema("id int, name string"), options);
  }
  static std::vector<std::string> ids(const Table& table) {
    return lines(table.scan().select({"id"}).order_by("id").rows());
  }
  // Data files on the disk, wherever in the table's folder.
  std::vector<std::string> data_files(const std::string& table) const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/" + table)) {
      const std::string path = std::filesystem::relative(entry.path(), folder_ + "/" + table).string();
      if (entry.is_regular_file() && !path.starts_with("_delta_log")) out.push_back(path);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string write_file(const std::string& path, bool old = true) const {
    const std::filesystem::path full = folder_ + "/" + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << "something";
    if (old) std::filesystem::last_write_time(full, std::filesystem::file_time_type::clock::now() - hours(24 * 30));
    return path;
  }
  static VacuumOptions all_of_it(bool full = false) {
    VacuumOptions options;
    options.retention = hours(0);
    options.force = true;
    options.full = full;
    return options;
  }
  std::vector<std::string> operations(const Table& table, std::int64_t limit) {
    std::vector<std::string> out;
    for (const auto& entry : table.history(limit)) out.push_back(entry.operation);
    return out;
  }
};

// The clock has to go on: a version that was replaced within the same millisecond still counts as the newest then.
void wait_a_moment() {
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST_F(UpkeepTest, WhatTheLogSaysWasRemovedGoes) {
  Table table = make("t");
  table.append(Source::sql("select 1 as id, 'a' as name"));
  const auto first = data_files("t");
  table.overwrite(Source::sql("select 2 as id, 'b' as name"));
  wait_a_moment();
  EXPECT_EQ(table.vacuum().files, 0);  // within the retention
  VacuumOptions options = all_of_it();
  options.dry_run = true;
  VacuumReport report = table.vacuum(options);
  ASSERT_THAT(report.found, SizeIs(1));
  EXPECT_EQ(report.found[0].path, first[0]);
  EXPECT_EQ(report.found[0].bytes, std::filesystem::file_size(folder_ + "/t/" + first[0]));
  EXPECT_EQ(report.bytes, report.found[0].bytes);
  EXPECT_EQ(report.files_deleted, 0);
  EXPECT_THAT(data_files("t"), SizeIs(2));
  report = table.vacuum(all_of_it());
  EXPECT_EQ(report.files_deleted, 1);
  EXPECT_EQ(report.bytes_deleted, report.bytes);
  EXPECT_THAT(data_files("t"), SizeIs(1));
  EXPECT_THAT(ids(table), ElementsAre("2"));
  EXPECT_THAT(operations(table, 2), ElementsAre("VACUUM END", "VACUUM START"));
  EXPECT_EQ(table.vacuum(all_of_it()).files, 0);  // and no more is told of it
  EXPECT_THAT(operations(table, 1), ElementsAre("VACUUM END"));
  EXPECT_EQ(table.version(), 4);
}

TEST_F(UpkeepTest, FilesOfVersionsThatAreToBeKeptStay) {
  Table table = make("t");
  for (int id = 1; id < 4; ++id) table.overwrite(Source::sql("select " + std::to_string(id) + " as id, 'a' as name"));
  const auto files = data_files("t");
  wait_a_moment();
  VacuumOptions options = all_of_it();
  options.keep_versions = {1};
  options.list = true;
  options.user_metadata = {{"why", "a test"}};
  const VacuumReport report = table.vacuum(options);
  ASSERT_THAT(report.found, SizeIs(1));
  EXPECT_EQ(report.files_deleted, 1);
  EXPECT_THAT(data_files("t"), SizeIs(2));
  EXPECT_THAT(ids(table.at_version(1)), ElementsAre("1"));
  EXPECT_EQ(table.history(1)[0].other.at("why"), "a test");
  options.keep_versions = {99};
  try {
    table.vacuum(options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
  }
}

TEST_F(UpkeepTest, ARetentionUnderTheTablesOwnHasToBeInsistedOn) {
  Table table = make("t");
  VacuumOptions options;
  options.retention = hours(1);
  const Error error = error_of([&] { table.vacuum(options); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("7 days"));
  EXPECT_THAT(error.hint(), HasSubstr("--force"));
  options.force = true;
  EXPECT_NO_THROW(table.vacuum(options));
  options.retention = -hours(1);
  EXPECT_EQ(error_of([&] { table.vacuum(options); }).code(), ErrorCode::InvalidArgument);
  Table short_lived = make("s", {{"delta.deletedFileRetentionDuration", "interval 1 hours"}});
  EXPECT_NO_THROW(short_lived.vacuum({.retention = hours(1)}));
}

TEST_F(UpkeepTest, TheWholeFolderIsLookedThrough) {
  Table table = make("t", {}, {"name"});
  table.append(Source::sql("select 1 as id, 'a b' as name union all select 2, null"));
  const auto live = data_files("t");
  write_file("t/orphan.parquet");
  write_file("t/name=a%20b/orphan.parquet");
  write_file("t/notes.txt");
  write_file("t/_notes/keep.txt");
  write_file("t/.keep");
  write_file("t/young.parquet", false);
  EXPECT_EQ(table.vacuum().files, 0);  // the log knows nothing of them
  VacuumOptions options;
  options.full = true;
  VacuumReport report = table.vacuum(options);
  EXPECT_EQ(report.files_deleted, 3);
  EXPECT_EQ(report.files_spared, 1);
  report = table.vacuum(all_of_it(true));
  EXPECT_EQ(report.files_deleted, 0);  // it could be a writer's
  EXPECT_EQ(report.files_spared, 1);
  options = all_of_it(true);
  options.uncommitted = hours(0);
  // Older than what a commit may take: so far the store's clock may be behind ours.
  std::filesystem::last_write_time(folder_ + "/t/young.parquet",
                                   std::filesystem::file_time_type::clock::now() - hours(1));
  EXPECT_EQ(table.vacuum(options).files_deleted, 1);
  auto left = live;
  left.insert(left.end(), {".keep", "_notes/keep.txt"});
  std::sort(left.begin(), left.end());
  EXPECT_EQ(data_files("t"), left);
  EXPECT_THAT(ids(table), ElementsAre("1", "2"));
}

TEST_F(UpkeepTest, TablesInsideTheFolderAreNotItsOwn) {
  Table table = make("t");
  Table inner = make("t/inside/deep");
  inner.append(Source::sql("select 1 as id, 'a' as name"));
  for (const auto& file : data_files("t")) {
    std::filesystem::last_write_time(folder_ + "/t/" + file,
                                     std::filesystem::file_time_type::clock::now() - hours(24 * 30));
  }
  write_file("t/inside/orphan.parquet");
  VacuumOptions options;
  options.full = true;
  EXPECT_EQ(table.vacuum(options).files_deleted, 1);
  EXPECT_THAT(ids(inner), ElementsAre("1"));
}

TEST_F(UpkeepTest, VectorsAndChangeDataGoToo) {
  Table table = make("t", {{"delta.enableDeletionVectors", "true"}, {"delta.enableChangeDataFeed", "true"}});
  table.append(Source::sql("select range::int as id, 'n' || range as name from range(2000)"));
  table.delete_rows("id % 2 = 0");
  table.update({{"name", "'x'"}}, "id % 3 = 0");
  wait_a_moment();
  const auto rows = ids(table);
  const std::size_t files = data_files("t").size();
  const VacuumReport report = table.vacuum(all_of_it());
  EXPECT_GE(report.files_deleted, 2);  // a vector, and changes
  EXPECT_EQ(data_files("t").size(), files - static_cast<std::size_t>(report.files_deleted));
  for (const auto& file : data_files("t")) EXPECT_THAT(file, ::testing::Not(HasSubstr("_change_data")));
  EXPECT_EQ(ids(table), rows);
}

TEST_F(UpkeepTest, ARunThatWasCutShortGoesOn) {
  Table table = make("t");
  for (int i = 0; i < 3; ++i) table.overwrite(Source::sql(fmt::format("select {} as id, 'a' as name", i)));
  wait_a_moment();
  VacuumOptions options = all_of_it();
  options.dry_run = true;
  const auto found = table.vacuum(options).found;
  ASSERT_THAT(found, SizeIs(2));
  std::filesystem::remove(folder_ + "/t/" + found[0].path);
  EXPECT_EQ(table.vacuum(all_of_it()).files_deleted, 1);
  EXPECT_THAT(ids(table), ElementsAre("2"));
}

TEST_F(UpkeepTest, AVersionComesBack) {
  Table table = make("t");
  table.append(Source::sql("select 1 as id, 'a' as name"));
  table.append(Source::sql("select 2 as id, 'b' as name"));
  table.delete_rows("id = 1");
  RestoreReport report = table.restore(Version{2}, {.dry_run = true});
  EXPECT_EQ(report.files_restored, 1);
  EXPECT_EQ(report.version, -1);
  EXPECT_THAT(ids(table), ElementsAre("2"));
  report = table.restore(Version{2});
  EXPECT_EQ(report.version, 4);
  EXPECT_EQ(report.restored, 2);
  EXPECT_EQ(table.version(), 4);
  EXPECT_THAT(ids(table), ElementsAre("1", "2"));
  EXPECT_THAT(operations(table, 1), ElementsAre("RESTORE"));
  EXPECT_EQ(table.restore(Version{2}).version, -1);  // it is so already
  table.restore(AtTimestamp{table.at_version(1).timestamp_us()});
  EXPECT_THAT(ids(table), ElementsAre("1"));
  EXPECT_EQ(error_of([&] { table.restore(Version{99}); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { table.restore(LatestVersion{}); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { table.at_version(1).restore(Version{0}); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { table.restore(Version{0}, {.if_version = 1}); }).code(), ErrorCode::Conflict);
}

TEST_F(UpkeepTest, AVersionWhoseFilesAreGone) {
  Table table = make("t");
  table.append(Source::sql("select 1 as id, 'a' as name"));
  const auto first = data_files("t");
  table.append(Source::sql("select 2 as id, 'b' as name"));
  table.delete_rows("");
  std::filesystem::remove(folder_ + "/t/" + first[0]);
  const Error error = error_of([&] { table.restore(Version{2}); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_THAT(error.message(), HasSubstr(first[0]));
  EXPECT_THAT(error.hint(), HasSubstr("--ignore-missing"));
  EXPECT_EQ(table.version(), 3);
  const RestoreReport report = table.restore(Version{2}, {.ignore_missing = true});
  EXPECT_THAT(report.missing, ElementsAre(first[0]));
  EXPECT_THAT(ids(table), ElementsAre("2"));
}

TEST_F(UpkeepTest, TheChangeFeedTellsOfARestore) {
  Table table = make("t", {{"delta.enableChangeDataFeed", "true"}});
  table.append(Source::sql("select range::int as id, 'a' as name from range(3)"));
  table.delete_rows("id = 1");
  table.restore(Version{1});
  const auto changes = sql("select _change_type || ' ' || id from lake_changes('t', 3, 3) order by all");
  EXPECT_THAT(changes, ::testing::Contains("insert 1"));
}

TEST_F(UpkeepTest, CheckpointsCompactionsAndCleanUp) {
  Table table = make("t", {{"delta.logRetentionDuration", "interval 0 days"}});
  for (int i = 0; i < 3; ++i) table.append(Source::sql(fmt::format("select {} as id, 'a' as name", i)));
  EXPECT_THAT(table.compact_log({}, {}, true).files_written,
              ElementsAre("_delta_log/00000000000000000000.00000000000000000003.compacted.json"));
  EXPECT_EQ(table.compact_log().version, 3);
  EXPECT_EQ(table.compact_log().version, -1);
  EXPECT_EQ(error_of([&] { table.compact_log(2, 9); }).code(), ErrorCode::InvalidArgument);
  LogReport report = table.checkpoint();
  EXPECT_EQ(report.version, 3);
  EXPECT_THAT(report.files_written, ElementsAre("_delta_log/00000000000000000003.checkpoint.parquet"));
  EXPECT_EQ(report.bytes_written, std::filesystem::file_size(folder_ + "/t/" + report.files_written[0]));
  Session fresh = *session_;
  EXPECT_EQ(fresh.open("t").checkpoint().version, -1);
  // Commits of today stay until midnight; make them older.
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/t/_delta_log")) {
    std::filesystem::last_write_time(entry.path(), entry.last_write_time() - hours(48));
  }
  const LogReport planned = table.clean_log(true);
  EXPECT_THAT(planned.files_removed, SizeIs(::testing::Ge(3u)));
  report = table.clean_log();
  EXPECT_EQ(report.files_removed, planned.files_removed);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/t/_delta_log/00000000000000000001.json"));
  EXPECT_THAT(ids(session_->open("t")), ElementsAre("0", "1", "2"));
  EXPECT_THAT(table.clean_log().files_removed, IsEmpty());
}

TEST_F(UpkeepTest, TheSameByCall) {
  Table table = make("lake/t");
  table.append(Source::sql("select 1 as id, 'a' as name"));
  table.overwrite(Source::sql("select 2 as id, 'b' as name"));
  wait_a_moment();
  EXPECT_THAT(sql("CALL lake_vacuum('lake/t')"), ElementsAre("2|0|0|0"));
  EXPECT_THAT(sql("CALL lake_vacuum('lake/t', retention => '0 days', force => true, dry_run => true)"), SizeIs(1));
  EXPECT_EQ(error_of([&] { sql("CALL lake_vacuum('lake/t', retention => '0 days')"); }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_THAT(sql("CALL lake_restore('lake/t', version => 1)"), ElementsAre(HasSubstr("3|1|1|")));
  EXPECT_THAT(sql("ATTACH 'lake' AS l (TYPE lakelet); CALL lake_checkpoint('l.t')"), ElementsAre(HasSubstr("3|1|")));
  EXPECT_THAT(sql("CALL lake_compact_log('lake/t', first => 0, last => 3)"), ElementsAre(HasSubstr("3|1|")));
  EXPECT_THAT(sql("CALL lake_clean_log('lake/t')"), ElementsAre("NULL|0|0|0|0"));
  EXPECT_EQ(
      error_of([&] { sql("BEGIN; INSERT INTO 'lake/t' VALUES (3, 'c'); CALL lake_checkpoint('lake/t')"); }).code(),
      ErrorCode::InvalidArgument);
  sql("ROLLBACK");
  EXPECT_EQ(error_of([&] { sql("SELECT * FROM lake_vacuum('lake/t')"); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { sql("CALL lake_vacuum('nothing/here')"); }).code(), ErrorCode::NotFound);
}

}  // namespace
}  // namespace lakelet
