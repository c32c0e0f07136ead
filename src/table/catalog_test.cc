#include "table/catalog.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

TEST(CatalogTableUri, NamesComeBackAsTheyWere) {
  for (const auto& [name_space, table] : {std::pair<std::string, std::string>{"ns", "t"},
                                          {"a.b.c", "with space"},
                                          {"ns", "dots.in.it"},
                                          {"per%cent", "a#b@c/d?e"},
                                          {"ünï", "ç"}}) {
    const std::string uri = catalog_table_uri("sqlite:///lake/cat.db?catalog_name=x", name_space, table);
    const auto parsed = parse_catalog_table_uri(uri);
    ASSERT_TRUE(parsed) << uri;
    EXPECT_EQ(parsed->catalog, "sqlite:///lake/cat.db?catalog_name=x");
    EXPECT_EQ(parsed->name_space, name_space);
    EXPECT_EQ(parsed->table, table);
  }
}

TEST(CatalogTableUri, WithoutNamespaceOrTableItIsNone) {
  for (const char* uri : {"sqlite:///lake/cat.db", "sqlite:///cat.db#t", "sqlite:///cat.db#ns.", "sqlite:///cat.db#.t",
                          "sqlite:///cat.db#"}) {
    EXPECT_FALSE(parse_catalog_table_uri(uri)) << uri;
  }
}

}  // namespace
}  // namespace lakelet
