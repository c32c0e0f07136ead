#include "formats/delta/files/deletion_vector_writer.h"

#include <fmt/format.h>

#include <limits>

#include "base/uuid.h"
#include "codec/roaring/deletion_vector.h"
#include "formats/delta/files/data_path.h"
#include "formats/delta/files/deletion_vector_format.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

std::string encode_deletion_vector(const RowPositions& positions) {
  return codec::encode_deletion_vector(positions.to_vector());
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
  const std::string framed = codec::frame_deletion_vector(bitmap);
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
