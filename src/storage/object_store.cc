#include "storage/object_store.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet {

std::string ObjectStore::read_all(const std::string& path, std::uint64_t max_bytes) {
  const auto reader = open(path);
  const std::uint64_t size = reader->info().size;
  if (size > max_bytes) {
    throw Error(ErrorCode::Exhausted,
                fmt::format("{} has {} bytes, more than the {} that may be read at once", path, size, max_bytes));
  }
  std::string bytes(size, '\0');
  bytes.resize(size == 0 ? 0 : reader->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

}  // namespace lakelet
