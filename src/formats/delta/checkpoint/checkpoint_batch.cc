#include "formats/delta/checkpoint/checkpoint_batch.h"

#include <nanoarrow/nanoarrow.h>

#include <string_view>
#include <vector>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

// The top-level columns, in the order of checkpoint_schema().
enum Column : std::size_t { kTxn, kAdd, kRemove, kMetadata, kProtocol, kDomain };

void require_ok(ArrowErrorCode code) {
  if (code != NANOARROW_OK) throw Error(ErrorCode::Exhausted, "not enough memory for a checkpoint");
}

// Appends the fields of one struct, in their order.
class Fields {
 public:
  explicit Fields(ArrowArray& array) : array_(array) {}

  Fields& text(std::string_view value) {
    append_text(next(), value);
    return *this;
  }
  Fields& text(const std::string& value) { return text(std::string_view(value)); }
  Fields& text(const std::optional<std::string>& value) { return value ? text(std::string_view(*value)) : null(); }
  Fields& integer(std::int64_t value) {
    require_ok(ArrowArrayAppendInt(next(), value));
    return *this;
  }
  Fields& integer(const std::optional<std::int64_t>& value) { return value ? integer(*value) : null(); }
  Fields& boolean(bool value) { return integer(value ? 1 : 0); }
  Fields& null() {
    require_ok(ArrowArrayAppendNull(next(), 1));
    return *this;
  }
  Fields& texts(const std::vector<std::string>& values) {
    ArrowArray* list = next();
    for (const std::string& value : values) append_text(list->children[0], value);
    require_ok(ArrowArrayFinishElement(list));
    return *this;
  }
  template <typename Map>
  Fields& map(const Map& values) {
    ArrowArray* map = next();
    ArrowArray* entries = map->children[0];
    for (const auto& [key, value] : values) {
      append_text(entries->children[0], key);
      append_value(entries->children[1], value);
      require_ok(ArrowArrayFinishElement(entries));
    }
    require_ok(ArrowArrayFinishElement(map));
    return *this;
  }
  Fields& deletion_vector(const std::optional<DeletionVectorDescriptor>& vector) {
    if (!vector) return null();
    ArrowArray* array = next();
    Fields fields(*array);
    fields.text(std::string_view(&vector->storage_type, 1)).text(vector->path_or_inline_dv);
    fields.integer(vector->offset).integer(vector->size_in_bytes).integer(vector->cardinality);
    require_ok(ArrowArrayFinishElement(array));
    return *this;
  }
  ArrowArray* next() { return array_.children[at_++]; }

 private:
  static void append_text(ArrowArray* array, std::string_view value) {
    require_ok(ArrowArrayAppendString(array, {value.data(), static_cast<std::int64_t>(value.size())}));
  }
  static void append_value(ArrowArray* array, const std::string& value) { append_text(array, value); }
  static void append_value(ArrowArray* array, const std::optional<std::string>& value) {
    value ? append_text(array, *value) : require_ok(ArrowArrayAppendNull(array, 1));
  }

  ArrowArray& array_;
  std::size_t at_ = 0;
};

}  // namespace

CheckpointBatch::CheckpointBatch(const CheckpointShape& shape) : shape_(shape), schema_(checkpoint_schema(shape)) {
  restart();
}

void CheckpointBatch::restart() {
  array_.reset();
  require_ok(ArrowArrayInitFromSchema(array_.get(), schema_.get(), nullptr));
  require_ok(ArrowArrayStartAppending(array_.get()));
  rows_ = 0;
}

ArrowArray& CheckpointBatch::begin_row(std::size_t column) {
  for (std::int64_t i = 0; i < array_->n_children; ++i) {
    if (static_cast<std::size_t>(i) != column) require_ok(ArrowArrayAppendNull(array_->children[i], 1));
  }
  return *array_->children[column];
}

void CheckpointBatch::end_row(std::size_t column) {
  require_ok(ArrowArrayFinishElement(array_->children[column]));
  require_ok(ArrowArrayFinishElement(array_.get()));
  ++rows_;
}

void CheckpointBatch::append(const Protocol& protocol) {
  Fields fields(begin_row(kProtocol));
  fields.integer(std::int64_t{protocol.reader_version}).integer(std::int64_t{protocol.writer_version});
  // Not null exactly with reader version 3 and writer version 7.
  protocol.reader_version >= 3 ? fields.texts(protocol.reader_features) : fields.null();
  protocol.writer_version >= 7 ? fields.texts(protocol.writer_features) : fields.null();
  end_row(kProtocol);
}

void CheckpointBatch::append(const Metadata& metadata) {
  Fields fields(begin_row(kMetadata));
  fields.text(metadata.id).text(metadata.name).text(metadata.description);
  ArrowArray* format = fields.next();
  Fields(*format).text(metadata.format_provider).map(metadata.format_options);
  require_ok(ArrowArrayFinishElement(format));
  fields.text(metadata.schema_string).texts(metadata.partition_columns).map(metadata.configuration);
  fields.integer(metadata.created_time_ms);
  end_row(kMetadata);
}

void CheckpointBatch::append(const Txn& txn) {
  Fields(begin_row(kTxn)).text(txn.app_id).integer(txn.version).integer(txn.last_updated_ms);
  end_row(kTxn);
}

void CheckpointBatch::append(const DomainMetadata& domain) {
  Fields(begin_row(kDomain)).text(domain.domain).text(domain.configuration).boolean(domain.removed);
  end_row(kDomain);
}

void CheckpointBatch::append(const AddFile& add) {
  Fields fields(begin_row(kAdd));
  fields.text(add.path).map(add.partition_values).integer(add.size).integer(add.modification_time_ms);
  fields.boolean(false).text(add.stats);  // a checkpoint changes no data
  add.tags.empty() ? fields.null() : fields.map(add.tags);
  if (shape_.deletion_vectors) fields.deletion_vector(add.deletion_vector);
  if (shape_.row_tracking) fields.integer(add.base_row_id).integer(add.default_row_commit_version);
  if (shape_.clustering) fields.text(add.clustering_provider);
  end_row(kAdd);
}

void CheckpointBatch::append(const RemoveFile& remove) {
  Fields fields(begin_row(kRemove));
  fields.text(remove.path).integer(remove.deletion_timestamp_ms).boolean(remove.data_change);
  fields.boolean(remove.extended_file_metadata);
  remove.extended_file_metadata ? fields.map(remove.partition_values) : fields.null();
  fields.integer(remove.size);
  if (shape_.deletion_vectors) fields.deletion_vector(remove.deletion_vector);
  if (shape_.row_tracking) fields.integer(remove.base_row_id).integer(remove.default_row_commit_version);
  end_row(kRemove);
}

OwnedArrowArray CheckpointBatch::take() {
  require_ok(ArrowArrayFinishBuildingDefault(array_.get(), nullptr));
  OwnedArrowArray out(array_.get());
  restart();
  return out;
}

}  // namespace lakelet::delta
