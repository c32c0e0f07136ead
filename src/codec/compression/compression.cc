#include "codec/compression/compression.h"

#include <fmt/format.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "lakelet/error.h"

namespace lakelet::codec {

namespace {

// zlib counts input and output in 32 bits.
constexpr std::size_t kStep = std::size_t{1} << 30;
constexpr int kBareDeflate = -15, kGzip = 15 + 16;
// Of a zlib stream, or what is left of it: some writers of Avro take its header off and not all of its checksum.
constexpr std::size_t kChecksumBytes = 4;

[[noreturn]] void corrupt(const char* name) {
  throw Error(ErrorCode::CorruptTable, fmt::format("data compressed with {} is damaged", name));
}

[[noreturn]] void too_large(const char* name, std::size_t max_bytes) {
  throw Error(ErrorCode::Exhausted,
              fmt::format("data compressed with {} takes more than {} bytes of memory", name, max_bytes));
}

class InflateStream {
 public:
  explicit InflateStream(int window_bits) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) throw Error(ErrorCode::Exhausted, "zlib can't be set up");
  }
  ~InflateStream() { inflateEnd(&stream_); }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  z_stream& operator*() { return stream_; }

 private:
  z_stream stream_{};
};

// All members of a gzip file, or the one stream of bare deflate.
std::string inflate_all(std::span<const std::byte> bytes, int window_bits, const char* name, std::size_t max_bytes) {
  InflateStream holder(window_bits);
  z_stream& stream = *holder;
  std::string out;
  std::size_t taken = 0, given = 0;
  bool ended = false;
  while (true) {
    const std::size_t step = std::min(kStep, bytes.size() - taken);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + taken));
    stream.avail_in = static_cast<uInt>(step);
    if (given == out.size()) {
      if (given > max_bytes) too_large(name, max_bytes);
      out.resize(std::min(max_bytes + 1, std::max<std::size_t>(given * 2, 64 + bytes.size() * 4)));
    }
    const std::size_t room = std::min(kStep, out.size() - given);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + given);
    stream.avail_out = static_cast<uInt>(room);
    // The whole input at once: no window is kept that nobody will ask for.
    const int outcome = inflate(&stream, step == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    taken += step - stream.avail_in;
    given += room - stream.avail_out;
    if (given > max_bytes) too_large(name, max_bytes);
    if (outcome == Z_STREAM_END) {
      ended = true;
      if (taken == bytes.size()) break;
      if (window_bits == kBareDeflate && bytes.size() - taken <= kChecksumBytes) break;
      if (window_bits != kGzip || inflateReset(&stream) != Z_OK) corrupt(name);
      ended = false;
      continue;
    }
    if (outcome != Z_OK && outcome != Z_BUF_ERROR) corrupt(name);
    if (outcome == Z_BUF_ERROR && stream.avail_out > 0) break;  // no more input
  }
  if (!ended) corrupt(name);
  out.resize(given);
  return out;
}

std::string deflate_all(std::span<const std::byte> bytes, int window_bits) {
  z_stream stream{};
  if (bytes.size() > kStep) throw Error(ErrorCode::Exhausted, "more than a gigabyte of metadata in one piece");
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error(ErrorCode::Exhausted, "zlib can't be set up");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int outcome = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (outcome != Z_STREAM_END) throw Error(ErrorCode::Internal, "zlib didn't finish");
  return out;
}

std::string unzstd(std::span<const std::byte> bytes, std::size_t max_bytes) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  if (!stream) throw Error(ErrorCode::Exhausted, "zstd can't be set up");
  std::string out;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t given = 0, left = 1;
  while (in.pos < in.size || left != 0) {
    if (given == out.size()) {
      if (given > max_bytes) too_large("zstd", max_bytes);
      out.resize(std::min(max_bytes + 1, std::max<std::size_t>(given * 2, ZSTD_DStreamOutSize())));
    }
    ZSTD_outBuffer to{out.data(), out.size(), given};
    const std::size_t before_in = in.pos, before_out = to.pos;
    left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_isError(left)) corrupt("zstd");
    given = to.pos;
    if (left != 0 && in.pos == before_in && given == before_out) corrupt("zstd");  // cut short
  }
  if (given > max_bytes) too_large("zstd", max_bytes);
  out.resize(given);
  return out;
}

std::string unsnappy(std::span<const std::byte> bytes, std::size_t max_bytes) {
  const char* data = reinterpret_cast<const char*>(bytes.data());
  std::size_t length = 0;
  if (!snappy::GetUncompressedLength(data, bytes.size(), &length)) corrupt("snappy");
  // No input of so many bytes can give more: a length that lies takes no memory.
  if (length > max_bytes || length / 64 > bytes.size()) too_large("snappy", max_bytes);
  std::string out(length, '\0');
  if (!snappy::RawUncompress(data, bytes.size(), out.data())) corrupt("snappy");
  return out;
}

}  // namespace

std::string decompress(Compression compression, std::span<const std::byte> bytes, std::size_t max_bytes) {
  switch (compression) {
    case Compression::Deflate:
      return inflate_all(bytes, kBareDeflate, "deflate", max_bytes);
    case Compression::Gzip:
      return inflate_all(bytes, kGzip, "gzip", max_bytes);
    case Compression::Zstd:
      return unzstd(bytes, max_bytes);
    case Compression::Snappy:
      return unsnappy(bytes, max_bytes);
    case Compression::None:
      break;
  }
  if (bytes.size() > max_bytes) too_large("nothing", max_bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string compress(Compression compression, std::span<const std::byte> bytes) {
  const char* data = reinterpret_cast<const char*>(bytes.data());
  switch (compression) {
    case Compression::Deflate:
      return deflate_all(bytes, kBareDeflate);
    case Compression::Gzip:
      return deflate_all(bytes, kGzip);
    case Compression::Zstd: {
      std::string out(ZSTD_compressBound(bytes.size()), '\0');
      const std::size_t size = ZSTD_compress(out.data(), out.size(), data, bytes.size(), ZSTD_CLEVEL_DEFAULT);
      if (ZSTD_isError(size)) throw Error(ErrorCode::Internal, "zstd didn't finish");
      out.resize(size);
      return out;
    }
    case Compression::Snappy: {
      std::string out;
      snappy::Compress(data, bytes.size(), &out);
      return out;
    }
    case Compression::None:
      break;
  }
  return {data, bytes.size()};
}

std::uint32_t crc32(std::span<const std::byte> bytes) {
  uLong crc = ::crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const std::span<const std::byte> step = bytes.first(std::min(kStep, bytes.size()));
    crc = ::crc32(crc, reinterpret_cast<const Bytef*>(step.data()), static_cast<uInt>(step.size()));
    bytes = bytes.subspan(step.size());
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace lakelet::codec
