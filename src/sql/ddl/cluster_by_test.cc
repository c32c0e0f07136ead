#include "sql/ddl/cluster_by.h"

#include <gtest/gtest.h>

#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/statement/create_statement.hpp>

#include "lakelet/error.h"
#include "sql/ddl/alter_text.h"

namespace lakelet::sql {
namespace {

std::optional<std::string> of(const std::string& text) {
  duckdb::Parser parser;
  parser.ParseQuery(rewrite_cluster_by(text));
  return clustering_of(parser.statements.back()->Cast<duckdb::CreateStatement>().info->Cast<duckdb::CreateTableInfo>());
}

TEST(ClusterBy, OfANewTable) {
  EXPECT_EQ(of("CREATE TABLE 'a/b' (a INT, b INT) CLUSTER BY (a, B)"), "a, B");
  EXPECT_EQ(of("create or replace table t (a INT) cluster  by (a) WITH (x = 1)"), "a");
  EXPECT_EQ(of("CREATE TABLE t CLUSTER BY (s.x, \"odd, name\") AS SELECT 1 AS a"), "s.x, `odd, name`");
  EXPECT_EQ(of("SELECT 'CLUSTER BY (a)'; CREATE TABLE IF NOT EXISTS t (a INT) CLUSTER BY (a)"), "a");
  EXPECT_EQ(of("CREATE TABLE t (a INT) PARTITIONED BY (a)"), std::nullopt);
  EXPECT_EQ(of("CREATE TABLE t (a INT) SORTED BY (a)"), std::nullopt);
  EXPECT_THROW(of("CREATE TABLE t (a INT) CLUSTER BY (a + 1)"), Error);
}

TEST(ClusterBy, OtherTextStays) {
  for (const char* text : {"SELECT cluster BY FROM t", "CREATE TABLE t AS SELECT 1 AS cluster", "cluster",
                           "CREATE TABLE t (cluster INT DEFAULT 5)", "CREATE TABLE t (a INT) CLUSTER BY a"}) {
    EXPECT_EQ(rewrite_cluster_by(text), text);
  }
}

TEST(ClusterBy, OfATableThatIsThere) {
  const auto value = [](const std::string& rest) {
    return std::get<SetProperties>(parse_alter(rest)).properties.at("lakelet.clusterBy");
  };
  EXPECT_EQ(value("CLUSTER BY (a, s.\"b c\")"), "a, s.`b c`");
  EXPECT_EQ(value("CLUSTER BY NONE"), "");
  EXPECT_THROW(parse_alter("CLUSTER BY a"), Error);
  EXPECT_EQ(rewrite_alter("ALTER TABLE t CLUSTER BY (a)"), "ALTER TABLE t SET (\"lakelet.alter\" = 'CLUSTER BY (a)')");
}

}  // namespace
}  // namespace lakelet::sql
