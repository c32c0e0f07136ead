#include "formats/delta/files/data_path.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

TEST(DataPath, FoldersArePlainAscii) {
  EXPECT_EQ(partition_folder({}), "");
  EXPECT_EQ(partition_folder({{"city", "Z\u00fcrich"}, {"day", "2025-01-31"}}), "city=Z%C3%BCrich/day=2025-01-31");
  EXPECT_EQ(partition_folder({{"a b", "x/y:z=%\\?#"}}), "a%20b=x%2Fy%3Az%3D%25%5C%3F%23");
  EXPECT_EQ(partition_folder({{"a", std::nullopt}, {"b", ""}}),
            "a=__HIVE_DEFAULT_PARTITION__/b=__HIVE_DEFAULT_PARTITION__");
}

TEST(DataPath, WhatMakesNoFolderStaysInTheTablesOwn) {
  EXPECT_EQ(partition_folder({{"a", "1"}, {"b", std::string(300, 'x')}}), "");
  EXPECT_EQ(partition_folder({{"_hidden", "1"}}), "");
}

TEST(DataPath, FileNamesSayHowTheyAreCompressed) {
  EXPECT_EQ(data_file_path("a=1", "u", "snappy"), "a=1/part-00000-u-c000.snappy.parquet");
  EXPECT_EQ(data_file_path("", "u", "uncompressed"), "part-00000-u-c000.parquet");
}

}  // namespace
}  // namespace lakelet::delta
