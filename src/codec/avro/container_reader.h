// Reads Avro's object container files, block by block.
#pragma once

#include <map>
#include <span>
#include <string>

#include "codec/avro/decoder.h"
#include "codec/compression/compression.h"

namespace lakelet::codec::avro {

class ContainerReader {
 public:
  // `file` must outlive the reader. Throws Error(CorruptTable) naming the byte, Error(UnsupportedFeature) for a codec
  // that isn't known.
  explicit ContainerReader(std::span<const std::byte> file);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const Schema& schema() const { return schema_; }

  // Goes to the next block; false at the file's end. Blocks without records are passed over. Throws as the constructor,
  // and Error(Exhausted) for a block that takes more than kLargestBlock bytes.
  bool next_block();
  std::int64_t records() const { return records_; }
  // Over the records of the block, one after the other; valid until the next block.
  Decoder decoder() const { return Decoder(block_); }

  static constexpr std::size_t kLargestBlock = std::size_t{1} << 30;

 private:
  void read_header();
  void decompress_block(std::span<const std::byte> stored);

  std::span<const std::byte> file_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> metadata_;
  Schema schema_;
  Compression compression_ = Compression::None;
  std::string_view sync_;
  std::int64_t records_ = 0;
  std::string decompressed_;
  std::span<const std::byte> block_;
};

}  // namespace lakelet::codec::avro
