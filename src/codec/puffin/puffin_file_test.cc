#include "codec/puffin/puffin_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "lakelet/error.h"

namespace lakelet::codec {
namespace {

ReadBytes reader_of(const std::string& file) {
  return [&file](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    if (offset >= file.size()) return 0;
    const std::size_t n = std::min<std::size_t>(out.size(), file.size() - offset);
    std::memcpy(out.data(), file.data() + offset, n);
    return n;
  };
}

std::string example() {
  PuffinWriter writer("a test");
  PuffinBlob blob;
  blob.type = "deletion-vector-v1";
  blob.fields = {2147483645};
  blob.properties = {{"referenced-data-file", "a.parquet"}, {"cardinality", "1"}};
  writer.add(blob, "first");
  blob.type = "other";
  writer.add(blob, "second");
  return writer.finish();
}

TEST(Puffin, WhatIsWrittenIsRead) {
  const std::string file = example();
  const PuffinFooter footer = read_puffin_footer(file.size(), reader_of(file));
  ASSERT_EQ(footer.blobs.size(), 2u);
  EXPECT_EQ(footer.blobs[0].type, "deletion-vector-v1");
  EXPECT_EQ(footer.blobs[0].offset, 4u);
  EXPECT_EQ(footer.blobs[0].properties.at("cardinality"), "1");
  EXPECT_EQ(file.substr(footer.blobs[1].offset, footer.blobs[1].length), "second");
  EXPECT_EQ(footer.properties.at("created-by"), "a test");
}

TEST(Puffin, CutsAndDamageAreRefused) {
  const std::string whole = example();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_THROW(read_puffin_footer(cut.size(), reader_of(cut)), Error) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
    try {
      read_puffin_footer(damaged.size(), reader_of(damaged));
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::UnsupportedFeature);
    }
  }
}

}  // namespace
}  // namespace lakelet::codec
