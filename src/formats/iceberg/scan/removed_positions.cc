#include "formats/iceberg/scan/removed_positions.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <cerrno>
#include <vector>

#include "codec/roaring/deletion_vector.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr std::int64_t kLargestVector = std::int64_t{2} << 30;

[[noreturn]] void corrupt(std::string what) {
  throw Error(ErrorCode::CorruptTable, std::move(what));
}

[[noreturn]] void throw_stream_error(ArrowArrayStream& stream, int code) {
  static constexpr std::pair<int, ErrorCode> kCodes[] = {
      {ENOMEM, ErrorCode::Exhausted},  {ECANCELED, ErrorCode::Cancelled}, {ENOENT, ErrorCode::NotFound},
      {EACCES, ErrorCode::Permission}, {EAGAIN, ErrorCode::Unavailable},
  };
  const char* text = stream.get_last_error(&stream);
  for (const auto& [known, meaning] : kCodes) {
    if (known == code) throw Error(meaning, text ? text : "the files can't be read");
  }
  corrupt(text ? text : "the file can't be read");
}

struct View {
  View() { ArrowArrayViewInitFromType(&view, NANOARROW_TYPE_UNINITIALIZED); }
  ~View() { ArrowArrayViewReset(&view); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ArrowArrayView view;
};

// Rows (file_path, pos) of a batch, handed on one by one.
template <typename Take>
void for_each_row(const ArrowSchema& schema, const ArrowArray& batch, const Take& take) {
  View holder;
  ArrowArrayView* view = &holder.view;
  ArrowError error;
  if (ArrowArrayViewInitFromSchema(view, &schema, &error) != NANOARROW_OK ||
      ArrowArrayViewSetArray(view, &batch, &error) != NANOARROW_OK || view->n_children != 2) {
    throw Error(ErrorCode::Internal, "a batch of position deletes that isn't one");
  }
  const ArrowArrayView* path = view->children[0];
  const ArrowArrayView* position = view->children[1];
  const bool text = path->storage_type == NANOARROW_TYPE_STRING || path->storage_type == NANOARROW_TYPE_LARGE_STRING ||
                    path->storage_type == NANOARROW_TYPE_BINARY || path->storage_type == NANOARROW_TYPE_LARGE_BINARY;
  const bool number = position->storage_type == NANOARROW_TYPE_INT64 || position->storage_type == NANOARROW_TYPE_INT32;
  if (!text || !number) corrupt("position deletes have no columns file_path and pos");
  for (std::int64_t i = 0; i < batch.length; ++i) {
    if (ArrowArrayViewIsNull(path, i) || ArrowArrayViewIsNull(position, i)) corrupt("a position delete is null");
    const ArrowStringView bytes = ArrowArrayViewGetStringUnsafe(path, i);
    const std::int64_t at = ArrowArrayViewGetIntUnsafe(position, i);
    if (at < 0) corrupt(fmt::format("a position delete is of row {}", at));
    take(std::string_view(bytes.data, static_cast<std::size_t>(bytes.size_bytes)), static_cast<std::uint64_t>(at));
  }
}

}  // namespace

RowPositions RemovedPositions::read_vector(const ManifestEntry& deletes) const {
  const std::string uri = paths_.resolve(deletes.path);
  try {
    if (*deletes.content_offset < 0 || *deletes.content_size < 0 || *deletes.content_size > kLargestVector) {
      corrupt("a deletion vector has a negative size or place, or is larger than any is");
    }
    const Location file = context_.stores->resolve(uri);
    const auto reader = file.store->open(file.path);
    const auto size = static_cast<std::uint64_t>(*deletes.content_size);
    const auto offset = static_cast<std::uint64_t>(*deletes.content_offset);
    if (offset > reader->info().size || size > reader->info().size - offset) corrupt("a deletion vector is cut short");
    std::vector<std::byte> bytes(size);
    if (reader->read(offset, bytes) != size) corrupt("a deletion vector is cut short");
    PositionsBuilder builder;
    codec::parse_deletion_vector(codec::unframe_deletion_vector(bytes), [&](std::span<const codec::PositionRun> runs) {
      for (const auto& [first, length] : runs) builder.add_range(first, length);
    });
    RowPositions positions = builder.finish();
    if (positions.count() != static_cast<std::uint64_t>(deletes.records)) {
      corrupt(fmt::format("a deletion vector holds {} rows, its manifest says {}", positions.count(), deletes.records));
    }
    return positions;
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the deletion vectors {} are missing", uri));
    }
    throw error.add_context(fmt::format("deletion vector at byte {} of {}", *deletes.content_offset, uri));
  }
}

const RemovedPositions::ByFile& RemovedPositions::read(const ManifestEntry& deletes) {
  const auto [known, added] = files_.try_emplace(deletes.path);
  if (!added) return known->second;
  const std::string uri = paths_.resolve(deletes.path);
  if (deletes.format != "parquet") {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{}: {} delete files aren't supported", uri, deletes.format));
  }
  ByFile& files = known->second;
  try {
    TabularRead request;
    request.uris = {uri};
    request.columns = {"file_path", "pos"};
    OwnedArrowStream stream = context_.tabular->read_parquet(request);
    OwnedArrowSchema schema;
    if (const int code = stream->get_schema(stream.get(), schema.get())) throw_stream_error(*stream.get(), code);
    std::string last;
    RowPositions* into = nullptr;
    while (true) {
      OwnedArrowArray batch;
      if (const int code = stream->get_next(stream.get(), batch.get())) throw_stream_error(*stream.get(), code);
      if (!batch) break;
      for_each_row(*schema.get(), *batch.get(), [&](std::string_view path, std::uint64_t position) {
        if (!into || path != last) {
          last = path;
          into = &files[last];
        }
        into->add(position);
      });
    }
  } catch (Error& error) {
    files_.erase(known);
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the position deletes {} are missing", uri));
    }
    throw error.add_context("position deletes " + uri);
  }
  // At most: a bitmap takes two bytes for a position that has no neighbours.
  for (const auto& [path, positions] : files) taken_ += 256 + path.size() + 2 * positions.count();
  if (context_.memory_limit_bytes > 0 && taken_ > context_.memory_limit_bytes / 2) {
    throw Error(ErrorCode::Exhausted,
                fmt::format("the memory limit is too small for the position deletes of {}", paths_.root().uri),
                "raise --memory-limit, or filter by a partition column");
  }
  return files;
}

std::shared_ptr<const RowPositions> RemovedPositions::of(const std::string& data_path, const ApplyingDeletes& deletes) {
  if (deletes.vector) return std::make_shared<const RowPositions>(read_vector(*deletes.vector));
  std::shared_ptr<RowPositions> result;
  for (const ManifestEntry* each : deletes.positions) {
    const ByFile& files = read(*each);
    const auto found = files.find(data_path);
    if (found == files.end()) continue;
    if (!result) result = std::make_shared<RowPositions>();
    result->add_all(found->second);
  }
  return result;
}

}  // namespace lakelet::iceberg
