// Random histories of tables that record their changes and track their rows: what the feed says of each commit is the
// difference of its two versions, and rows keep their ids and versions as a model in a plain table says.
#include <fmt/format.h>

#include "sql/change/random_statements_fixture.h"

namespace lakelet::sql {
namespace {

class RandomRecordTest : public RandomStatements {
 protected:
  std::string number() { return below(6) == 0 ? "NULL" : std::to_string(below(20)); }
  std::string row(const std::string& k) {
    return fmt::format("({}, {}, {})", k, one_of({"'a'", "'b'", "NULL", "'x/y'"}),
                       one_of({"NULL", "''", "'s'", "'t'"}));
  }
  std::string condition(const std::string& of = "") {
    const std::string n = std::to_string(below(20));
    switch (below(6)) {
      case 0:
        return of + "k = " + n;
      case 1:
        return of + "k < " + n;
      case 2:
        return of + "p = 'a'";
      case 3:
        return of + "p IS NULL OR " + of + "s = 't'";
      case 4:
        return of + "k IS NULL";
      default:
        return "true";
    }
  }
  std::string assignment(const std::string& of = "") {
    return below(4) == 0 ? "s = " + of + "p" : one_of({"s = 'u'", "p = 'b'", "p = NULL", "k = 7"});
  }
  std::string merge() {
    const std::vector<int> keys = shuffled(20);
    std::string source = "(NULL, 'a', 'n')";
    for (int i = below(8); i > 0; --i) source += ", " + row(std::to_string(keys[i]));
    std::string text =
        "MERGE INTO $T AS target USING (VALUES " + source + ") AS source(k, p, s) ON target.k = source.k";
    const std::size_t before = text.size();
    if (below(2)) text += " WHEN MATCHED AND " + condition("target.") + " THEN DELETE";
    if (below(3)) text += " WHEN MATCHED THEN UPDATE SET " + assignment("source.") + "$V";
    if (below(2)) text += " WHEN NOT MATCHED THEN INSERT (k, p, s) VALUES (source.k, source.p, source.s)";
    if (below(4) == 0) text += " WHEN NOT MATCHED BY SOURCE AND " + condition("target.") + " THEN DELETE";
    return text.size() == before ? text + " WHEN MATCHED THEN DELETE" : text;
  }
  std::string statement() {
    switch (below(7)) {
      case 0:
        return "INSERT INTO $T (k, p, s) SELECT k, p, s FROM $T WHERE " + condition();
      case 1:
        return "DELETE FROM $T WHERE " + condition();
      case 2:
      case 3:
        return "UPDATE $T SET " + assignment() + "$V WHERE " + condition();
      case 4:
        return "INSERT INTO $T (k, p, s) VALUES " + row(number()) + ", " + row(number()) + ", " + row(number());
      default:
        return merge();
    }
  }
  std::string version() { return value("SELECT max(version) FROM lake_history(" + t_ + ")"); }

  // One commit of some statements, on the table and on the model.
  void step() {
    const int statements = below(3) == 0 ? 2 + below(3) : 1;
    const std::int64_t next = std::stoll(version()) + 1;
    const std::string most = value("SELECT coalesce(max(_row_id), -1) FROM lake_scan(" + t_ + ", row_ids => true)");
    std::string said;
    if (statements > 1) run("BEGIN");
    for (int i = 0; i < statements; ++i) {
      const std::string text = statement();
      said += text + ";\n";
      run(with(with(text, "$T", t_), "$V", ""));
      if (statements > 1) continue;
      run(with(with(text, "$T", "model"), "$V", fmt::format(", version = {}", next)));
    }
    if (statements > 1) run("COMMIT");
    SCOPED_TRACE(said);
    if (std::stoll(version()) != next) return;  // nothing changed
    check_feed(next);
    statements > 1 ? model_from_table() : check_ids(next, most);
  }

  void model_from_table() {
    run("CREATE OR REPLACE TEMP TABLE model AS SELECT k, p, s, _row_id AS id, _row_version AS version FROM "
        "lake_scan(" +
        t_ + ", row_ids => true)");
    EXPECT_EQ(value("SELECT count(*) - count(DISTINCT id) FROM model"), "0");
  }

  void check_feed(std::int64_t version) {
    const std::string feed = fmt::format("lake_changes({0}, {1}, {1})", t_, version);
    const auto at = [&](std::int64_t v) { return fmt::format("SELECT k, p, s FROM {} AT (VERSION => {})", t_, v); };
    const auto of = [&](const char* types) {
      return fmt::format("SELECT k, p, s FROM {} WHERE _change_type IN ({})", feed, types);
    };
    const std::string gone = of("'delete', 'update_preimage'"), come = of("'insert', 'update_postimage'");
    // before + come = after + gone
    const std::string left = fmt::format("({} UNION ALL {})", at(version - 1), come);
    const std::string right = fmt::format("({} UNION ALL {})", at(version), gone);
    EXPECT_THAT(rows(fmt::format("{} EXCEPT ALL {}", left, right)), testing::IsEmpty());
    EXPECT_THAT(rows(fmt::format("{} EXCEPT ALL {}", right, left)), testing::IsEmpty());
    // No more is told than was there.
    EXPECT_THAT(rows(fmt::format("({}) EXCEPT ALL ({})", gone, at(version - 1))), testing::IsEmpty());
    EXPECT_THAT(rows(fmt::format("({}) EXCEPT ALL ({})", come, at(version))), testing::IsEmpty());
    EXPECT_EQ(value(fmt::format("SELECT count(*) FROM {} WHERE _change_type = 'update_preimage'", feed)),
              value(fmt::format("SELECT count(*) FROM {} WHERE _change_type = 'update_postimage'", feed)));
  }

  void check_ids(std::int64_t version, const std::string& most) {
    const std::string now = "SELECT k, p, s, _row_id, _row_version FROM lake_scan(" + t_ + ", row_ids => true)";
    const std::string kept = now + " WHERE _row_id <= " + most, wanted = "SELECT * FROM model WHERE id IS NOT NULL";
    EXPECT_THAT(rows(fmt::format("({}) EXCEPT ALL ({})", kept, wanted)), testing::IsEmpty());
    EXPECT_THAT(rows(fmt::format("({}) EXCEPT ALL ({})", wanted, kept)), testing::IsEmpty());
    EXPECT_EQ(value("SELECT count(*) FROM (" + now + ") WHERE _row_id > " + most),
              value("SELECT count(*) FROM model WHERE id IS NULL"));
    EXPECT_EQ(
        value(fmt::format("SELECT count(*) FROM ({}) WHERE _row_id > {} AND _row_version <> {}", now, most, version)),
        "0");
    model_from_table();
  }

  std::string t_;
};

TEST_P(RandomRecordTest, FeedAndIdsAreThoseOfTheCommits) {
  t_ = make_table(
      "t", "k bigint, p string, s string", GetParam().partition_by(),
      {{"memory.rowRemoval", GetParam().removal}, {"memory.changeFeed", "files"}, {"memory.rowIds", "kept id"}});
  execute("INSERT INTO " + t_ +
          " VALUES (1, 'a', 's'), (2, 'b', NULL), (2, 'b', NULL), (3, NULL, 't'), (NULL, 'a', '')");
  model_from_table();
  for (int i = 0; i < 25 && !HasFailure(); ++i) step();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRecordTest, ::testing::ValuesIn(random_cases(6)));

}  // namespace
}  // namespace lakelet::sql
