#include "formats/delta/write/change_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "storage/memory/memory_store.h"
#include "table/partitioning.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ChangeFiles files_of(const Schema& schema, const std::string& folder) {
  const auto layout = [schema] {
    WriteLayout layout;
    layout.file_schema = schema;
    layout.statistics_columns = {{"k"}};
    return layout;
  };
  return {"memory://t", {layout, [folder](const std::vector<Value>&) { return folder; }}};
}

TEST(ChangeFiles, TheirColumnsAreThoseOfDataFilesAndTheType) {
  const WriteLayout layout = files_of(parse_schema("k bigint not null, s string"), "").layout();
  EXPECT_EQ(to_string(layout.file_schema), "k bigint, s string, _change_type string");
  EXPECT_TRUE(layout.statistics_columns.empty());
}

TEST(ChangeFiles, LieInAFolderOfTheirOwn) {
  EXPECT_EQ(files_of({}, "").new_file_uri({}, "0-1"), "memory://t/_change_data/cdc-00000-0-1.c000.snappy.parquet");
  EXPECT_EQ(files_of({}, "p=ab").new_file_uri({Value("ab")}, "0"),
            "memory://t/_change_data/p=ab/cdc-00000-0.c000.snappy.parquet");
  EXPECT_EQ(files_of({}, "p=a%20b").new_file_uri({Value("a b")}, "0"),
            "memory://t/_change_data/cdc-00000-0.c000.snappy.parquet");
}

TEST(ChangeFiles, BecomeActions) {
  const Schema schema = parse_schema("k bigint, p string");
  ChangeFiles files = files_of(schema, "p=a%20b");
  DataFile file;
  file.uri = files.new_file_uri({Value("a b")}, "0");
  file.bytes = 7;
  file.partition_values = {Value("a b")};
  files.add(file);
  const Location table{std::make_shared<MemoryStore>(), "t", "memory://t"};
  const Partitioning by = identity_partitioning(schema, {"p"});
  const std::set<ColumnPath> none;
  const Cdc expected{
      .path = "_change_data/cdc-00000-0.c000.snappy.parquet", .partition_values = {{"p", "a b"}}, .size = 7};
  EXPECT_THAT(files.actions({table, schema, by, none}), ElementsAre(expected));
}

TEST(ChangeFiles, NamesOfTheFeedAreTaken) {
  const StringMap on{{"delta.enableChangeDataFeed", "true"}};
  require_feed_columns_free(parse_schema("k bigint"), on, "t");
  require_feed_columns_free(parse_schema("_commit_version bigint"), {}, "t");
  try {
    require_feed_columns_free(parse_schema("_Commit_version bigint"), on, "t");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(error.message(), HasSubstr("_commit_version"));
  }
}

}  // namespace
}  // namespace lakelet::delta
