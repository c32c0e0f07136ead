#include "operations/hive_folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

FoundFile found(const std::string& path) {
  return {path, folder_values(path)};
}
std::vector<FoundFile> all_found(const std::vector<std::string>& paths) {
  std::vector<FoundFile> files;
  for (const std::string& path : paths) files.push_back(found(path));
  return files;
}
template <typename Work>
std::string message_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    return error.message();
  }
  return "no error";
}

TEST(HiveFolders, ValuesAreDecoded) {
  EXPECT_THAT(folder_values("a=1/b=Z%C3%BCrich%2F%3D/f.parquet"),
              ElementsAre(Pair("a", "1"), Pair("b", "Z\xC3\xBCrich/=")));
  EXPECT_THAT(folder_values("a%20b=x=y/f"), ElementsAre(Pair("a b", "x=y")));
  EXPECT_THAT(folder_values("a=__HIVE_DEFAULT_PARTITION__/b=/f"),
              ElementsAre(Pair("a", std::nullopt), Pair("b", std::nullopt)));
  EXPECT_TRUE(folder_values("plain/=1/a=1.parquet").empty());  // a file's own name is no folder
}

TEST(HiveFolders, HiddenFiles) {
  for (const char* hidden : {"_SUCCESS", ".f.crc", "_delta_log/0.json", "a=1/_temporary/f", "a/.git/f"}) {
    EXPECT_TRUE(is_hidden(hidden)) << hidden;
  }
  for (const char* seen : {"f", "a=1/f.parquet", "_a=1/f", "a_b/f"}) EXPECT_FALSE(is_hidden(seen)) << seen;
}

TEST(HiveFolders, TypesAreTheNarrowestThatEveryValueHas) {
  const auto type_of = [](const std::vector<std::string>& values) {
    std::vector<std::string> paths;
    for (const std::string& value : values) paths.push_back("a=" + value + "/f");
    return to_string(partition_columns(all_found(paths), {}));
  };
  EXPECT_EQ(type_of({"1", "-2", "__HIVE_DEFAULT_PARTITION__"}), "a int");
  EXPECT_EQ(type_of({"1", "3000000000"}), "a bigint");
  EXPECT_EQ(type_of({"1", "2.5"}), "a double");
  EXPECT_EQ(type_of({"2025-01-31", "2024-02-29"}), "a date");
  EXPECT_EQ(type_of({"2025-01-31", "2025-02-30"}), "a string");
  EXPECT_EQ(type_of({"2025-01-31 12%3A00%3A00"}), "a timestamp");
  for (const char* text : {"1e5", "inf", "nan", "true", "0x10", "1 2", "-"})
    EXPECT_EQ(type_of({text}), "a string") << text;
  EXPECT_EQ(type_of({"__HIVE_DEFAULT_PARTITION__"}), "a string");
  EXPECT_EQ(type_of({"99999999999999999999"}), "a double");
}

TEST(HiveFolders, GivenColumnsMustBeThoseOfTheFolders) {
  const auto files = all_found({"year=2025/city=Rome/f", "year=2026/city=7/g"});
  EXPECT_EQ(to_string(partition_columns(files, parse_schema("city string, year int"))), "city string, year int");
  const auto refuse = [&](const char* given) {
    return message_of([&] { partition_columns(files, parse_schema(given)); });
  };
  EXPECT_THAT(refuse("year int"), HasSubstr("year, city"));
  EXPECT_THAT(refuse("year int, town string"), HasSubstr("year, city"));
  const auto values = partition_values(files[1], parse_schema("city string, year int"));
  EXPECT_THAT(values, ElementsAre(Value("7"), Value(2026)));
  EXPECT_THAT(message_of([&] { partition_values(files[0], parse_schema("city int")); }),
              HasSubstr("year=2025/city=Rome/f says city = 'Rome', which is no int"));
}

TEST(HiveFolders, FoldersMustAgree) {
  const auto refuse = [](const std::vector<std::string>& paths) {
    return message_of([&] { partition_columns(all_found(paths), {}); });
  };
  EXPECT_THAT(refuse({"a=1/f", "b=1/g"}), HasSubstr("a=1/f and b=1/g"));
  EXPECT_THAT(refuse({"a=1/f", "g"}), HasSubstr("a and none"));
  EXPECT_THAT(refuse({"a=1/b=1/f", "b=1/a=1/f"}), HasSubstr("a, b and b, a"));
  EXPECT_THAT(refuse({"a=1/A=2/f"}), HasSubstr("twice"));
}

}  // namespace
}  // namespace lakelet::operations
