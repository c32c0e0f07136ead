#include "formats/delta/files/deletion_vector_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/compression/compression.h"
#include "formats/delta/files/deletion_vector_format.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;

// The rows of the protocol's inline example ("Deletion Vector Descriptor Schema"), in the format that it describes
// below: the example's own text is of an older one, which no writer that we know of writes.
const DeletionVectorDescriptor kInline{'i', "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", std::nullopt, 44,
                                       6};

TEST(DeletionVector, Inline) {
  StoreRegistry stores("/");
  EXPECT_THAT(read_deletion_vector(stores, Location{}, kInline)->to_vector(), ElementsAre(3, 4, 7, 11, 18, 29));
}

TEST(DeletionVector, TheProtocolsFileName) {
  EXPECT_EQ(deletion_vector_path("ab^-aqEH.-t@S}K{vb[*k^"),
            "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
  EXPECT_EQ(deletion_vector_path("^-aqEH.-t@S}K{vb[*k^"), "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
  EXPECT_THROW(deletion_vector_path("short"), Error);
}

// The file around a bitmap: version, size, bitmap, checksum.
std::string file_of(const std::string& bitmap) {
  auto big_endian = [](std::uint32_t value) {
    return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                       static_cast<char>(value)};
  };
  return "\x01" + big_endian(static_cast<std::uint32_t>(bitmap.size())) + bitmap +
         big_endian(codec::crc32(std::as_bytes(std::span(bitmap))));
}

TEST(DeletionVector, FromAFileOfTheTable) {
  StoreRegistry stores("/");
  const Location table = stores.resolve("memory://dv/t");
  const std::string bitmap = decode_z85(kInline.path_or_inline_dv);
  const std::string path = "t/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin";
  const std::string whole = file_of(bitmap);
  const DeletionVectorDescriptor descriptor{'u', "^-aqEH.-t@S}K{vb[*k^", 1, static_cast<std::int64_t>(bitmap.size()),
                                            6};
  const std::string where = table.child("deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin").path;

  auto failure = [&](const DeletionVectorDescriptor& asked) -> std::string {
    try {
      read_deletion_vector(stores, table, asked);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(failure(descriptor), testing::HasSubstr("is missing"));
  table.store->put(where, whole);
  EXPECT_THAT(read_deletion_vector(stores, table, descriptor)->to_vector(), ElementsAre(3, 4, 7, 11, 18, 29));
  DeletionVectorDescriptor absolute = descriptor;
  absolute.storage_type = 'p';
  absolute.path_or_inline_dv = "memory://dv/" + path;
  EXPECT_THAT(read_deletion_vector(stores, table, absolute)->to_vector(), ElementsAre(3, 4, 7, 11, 18, 29));

  DeletionVectorDescriptor other = descriptor;
  other.cardinality = 5;
  EXPECT_THAT(failure(other), testing::HasSubstr("holds 6 rows, the log says 5"));
  other = descriptor;
  other.offset = 3;
  EXPECT_THAT(failure(other), testing::HasSubstr("deletion_vector_d2c639aa"));
  table.store->put(where, whole.substr(0, whole.size() - 1));
  EXPECT_THAT(failure(descriptor), testing::HasSubstr("cut short"));
  std::string flipped = whole;
  flipped[20] ^= 1;
  table.store->put(where, flipped);
  EXPECT_THAT(failure(descriptor), testing::HasSubstr("checksum"));
}

TEST(DeletionVector, RefusesDamagedBitmaps) {
  const std::string bitmap = decode_z85(kInline.path_or_inline_dv).substr(0, 44);
  for (std::size_t cut = 0; cut < bitmap.size(); ++cut) {
    EXPECT_THROW(parse_deletion_vector(std::as_bytes(std::span(bitmap.data(), cut))), Error) << cut;
  }
  std::string wrong_magic = bitmap;
  wrong_magic[0] ^= 1;
  EXPECT_THROW(parse_deletion_vector(std::as_bytes(std::span(wrong_magic))), Error);
  EXPECT_THROW(decode_z85("ab c5"), Error);
  EXPECT_THROW(decode_z85("#####00000"), Error);
}

TEST(DeletionVector, ALastGroupOfFewerBytes) {
  EXPECT_EQ(decode_z85("##093"), std::string("\x03\x00", 2));
  EXPECT_THROW(decode_z85("##09300000"), Error);
  EXPECT_THROW(decode_z85("##%nS"), Error);  // more than two bytes hold
  EXPECT_EQ(decode_z85("%nSc0"), "\xff\xff\xff\xff");
  EXPECT_THROW(decode_z85("%nSc1"), Error);
}

TEST(DeletionVector, Crc32IsZlibs) {
  const std::string text = "123456789";
  EXPECT_EQ(codec::crc32(std::as_bytes(std::span(text))), 0xCBF43926u);
}

}  // namespace
}  // namespace lakelet::delta
