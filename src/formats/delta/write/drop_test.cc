#include "formats/delta/write/drop.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

TEST(DropTest, WhatATableIsMadeOf) {
  for (const char* path : {"_delta_log/00000000000000000000.json", "_delta_log/_sidecars/x.parquet", "a.parquet",
                           "p=1/b.snappy.parquet", "_change_data/cdc-1.parquet", "deletion_vector_1.bin",
                           "ab/deletion_vector_1.bin", "_delta_log/.00.json.crc", ".a.parquet.crc", "_SUCCESS"}) {
    EXPECT_TRUE(is_of_a_table(path)) << path;
  }
  for (const char* path : {"notes.txt", "inner/_delta_log/00000000000000000000.json", "a.csv", "p=1/readme",
                           "deletion_vector.txt", "inner/_delta_log/x.parquet"}) {
    EXPECT_FALSE(is_of_a_table(path)) << path;
  }
}

}  // namespace
}  // namespace lakelet::delta
