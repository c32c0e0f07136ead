// Tables with a checksum file, true, wrong or damaged.
#include "formats/delta/log/version_checksum.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/delta_format.h"
#include "formats/delta/log/log_names.h"

namespace lakelet::delta {
namespace {

constexpr const char* kProtocol = R"("protocol":{"minReaderVersion":1,"minWriterVersion":2})";

std::string metadata(const std::string& name, const std::string& id = "m", const std::string& more = "") {
  return "\"" + name + R"(":{"id":")" + id +
         R"(","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",)" +
         more + R"(\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}})";
}

class VersionChecksumTest : public testing::Test {
 protected:
  VersionChecksumTest() : stores_(std::make_shared<StoreRegistry>("/")), table_(stores_->resolve("memory://sums/t")) {
    context_.stores = stores_;
    context_.events = [this](const Event& event) {
      if (event.kind == EventKind::Warning) warnings_.push_back(event.text);
    };
    put(commit_name(0), std::string("{") + kProtocol + "}\n{" + metadata("metaData") + "}\n");
    put(commit_name(1),
        R"({"add":{"path":"a","partitionValues":{},"size":10,"modificationTime":1,"dataChange":true}})");
  }

  void put(const std::string& name, const std::string& text) { table_.store->put(log_path(table_, name), text); }
  void put_checksum(Version version, int files, int bytes, const std::string& sum_metadata = metadata("metadata"),
                    const std::string& protocol = kProtocol) {
    put(fmt::format("{:020}.crc", version),
        fmt::format(R"({{"tableSizeBytes":{},"numFiles":{},"numMetadata":1,"numProtocol":1,{},{}}})", bytes, files,
                    sum_metadata, protocol));
  }
  // What opening the table warns of.
  std::string warning(VersionSelector version = LatestVersion{}) {
    warnings_.clear();
    DeltaFormat().open(context_, table_)->snapshot(version);
    return warnings_.empty() ? "" : warnings_.back();
  }

  std::shared_ptr<StoreRegistry> stores_;
  Location table_;
  FormatContext context_;
  std::vector<std::string> warnings_;
};

TEST_F(VersionChecksumTest, ATrueOneChangesNothing) {
  put_checksum(1, 1, 10);
  EXPECT_EQ(warning(), "");
  // The same schema with other white space.
  put_checksum(1, 1, 10, metadata("metadata", "m", " "));
  EXPECT_EQ(warning(), "");
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(VersionChecksumTest, EachDifferenceIsNamed) {
  using testing::HasSubstr;
  put_checksum(1, 2, 10);
  EXPECT_THAT(warning(), HasSubstr("00000000000000000001.crc contradicts the log: numFiles is 1, the checksum says 2"));
  put_checksum(1, 1, 11);
  EXPECT_THAT(warning(), HasSubstr("tableSizeBytes is 10, the checksum says 11"));
  put_checksum(1, 1, 10, metadata("metadata", "other"));
  EXPECT_THAT(warning(), HasSubstr("the table's id is m, the checksum says other"));
  put_checksum(
      1, 1, 10,
      metadata("metadata", "m", R"(\"type\":\"long\",\"nullable\":true,\"metadata\":{}},{\"name\":\"more\",)"));
  EXPECT_THAT(warning(), HasSubstr("the schema differs"));
  put_checksum(1, 1, 10, metadata("metadata"), R"("protocol":{"minReaderVersion":1,"minWriterVersion":4})");
  EXPECT_THAT(warning(), HasSubstr("the protocol differs"));
}

TEST_F(VersionChecksumTest, OnlyThatOfTheVersionCounts) {
  put_checksum(0, 7, 7);
  EXPECT_EQ(warning(), "");
  EXPECT_NE(warning(Version{0}), "");
}

TEST_F(VersionChecksumTest, ARefreshVerifiesToo) {
  const auto table = DeltaFormat().open(context_, table_);
  table->snapshot(LatestVersion{});
  EXPECT_TRUE(warnings_.empty());
  put(commit_name(2), R"({"add":{"path":"b","partitionValues":{},"size":5,"modificationTime":1,"dataChange":true}})");
  put_checksum(2, 2, 15);
  EXPECT_EQ(table->snapshot(LatestVersion{})->version(), 2);
  EXPECT_TRUE(warnings_.empty());
  put(commit_name(3), R"({"remove":{"path":"b","dataChange":true}})");
  put_checksum(3, 2, 15);
  EXPECT_EQ(table->snapshot(LatestVersion{})->version(), 3);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_THAT(warnings_[0], testing::HasSubstr("numFiles is 1, the checksum says 2"));
}

TEST_F(VersionChecksumTest, ADamagedOneIsAWarning) {
  for (const char* text : {"", "{", "[]", "7", R"({"metadata":{"id":7}})"}) {
    put("00000000000000000001.crc", text);
    EXPECT_THAT(warning(), testing::HasSubstr("00000000000000000001.crc can't be read"));
  }
}

}  // namespace
}  // namespace lakelet::delta
