#include "formats/delta/files/deletion_vector_writer.h"

#include <fmt/format.h>

#include <limits>
#include <roaring/roaring.hh>

#include "base/uuid.h"
#include "formats/delta/files/data_path.h"
#include "formats/delta/files/deletion_vector_format.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

template <typename Integer>
void append_little_endian(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void append_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
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

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

std::string encode_deletion_vector(const RowPositions& positions) {
  const std::vector<std::uint64_t> values = positions.to_vector();
  std::string out;
  append_little_endian(out, kDeletionVectorMagic);
  append_little_endian(out, std::uint64_t{0});
  std::uint64_t buckets = 0;
  std::vector<std::uint32_t> bucket;
  for (std::size_t i = 0; i < values.size(); ++buckets) {
    const std::uint64_t key = values[i] >> 32;
    bucket.clear();
    for (; i < values.size() && values[i] >> 32 == key; ++i) bucket.push_back(static_cast<std::uint32_t>(values[i]));
    append_little_endian(out, static_cast<std::uint32_t>(key));
    append_bucket(out, bucket);
  }
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = static_cast<char>(buckets >> (8 * i));
  return out;
}

std::string encode_z85(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    std::uint32_t value = 0;
    for (std::size_t j = i; j < i + 4; ++j) {
      value = value << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    }
    for (std::uint32_t divisor = 85 * 85 * 85 * 85; divisor > 0; divisor /= 85) {
      out.push_back(kZ85Alphabet[value / divisor % 85]);
    }
  }
  return out;
}

DeletionVectorWriter::DeletionVectorWriter(Location table, int prefix_length)
    : table_(std::move(table)), prefix_length_(prefix_length) {}

DeletionVectorWriter::~DeletionVectorWriter() {
  writer_.reset();
  if (!written_ || keep_) return;
  try {
    file_.store->remove(file_.path);
  } catch (const Error&) {  // an orphan: vacuum finds it
  }
}

void DeletionVectorWriter::open_file() {
  const Uuid uuid = make_uuid();
  name_ = random_prefix(prefix_length_) + encode_z85({reinterpret_cast<const char*>(uuid.data()), uuid.size()});
  file_ = table_.child(deletion_vector_path(name_));
  writer_ = file_.store->create(file_.path);
  writer_->append(bytes_of(std::string(1, kDeletionVectorFileVersion)));
}

DeletionVectorDescriptor DeletionVectorWriter::add(const RowPositions& positions) {
  const std::string bitmap = encode_deletion_vector(positions);
  DeletionVectorDescriptor descriptor;
  descriptor.size_in_bytes = static_cast<std::int64_t>(bitmap.size());
  descriptor.cardinality = static_cast<std::int64_t>(positions.count());
  if (bitmap.size() <= kLargestInlineVector) {
    descriptor.storage_type = 'i';
    descriptor.path_or_inline_dv = encode_z85(bitmap);
    return descriptor;
  }
  if (!writer_) open_file();
  // Sizes and offsets are 32-bit numbers.
  if (writer_->written() + bitmap.size() + 8 > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorCode::Exhausted, "the deletion vectors of one commit to " + table_.uri + " exceed 2 GiB",
                "delete fewer rows at a time");
  }
  descriptor.storage_type = 'u';
  descriptor.path_or_inline_dv = name_;
  descriptor.offset = static_cast<std::int64_t>(writer_->written());
  std::string framed;
  append_big_endian(framed, static_cast<std::uint32_t>(bitmap.size()));
  framed += bitmap;
  append_big_endian(framed, crc32(bytes_of(bitmap)));
  writer_->append(bytes_of(framed));
  return descriptor;
}

void DeletionVectorWriter::finish() {
  if (!writer_) return;
  written_ = true;  // even if the answer is lost
  writer_->finish();
  writer_.reset();
}

}  // namespace lakelet::delta
