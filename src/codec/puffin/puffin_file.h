// Puffin files: blobs with a footer that says what they are (Puffin specification, version 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet::codec {

struct PuffinBlob {
  std::string type;
  std::vector<std::int32_t> fields;
  std::int64_t snapshot_id = -1, sequence_number = -1;
  std::uint64_t offset = 0, length = 0;  // in the file
  std::string compression;               // empty: none
  std::map<std::string, std::string> properties;
};

struct PuffinFooter {
  std::vector<PuffinBlob> blobs;
  std::map<std::string, std::string> properties;
};

// Reads so many bytes at an offset of the file, or fewer at its end.
using ReadBytes = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> out)>;

// Two ranged reads at the end of the file. Throws Error(CorruptTable) naming the byte; Error(UnsupportedFeature) for a
// compressed footer.
PuffinFooter read_puffin_footer(std::uint64_t file_size, const ReadBytes& read);

// Writes blobs one after the other; the footer comes last.
class PuffinWriter {
 public:
  explicit PuffinWriter(std::string created_by);
  // `blob`: all but its place, which is returned filled in.
  PuffinBlob add(PuffinBlob blob, std::string_view bytes);
  // The whole file.
  std::string finish();

 private:
  std::string file_, created_by_;
  std::vector<PuffinBlob> blobs_;
};

}  // namespace lakelet::codec
