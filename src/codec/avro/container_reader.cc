#include "codec/avro/container_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/avro/container_format.h"
#include "lakelet/error.h"

namespace lakelet::codec::avro {

namespace {

[[noreturn]] void corrupt(std::string_view what, std::size_t at) {
  throw Error(ErrorCode::CorruptTable, fmt::format("an Avro file {} at byte {}", what, at));
}

Compression compression_of(const std::map<std::string, std::string>& metadata) {
  const auto codec = metadata.find(kCodecKey);
  if (codec == metadata.end() || codec->second.empty()) return Compression::None;
  for (const CodecName& known : kCodecs) {
    if (known.name == codec->second) return known.compression;
  }
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("an Avro file is compressed with '{}'", codec->second));
}

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

}  // namespace

ContainerReader::ContainerReader(std::span<const std::byte> file) : file_(file) {
  read_header();
}

void ContainerReader::read_header() {
  Decoder header(file_);
  if (file_.size() < kMagic.size() || header.read_fixed(kMagic.size()) != kMagic) corrupt("has no Avro header", 0);
  for (std::int64_t count = header.read_block_count(); count > 0; count = header.read_block_count()) {
    for (; count > 0; --count) {
      std::string key(header.read_bytes());
      metadata_[std::move(key)] = header.read_bytes();
    }
  }
  sync_ = header.read_fixed(kSyncBytes);
  at_ = header.position();
  const auto schema = metadata_.find(kSchemaKey);
  if (schema == metadata_.end()) corrupt("has no schema", at_);
  schema_ = Schema::parse(schema->second);
  compression_ = compression_of(metadata_);
}

bool ContainerReader::next_block() {
  while (at_ < file_.size()) {
    Decoder head(file_.subspan(at_));
    records_ = head.read_long();
    const std::int64_t size = head.read_long();
    const std::size_t from = at_ + head.position();
    if (records_ < 0 || size < 0) corrupt("has a block of negative size", at_);
    if (static_cast<std::uint64_t>(size) > file_.size() - from ||
        file_.size() - from - static_cast<std::size_t>(size) < kSyncBytes) {
      corrupt("is cut short", file_.size());
    }
    const std::size_t end = from + static_cast<std::size_t>(size);
    const std::string_view sync(reinterpret_cast<const char*>(file_.data() + end), kSyncBytes);
    if (sync != sync_) corrupt("has a block that doesn't end with the file's mark", end);
    try {
      decompress_block(file_.subspan(from, static_cast<std::size_t>(size)));
    } catch (Error& error) {
      throw error.add_context(fmt::format("block at byte {}", at_));
    }
    if (static_cast<std::uint64_t>(records_) > block_.size()) corrupt("has a block of more records than bytes", at_);
    at_ = end + kSyncBytes;
    if (records_ > 0) return true;
  }
  return false;
}

void ContainerReader::decompress_block(std::span<const std::byte> stored) {
  if (compression_ == Compression::None) {
    block_ = stored;
    return;
  }
  std::uint32_t checksum = 0;
  if (compression_ == Compression::Snappy) {
    if (stored.size() < 4) corrupt("has a block without its checksum", at_);
    checksum = big_endian(stored.last(4));
    stored = stored.first(stored.size() - 4);
  }
  decompressed_ = decompress(compression_, stored, kLargestBlock);
  block_ = std::as_bytes(std::span(decompressed_));
  if (compression_ == Compression::Snappy && crc32(block_) != checksum)
    corrupt("has a block that fails its checksum", at_);
}

}  // namespace lakelet::codec::avro
