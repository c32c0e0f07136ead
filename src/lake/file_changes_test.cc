// Files of other writers in a table: what they must be, and what the commit says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lake/session_folder_fixture.h"

namespace lakelet {
namespace {

using ::testing::HasSubstr;

class FileChangesTest : public SessionFolder {
 protected:
  // A Parquet file of the query's rows, below the folder.
  std::string file(const std::string& path, const std::string& query) {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + path).parent_path());
    session_->write_parquet(session_->sql(query), path);
    return path;
  }
};

TEST_F(FileChangesTest, FilesComeAndGoInOneCommit) {
  Table table = session_->create("t", parse_schema("id int, name string"));
  table.append(Source::sql("select 1 as id, 'a' as name"));
  file("t/other.parquet", "select 2::INTEGER as id, 'b' as name");
  const FileChanges changes{{{"other.parquet"}}, {table.files()[0].path}};
  FileChangeOptions options;
  options.dry_run = true;
  EXPECT_EQ(table.change_files(changes, options).files_added, 1);
  EXPECT_EQ(table.version(), 1);
  options = {};
  options.overwrite = true;
  options.application_version = {"loader", 7};
  const Report report = table.change_files(changes, options);
  EXPECT_EQ(report.version, 2);
  EXPECT_EQ(report.files_removed, 1);
  EXPECT_EQ(report.rows_inserted, 1);
  EXPECT_EQ(table.detail().rows, 1);
  EXPECT_EQ(table.application_version("loader"), 7);
  EXPECT_EQ(table.scan().where("id = 1").files().size(), 0u);  // the footer's bounds
}

TEST_F(FileChangesTest, WhatTheFilesDontShowToBeRightIsRefused) {
  Table table = session_->create("t", parse_schema("id int not null, name string"));
  const auto adding = [&](const std::string& query) {
    const std::string path = file("t/other.parquet", query).substr(2);
    return error_of([&] { table.change_files({{{path}}, {}}); });
  };
  EXPECT_EQ(adding("select 1::BIGINT as id").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(adding("select 1::INTEGER as id, 2 as more").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(adding("select NULL::INTEGER as id").code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(adding("select 'x' as name").code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(error_of([&] { table.change_files({{{"nowhere.parquet"}}, {}}); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { table.change_files({{}, {"nowhere.parquet"}}); }).code(), ErrorCode::NotFound);
  table.alter({AddConstraint{"few", "id < 10"}});
  const Error rules = adding("select 1::INTEGER as id");
  EXPECT_EQ(rules.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(rules.message(), HasSubstr("rules for its rows"));
  EXPECT_EQ(table.version(), 1);
}

TEST_F(FileChangesTest, PartitionsAreThoseOfTheFoldersOrGiven) {
  CreateOptions options;
  options.partition_by = {"day"};
  Table table = session_->create("t", parse_schema("id int, day date"), options);
  file("t/day=2025-01-01/a.parquet", "select 1::INTEGER as id");
  file("t/b.parquet", "select 2::INTEGER as id");
  table.change_files({{{"day=2025-01-01/a.parquet"}, {"b.parquet", {{{"day", std::nullopt}}}}}, {}});
  EXPECT_EQ(table.partitions().size(), 2u);
  EXPECT_EQ(table.scan().where("day = '2025-01-01'").files().size(), 1u);
  file("t/c.parquet", "select 3::INTEGER as id");
  EXPECT_EQ(error_of([&] { table.change_files({{{"c.parquet"}}, {}}); }).code(), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace lakelet
