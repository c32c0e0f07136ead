#include "sql/session/lost_race.h"

#include <gtest/gtest.h>

#include <duckdb/parser/parser.hpp>

namespace lakelet::sql {
namespace {

bool again(const std::string& text) {
  duckdb::Parser parser;
  parser.ParseQuery(text);
  return may_run_again(*parser.statements.at(0));
}

TEST(LostRace, OnlyValuesThatNothingStoredHasAPartIn) {
  EXPECT_TRUE(again("INSERT INTO 'a/b' VALUES (1, 'x' || 'y'), (2, DEFAULT)"));
  EXPECT_TRUE(again("INSERT INTO 'a/b' (v) VALUES ($1), (now()) RETURNING id"));
  EXPECT_FALSE(again("INSERT INTO 'a/b' VALUES (1 + (SELECT max(x) FROM 'a/b'))"));
  EXPECT_FALSE(again("INSERT INTO 'a/b' FROM read_csv('/dev/stdin')"));
  EXPECT_FALSE(again("INSERT INTO 'a/b' SELECT 1"));
  EXPECT_FALSE(again("UPDATE 'a/b' SET x = 1"));
  EXPECT_FALSE(again("DELETE FROM 'a/b'"));
}

TEST(LostRace, OnlyConflictsInTimeAndOnNoVersionOfTheirOwn) {
  const Error conflict(ErrorCode::Conflict, "lost");
  CommitOptions options;
  LostRaces races(options);
  EXPECT_TRUE(races.another_run(conflict));
  EXPECT_TRUE(races.another_run(conflict));
  EXPECT_FALSE(races.another_run(Error(ErrorCode::CommitUnknown, "nobody knows")));
  EXPECT_FALSE(races.another_run(Error(ErrorCode::ConstraintViolation, "no")));
  CommitOptions no_time;
  no_time.retry_budget = std::chrono::milliseconds(0);
  EXPECT_FALSE(LostRaces(no_time).another_run(conflict));
  CommitOptions one_version;
  one_version.if_version = 5;
  EXPECT_FALSE(LostRaces(one_version).another_run(conflict));
  options.cancellation.cancel();
  EXPECT_THROW(races.another_run(conflict), Error);
}

}  // namespace
}  // namespace lakelet::sql
