#include "config/configuration_file.h"

#include <gtest/gtest.h>

#include "config/config_text.h"
#include "config/query_edit.h"
#include "lakelet/error.h"

namespace lakelet::config {
namespace {

ConfigurationSource source_of(const std::string& text) {
  ConfigurationSource source{"lakelet.yml", text, {}, {}};
  source.variable = [](const std::string& name) -> std::optional<std::string> {
    if (name == "BUCKET") return "bucket";
    if (name == "TABLES") return R"([{"name": "j", "uri": "lake/j"}])";
    if (name == "EMPTY") return "";
    if (name == "SECRET") return "the secret";
    return std::nullopt;
  };
  source.include = [](const std::string& path) -> std::string {
    if (path == "more.yml") return "tables:\n  - {name: more, uri: lake/more}\n";
    if (path == "shared.yml") {
      return "queries:\n  - {name: a, title: 'A of ${BUCKET}', sql: select 0}\n"
             "settings:\n  max_query_rows: 50\n  web:\n    other: 1\n";
    }
    if (path == "deep.yml") return "include: [more.yml]\n";
    throw Error(ErrorCode::NotFound, "there is no " + path);
  };
  return source;
}

std::vector<ConfiguredTable> read(const std::string& text) {
  const ConfigurationSource source = source_of(text);
  return read_tables(merged_document(source), source.variable);
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
  ASSERT_EQ(file.size(), 2u);
  EXPECT_EQ(file[0].name, "sample_table");
  EXPECT_EQ(file[0].uri, "demo/sample_table");
  EXPECT_EQ(file[0].format, "delta");
  EXPECT_EQ(file[0].where, "lakelet.yml:2");
  EXPECT_EQ(file[1].uri, "s3://bucket/x-bucket");
  EXPECT_EQ(file[1].format, "");
}

TEST(ConfigurationFileTest, VariablesAndIncludedFiles) {
  EXPECT_EQ(read("tables: {env: TABLES}").at(0).uri, "lake/j");
  EXPECT_EQ(read("tables: [{name: a, uri: {env: BUCKET}}]").at(0).uri, "bucket");
  EXPECT_EQ(read("tables: [{name: a, uri: 'x${'}]").at(0).uri, "x${");
  const auto file = read("include: [more.yml]\ntables:\n  - {name: a, uri: b}\n");
  ASSERT_EQ(file.size(), 2u);
  EXPECT_EQ(file[0].name, "more");
  EXPECT_EQ(file[0].where, "more.yml:2");
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("# nothing\n").empty());
  EXPECT_TRUE(read("tables:\n").empty());
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

TEST(ConfigurationFileTest, QueriesAndSettings) {
  const ConfigurationSource source = source_of(
      "include: [shared.yml]\nsettings:\n  web: {hide_tables: true}\nqueries:\n"
      "  - name: b\n    sql: select 1\n    totals_row: yes\n    parameters:\n      x: {default: 2025-01-01}\n      "
      "y:\n");
  const ConfigNode document = merged_document(source);
  const auto queries = read_queries(document, source.variable);
  ASSERT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[0].name, "a");
  EXPECT_EQ(queries[0].title, "A of bucket");
  EXPECT_EQ(queries[0].where, "shared.yml:2");
  EXPECT_EQ(queries[1].title, "b");
  EXPECT_TRUE(queries[1].totals_row);
  ASSERT_EQ(queries[1].parameters.size(), 2u);
  EXPECT_EQ(queries[1].parameters[0].default_value, "2025-01-01");
  EXPECT_EQ(queries[1].parameters[1].default_value, std::nullopt);
  const auto settings = read_settings(document, source.variable);
  EXPECT_TRUE(settings.hide_tables);
  EXPECT_EQ(settings.max_query_rows, 50);  // deep: the other file's, whose `web` isn't ours
}

std::vector<std::string> problems(const std::string& text) {
  std::vector<std::string> out;
  for (const auto& one : find_problems(source_of(text), {"delta"})) {
    out.push_back((one.wrong ? "" : "? ") + one.where + ": " + one.message);
  }
  return out;
}

TEST(ConfigurationFileTest, AllProblemsWithTheirLines) {
  using Problems = std::vector<std::string>;
  EXPECT_EQ(problems("tables:\n  - {name: a, uri: b}\n"), Problems{});
  EXPECT_EQ(
      problems("tabels: []\ntables:\n  - name: a\n  - {name: b, uri: c, format: x}\nqueries:\n  - name: q\n"
               "settings:\n  max_query_rows: many\n"),
      (Problems{"? lakelet.yml:1: nothing takes notice of tabels", "lakelet.yml:3: a table has no uri",
                "lakelet.yml:4: the table 'b' has format 'x', which isn't one", "lakelet.yml:6: a query has no sql",
                "lakelet.yml:8: max_query_rows must be a whole number above 0"}));
  EXPECT_EQ(problems("storage_credentials:\n  k:\n    s3: {access_key_id: a}\ntables:\n"
                     "  - {name: a, uri: b, storage_credential: other}\n"),
            (Problems{"lakelet.yml:3: s3 has no secret_access_key",
                      "lakelet.yml:5: the table 'a' names the storage credential 'other', which isn't there"}));
  EXPECT_EQ(problems("tables: [{name: a, uri: b}, {name: a, uri: c}]"),
            Problems{"lakelet.yml:1: there is a table 'a' already (lakelet.yml:1)"});
  EXPECT_EQ(problems("a: 1\na: 2\n"), Problems{"lakelet.yml:2: the key 'a' is there twice"});
  EXPECT_EQ(problems("queries: 5\n"), Problems{"lakelet.yml:1: queries must be a list: - name: ..., sql: ..."});
  EXPECT_EQ(problems("- 1\n"), Problems{"lakelet.yml:1: a configuration is a mapping with keys such as tables:"});
}

TEST(ConfigurationFileTest, SecretsAreNeverShown) {
  const std::string text =
      "storage_credentials:\n  token_store:\n    s3:\n      access_key_id: id\n      secret_access_key: ${SECRET}\n"
      "      endpoint_url: https://me:hush@host/x\n  az:\n    adls:\n      account_name: n\n      access_key: hush\n"
      "      sas_key: {env: SECRET}\ntables:\n  - {name: a, uri: 'https://host/t?sig=hush&x=1'}\n"
      "queries:\n  - name: q\n    sql: |\n      select token\n      from a\n";
  const std::string shown = shown_document(source_of(text), false);
  EXPECT_EQ(shown.find("hush"), std::string::npos) << shown;
  EXPECT_NE(shown.find("secret_access_key: \"${SECRET}\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("env: SECRET"), std::string::npos) << shown;
  EXPECT_NE(shown.find("https://me:***@host/x"), std::string::npos) << shown;
  EXPECT_NE(shown.find("sql: |\n      select token\n      from a\n"), std::string::npos) << shown;
  const std::string substituted = shown_document(source_of(text), true);
  EXPECT_EQ(substituted.find("hush"), std::string::npos) << substituted;
  EXPECT_EQ(substituted.find("the secret"), std::string::npos) << substituted;
}

constexpr const char* kCatalogs =
    "catalogs:\n"
    "  token:\n    uri: iceberg+https://h\n    token: ${SECRET}\n    scope: all\n"
    "  other: {uri: 'iceberg+https://o?token=hush', credential: 'me:hush', headers: {X-A: hush, X-B: {env: SECRET}}}\n"
    "  unset:\n    uri: iceberg+https://u\n    token: {env: NOT_SET}\n";

TEST(ConfigurationFileTest, CatalogsThatAreWanted) {
  const ConfigurationSource source = source_of(kCatalogs);
  const auto some = [&](const std::string& sign) {
    return read_catalogs(merged_document(source), source.variable,
                         [&](const std::string& uri) { return uri.find(sign) != std::string::npos; });
  };
  const auto found = some("/h");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].uri, "iceberg+https://h");
  EXPECT_EQ(found[0].where, "lakelet.yml:3");
  EXPECT_EQ(found[0].options, (std::map<std::string, std::string>{{"token", "the secret"}, {"scope", "all"}}));
  EXPECT_EQ(some("/o").at(0).options.at("header.X-B"), "the secret");
  EXPECT_THROW(some("/u"), Error);
  EXPECT_TRUE(read_catalogs(merged_document(source_of("tables: []\n")), {}, {}).empty());
}

TEST(ConfigurationFileTest, CatalogsThatAreWrong) {
  using Problems = std::vector<std::string>;
  EXPECT_EQ(
      problems("catalogs:\n  a: {uri: x, tokn: y}\n  b:\n    token: y\n  c: 5\n  d:\n    uri: x\n    headers: 7\n"
               "  e:\n    uri: x\n    token: ${NOT_SET}\n"),
      (Problems{"? lakelet.yml:2: nothing takes notice of a catalog's tokn", "lakelet.yml:4: a catalog has no uri",
                "lakelet.yml:5: a catalog is a mapping: uri: ..., token: ...",
                "lakelet.yml:8: headers is a mapping: NAME: VALUE",
                "lakelet.yml:11: the environment variable NOT_SET is not set"}));
  EXPECT_EQ(problems("catalogs: [a]\n"),
            Problems{"lakelet.yml:1: catalogs is a mapping: NAME: {uri: ..., token: ...}"});
}

TEST(ConfigurationFileTest, SecretsOfCatalogsAreNeverShown) {
  const std::string shown = shown_document(source_of(kCatalogs), false);
  EXPECT_EQ(shown.find("hush"), std::string::npos) << shown;
  for (const char* kept : {"iceberg+https://h", "${SECRET}", "scope: all", "env: NOT_SET", "X-A: "}) {
    EXPECT_NE(shown.find(kept), std::string::npos) << kept << shown;
  }
  const std::string known = std::string(kCatalogs).substr(0, std::string(kCatalogs).find("  unset"));
  const std::string substituted = shown_document(source_of(known), true);
  EXPECT_EQ(substituted.find("hush"), std::string::npos) << substituted;
  EXPECT_EQ(substituted.find("the secret"), std::string::npos) << substituted;
}

TEST(ConfigurationFileTest, WrittenYamlReadsTheSame) {
  for (const char* text :
       {"a: 1\nb: '1'\nc: 'true'\nd: true\ne:\nf: []\ng: {}\n", "a:\n  - - 1\n    - 2\n  - {x: {y: [z]}}\n",
        "a: 'x: y'\nb: '# no'\nc: \"\\t tab\\x01\"\nd: ' lead'\ne: 'trail '\nf: ''\n",
        "a: |\n  one\n\n  two\nb: |-\n  x\n  y\n", "'a: b': 'c'\n'': d\nя: шалом\n", "a: \"x\\n  \\ny\"\n- : b\n",
        "a: '- x'\nb: '&x'\nc: '*x'\nd: '%'\ne: '@a'\n"}) {
    ConfigNode node;
    try {
      node = parse_yaml("x", text);
    } catch (const Error&) {
      continue;
    }
    EXPECT_TRUE(same_values(parse_yaml("y", yaml_text(node)), node)) << text << "\n" << yaml_text(node);
  }
}

SavedQuery query(const std::string& name, const std::string& sql) {
  SavedQuery out;
  out.name = name;
  out.sql = sql;
  return out;
}

TEST(QueryEditTest, TheRestOfTheFileStays) {
  const std::string file =
      "# ours\ntables:\n  - name: a  # here\n    uri: b\n\nqueries:\n  - name: first\n    sql: |\n      select 1\n\n"
      "      union all select 2\n  # the second\n  - {name: second, sql: select 2}\n\nsettings:\n  max_query_rows: 5\n";
  SavedQuery third = query("third", "select $x\nfrom a  \n\n");
  third.title = "The third: #3";
  third.totals_row = true;
  third.parameters = {{"x", "1"}, {"y", std::nullopt}};
  EXPECT_EQ(
      with_query("f", file, third, false),
      "# ours\ntables:\n  - name: a  # here\n    uri: b\n\nqueries:\n  - name: first\n    sql: |\n      select 1\n\n"
      "      union all select 2\n  # the second\n  - {name: second, sql: select 2}\n"
      "  - name: third\n    title: \"The third: #3\"\n    totals_row: true\n    parameters:\n      x:\n"
      "        default: \"1\"\n      \"y\": {}\n    sql: |\n      select $x\n      from a\n"
      "\nsettings:\n  max_query_rows: 5\n");
  const std::string replaced = with_query("f", file, query("first", "select 9"), true);
  EXPECT_NE(replaced.find("queries:\n  - name: first\n    sql: select 9\n  # the second\n  - {name: second"),
            std::string::npos)
      << replaced;
  EXPECT_THROW(with_query("f", file, query("first", "select 9"), false), Error);
}

TEST(QueryEditTest, FilesWithoutQueriesAndThoseThatCannotBeEdited) {
  EXPECT_EQ(with_query("f", "", query("q", "select 1"), false), "queries:\n  - name: q\n    sql: select 1\n");
  EXPECT_EQ(with_query("f", "tables: []", query("q", "select 1"), false),
            "tables: []\n\nqueries:\n  - name: q\n    sql: select 1\n");
  EXPECT_EQ(with_query("f", "queries: []\ntables: []\n", query("q", "select 1"), false),
            "queries:\n  - name: q\n    sql: select 1\ntables: []\n");
  EXPECT_EQ(with_query("f", "queries:\n- name: a\n  sql: x\n", query("q", "select 1"), false),
            "queries:\n- name: a\n  sql: x\n- name: q\n  sql: select 1\n");
  for (const char* file : {"queries: [{name: a, sql: b}]\n", "queries: {env: QUERIES}\n", "{queries: []}\n"}) {
    EXPECT_THROW(with_query("f", file, query("q", "select 1"), false), Error) << file;
  }
  EXPECT_THROW(with_query("f", "", query("q", "select '${x}'"), false), Error);
  EXPECT_THROW(with_query("f", "", query("", "select 1"), false), Error);
  EXPECT_THROW(with_query("f", "", query("q", " "), false), Error);
}

TEST(QueryEditTest, WhateverTheTextItIsReadBack) {
  for (const std::string sql :
       {"select '\t' as tab,\n\t1", "select 'naïve — \"quoted\"' -- # : \\", "-- a\n\n\nselect 1;\n",
        "select 1 \\\n  as \"x: y\"", "'quoted'", "# x", "1", "true\r\nfalse",
        "a\x01"
        "b"}) {
    SavedQuery given = query("n: \"x\" #", sql);
    given.description = sql;
    const std::string text = with_query("f", "tables: []\n", given, false);
    const auto read = read_queries(parse_yaml("f", text), {});
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].name, given.name);
    EXPECT_EQ(read[0].description, sql);
  }
}

}  // namespace
}  // namespace lakelet::config
