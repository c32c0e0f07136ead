#include "formats/iceberg/write/delete_files.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include "base/uuid.h"
#include "codec/puffin/puffin_file.h"
#include "codec/roaring/deletion_vector.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

void require(int code, const char* what) {
  if (code != NANOARROW_OK) throw Error(ErrorCode::Exhausted, fmt::format("{} doesn't fit into memory", what));
}

void set_column(ArrowSchema* column, const char* name, ArrowType type, std::int32_t field_id) {
  require(ArrowSchemaSetType(column, type), "a schema");
  require(ArrowSchemaSetName(column, name), "a schema");
  column->flags = 0;  // never null
  ArrowBuffer metadata;
  require(ArrowMetadataBuilderInit(&metadata, nullptr), "a schema");
  const std::string id = std::to_string(field_id);
  const int code = ArrowMetadataBuilderAppend(&metadata, ArrowCharView("PARQUET:field_id"), ArrowCharView(id.c_str()));
  const int set =
      code == NANOARROW_OK ? ArrowSchemaSetMetadata(column, reinterpret_cast<const char*>(metadata.data)) : code;
  ArrowBufferReset(&metadata);
  require(set, "a schema");
}

// Rows (file_path, pos), by position (spec.md, "Position Delete Files").
OwnedArrowStream rows_of(const std::string& path, const std::vector<std::uint64_t>& positions) {
  OwnedArrowSchema schema;
  ArrowSchemaInit(schema.get());
  require(ArrowSchemaSetTypeStruct(schema.get(), 2), "a schema");
  set_column(schema->children[0], "file_path", NANOARROW_TYPE_STRING, kDeletedPathId);
  set_column(schema->children[1], "pos", NANOARROW_TYPE_INT64, kDeletedPositionId);
  // Batches of few rows: offsets of text have 32 bits.
  constexpr std::size_t kBatchRows = 100'000;
  const std::size_t batches = (positions.size() + kBatchRows - 1) / kBatchRows;
  OwnedArrowStream stream;
  require(ArrowBasicArrayStreamInit(stream.get(), schema.get(), static_cast<std::int64_t>(batches)), "a batch");
  OwnedArrowSchema same;
  require(stream->get_schema(stream.get(), same.get()), "a schema");
  for (std::size_t batch = 0; batch < batches; ++batch) {
    OwnedArrowArray array;
    ArrowError error;
    require(ArrowArrayInitFromSchema(array.get(), same.get(), &error), "a batch");
    require(ArrowArrayStartAppending(array.get()), "a batch");
    const ArrowStringView text{path.data(), static_cast<std::int64_t>(path.size())};
    for (std::size_t i = batch * kBatchRows; i < std::min(positions.size(), (batch + 1) * kBatchRows); ++i) {
      require(ArrowArrayAppendString(array->children[0], text), "a batch");
      require(ArrowArrayAppendInt(array->children[1], static_cast<std::int64_t>(positions[i])), "a batch");
      require(ArrowArrayFinishElement(array.get()), "a batch");
    }
    require(ArrowArrayFinishBuildingDefault(array.get(), &error), "a batch");
    ArrowBasicArrayStreamSetArray(stream.get(), static_cast<std::int64_t>(batch), array.get());
  }
  return stream;
}

std::string position_bound(std::uint64_t position) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(position >> shift & 0xFF);
  return bytes;
}

ManifestEntry entry_of(const std::string& path, const RemovedRows& removed) {
  ManifestEntry entry;
  entry.content = FileContent::PositionDeletes;
  entry.partition = removed.place.partition;
  entry.partition_key = removed.place.partition_key;
  entry.records = static_cast<std::int64_t>(removed.positions.count());
  entry.referenced_file = path;
  return entry;
}

}  // namespace

Location DeleteFiles::new_file(const std::string& suffix) {
  files_.push_back(base_.root().child("data/" + make_uuid_text() + suffix));
  return files_.back();
}

AddedFile DeleteFiles::write_positions(const std::string& path, const RemovedRows& removed) {
  const Location file = new_file("-deletes.parquet");
  const std::vector<std::uint64_t> positions = removed.positions.to_vector();
  AddedFile added{removed.place.spec_id, entry_of(path, removed), true};
  added.entry.bytes = base_.context().tabular->write_parquet(file.uri, rows_of(path, positions), "zstd");
  added.entry.path = base_.paths().recorded(file.uri);
  added.entry.format = "parquet";
  // The path's bounds are whole: by them readers know the one file that it tells of.
  added.entry.details = std::make_shared<FileDetails>();
  ColumnMetrics& paths = added.entry.details->metrics[kDeletedPathId];
  paths.values = added.entry.records;
  paths.nulls = 0;
  paths.lower = paths.upper = path;
  ColumnMetrics& places = added.entry.details->metrics[kDeletedPositionId];
  places.values = added.entry.records;
  places.nulls = 0;
  places.lower = position_bound(positions.front());
  places.upper = position_bound(positions.back());
  return added;
}

// Each blob says which file it is of; sequence number and snapshot are inherited (Puffin specification,
// "deletion-vector-v1").
std::vector<AddedFile> DeleteFiles::write_vectors(const std::map<std::string, RemovedRows>& removed) {
  codec::PuffinWriter writer(base_.context().engine_info);
  std::vector<AddedFile> added;
  for (const auto& [path, rows] : removed) {
    codec::PuffinBlob blob;
    blob.type = "deletion-vector-v1";
    blob.fields = {2147483645};  // _pos
    blob.properties["referenced-data-file"] = path;
    blob.properties["cardinality"] = std::to_string(rows.positions.count());
    const std::string framed = codec::frame_deletion_vector(codec::encode_deletion_vector(rows.positions.to_vector()));
    blob = writer.add(std::move(blob), framed);
    AddedFile& file = added.emplace_back(AddedFile{rows.place.spec_id, entry_of(path, rows), true});
    file.entry.format = "puffin";
    file.entry.content_offset = static_cast<std::int64_t>(blob.offset);
    file.entry.content_size = static_cast<std::int64_t>(blob.length);
  }
  const Location file = new_file("-deletes.puffin");
  const std::string bytes = writer.finish();
  const auto out = file.store->create(file.path);
  out->append(std::as_bytes(std::span(bytes)));
  out->finish();
  for (AddedFile& each : added) {
    each.entry.path = base_.paths().recorded(file.uri);
    each.entry.bytes = bytes.size();
  }
  return added;
}

std::vector<AddedFile> DeleteFiles::write(const std::map<std::string, RemovedRows>& removed) {
  if (removed.empty()) return {};
  if (base_.table_metadata().format_version >= 3) return write_vectors(removed);
  std::vector<AddedFile> added;
  for (const auto& [path, rows] : removed) added.push_back(write_positions(path, rows));
  return added;
}

}  // namespace lakelet::iceberg
