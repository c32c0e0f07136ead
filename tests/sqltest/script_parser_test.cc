#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "result_check.h"
#include "script.h"

namespace lakelet::sqltest {
namespace {

TEST(ScriptParser, ReadsStatementsQueriesAndLoops) {
  const auto script = parse_script(
      "x.test",
      "# name: x\n\nrequire parquet\n\nstatement ok\ncreate table t (i int);\n\n"
      "loop i 0 3\n\nstatement error con1\ninsert into t\nvalues (${i})\n----\nno such thing\n\nendloop\n\n"
      "query IT rowsort label1\nselect * from t\n----\n1\ta\n2\tb\n");
  ASSERT_EQ(script.commands.size(), 4u);
  EXPECT_EQ(script.commands[0].kind, CommandKind::Require);
  EXPECT_EQ(script.commands[1].sql, "create table t (i int);");
  const Command& loop = script.commands[2];
  EXPECT_THAT(loop.values, testing::ElementsAre("0", "1", "2"));
  ASSERT_EQ(loop.body.size(), 1u);
  EXPECT_EQ(loop.body[0].expectation, Expectation::Error);
  EXPECT_EQ(loop.body[0].connection, "con1");
  EXPECT_EQ(loop.body[0].sql, "insert into t\nvalues (${i})");
  EXPECT_THAT(loop.body[0].expected, testing::ElementsAre("no such thing"));
  EXPECT_EQ(script.commands[3].sort, SortMode::Rows);
  EXPECT_EQ(script.commands[3].label, "label1");
  EXPECT_THAT(script.commands[3].expected, testing::ElementsAre("1\ta", "2\tb"));
}

TEST(ScriptParser, NamesTheLineOfWhatItDoesNotKnow) {
  try {
    parse_script("x.test", "statement ok\nselect 1\n\nfly me\n");
    FAIL() << "it should have been refused";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "x.test:4: unknown command 'fly'");
  }
  EXPECT_THROW(parse_script("x.test", "loop i 0 3\n\nstatement ok\nselect 1\n"), std::runtime_error);
}

Command query(const std::string& types, std::vector<std::string> expected, SortMode sort = SortMode::None) {
  Command command;
  command.kind = CommandKind::Query;
  command.types = types;
  command.sort = sort;
  command.has_expected = true;
  command.expected = std::move(expected);
  return command;
}

TEST(ResultCheck, ComparesRowsAndValues) {
  const ResultText two_rows{2, {"1", "a", "2", "b"}};
  EXPECT_EQ(check_result(query("IT", {"1\ta", "2\tb"}), two_rows), "");
  EXPECT_EQ(check_result(query("IT", {"1", "a", "2", "b"}), two_rows), "");
  EXPECT_EQ(check_result(query("IT", {"2\tb", "1\ta"}, SortMode::Rows), two_rows), "");
  EXPECT_NE(check_result(query("IT", {"2\tb", "1\ta"}), two_rows), "");
  EXPECT_NE(check_result(query("IT", {"1\ta"}), two_rows), "");
  EXPECT_NE(check_result(query("I", {"1"}), two_rows), "");
  EXPECT_NE(check_result(query("I", {"0"}), ResultText{1, {"NULL"}}), "");
  EXPECT_EQ(check_result(query("R", {"1.5"}), ResultText{1, {"1.50"}}), "");
  EXPECT_EQ(check_result(query("T", {"<REGEX>:a.*c"}), ResultText{1, {"abc"}}), "");
}

TEST(ResultCheck, HashesAsTheDialectDoes) {
  // printf '1\n2\n' | md5sum
  EXPECT_EQ(hash_of({"1", "2"}), "6ddb4095eb719e2a9f0a3f95677d24e0");
}

TEST(ResultCheck, MatchesErrors) {
  EXPECT_TRUE(matches_error({"no table"}, "there is no table here"));
  EXPECT_FALSE(matches_error({"no view"}, "there is no table here"));
  EXPECT_TRUE(matches_error({"<REGEX>:th.*table"}, "there is no table here"));
}

}  // namespace
}  // namespace lakelet::sqltest
