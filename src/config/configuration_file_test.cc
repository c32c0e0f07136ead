#include "config/configuration_file.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::config {
namespace {

ConfigurationFile read(const std::string& text) {
  ConfigurationSource source{"lakelet.yml", text, {}, {}};
  source.variable = [](const std::string& name) -> std::optional<std::string> {
    if (name == "BUCKET") return "bucket";
    if (name == "TABLES") return R"([{"name": "j", "uri": "lake/j"}])";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  source.include = [](const std::string& path) -> std::string {
    if (path == "more.yml") return "tables:\n  - {name: more, uri: lake/more}\n";
    if (path == "deep.yml") return "include: [more.yml]\n";
    throw Error(ErrorCode::NotFound, "there is no " + path);
  };
  return read_configuration(source);
}

std::string failure(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    return error.message();
  }
  ADD_FAILURE() << "no error: " << text;
  return {};
}

TEST(ConfigurationFileTest, TablesAsLaketowerHasThem) {
  const auto file = read(
      "tables:\n"
      "  - name: sample_table\n    uri: demo/sample_table\n    format: delta\n"
      "  - name: weather\n    uri: s3://${BUCKET}/x-${BUCKET}\n"
      "queries:\n  - name: all\n    sql: select '${NOT_SET}'\nsettings: {env: NOT_SET}\n");
  ASSERT_EQ(file.tables.size(), 2u);
  EXPECT_EQ(file.tables[0].name, "sample_table");
  EXPECT_EQ(file.tables[0].uri, "demo/sample_table");
  EXPECT_EQ(file.tables[0].format, "delta");
  EXPECT_EQ(file.tables[0].where, "lakelet.yml:2");
  EXPECT_EQ(file.tables[1].uri, "s3://bucket/x-bucket");
  EXPECT_EQ(file.tables[1].format, "");
}

TEST(ConfigurationFileTest, VariablesAndIncludedFiles) {
  EXPECT_EQ(read("tables: {env: TABLES}").tables.at(0).uri, "lake/j");
  EXPECT_EQ(read("tables: [{name: a, uri: {env: BUCKET}}]").tables.at(0).uri, "bucket");
  EXPECT_EQ(read("tables: [{name: a, uri: 'x${'}]").tables.at(0).uri, "x${");
  const auto file = read("include: [more.yml]\ntables:\n  - {name: a, uri: b}\n");
  ASSERT_EQ(file.tables.size(), 2u);
  EXPECT_EQ(file.tables[0].name, "more");
  EXPECT_EQ(file.tables[0].where, "more.yml:2");
  EXPECT_TRUE(read("").tables.empty());
  EXPECT_TRUE(read("# nothing\n").tables.empty());
  EXPECT_TRUE(read("tables:\n").tables.empty());
}

TEST(ConfigurationFileTest, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_EQ(failure("tables:\n  - name: a\n"), "lakelet.yml:2: a table has no uri");
  EXPECT_EQ(failure("tables:\n  - {name: a, uri: b}\n  - {name: a, uri: c}\n"),
            "lakelet.yml:3: there is a table 'a' already (lakelet.yml:2)");
  EXPECT_EQ(failure("\ntables:\n  - name: a\n    uri: ${NOT_SET}\n"),
            "lakelet.yml:4: the environment variable NOT_SET is not set");
  EXPECT_EQ(failure("tables:\n  - name: a\n    uri: {env: NOT_SET}\n"),
            "lakelet.yml:3: the environment variable NOT_SET is not set");
  EXPECT_EQ(failure("tables:\n  - name: a\n    uri: {env: EMPTY}\n"), "lakelet.yml:3: a table has an empty uri");
  EXPECT_EQ(failure("tables: a\n"), "lakelet.yml:1: tables must be a list: - name: ..., uri: ...");
  EXPECT_EQ(failure("tables:\n  - a\n"), "lakelet.yml:2: a table is a mapping: name: ..., uri: ...");
  EXPECT_EQ(failure("tables:\n  - name: [a]\n    uri: b\n"), "lakelet.yml:2: name must be a text");
  EXPECT_EQ(failure("- a\n"), "lakelet.yml:1: a configuration is a mapping with keys such as tables:");
  EXPECT_EQ(failure("include: more.yml\n"), "lakelet.yml:1: include must be a list of files");
  EXPECT_EQ(failure("x: 1\ninclude: [none.yml]\n"), "lakelet.yml:2: there is no none.yml");
  EXPECT_EQ(failure("include: [deep.yml]\n"), "deep.yml:1: an included file can't include others");
  EXPECT_TRUE(failure("tables:\n  - name: 'a\n").starts_with("lakelet.yml:")) << failure("tables:\n  - name: 'a\n");
  EXPECT_TRUE(failure("a: b: c\n").starts_with("lakelet.yml:1: "));
}

}  // namespace
}  // namespace lakelet::config
