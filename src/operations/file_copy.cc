#include "operations/file_copy.h"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kPiece = std::size_t{4} << 20;

bool same_bytes(const Location& a, const Location& b, const Cancellation& cancellation) {
  const auto first = a.store->open(a.path), second = b.store->open(b.path);
  std::vector<std::byte> one(kPiece), other(kPiece);
  for (std::uint64_t at = 0;;) {
    cancellation.check();
    const std::size_t got = first->read(at, one);
    if (second->read(at, other) != got || std::memcmp(one.data(), other.data(), got) != 0) return false;
    if (got < kPiece) return true;
    at += got;
  }
}

void stream(const Location& from, const Location& to, const Cancellation& cancellation) {
  const auto reader = from.store->open(from.path);
  const auto writer = to.store->create(to.path);
  std::vector<std::byte> piece(kPiece);
  while (true) {
    cancellation.check();
    const std::size_t got = reader->read(writer->written(), piece);
    writer->append(std::span(piece).first(got));
    if (got < kPiece) break;
  }
  if (writer->written() != reader->info().size) {
    throw Error(ErrorCode::Unavailable, fmt::format("{} became shorter while it was copied", from.uri));
  }
  writer->finish();
}

}  // namespace

CopyOutcome copy_file(const Location& from, const Location& to, const Cancellation& cancellation) {
  cancellation.check();
  if (const auto there = to.store->find(to.path)) {
    const auto wanted = from.store->find(from.path);
    if (!wanted) throw Error(ErrorCode::NotFound, fmt::format("{} isn't there", from.uri));
    if (there->size == wanted->size && same_bytes(from, to, cancellation)) return CopyOutcome::WasThere;
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is another file at {} already", to.uri),
                "choose an empty folder");
  }
  if (from.store == to.store) {
    from.store->copy(from.path, to.path);
  } else {
    stream(from, to, cancellation);
  }
  return CopyOutcome::Copied;
}

}  // namespace lakelet::operations
