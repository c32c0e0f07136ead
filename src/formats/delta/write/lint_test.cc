#include "formats/delta/write/lint.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

AddFile file(const std::string& path, const std::string& stats = "") {
  AddFile add{.path = path, .partition_values = {{"p", "1"}}, .size = 1, .modification_time_ms = 1};
  if (!stats.empty()) add.stats = stats;
  return add;
}

AddFile with_dv(AddFile add) {
  add.deletion_vector = DeletionVectorDescriptor{'u', "ab", 1, 2, 3};
  return add;
}

struct Case {
  const char* name;
  std::vector<Action> actions;
  const char* rule;  // a part of the message; empty: it passes
};
class Lint : public testing::TestWithParam<Case> {};

TEST_P(Lint, StopsWhatBreaksTheRules) {
  const Case& test = GetParam();
  try {
    lint_commit(test.actions, {.partition_columns = {"p"}});
    EXPECT_STREQ(test.rule, "");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Internal);
    EXPECT_FALSE(std::string(test.rule).empty()) << error.what();
    EXPECT_NE(std::string(error.what()).find(test.rule), std::string::npos) << error.what();
  }
}

AddFile other_partition() {
  AddFile add = file("a");
  add.partition_values = {{"q", "1"}};
  return add;
}
AddFile negative_size() {
  AddFile add = file("a");
  add.size = -1;
  return add;
}
AddFile moved(const std::string& path) {
  AddFile add = file(path);
  add.data_change = false;
  return add;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Lint,
    testing::Values(
        Case{"good", {Protocol{}, Metadata{}, file("a", R"({"numRecords":1})"), RemoveFile{.path = "b"}}, ""},
        Case{"two_metadata", {Metadata{}, Metadata{}}, "two metaData"},
        Case{"two_protocols", {Protocol{}, Protocol{}}, "two protocol"},
        Case{"two_txns", {Txn{"a", 1, {}}, Txn{"a", 2, {}}}, "two txn"},
        Case{"other_txns", {Txn{"a", 1, {}}, Txn{"b", 2, {}}}, ""},
        Case{"added_twice", {file("a"), file("%61")}, "added twice"},
        Case{"removed_twice", {RemoveFile{.path = "a"}, RemoveFile{.path = "a"}}, "removed twice"},
        Case{"added_and_removed", {RemoveFile{.path = "a"}, file("a")}, "added and removed"},
        Case{"removed_and_added", {file("a"), RemoveFile{.path = "a"}}, "added and removed"},
        Case{"new_deletion_vector", {RemoveFile{.path = "a"}, with_dv(file("a", R"({"numRecords":9})"))}, ""},
        Case{"deletion_vector_without_rows", {with_dv(file("a"))}, "without the number of records"},
        Case{"other_partition", {other_partition()}, "partition values"},
        Case{"negative_size", {negative_size()}, "negative size"},
        Case{"moved", {moved("a"), RemoveFile{.path = "b", .data_change = false}}, ""},
        Case{"moved_from_nowhere", {moved("a")}, "bring no new data"},
        Case{"stats_no_json", {file("a", "{")}, "no JSON object"},
        Case{"stats_without_rows", {file("a", "{}")}, "numRecords"},
        Case{"stats_negative_rows", {file("a", R"({"numRecords":-1})")}, "numRecords"},
        Case{"min_above_max",
             {file("a", R"({"numRecords":1,"minValues":{"x":{"y":2}},"maxValues":{"x":{"y":1}}})")},
             "a.x.y"},
        Case{"min_above_max_text",
             {file("a", R"({"numRecords":1,"minValues":{"x":"b"},"maxValues":{"x":"a"}})")},
             "a.x"},
        Case{"min_of_other_kind", {file("a", R"({"numRecords":1,"minValues":{"x":"b"},"maxValues":{"x":1}})")}, "a.x"},
        Case{"large_numbers_in_order",
             {file("a", R"({"numRecords":1,"minValues":{"x":9007199254740992},"maxValues":{"x":9007199254740993}})")},
             ""},
        Case{"large_numbers_out_of_order",
             {file("a", R"({"numRecords":1,"minValues":{"x":9007199254740993},"maxValues":{"x":9007199254740992}})")},
             "a.x"},
        Case{
            "more_digits_than_64_bits",
            {file("a",
                  R"({"numRecords":1,"minValues":{"x":-12345678901234567890123456789012345678},"maxValues":{"x":1}})")},
            ""},
        Case{"only_a_minimum", {file("a", R"({"numRecords":1,"minValues":{"x":1},"maxValues":{}})")}, ""},
        Case{"too_many_nulls", {file("a", R"({"numRecords":1,"nullCount":{"x":2}})")}, "null count"},
        Case{"sane_nulls", {file("a", R"({"numRecords":1,"nullCount":{"x":{"y":1}}})")}, ""}),
    [](const auto& info) { return info.param.name; });

TEST(Lint, AFirstVersionHasProtocolAndMetadata) {
  EXPECT_THROW(lint_commit({Protocol{}}, {.first_version = true, .partition_columns = {}}), Error);
  EXPECT_NO_THROW(lint_commit({Protocol{}, Metadata{}}, {.first_version = true, .partition_columns = {}}));
}

TEST(Lint, VectorsNeedTheFeatureAndRows) {
  const AddFile sane = with_dv(file("a", R"({"numRecords":9,"tightBounds":false})"));
  const auto stopped = [](const AddFile& add, bool feature = true) {
    try {
      lint_commit({RemoveFile{.path = "a"}, add}, {.partition_columns = {"p"}, .deletion_vectors = feature});
      return false;
    } catch (const Error&) {
      return true;
    }
  };
  EXPECT_FALSE(stopped(sane));
  EXPECT_TRUE(stopped(sane, false));
  AddFile none = sane, too_many = sane, in_the_log = sane, strange = sane, negative = sane;
  none.deletion_vector->cardinality = 0;
  too_many.deletion_vector->cardinality = 10;
  in_the_log.deletion_vector->storage_type = 'i';
  strange.deletion_vector->storage_type = 'x';
  negative.deletion_vector->offset = -1;
  for (const AddFile& add : {none, too_many, in_the_log, strange, negative}) EXPECT_TRUE(stopped(add));
}

}  // namespace
}  // namespace lakelet::delta
