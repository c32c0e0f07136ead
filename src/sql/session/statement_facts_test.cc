#include "sql/session/statement_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <duckdb/parser/parser.hpp>

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;

StatementFacts facts(const std::string& text) {
  duckdb::Parser parser;
  parser.ParseQuery(text);
  return facts_of(*parser.statements.at(0));
}

TEST(StatementFacts, KnowsWhatChangesRows) {
  EXPECT_EQ(facts("INSERT INTO 'a/b' VALUES (1)").operation, Operation::Append);
  EXPECT_EQ(facts("INSERT INTO 'a/b' VALUES (1)").target, "a/b");
  EXPECT_EQ(facts("EXPLAIN DELETE FROM 'a/b'").operation, Operation::Delete);
  EXPECT_EQ(facts("UPDATE 'a/b' SET x = 1").predicate, std::nullopt);
  EXPECT_EQ(facts("CREATE TABLE 'a/b' AS SELECT 1 AS a").operation, Operation::Create);
  EXPECT_EQ(facts("SELECT 1").operation, std::nullopt);
  EXPECT_EQ(facts("CREATE VIEW v AS SELECT 1").operation, std::nullopt);
}

TEST(StatementFacts, QuotesPredicates) {
  EXPECT_EQ(facts("DELETE FROM 'a/b' WHERE x > 1").predicate, "(x > 1)");
  EXPECT_EQ(facts("UPDATE 'a/b' SET x = 1 WHERE y IS NULL").predicate, "(y IS NULL)");
}

TEST(StatementFacts, TellsAMergesClausesAndKeys) {
  const auto merge = facts(
      "MERGE INTO 'a/b' AS t USING s ON t.id = s.key AND t.day = s.day WHEN MATCHED AND s.x THEN DELETE "
      "WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT WHEN NOT MATCHED BY SOURCE THEN UPDATE SET x = 1");
  EXPECT_EQ(merge.operation, Operation::Merge);
  EXPECT_THAT(merge.key_columns, ElementsAre("id", "day"));
  ASSERT_EQ(merge.merge_clauses.size(), 3u);
  EXPECT_EQ(merge.merge_clauses[0].match, MergeMatch::Matched);
  EXPECT_EQ(merge.merge_clauses[0].action, MergeAction::Delete);
  EXPECT_EQ(merge.merge_clauses[0].condition, "s.x");
  EXPECT_THAT(facts("MERGE INTO 'a/b' USING s USING (id) WHEN MATCHED THEN DELETE").key_columns, ElementsAre("id"));
}

}  // namespace
}  // namespace lakelet::sql
