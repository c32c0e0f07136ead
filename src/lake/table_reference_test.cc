#include "lake/table_reference.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet {
namespace {

TableReference parse(const std::string& text, const std::string& existing = "") {
  return parse_table_reference(text, [&](const std::string& path) { return path == existing; });
}

TEST(TableReference, PlainPathIsTheLatestVersion) {
  const TableReference reference = parse("lake/weather");
  EXPECT_EQ(reference.path, "lake/weather");
  EXPECT_TRUE(reference.latest());
}

TEST(TableReference, VersionWithAndWithoutV) {
  for (const char* text : {"t@v12", "t@12", "t@V12"}) {
    const TableReference reference = parse(text);
    EXPECT_EQ(reference.path, "t") << text;
    ASSERT_TRUE(std::holds_alternative<Version>(reference.selector)) << text;
    EXPECT_EQ(std::get<Version>(reference.selector), 12);
  }
}

TEST(TableReference, TimestampsAreUtcUnlessTheyNameAZone) {
  const std::int64_t noon = 1'738'324'800'000'000;  // 2025-01-31T12:00:00Z
  for (const char* text : {"t@2025-01-31T12:00:00Z", "t@2025-01-31 12:00:00", "t@2025-01-31T14:00:00+02:00"}) {
    const TableReference reference = parse(text);
    ASSERT_TRUE(std::holds_alternative<AtTimestamp>(reference.selector)) << text;
    EXPECT_EQ(std::get<AtTimestamp>(reference.selector).us, noon) << text;
  }
  EXPECT_EQ(std::get<AtTimestamp>(parse("t@2025-01-31").selector).us, noon - 43'200'000'000);
}

TEST(TableReference, AnythingElseIsABranch) {
  const TableReference reference = parse("t@main");
  EXPECT_EQ(reference.path, "t");
  EXPECT_EQ(std::get<AtReference>(reference.selector).name, "main");
}

TEST(TableReference, APathThatExistsWins) {
  const TableReference reference = parse("lake@v1", "lake@v1");
  EXPECT_EQ(reference.path, "lake@v1");
  EXPECT_TRUE(reference.latest());
}

TEST(TableReference, AFolderWithAnAtSignIsNoVersion) {
  EXPECT_EQ(parse("user@host/t").path, "user@host/t");
  EXPECT_EQ(parse("user@host/t@v3").path, "user@host/t");
  EXPECT_EQ(parse("lake/@scope").path, "lake/@scope");
  EXPECT_TRUE(parse("@t").latest());
  EXPECT_TRUE(parse("t@").latest());
}

TEST(TableReference, RefusesWhatNoTableCanHave) {
  EXPECT_THROW(parse(""), Error);
  EXPECT_THROW(parse("t@v99999999999999999999"), Error);
}

TEST(TableReference, SelectorsAsText) {
  for (const char* text : {"t@v12", "t@2025-01-31T12:00:00Z", "t@2025-01-31T12:00:00.250000Z", "t@main", "t"}) {
    EXPECT_EQ(fmt::format("t{}", to_string(parse(text).selector)), text);
  }
}

}  // namespace
}  // namespace lakelet
