// Table::changes: the feed of the default format through the public API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lakelet/error.h"
#include "lakelet/session.h"

namespace lakelet {
namespace {

using ::testing::ElementsAre;

class TableChangesTest : public ::testing::Test {
 protected:
  TableChangesTest() {
    std::filesystem::create_directories(folder_);
    Configuration configuration;
    configuration.working_folder = folder_;
    session_ = std::make_unique<Session>(configuration);
    make_table();
    Table table = session_->open("t");
    table.append(Source::sql("select 1::int as id, 'a' as name union all select 2, 'b'"));
    table.append(Source::sql("select 3::int as id, 'c' as name"));
  }
  ~TableChangesTest() override {
    session_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Partitioned by name, with its feed on: lakelet appends to such tables, but doesn't make them yet.
  void make_table() const {
    std::filesystem::create_directories(folder_ + "/t/_delta_log");
    std::ofstream(folder_ + "/t/_delta_log/00000000000000000000.json")
        << R"({"protocol":{"minReaderVersion":1,"minWriterVersion":4}})"
        << "\n"
        << R"({"metaData":{"id":"t","format":{"provider":"parquet","options":{}},"schemaString":)"
        << R"("{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},)"
        << R"({\"name\":\"name\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}",)"
        << R"("partitionColumns":["name"],"configuration":{"delta.enableChangeDataFeed":"true"}}})"
        << "\n";
  }

  static std::vector<std::string> lines(const Scan& scan) { return lines(scan.rows()); }
  static std::vector<std::string> lines(Rows rows) {
    std::vector<std::string> all;
    while (rows.next()) {
      std::string line;
      for (std::size_t i = 0; i < rows.schema().size(); ++i) line.append(i > 0 ? "|" : "").append(rows.text(i));
      all.push_back(line);
    }
    return all;
  }

  std::string folder_ = ::testing::TempDir() + "lakelet_changes_" + std::to_string(::getpid());
  std::unique_ptr<Session> session_;
};

TEST_F(TableChangesTest, HasTheShapeOfAScan) {
  const Table table = session_->open("t");
  const Scan changes = table.changes(0).select({"_commit_version", "_change_type", "id", "name"}).order_by("id");
  EXPECT_THAT(lines(changes), ElementsAre("1|insert|1|a", "1|insert|2|b", "2|insert|3|c"));
  EXPECT_THAT(lines(changes.where("name = 'b'")), ElementsAre("1|insert|2|b"));
  EXPECT_THAT(lines(changes.where("_commit_version > 1")), ElementsAre("2|insert|3|c"));
  EXPECT_THAT(lines(changes.limit(1)), ElementsAre("1|insert|1|a"));
  EXPECT_EQ(lines(table.changes(2, 2)).size(), 1u);
  EXPECT_EQ(lines(table.changes(AtTimestamp{0}, AtTimestamp{table.at_version(1).timestamp_us()})).size(), 2u);
  EXPECT_EQ(to_string(table.changes(2).rows().schema()[4].type), "timestamp");
}

TEST_F(TableChangesTest, AHandleKnowsChangesUpToItsVersion) {
  const Table table = session_->open("t");
  EXPECT_EQ(lines(table.at_version(1).changes(0)).size(), 2u);
  session_->open("t").append(Source::sql("select 4::int as id, 'd' as name"));
  EXPECT_EQ(lines(table.changes(0)).size(), 3u);
  EXPECT_EQ(lines(session_->open("t@v1").changes(1)).size(), 2u);
}

TEST_F(TableChangesTest, CanBeSplitAndReadElsewhere) {
  const Scan changes = session_->open("t").changes(1).select({"id", "name", "_change_type", "_commit_version"});
  const auto splits = changes.where("_commit_version < 3").splits(1);
  EXPECT_EQ(splits.size(), 3u);
  Configuration configuration;
  configuration.working_folder = folder_;
  Session elsewhere(configuration);
  std::vector<std::string> rows;
  for (const Split& split : splits) {
    const auto part = lines(elsewhere.read(split.text));
    rows.insert(rows.end(), part.begin(), part.end());
  }
  EXPECT_THAT(rows, ::testing::UnorderedElementsAre("1|a|insert|1", "2|b|insert|1", "3|c|insert|2"));
}

TEST_F(TableChangesTest, SaysWhatItCannotRead) {
  const Table table = session_->open("t");
  const auto code = [&](const VersionSelector& from, const VersionSelector& to) {
    try {
      table.changes(from, to).rows();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  };
  EXPECT_EQ(code(3, LatestVersion{}), ErrorCode::NotFound);
  EXPECT_EQ(code(2, 1), ErrorCode::InvalidArgument);
  EXPECT_THROW(parse_version_selector("a b"), Error);
  EXPECT_EQ(std::get<Version>(parse_version_selector("v12")), 12);
}

}  // namespace
}  // namespace lakelet
