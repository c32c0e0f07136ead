#include "formats/iceberg/scan/scan_tasks_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::iceberg {
namespace {

class ScanTasksJson : public ::testing::Test {
 protected:
  ScanTasksJson() {
    auto metadata = std::make_shared<TableMetadataFile>();
    Field id, at;
    id.name = "id";
    id.type = TypeKind::Int64;
    id.id = 1;
    at.name = "at";
    at.type = TypeKind::Timestamp;
    at.id = 2;
    metadata->schemas[0] = Schema({id, at});
    PartitionSpec none, some;
    none.id = 0;
    some.id = 1;
    some.fields = {spec_field(1000, 1, Transform::Identity), spec_field(1001, 2, Transform::Day),
                   spec_field(1002, 1, Transform::Void)};
    metadata->specs = {{0, none}, {1, some}};
    schema = metadata->schemas[0];
    fields.emplace(metadata, schema);
  }

  static SpecField spec_field(int id, int source, Transform transform) {
    SpecField field;
    field.field_id = id;
    field.source_id = source;
    field.transform = transform;
    field.name = fmt::format("p{}", id);
    return field;
  }

  ScanTasks read(const std::string& text) const { return read_scan_tasks(text, *fields); }

  std::string fault(const std::string& text, ErrorCode code = ErrorCode::CorruptTable) const {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    return "none";
  }

  Schema schema;
  std::optional<KnownFields> fields;
};

std::string file(const std::string& more, const std::string& content = "data", const std::string& format = "parquet") {
  return fmt::format(R"({{"content":"{}","file-path":"a/b.parquet","file-format":"{}","file-size-in-bytes":10,)"
                     R"("record-count":3{}}})",
                     content, format, more);
}
std::string task(const std::string& more, const std::string& deletes = "") {
  return R"({"status":"completed","delete-files":[)" + deletes + R"(],"file-scan-tasks":[{"data-file":)" + file(more) +
         (deletes.empty() ? "" : R"(,"delete-file-references":[0])") + "}]}";
}

constexpr const char* kPlain = R"(,"spec-id":0,"partition":[])";

TEST_F(ScanTasksJson, FilesWithTheirPartitions) {
  for (const char* partition : {R"([7,"1970-01-03",null])", R"([7,2,null])", R"({"1000":7,"1001":"1970-01-03"})"}) {
    const ScanTasks tasks = read(task(fmt::format(R"(,"spec-id":1,"partition":{},"first-row-id":5)", partition)));
    ASSERT_EQ(tasks.files.size(), 1U);
    const ManifestEntry& entry = tasks.files[0].entry;
    EXPECT_EQ(tasks.files[0].spec_id, 1);
    EXPECT_EQ(entry.path, "a/b.parquet");
    EXPECT_EQ(entry.bytes, 10U);
    EXPECT_EQ(entry.records, 3);
    EXPECT_EQ(entry.first_row_id, 5);
    EXPECT_EQ(entry.partition, (std::vector<Value>{7, 2, Value()})) << partition;
  }
  EXPECT_EQ(read(task(R"(,"spec-id":1,"partition":{"1001":3})")).files[0].entry.partition[0], Value());
}

TEST_F(ScanTasksJson, FilesWithTheirDeletes) {
  const auto one = [&](const std::string& deletes) { return read(task(kPlain, deletes)); };
  const ScanTasks positions = one(file(kPlain, "position-deletes"));
  EXPECT_EQ(positions.files[0].deletes, std::vector<std::size_t>{0});
  EXPECT_EQ(positions.deletes[0].content, FileContent::PositionDeletes);
  const ScanTasks vector = one(
      file(std::string(kPlain) + R"(,"content-offset":4,"content-size-in-bytes":40)", "POSITION_DELETES", "PUFFIN"));
  EXPECT_EQ(vector.deletes[0].content_offset, 4);
  EXPECT_EQ(vector.deletes[0].format, "puffin");
  const ScanTasks equality = one(file(std::string(kPlain) + R"(,"equality-ids":[1,2])", "equality-deletes"));
  EXPECT_EQ(equality.deletes[0].equality_ids, (std::vector<std::int32_t>{1, 2}));
}

TEST_F(ScanTasksJson, NothingAndMembersThatAreNew) {
  EXPECT_TRUE(read("{}").files.empty());
  EXPECT_TRUE(read(R"({"file-scan-tasks":null,"delete-files":null,"other":1})").files.empty());
  EXPECT_EQ(read(task(std::string(kPlain) + R"(,"other":{},"lower-bounds":{"keys":[1],"values":["xx"]})")).files.size(),
            1U);
}

TEST_F(ScanTasksJson, WhatIsWrongIsNamed) {
  for (const std::string& text :
       {std::string("["),
        std::string("[]"),
        std::string(R"({"file-scan-tasks":{}})"),
        std::string(R"({"file-scan-tasks":[7]})"),
        std::string(R"({"file-scan-tasks":[{}]})"),
        task(""),
        task(R"(,"spec-id":0,"partition":7)"),
        task(R"(,"spec-id":9,"partition":[])"),
        task(R"(,"spec-id":1)"),
        task(R"(,"spec-id":1,"partition":[1])"),
        task(R"(,"spec-id":1,"partition":["x","1970-01-03",null])"),
        task(R"(,"spec-id":1,"partition":[1,"no day",null])"),
        task(R"(,"spec-id":0,"partition":[],"first-row-id":"x")"),
        task(kPlain, file(kPlain)),
        task(kPlain, file(kPlain, "equality-deletes")),
        task(kPlain, file(std::string(kPlain) + R"(,"equality-ids":[1])", "position-deletes")),
        task(kPlain, file(std::string(kPlain) + R"(,"equality-ids":["x"])", "equality-deletes")),
        task(kPlain, file(kPlain, "position-deletes", "puffin")),
        task(kPlain, file(std::string(kPlain) + R"(,"content-offset":4)", "position-deletes", "puffin")),
        R"({"file-scan-tasks":[{"data-file":)" + file(kPlain) + R"(,"delete-file-references":[0]}]})",
        R"({"file-scan-tasks":[{"data-file":)" + file(kPlain, "position-deletes") + "}]}",
        R"({"file-scan-tasks":[{"data-file":)" + file(kPlain, "what") + "}]}"}) {
    EXPECT_NE(fault(text), "none") << text;
  }
  EXPECT_NE(fault(task(std::string(kPlain) + R"(,"key-metadata":"AB")"), ErrorCode::UnsupportedFeature), "none");
}

}  // namespace
}  // namespace lakelet::iceberg
