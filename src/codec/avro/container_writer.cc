#include "codec/avro/container_writer.h"

#include <bit>
#include <cstring>
#include <span>

#include "codec/avro/container_format.h"
#include "lakelet/error.h"

namespace lakelet::codec::avro {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

std::string_view name_of(Compression compression) {
  for (const CodecName& known : kCodecs) {
    if (known.compression == compression) return known.name;
  }
  throw Error(ErrorCode::Internal, "Avro files can't be compressed that way");
}

}  // namespace

void Encoder::write_long(std::int64_t value) {
  auto rest = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (; rest >= 0x80; rest >>= 7) out_.push_back(static_cast<char>(rest | 0x80));
  out_.push_back(static_cast<char>(rest));
}

void Encoder::write_float(float value) {
  static_assert(std::endian::native == std::endian::little);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out_.append(bytes, sizeof value);
}

void Encoder::write_double(double value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out_.append(bytes, sizeof value);
}

void Encoder::write_bytes(std::string_view value) {
  write_long(static_cast<std::int64_t>(value.size()));
  out_ += value;
}

ContainerWriter::ContainerWriter(std::string_view schema_json, const std::map<std::string, std::string>& metadata,
                                 Compression compression, std::string_view sync)
    : compression_(compression), sync_(sync) {
  if (sync.size() != kSyncBytes) throw Error(ErrorCode::Internal, "an Avro file's mark has 16 bytes");
  std::map<std::string, std::string> all = metadata;
  all[kSchemaKey] = schema_json;
  all[kCodecKey] = name_of(compression);
  file_.write_fixed(kMagic);
  file_.write_long(static_cast<std::int64_t>(all.size()));
  for (const auto& [key, value] : all) {
    file_.write_bytes(key);
    file_.write_bytes(value);
  }
  file_.write_long(0);
  file_.write_fixed(sync_);
}

void ContainerWriter::end_record() {
  ++records_;
  if (block_.bytes().size() >= kBlockBytes) end_block();
}

void ContainerWriter::end_block() {
  if (records_ == 0) return;
  const std::string plain = block_.take();
  block_ = Encoder();
  const auto bytes = std::as_bytes(std::span(plain));
  std::string stored = compress(compression_, bytes);
  if (compression_ == Compression::Snappy) {
    const std::uint32_t checksum = crc32(bytes);
    for (int shift = 24; shift >= 0; shift -= 8) stored.push_back(static_cast<char>(checksum >> shift));
  }
  file_.write_long(records_);
  file_.write_bytes(stored);
  file_.write_fixed(sync_);
  records_ = 0;
}

std::string ContainerWriter::finish() {
  end_block();
  return file_.take();
}

}  // namespace lakelet::codec::avro
