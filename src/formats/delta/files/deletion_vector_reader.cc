#include "formats/delta/files/deletion_vector_reader.h"

#include <fmt/format.h>

#include <vector>

#include "codec/roaring/deletion_vector.h"
#include "formats/delta/files/deletion_vector_format.h"
#include "formats/delta/files/file_path.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

[[noreturn]] void corrupt(std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("a deletion vector {}", what));
}

// Version, size, bitmap, checksum: the bitmap, once the others agree with it and with the log.
std::vector<std::byte> read_from_file(const Location& file, const DeletionVectorDescriptor& descriptor) {
  const auto size = static_cast<std::uint64_t>(descriptor.size_in_bytes);
  std::vector<std::byte> bytes(4 + size + 4);
  const auto reader = file.store->open(file.path);
  const std::size_t got = reader->read(static_cast<std::uint64_t>(descriptor.offset.value_or(0)), bytes);
  if (got < bytes.size()) corrupt("is cut short");
  const std::span<const std::byte> bitmap = codec::unframe_deletion_vector(bytes);
  return {bitmap.begin(), bitmap.end()};
}

}  // namespace

std::string decode_z85(std::string_view text) {
  if (text.size() % 5 != 0) corrupt("isn't encoded in base 85");
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 5) {
    std::string_view group = text.substr(i, 5);
    // No four bytes begin with '#'. Rust's z85 fills a last group of fewer bytes up with them: "##093" is two bytes.
    int bytes = 4;
    while (i + 5 == text.size() && bytes > 1 && group.starts_with('#')) group.remove_prefix(1), --bytes;
    std::uint64_t value = 0;
    for (const char c : group) {
      const std::size_t digit = kZ85Alphabet.find(c);
      if (digit == std::string_view::npos) corrupt("isn't encoded in base 85");
      value = value * 85 + digit;
    }
    if (value >> (8 * bytes) != 0) corrupt("isn't encoded in base 85");
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
  }
  return out;
}

std::string deletion_vector_path(std::string_view text) {
  if (text.size() < kEncodedUuidLength) corrupt("has no UUID for its file");
  const std::string_view prefix = text.substr(0, text.size() - kEncodedUuidLength);
  const std::string uuid = decode_z85(text.substr(prefix.size()));
  std::string name;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) name += '-';
    name += fmt::format("{:02x}", static_cast<unsigned char>(uuid[i]));
  }
  return fmt::format("{}{}deletion_vector_{}.bin", prefix, prefix.empty() ? "" : "/", name);
}

RowPositions parse_deletion_vector(std::span<const std::byte> bytes) {
  PositionsBuilder positions;
  codec::parse_deletion_vector(bytes, [&](std::span<const codec::PositionRun> runs) {
    for (const auto& [first, length] : runs) positions.add_range(first, length);
  });
  return positions.finish();
}

std::shared_ptr<const RowPositions> read_deletion_vector(StoreRegistry& stores, const Location& table,
                                                         const DeletionVectorDescriptor& descriptor) {
  std::string where = "the log";
  try {
    if (descriptor.size_in_bytes < 0 || descriptor.offset.value_or(0) < 0) corrupt("has a negative size or place");
    RowPositions positions;
    if (descriptor.storage_type == 'i') {
      const std::string bytes = decode_z85(descriptor.path_or_inline_dv);
      if (bytes.size() < static_cast<std::size_t>(descriptor.size_in_bytes)) corrupt("is cut short");
      positions = parse_deletion_vector(std::as_bytes(std::span(bytes)).first(descriptor.size_in_bytes));
    } else {
      Location file;
      if (descriptor.storage_type == 'u') {
        file = table.child(deletion_vector_path(descriptor.path_or_inline_dv));
      } else {
        file = stores.resolve(resolve_path(descriptor.path_or_inline_dv, table.uri));
      }
      where = file.uri;
      positions = parse_deletion_vector(read_from_file(file, descriptor));
    }
    if (positions.count() != static_cast<std::uint64_t>(descriptor.cardinality)) {
      corrupt(fmt::format("holds {} rows, the log says {}", positions.count(), descriptor.cardinality));
    }
    return std::make_shared<const RowPositions>(std::move(positions));
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the deletion vector {} is missing", where),
                  "restore the file, or read a version from before it");
    }
    throw error.add_context("deletion vector in " + where);
  }
}

}  // namespace lakelet::delta
