#include "operations/shared_columns.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

using ::testing::HasSubstr;

Field field(std::string name, Type type, std::optional<std::int32_t> id = {}) {
  Field result;
  result.name = std::move(name);
  result.type = std::move(type);
  result.id = id;
  return result;
}

DataFile file(std::string uri, const Schema* columns = nullptr) {
  DataFile result;
  result.uri = std::move(uri);
  if (columns) result.columns = std::make_shared<const Schema>(*columns);
  return result;
}

const Type kInt(TypeKind::Int32);

// What files of these columns come to for a table that goes by `matching`.
class SharedColumnsTest : public ::testing::Test {
 protected:
  Schema settle(const Schema& table, ColumnMatching from, ColumnMatching to, const std::vector<Schema>& files) {
    SharedColumns columns(table, from, {to, {}, partition_columns_});
    int number = 0;
    for (const Schema& each : files) columns.add(file(fmt::format("f{}", number++), mapping_), each, {});
    return columns.finish();
  }
  std::string refusal(const Schema& table, ColumnMatching from, ColumnMatching to, const std::vector<Schema>& files) {
    try {
      settle(table, from, to, files);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
      return error.message();
    }
    return "";
  }
  std::set<std::string> partition_columns_;
  const Schema* mapping_ = nullptr;
};

constexpr auto kByName = ColumnMatching::ByName;
constexpr auto kById = ColumnMatching::ById;

TEST_F(SharedColumnsTest, FilesWithoutIdsAreNamed) {
  Field renamed = field("now", kInt);
  renamed.physical_name = "col-1";
  const Schema stored({field("col-1", kInt), field("b", kInt)});
  const Schema shared = settle(Schema({renamed, field("b", kInt)}), kByName, kById, {stored});
  EXPECT_EQ(shared[0].physical_name, "col-1");
  EXPECT_FALSE(shared[0].id);
  EXPECT_EQ(shared[1].physical_name, "");
}

TEST_F(SharedColumnsTest, IdsOfFilesAreKeptToAndNewOnesGoBeyondThem) {
  const Schema table({field("a", kInt), field("late", kInt)});
  // A column that the table doesn't show any more has the greatest id.
  const Schema stored({field("a", kInt, 3), field("gone", kInt, 9)});
  const Schema shared = settle(table, kByName, kById, {stored});
  EXPECT_EQ(shared[0].id, 3);
  EXPECT_EQ(shared[1].id, 10);
  // One more file without ids: now the names have to tell, too.
  EXPECT_EQ(settle(table, kByName, kById, {stored, Schema({field("a", kInt)})})[0].id, 3);
}

TEST_F(SharedColumnsTest, IdsThatDisagreeAreRefused) {
  const Schema table({field("a", kInt), field("b", kInt)});
  EXPECT_THAT(refusal(table, kByName, kById, {Schema({field("a", kInt, 1)}), Schema({field("a", kInt, 2)})}),
              HasSubstr("has the id 1 in f0, and 2 in f1"));
  EXPECT_THAT(refusal(table, kByName, kById, {Schema({field("a", kInt, 1)}), Schema({field("b", kInt, 1)})}),
              HasSubstr("another column's"));
  EXPECT_THAT(refusal(table, kByName, kById, {Schema({field("a", kInt, 1)}), Schema({field("gone", kInt, 1)})}),
              HasSubstr("dropped or renamed"));
  EXPECT_THAT(refusal(table, kByName, kById, {Schema({field("a", kInt, 1), field("b", kInt)})}),
              HasSubstr("b has no id in f0"));
}

TEST_F(SharedColumnsTest, ElementsNeedIdsOnlyWhereColumnsGoByThem) {
  const Schema table({field("l", Type::list(kInt), 1)});
  const Schema stored({field("l", Type::list(kInt), 1)});
  EXPECT_THAT(refusal(table, kById, kById, {stored}), HasSubstr("element has no id"));
  EXPECT_EQ(refusal(table, kById, kByName, {stored}), "");
}

TEST_F(SharedColumnsTest, OneNameIsEnough) {
  const Schema table({field("now", kInt, 1)});
  const Schema shared = settle(table, kById, kByName, {Schema({field("then", kInt, 1)})});
  EXPECT_EQ(shared[0].physical_name, "then");
  EXPECT_FALSE(shared[0].id);
}

TEST_F(SharedColumnsTest, SeveralNamesAreRefusedWhereNamesTell) {
  const Schema table({field("now", kInt, 1)});
  const Schema before({field("then", kInt, 1)}), after({field("now", kInt, 1)});
  EXPECT_THAT(refusal(table, kById, kByName, {before, after}), HasSubstr("is called 'now' in"));
  EXPECT_EQ(refusal(table, kById, kById, {before, after}), "");
}

TEST_F(SharedColumnsTest, ADroppedColumnsNameIsNotTaken) {
  const Schema table({field("a", kInt, 2)});
  const Schema before({field("a", kInt, 1)}), after({field("a", kInt, 2)});
  EXPECT_THAT(refusal(table, kById, kByName, {before, after}), HasSubstr("another column by the name of a"));
  EXPECT_EQ(refusal(table, kById, kById, {before, after}), "");
}

TEST_F(SharedColumnsTest, TypesAreThoseOfTheFiles) {
  const Schema table({field("s", Type::structure({field("n", TypeKind::Int64)}))});
  const Schema stored({field("s", Type::structure({field("n", kInt)}))});
  EXPECT_THAT(refusal(table, kByName, kById, {stored}), HasSubstr("the column s.n is int in f0"));
  SharedColumns columns(
      table, kByName,
      {kById, [](const Type& a, const Type& b) { return a == kInt && b == Type(TypeKind::Int64); }, {}});
  columns.add(file("f"), stored, {});
  EXPECT_EQ(columns.finish(), table);
  EXPECT_EQ(refusal(Schema({field("n", TypeKind::Int16)}), kByName, kById, {Schema({field("n", kInt)})}), "");
  EXPECT_NE(
      refusal(Schema({field("t", TypeKind::Timestamp)}), kByName, kById, {Schema({field("t", TypeKind::TimestampTz)})}),
      "");
}

TEST_F(SharedColumnsTest, ValuesOfPartitionsNeedAPartition) {
  const Schema table({field("a", kInt), field("p", kInt)});
  const Schema stored({field("a", kInt)});
  SharedColumns still(table, kByName, {kById, {}, {"p"}});
  still.add(file("f"), stored, {"p"});
  EXPECT_EQ(still.finish().size(), 2u);
  SharedColumns no_more(table, kByName, {kById, {}, {}});
  EXPECT_THROW(no_more.add(file("f"), stored, {"p"}), Error);
  Field with_default = field("d", kInt);
  with_default.initial_default = Value(7);
  EXPECT_THAT(refusal(Schema({field("a", kInt), with_default}), kByName, kByName, {stored}), HasSubstr("a default"));
}

}  // namespace
}  // namespace lakelet::operations
