#include "table/split_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lakelet/error.h"

namespace lakelet {
namespace {

SplitContent example() {
  SplitContent content;
  SnapshotFacts& facts = content.snapshot;
  facts.location.uri = "/lake/t\xC3\xA9";
  facts.version = 12;
  facts.timestamp_us = 1'700'000'000'000'001;
  facts.schema =
      parse_schema("id bigint not null, s struct<a: int, b: array<string>>, m map<string,decimal(30,4)>, p double");
  facts.matching = ColumnMatching::ById;
  facts.partitionings[3] = Partitioning{3, {{"p", Transform::Identity, 0, "p"}, {"id", Transform::Bucket, 16, "b"}}};
  FileTask task;
  task.file.path = "p=1/x \"y\".parquet";
  task.file.uri = "/lake/t/p=1/x \"y\".parquet";
  task.file.bytes = std::numeric_limits<std::uint64_t>::max();
  task.file.rows = 100;
  task.file.partitioning_id = 3;
  task.file.partition_values = {Value(std::nan("")),
                                Value(-7),
                                Value(),
                                Value(true),
                                Value(-0.1),
                                Value(Decimal{static_cast<__int128>(-1) << 126}),
                                Value(std::string("\0\xFF'", 3))};
  task.file.first_row_id = 5;
  task.file.row_version = 6;
  task.file.sequence_number = 7;
  task.file.format = "parquet";
  task.file.columns = std::make_shared<const Schema>(parse_schema("a int"));
  RowPositions positions;
  positions.add_range(0, 3);
  positions.add(9);
  positions.add_range((std::uint64_t{1} << 33) - 2, 4);
  task.deletes.positions = std::make_shared<const RowPositions>(positions);
  task.deletes.equality.push_back({"/lake/t/eq.parquet", {1, 2}, 4, parse_schema("id bigint").fields(), "parquet"});
  task.only = std::make_shared<const RowPositions>();
  task.constants["_change_type"] = Value("insert");
  content.files = {task, FileTask{}};
  content.columns = {"id", "s"};
  content.predicates = {"id > 3", "p = 'x\n'"};
  return content;
}

TEST(SplitText, ComesBackAsItWent) {
  const SplitContent sent = example();
  const std::string text = to_split_text(sent);
  const SplitContent got = parse_split_text(text);
  EXPECT_EQ(to_split_text(got), text);
  EXPECT_EQ(got.snapshot.location.uri, sent.snapshot.location.uri);
  EXPECT_EQ(got.snapshot.version, 12);
  EXPECT_EQ(got.snapshot.schema, sent.snapshot.schema);
  EXPECT_EQ(got.snapshot.matching, ColumnMatching::ById);
  EXPECT_EQ(got.snapshot.partitionings.at(3).fields[1].transform, Transform::Bucket);
  ASSERT_EQ(got.files.size(), 2u);
  const FileTask& task = got.files[0];
  EXPECT_EQ(task.file.partition_values, sent.files[0].file.partition_values);
  EXPECT_EQ(task.file.bytes, sent.files[0].file.bytes);
  EXPECT_EQ(*task.deletes.positions, *sent.files[0].deletes.positions);
  ASSERT_TRUE(task.only);
  EXPECT_TRUE(task.only->empty());
  EXPECT_EQ(task.constants, sent.files[0].constants);
  EXPECT_EQ(task.deletes.equality[0].field_ids, (std::vector<std::int32_t>{1, 2}));
  EXPECT_FALSE(got.files[1].file.rows);
  EXPECT_FALSE(got.files[1].deletes.positions);
  EXPECT_EQ(got.predicates, sent.predicates);
}

TEST(SplitText, KeepsWhatColumnsAreCalledInFiles) {
  SplitContent content;
  Field inner{"b", TypeKind::Int32};
  inner.id = 2;
  inner.physical_name = "col-2";
  Field outer{"a", Type::list(Type::structure({inner}))};
  outer.physical_name = "col-1";
  outer.metadata["k"] = "{\"x\":1}";
  outer.initial_default = Value(4);
  content.snapshot.schema = Schema({outer});
  const Schema got = parse_split_text(to_split_text(content)).snapshot.schema;
  EXPECT_EQ(got[0].physical_name, "col-1");
  EXPECT_EQ(got[0].metadata, outer.metadata);
  EXPECT_EQ(got[0].initial_default, Value(4));
  const Field& element = got[0].type.children()[0].type.children()[0];
  EXPECT_EQ(element.physical_name, "col-2");
  EXPECT_EQ(element.id, 2);
}

TEST(SplitText, RefusesWhatIsNoSplit) {
  const std::string text = to_split_text(example());
  const auto refused = [](const std::string& other) {
    try {
      parse_split_text(other);
    } catch (const Error& error) {
      return error.code() == ErrorCode::InvalidArgument;
    }
    return false;
  };
  for (const char* other : {"", "{}", "[]", "null", "split", "{\"lakelet_split\":1}", "{\"lakelet_split\":\"1\"}",
                            "{\"lakelet_split\":1,\"check\":\"\",\"plan\":{}}"}) {
    EXPECT_TRUE(refused(other)) << other;
  }
  std::string later = text;
  later.replace(later.find(":1,"), 3, ":2,");
  EXPECT_TRUE(refused(later));
  for (std::size_t i = 0; i < text.size(); i += 7) {
    EXPECT_TRUE(refused(text.substr(0, i))) << i;
    std::string garbled = text;
    garbled[i] = garbled[i] == 'x' ? 'y' : 'x';
    EXPECT_TRUE(refused(garbled)) << i;
  }
  FileTask inline_rows;
  inline_rows.deletes.merge_logs = {"log"};
  SplitContent content;
  content.files = {inline_rows};
  EXPECT_THROW(to_split_text(content), Error);
}

}  // namespace
}  // namespace lakelet
