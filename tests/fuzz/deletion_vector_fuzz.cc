// Bitmaps of removed positions, as bytes of a file and as the text in the log.
#include <algorithm>
#include <span>

#include "formats/delta/files/deletion_vector_reader.h"
#include "fuzz/verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lakelet::ErrorCode;
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] {
    const lakelet::RowPositions positions = lakelet::delta::parse_deletion_vector(std::as_bytes(std::span(data, size)));
    // What was read can be asked: counts, and each position is there.
    if (positions.count() < 100'000) {
      const std::vector<std::uint64_t> all = positions.to_vector();
      if (all.size() != positions.count() || !std::is_sorted(all.begin(), all.end())) {
        lakelet::fuzz::fail("the positions aren't those that were counted");
      }
    }
  });
  const std::string text(lakelet::fuzz::as_text(data, size));
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] { lakelet::delta::decode_z85(text); });
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] { lakelet::delta::deletion_vector_path(text); });
  return 0;
}
