#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "table/snapshot.h"

namespace lakelet {
namespace {

TEST(WriteLayout, OptionsComeBeforeWhatTheTableSays) {
  WriteLayout table;
  table.compression = "gzip";
  table.target_file_bytes = 7;
  EXPECT_EQ(with_options(table, {}).compression, "gzip");
  EXPECT_EQ(with_options(table, {}).target_file_bytes, 7u);

  DataFileOptions options;
  options.compression = "zstd";
  options.compression_level = 9;
  options.target_bytes = 1000;
  options.row_group_rows = 4096;
  options.dictionary_values = 0;
  options.bloom_filter_false_positives = 0.01;
  const WriteLayout layout = with_options(table, options);
  EXPECT_EQ(layout.compression, "zstd");
  EXPECT_EQ(layout.compression_level, 9);
  EXPECT_EQ(layout.target_file_bytes, 1000u);
  EXPECT_EQ(layout.row_group_rows, 4096);
  EXPECT_EQ(layout.dictionary_values, 0);
  EXPECT_EQ(layout.bloom_filter_false_positives, 0.01);
}

TEST(WriteLayout, WhatNoFileCanBeWrittenWithIsRefused) {
  const auto message = [](auto set) -> std::string {
    DataFileOptions options;
    set(options);
    try {
      with_options({}, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      return error.message();
    }
    return "";
  };
  using testing::HasSubstr;
  EXPECT_THAT(message([](DataFileOptions& o) { o.compression = "lzo"; }), HasSubstr("'lzo'"));
  EXPECT_THAT(message([](DataFileOptions& o) { o.compression_level = 3; }), HasSubstr("snappy has no"));
  EXPECT_THAT(message([](DataFileOptions& o) { o.target_bytes = 0; }), HasSubstr("0 bytes"));
  EXPECT_THAT(message([](DataFileOptions& o) { o.row_group_rows = 2047; }), HasSubstr("2047 rows"));
  EXPECT_THAT(message([](DataFileOptions& o) { o.dictionary_values = -1; }), HasSubstr("-1 values"));
  for (const double share : {0.0, 1.0, -0.5}) {
    EXPECT_THAT(message([&](DataFileOptions& o) { o.bloom_filter_false_positives = share; }), HasSubstr("bloom"));
  }
  for (const int level : {23, -131073}) {
    EXPECT_THAT(message([&](DataFileOptions& o) { o.compression = "zstd", o.compression_level = level; }),
                HasSubstr(std::to_string(level)));
  }
}

}  // namespace
}  // namespace lakelet
