#include "formats/delta/files/deletion_vector_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/files/deletion_vector_format.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::StartsWith;

RowPositions positions_of(const std::vector<std::uint64_t>& rows) {
  RowPositions positions;
  for (const auto row : rows) positions.add(row);
  return positions;
}

RowPositions scattered(std::uint64_t count, std::uint64_t step) {
  RowPositions positions;
  for (std::uint64_t i = 0; i < count; ++i) positions.add(i * step);
  return positions;
}

// The protocol's rows of its inline example ("Deletion Vector Descriptor Schema"), in the format that it describes.
TEST(DeletionVectorWriter, TheProtocolsExampleInline) {
  StoreRegistry stores("/");
  DeletionVectorWriter writer(stores.resolve("memory://dv/t"));
  const auto descriptor = writer.add(positions_of({3, 4, 7, 11, 18, 29}));
  EXPECT_EQ(descriptor, (DeletionVectorDescriptor{'i', "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
                                                  std::nullopt, 44, 6}));
}

TEST(DeletionVectorWriter, Z85OfTheSpecification) {
  EXPECT_EQ(encode_z85("\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B"), "HelloWorld");
  EXPECT_EQ(decode_z85(encode_z85("abcde")), std::string("abcde\0\0\0", 8));
  EXPECT_EQ(encode_z85(""), "");
}

TEST(DeletionVectorWriter, WhatIsWrittenIsReadBack) {
  StoreRegistry stores("/");
  const Location table = stores.resolve("memory://dv/t");
  RowPositions runs;
  runs.add_range(10, 200'000);
  runs.add_range(3'000'000, 70'000);
  RowPositions wide = scattered(5000, 7);
  wide.add(std::uint64_t{1} << 32);
  wide.add((std::uint64_t{5} << 32) + 3);
  const std::vector<RowPositions> all = {positions_of({0}),    scattered(100, 1),       scattered(6000, 1001),
                                         std::move(runs),      positions_of({9, 4711}), std::move(wide),
                                         scattered(300'000, 2)};
  std::vector<DeletionVectorDescriptor> descriptors;
  DeletionVectorWriter writer(table);
  for (const auto& positions : all) descriptors.push_back(writer.add(positions));
  writer.finish();
  writer.keep(true);
  std::set<std::string> files;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(*read_deletion_vector(stores, table, descriptors[i]), all[i]) << i;
    EXPECT_EQ(descriptors[i].cardinality, static_cast<std::int64_t>(all[i].count()));
    EXPECT_EQ(descriptors[i].storage_type == 'i', descriptors[i].size_in_bytes <= 256) << i;
    if (descriptors[i].storage_type == 'u') files.insert(descriptors[i].path_or_inline_dv);
  }
  EXPECT_EQ(files.size(), 1u) << "one file for all";
  EXPECT_EQ(descriptors[3].storage_type, 'i') << "runs are short";
  EXPECT_EQ(descriptors[2].offset, 1);
  EXPECT_EQ(descriptors[5].offset, 1 + descriptors[2].size_in_bytes + 8);
}

std::vector<std::string> objects(const Location& table) {
  std::vector<std::string> out;
  table.store->list(table.path, "", [&](const ObjectInfo& info) {
    out.push_back(info.path.substr(table.path.size() + 1));
    return true;
  });
  return out;
}

TEST(DeletionVectorWriter, TheFileGoesUnlessItIsKept) {
  StoreRegistry stores("/");
  const Location table = stores.resolve("memory://dv/t");
  {
    DeletionVectorWriter writer(table);
    writer.add(scattered(6000, 11));
    EXPECT_TRUE(objects(table).empty()) << "nothing is there before it is whole";
    writer.finish();
    EXPECT_EQ(objects(table).size(), 1u);
  }
  EXPECT_TRUE(objects(table).empty());
  {
    DeletionVectorWriter writer(table);
    writer.add(positions_of({5}));
    writer.finish();
    writer.keep(true);
  }
  EXPECT_TRUE(objects(table).empty()) << "inline";
}

TEST(DeletionVectorWriter, ARandomPrefixIsAFolder) {
  StoreRegistry stores("/");
  const Location table = stores.resolve("memory://dv/t");
  DeletionVectorWriter writer(table, 3);
  const RowPositions rows = scattered(6000, 11);
  const auto descriptor = writer.add(rows);
  writer.finish();
  ASSERT_EQ(descriptor.path_or_inline_dv.size(), 23u);
  const auto files = objects(table);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_THAT(files[0], StartsWith(descriptor.path_or_inline_dv.substr(0, 3) + "/deletion_vector_"));
  EXPECT_EQ(*read_deletion_vector(stores, table, descriptor), rows);
}

}  // namespace
}  // namespace lakelet::delta
