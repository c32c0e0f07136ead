#include "codec/roaring/deletion_vector.h"

#include <fmt/format.h>

#include <array>
#include <exception>
#include <roaring/roaring.hh>
#include <string_view>
#include <vector>

#include "codec/compression/compression.h"
#include "lakelet/error.h"

namespace lakelet::codec {

namespace {

[[noreturn]] void corrupt(std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("a deletion vector {}", what));
}

template <typename Integer>
Integer little_endian(std::span<const std::byte> bytes) {
  Integer value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;) value = value << 8 | std::to_integer<Integer>(bytes[i]);
  return value;
}

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

template <typename Integer>
void append_little_endian(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void append_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// The positions of one bitmap, given on as runs: deletes are often of neighbours. The library checks neither that
// values ascend nor that there are as many as a container says, so that each is looked at here.
class Runs {
 public:
  Runs(std::uint64_t high, const AddPositions& add) : high_(high), add_(add) {}

  bool take(std::uint32_t value) {
    if (value < end_) {
      in_order_ = false;
      return false;
    }
    if (size_ > 0 && value == end_) {
      ++runs_[size_ - 1].length;
    } else {
      if (size_ == runs_.size()) finish();
      runs_[size_++] = {high_ | value, 1};
    }
    end_ = std::uint64_t{value} + 1;
    return true;
  }
  void finish() {
    if (size_ > 0) add_(std::span(runs_).first(size_));
    size_ = 0;
  }
  bool in_order() const { return in_order_; }

 private:
  const std::uint64_t high_;
  const AddPositions& add_;
  std::array<PositionRun, 256> runs_;
  std::size_t size_ = 0;
  std::uint64_t end_ = 0;  // of the last one
  bool in_order_ = true;
};

// Exceptions don't pass through the library, which is C.
struct Visit {
  Runs runs;
  std::exception_ptr problem;

  static bool value(std::uint32_t value, void* self) {
    auto& visit = *static_cast<Visit*>(self);
    try {
      return visit.runs.take(value);
    } catch (...) {
      visit.problem = std::current_exception();
      return false;
    }
  }
};

// One 32-bit bitmap of a bucket; returns the bytes that it took.
std::size_t parse_bucket(std::span<const std::byte> bytes, std::uint64_t high, const AddPositions& add) {
  const char* data = reinterpret_cast<const char*>(bytes.data());
  const std::size_t size = roaring_bitmap_portable_deserialize_size(data, bytes.size());
  if (size == 0) corrupt("is no Roaring bitmap");
  roaring_bitmap_t* bitmap = roaring_bitmap_portable_deserialize_safe(data, bytes.size());
  if (!bitmap) corrupt("is no Roaring bitmap");
  Visit visit{Runs(high, add), nullptr};
  roaring_iterate(bitmap, &Visit::value, &visit);
  roaring_bitmap_free(bitmap);
  if (visit.problem) std::rethrow_exception(visit.problem);
  if (!visit.runs.in_order()) corrupt("has positions out of order");
  visit.runs.finish();
  return size;
}

// The 32-bit bitmap of one bucket.
void append_bucket(std::string& out, const std::vector<std::uint32_t>& values) {
  Roaring bitmap;
  bitmap.addMany(values.size(), values.data());
  bitmap.runOptimize();
  const std::size_t at = out.size();
  out.resize(at + bitmap.getSizeInBytes(true));
  bitmap.write(out.data() + at, true);
}

}  // namespace

void parse_deletion_vector(std::span<const std::byte> bytes, const AddPositions& add) {
  if (bytes.size() < 12 || little_endian<std::uint32_t>(bytes) != kDeletionVectorMagic)
    corrupt("has another format than we know");
  const auto buckets = little_endian<std::uint64_t>(bytes.subspan(4));
  std::size_t at = 12;
  std::uint64_t least = 0;
  for (std::uint64_t i = 0; i < buckets; ++i) {
    if (bytes.size() - at < 4) corrupt("is cut short");
    const std::uint64_t key = little_endian<std::uint32_t>(bytes.subspan(at));
    if (key >> 31) corrupt("has a key out of range");
    if (key < least) corrupt("has keys out of order");
    least = key + 1;
    at += 4;
    at += parse_bucket(bytes.subspan(at), key << 32, add);
  }
}

std::span<const std::byte> unframe_deletion_vector(std::span<const std::byte> framed) {
  if (framed.size() < 8) corrupt("is cut short");
  const std::span<const std::byte> inside = framed.subspan(4, framed.size() - 8);
  if (big_endian(framed) != inside.size()) corrupt("has another size than it says");
  if (crc32(inside) != big_endian(framed.last(4))) corrupt("fails its checksum");
  return inside;
}

std::string encode_deletion_vector(std::span<const std::uint64_t> positions) {
  std::string out;
  append_little_endian(out, kDeletionVectorMagic);
  append_little_endian(out, std::uint64_t{0});
  std::uint64_t buckets = 0;
  std::vector<std::uint32_t> bucket;
  for (std::size_t i = 0; i < positions.size(); ++buckets) {
    const std::uint64_t key = positions[i] >> 32;
    bucket.clear();
    for (; i < positions.size() && positions[i] >> 32 == key; ++i) {
      bucket.push_back(static_cast<std::uint32_t>(positions[i]));
    }
    append_little_endian(out, static_cast<std::uint32_t>(key));
    append_bucket(out, bucket);
  }
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = static_cast<char>(buckets >> (8 * i));
  return out;
}

std::string frame_deletion_vector(const std::string& encoded) {
  std::string out;
  append_big_endian(out, static_cast<std::uint32_t>(encoded.size()));
  out += encoded;
  append_big_endian(out, crc32(std::as_bytes(std::span(encoded))));
  return out;
}

}  // namespace lakelet::codec
