#include "formats/iceberg/write/delete_files.h"

#include <algorithm>

#include "base/uuid.h"
#include "codec/puffin/puffin_file.h"
#include "codec/roaring/deletion_vector.h"
#include "formats/iceberg/manifest/manifest_format.h"

namespace lakelet::iceberg {

namespace {

std::string position_bound(std::uint64_t position) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(position >> shift & 0xFF);
  return bytes;
}

ManifestEntry entry_at(const PlacedFile& place, std::uint64_t rows) {
  ManifestEntry entry;
  entry.content = FileContent::PositionDeletes;
  entry.partition = place.partition;
  entry.partition_key = place.partition_key;
  entry.records = static_cast<std::int64_t>(rows);
  return entry;
}

}  // namespace

Location DeleteFiles::new_file(const std::string& suffix) {
  files_.push_back(base_.root().child("data/" + make_uuid_text() + suffix));
  return files_.back();
}

AddedFile DeleteFiles::write_positions(const PlacedFile& place, const PositionsByPath& removed) {
  const Location file = new_file("-deletes.parquet");
  std::uint64_t rows = 0, first = UINT64_MAX, last = 0;
  for (const auto& [path, rows_of_file] : removed) {
    const std::vector<std::uint64_t> positions = rows_of_file.to_vector();
    rows += positions.size();
    first = std::min(first, positions.front());
    last = std::max(last, positions.back());
  }
  AddedFile added{place.spec_id, entry_at(place, rows), true};
  if (removed.size() == 1) added.entry.referenced_file = removed.begin()->first;
  added.entry.bytes = base_.context().tabular->write_parquet(file.uri, position_rows(removed), "zstd");
  added.entry.path = base_.paths().recorded(file.uri);
  added.entry.format = "parquet";
  // The path's bounds are whole: by them readers know the one file that it tells of.
  added.entry.details = std::make_shared<FileDetails>();
  ColumnMetrics& paths = added.entry.details->metrics[kDeletedPathId];
  paths.values = added.entry.records;
  paths.nulls = 0;
  paths.lower = removed.begin()->first;
  paths.upper = removed.rbegin()->first;
  ColumnMetrics& places = added.entry.details->metrics[kDeletedPositionId];
  places.values = added.entry.records;
  places.nulls = 0;
  places.lower = position_bound(first);
  places.upper = position_bound(last);
  return added;
}

std::string framed_vector(const RowPositions& positions) {
  return codec::frame_deletion_vector(codec::encode_deletion_vector(positions.to_vector()));
}

VectorFile::VectorFile(const IcebergSnapshot& base) : base_(base), writer_(base.context().engine_info) {}

// Each blob says which file it is of; sequence number and snapshot are inherited (Puffin specification,
// "deletion-vector-v1").
void VectorFile::add(const std::string& path, const PlacedFile& place, std::uint64_t rows, std::string_view framed,
                     std::optional<std::int64_t> sequence_number) {
  codec::PuffinBlob blob;
  blob.type = "deletion-vector-v1";
  blob.fields = {2147483645};  // _pos
  blob.properties["referenced-data-file"] = path;
  blob.properties["cardinality"] = std::to_string(rows);
  blob = writer_.add(std::move(blob), framed);
  bytes_ = blob.offset + blob.length;
  AddedFile& file = added_.emplace_back(AddedFile{place.spec_id, entry_at(place, rows), !sequence_number});
  file.entry.sequence_number = sequence_number.value_or(0);
  file.entry.referenced_file = path;
  file.entry.format = "puffin";
  file.entry.content_offset = static_cast<std::int64_t>(blob.offset);
  file.entry.content_size = static_cast<std::int64_t>(blob.length);
}

std::vector<AddedFile> VectorFile::finish(const Location& file) {
  const std::string bytes = writer_.finish();
  const auto out = file.store->create(file.path);
  out->append(std::as_bytes(std::span(bytes)));
  out->finish();
  for (AddedFile& each : added_) {
    each.entry.path = base_.paths().recorded(file.uri);
    each.entry.bytes = bytes.size();
  }
  return std::move(added_);
}

std::vector<AddedFile> DeleteFiles::finish(VectorFile& vectors) {
  return vectors.finish(new_file("-deletes.puffin"));
}

std::vector<AddedFile> DeleteFiles::write(const std::map<std::string, RemovedRows>& removed) {
  if (removed.empty()) return {};
  if (base_.table_metadata().format_version >= 3) {
    VectorFile vectors(base_);
    for (const auto& [path, rows] : removed) {
      vectors.add(path, rows.place, rows.positions.count(), framed_vector(rows.positions));
    }
    return finish(vectors);
  }
  std::vector<AddedFile> added;
  for (const auto& [path, rows] : removed) added.push_back(write_positions(rows.place, {{path, rows.positions}}));
  return added;
}

}  // namespace lakelet::iceberg
