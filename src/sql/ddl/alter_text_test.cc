#include "sql/ddl/alter_text.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

std::string option(const std::string& rest) {
  std::string quoted = "'";
  for (const char c : rest) quoted.append(c == '\'' ? 2 : 1, c);
  return "SET (\"lakelet.alter\" = " + quoted + "')";
}

TEST(AlterTextTest, WhatTheParserTakesStays) {
  for (const char* text :
       {"ALTER TABLE t ADD COLUMN a INT", "ALTER TABLE 'lake/t' DROP COLUMN a", "ALTER TABLE t RENAME COLUMN a TO b",
        "ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE t ALTER COLUMN a TYPE BIGINT",
        "SELECT 'ALTER TABLE t SET (a = 1)'", "ALTER TABLE t ADD COLUMN s.a INT", "ALTER TABLE t ADD PRIMARY KEY (a)",
        "ALTER TABLE t SET PARTITIONED BY (a)", "ALTER TABLE t RENAME TO u", "ALTER SEQUENCE s OWNED BY t",
        "COMMENT ON TABLE t IS 'x'", "ALTER TABLE t ADD COLUMN a INT DEFAULT 5", "ALTER"}) {
    EXPECT_EQ(rewrite_alter(text), text);
  }
}

TEST(AlterTextTest, WhatItDoesNotTakeTravelsAsAnOption) {
  for (const char* rest :
       {"SET (delta.appendOnly = 'true')", "SET TBLPROPERTIES ('a' = 'b')", "UNSET TBLPROPERTIES IF EXISTS ('a')",
        "RESET (a)", "ADD CONSTRAINT c CHECK (a > 0)", "DROP CONSTRAINT IF EXISTS c", "ADD COLUMN a INT NOT NULL",
        "ADD COLUMN a DECIMAL(10, 2) AFTER b", "ADD a INT COMMENT 'it''s; so'", "ALTER COLUMN a FIRST",
        "ALTER COLUMN s.a TYPE BIGINT", "ALTER s.a SET NOT NULL", "ALTER COLUMN a COMMENT 'x'"}) {
    const std::string head = "ALTER TABLE 'lake/t' ";
    EXPECT_EQ(rewrite_alter(head + rest), head + option(rest));
    EXPECT_EQ(rewrite_alter("SELECT 1; " + head + rest + "; SELECT 2"),
              "SELECT 1; " + head + option(rest) + "; SELECT 2");
  }
  EXPECT_EQ(rewrite_alter("ALTER TABLE IF EXISTS a.b.c SET (x = 1)"),
            "ALTER TABLE IF EXISTS a.b.c " + option("SET (x = 1)"));
  EXPECT_EQ(rewrite_alter("COMMENT ON COLUMN 'lake/t'.a IS 'x'"), "COMMENT ON COLUMN \"lake/t\".a IS 'x'");
  EXPECT_EQ(rewrite_alter("DROP TABLE 'lake/t'"), "DROP TABLE \"lake/t\"");
  EXPECT_EQ(rewrite_alter("drop table if exists 'lake/t';"), "drop table if exists \"lake/t\";");
}

TEST(AlterTextTest, TheRestIsRead) {
  const auto add = std::get<AddColumn>(
      parse_alter("ADD COLUMN IF NOT EXISTS s.\"a b\" DECIMAL(10, 2) NOT NULL COMMENT 'it''s' AFTER c"));
  EXPECT_EQ(add.parent, ColumnPath{"s"});
  EXPECT_EQ(add.field.name, "a b");
  EXPECT_EQ(add.field.type, Type::decimal(10, 2));
  EXPECT_FALSE(add.field.nullable);
  EXPECT_EQ(add.field.doc, "it's");
  EXPECT_EQ(add.position->after, "c");
  EXPECT_TRUE(add.if_not_exists);

  const auto set = std::get<SetProperties>(parse_alter("SET (delta.appendOnly = true, 'delta.x' = 'a=b', n = -5)"));
  EXPECT_EQ(set.properties, (Properties{{"delta.appendOnly", "true"}, {"delta.x", "a=b"}, {"n", "-5"}}));
  const auto unset = std::get<UnsetProperties>(parse_alter("RESET (delta.appendOnly, \"B\")"));
  EXPECT_EQ(unset.names, (std::vector<std::string>{"delta.appendOnly", "B"}));
  const auto constraint = std::get<AddConstraint>(parse_alter("ADD CONSTRAINT c CHECK (f(a) > 0 AND b IN (1, ')'))"));
  EXPECT_EQ(constraint.condition, "f(a) > 0 AND b IN (1, ')')");
  EXPECT_TRUE(std::get<MoveColumn>(parse_alter("ALTER COLUMN a FIRST")).position.after.empty());
  EXPECT_EQ(std::get<SetColumnType>(parse_alter("ALTER a.element SET DATA TYPE BIGINT")).column,
            (ColumnPath{"a", "element"}));
  for (const char* bad : {"SET ()", "SET (a = )", "ADD CONSTRAINT c CHECK (a", "DROP CONSTRAINT", "SET (a = 1) b",
                          "ALTER a.b", "ADD COLUMN a INT AFTER"}) {
    EXPECT_THROW(parse_alter(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace lakelet::sql
