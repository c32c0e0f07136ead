// Puffin files with deletion vectors, and single vectors with length and checksum around them.
#include <cstring>
#include <span>

#include "codec/puffin/puffin_file.h"
#include "codec/roaring/deletion_vector.h"
#include "fuzz/verdict.h"

namespace {

using lakelet::ErrorCode;

void vector(std::span<const std::byte> framed) {
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] {
    std::uint64_t next = 0;
    lakelet::codec::parse_deletion_vector(lakelet::codec::unframe_deletion_vector(framed),
                                          [&](std::span<const lakelet::codec::PositionRun> runs) {
                                            for (const auto& [first, length] : runs) {
                                              if (first < next || length == 0)
                                                lakelet::fuzz::fail("positions out of order");
                                              next = first + length;
                                            }
                                          });
  });
}

void puffin(std::span<const std::byte> file) {
  const auto read = [&](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    if (offset > file.size()) lakelet::fuzz::fail("a read behind the end");
    const std::size_t size = std::min<std::size_t>(out.size(), file.size() - offset);
    std::memcpy(out.data(), file.data() + offset, size);
    return size;
  };
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature}, [&] {
    const lakelet::codec::PuffinFooter footer = lakelet::codec::read_puffin_footer(file.size(), read);
    for (const lakelet::codec::PuffinBlob& blob : footer.blobs) {
      if (blob.offset > file.size() || blob.length > file.size() - blob.offset) {
        lakelet::fuzz::fail("a blob that isn't in the file");
      }
      vector(file.subspan(blob.offset, blob.length));
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  puffin(bytes);
  vector(bytes);
  // With the right length and checksum around whatever it is.
  const std::string framed = lakelet::codec::frame_deletion_vector(std::string(lakelet::fuzz::as_text(data, size)));
  vector(std::as_bytes(std::span(framed)));
  return 0;
}
