#include "formats/iceberg/upkeep/delete_rewriter.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "codec/roaring/deletion_vector.h"
#include "formats/iceberg/scan/removed_positions.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::int64_t youngest(const std::vector<const ManifestEntry*>& deletes, std::int64_t otherwise) {
  for (const ManifestEntry* each : deletes) otherwise = std::max(otherwise, each->sequence_number);
  return otherwise;
}

class DeleteRewriter {
 public:
  DeleteRewriter(const IcebergSnapshot& snapshot, const DeletePlan& plan, const Cancellation& cancellation)
      : snapshot_(snapshot),
        plan_(plan),
        cancellation_(cancellation),
        target_bytes_(delete_target_bytes(snapshot)),
        files_(snapshot) {
    result_.removed = plan.removed;
  }

  RewrittenDeletes run() try {
    const bool vectors = snapshot_.table_metadata().format_version >= 3;
    for (const PositionGroup& group : plan_.groups) vectors ? add_vectors(group) : add_file(group);
    for (const MovedVector& each : plan_.vectors) move(each);
    finish_vectors();
    result_.files = files_.files();
    return std::move(result_);
  } catch (...) {
    for (const Location& file : files_.files()) {
      try {
        file.store->remove(file.path);
      } catch (const Error&) {  // an orphan: vacuum finds it
      }
    }
    throw;
  }

 private:
  std::shared_ptr<const RowPositions> rows_of(RemovedPositions& removed, const std::string& path,
                                              const std::vector<const ManifestEntry*>& deletes) const {
    return removed.of(path, {.vector = nullptr, .positions = deletes, .equality = {}});
  }

  void add_file(const PositionGroup& group) {
    RemovedPositions removed(snapshot_.context(), snapshot_.paths());
    PositionsByPath positions;
    std::int64_t sequence_number = 0;
    for (const auto& [path, deletes] : group.deletes) {
      cancellation_.check();
      const auto rows = rows_of(removed, path, deletes);
      if (!rows || rows->empty()) continue;
      positions.emplace(path, *rows);
      sequence_number = youngest(deletes, sequence_number);
    }
    if (positions.empty()) return;
    AddedFile& added = result_.added.emplace_back(files_.write_positions(group.place, positions));
    added.entry.sequence_number = sequence_number;
    added.inherits = false;
  }

  void add_vectors(const PositionGroup& group) {
    RemovedPositions removed(snapshot_.context(), snapshot_.paths());
    for (const auto& [path, deletes] : group.deletes) {
      cancellation_.check();
      const auto rows = rows_of(removed, path, deletes);
      if (!rows || rows->empty()) continue;
      add(path, group.place, rows->count(), framed_vector(*rows), youngest(deletes, 0));
    }
  }

  // As it is, once its length and its checksum were found right.
  void move(const MovedVector& vector) {
    cancellation_.check();
    const ManifestEntry& entry = *vector.entry;
    const std::string uri = snapshot_.paths().resolve(entry.path);
    try {
      if (!reader_ || reading_ != entry.path) {
        const Location file = snapshot_.context().stores->resolve(uri);
        reader_ = file.store->open(file.path);
        reading_ = entry.path;
      }
      const auto offset = static_cast<std::uint64_t>(*entry.content_offset);
      const auto size = static_cast<std::uint64_t>(*entry.content_size);
      const std::uint64_t all = reader_->info().size;
      std::vector<std::byte> bytes(offset <= all && size <= all - offset ? size : 0);
      if (bytes.empty() || reader_->read(offset, bytes) != size) {
        throw Error(ErrorCode::CorruptTable, "a deletion vector is cut short");
      }
      codec::unframe_deletion_vector(bytes);
      const std::string_view framed(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      add(*entry.referenced_file, vector.place, static_cast<std::uint64_t>(entry.records), framed,
          entry.sequence_number);
    } catch (Error& error) {
      if (error.code() == ErrorCode::NotFound) {
        throw Error(ErrorCode::CorruptTable, "the deletion vectors " + uri + " are missing");
      }
      throw error.add_context("deletion vectors " + uri);
    }
  }

  void add(const std::string& path, const PlacedFile& place, std::uint64_t rows, std::string_view framed,
           std::int64_t sequence_number) {
    if (vectors_ && vectors_->bytes() + framed.size() > target_bytes_) finish_vectors();
    if (!vectors_) vectors_.emplace(snapshot_);
    vectors_->add(path, place, rows, framed, sequence_number);
    result_.vectors.emplace(path, place);
  }

  void finish_vectors() {
    if (!vectors_) return;
    for (AddedFile& each : files_.finish(*vectors_)) result_.added.push_back(std::move(each));
    vectors_.reset();
  }

  const IcebergSnapshot& snapshot_;
  const DeletePlan& plan_;
  const Cancellation& cancellation_;
  const std::uint64_t target_bytes_;
  DeleteFiles files_;
  std::optional<VectorFile> vectors_;
  std::unique_ptr<ObjectReader> reader_;
  std::string reading_;
  RewrittenDeletes result_;
};

}  // namespace

RewrittenDeletes rewrite_deletes(const IcebergSnapshot& snapshot, const DeletePlan& plan,
                                 const Cancellation& cancellation) {
  return DeleteRewriter(snapshot, plan, cancellation).run();
}

}  // namespace lakelet::iceberg
