#include "formats/iceberg/write/position_rows.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <vector>

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

OwnedArrowSchema row_schema() {
  OwnedArrowSchema schema;
  ArrowSchemaInit(schema.get());
  require(ArrowSchemaSetTypeStruct(schema.get(), 2), "a schema");
  set_column(schema->children[0], "file_path", NANOARROW_TYPE_STRING, kDeletedPathId);
  set_column(schema->children[1], "pos", NANOARROW_TYPE_INT64, kDeletedPositionId);
  return schema;
}

class Rows {
 public:
  explicit Rows(const PositionsByPath& removed) : next_(removed.begin()), end_(removed.end()) {}

  // False at the end.
  bool next(const OwnedArrowSchema& schema, OwnedArrowArray& batch) {
    // Batches of few rows: offsets of text have 32 bits.
    constexpr std::size_t kBatchRows = 100'000, kBatchBytes = std::size_t{64} << 20;
    std::size_t rows = 0, bytes = 0;
    ArrowError error;
    while (rows < kBatchRows && bytes < kBatchBytes && open()) {
      if (rows == 0) {
        require(ArrowArrayInitFromSchema(batch.get(), schema.get(), &error), "a batch");
        require(ArrowArrayStartAppending(batch.get()), "a batch");
      }
      const ArrowStringView text{path_->data(), static_cast<std::int64_t>(path_->size())};
      for (; at_ < positions_.size() && rows < kBatchRows && bytes < kBatchBytes; ++at_, ++rows, bytes += 8) {
        require(ArrowArrayAppendString(batch->children[0], text), "a batch");
        require(ArrowArrayAppendInt(batch->children[1], static_cast<std::int64_t>(positions_[at_])), "a batch");
        require(ArrowArrayFinishElement(batch.get()), "a batch");
        bytes += path_->size();
      }
    }
    if (rows > 0) require(ArrowArrayFinishBuildingDefault(batch.get(), &error), "a batch");
    return rows > 0;
  }

 private:
  bool open() {
    while (at_ == positions_.size()) {
      if (next_ == end_) return false;
      path_ = &next_->first;
      positions_ = next_->second.to_vector();
      at_ = 0;
      ++next_;
    }
    return true;
  }

  PositionsByPath::const_iterator next_, end_;
  const std::string* path_ = nullptr;
  std::vector<std::uint64_t> positions_;
  std::size_t at_ = 0;
};

struct StreamState {
  explicit StreamState(const PositionsByPath& removed) : rows(removed), schema(row_schema()) {}
  Rows rows;
  OwnedArrowSchema schema;
};

StreamState& state_of(ArrowArrayStream* stream) {
  return *static_cast<StreamState*>(stream->private_data);
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  return ArrowSchemaDeepCopy(state_of(stream).schema.get(), out);
}

// Nothing of it fails but for lack of memory.
int get_next(ArrowArrayStream* stream, ArrowArray* out) try {
  OwnedArrowArray batch;
  out->release = nullptr;
  if (state_of(stream).rows.next(state_of(stream).schema, batch)) ArrowArrayMove(batch.get(), out);
  return NANOARROW_OK;
} catch (const Error&) {
  return ENOMEM;
} catch (const std::bad_alloc&) {
  return ENOMEM;
}

const char* last_error(ArrowArrayStream*) {
  return "the positions of removed rows don't fit into memory";
}

void release(ArrowArrayStream* stream) {
  delete static_cast<StreamState*>(stream->private_data);
  stream->release = nullptr;
}

}  // namespace

OwnedArrowStream position_rows(const PositionsByPath& removed) {
  auto state = std::make_unique<StreamState>(removed);
  OwnedArrowStream stream;
  stream->get_schema = &get_schema;
  stream->get_next = &get_next;
  stream->get_last_error = &last_error;
  stream->release = &release;
  stream->private_data = state.release();
  return stream;
}

}  // namespace lakelet::iceberg
