#include "formats/delta/log/log_file_reader.h"

#include <limits>

namespace lakelet::delta {

namespace {

constexpr std::uint64_t kReadWhole = std::uint64_t{8} << 20;
// A parsed document takes some 14 times its text: the text and its padding,
// offsets, a tape and its strings.
constexpr std::uint64_t kParsedPerByte = 16;

}  // namespace

std::uint64_t planning_memory(const FormatContext& context) {
  return context.memory_limit_bytes / 2;
}

void read_log_file(const FormatContext& context, const Location& table, const LogFile& file, ActionReader& reader,
                   ActionVisitor& visitor) {
  const std::string uri = log_uri(table, std::string_view(file.path).substr(file.path.rfind('/') + 1));
  if (file.size <= kReadWhole) return reader.read(table.store->read_all(file.path), uri, visitor);
  const std::uint64_t limit = planning_memory(context);
  const std::uint64_t longest = limit == 0 ? std::numeric_limits<std::uint32_t>::max() : limit / kParsedPerByte;
  const auto object = table.store->open(file.path);
  std::uint64_t offset = 0;
  const auto source = [&](std::span<char> out) {
    const std::size_t got = object->read(offset, std::as_writable_bytes(out));
    offset += got;
    return got;
  };
  reader.read_pieces(source, uri, std::max(longest, kReadWhole), visitor);
}

}  // namespace lakelet::delta
