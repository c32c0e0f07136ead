#include "formats/delta/checkpoint/checkpoint_batch.h"

#include <nanoarrow/nanoarrow.h>

#include <string_view>

#include "formats/delta/checkpoint/arrow_cells.h"
#include "formats/delta/files/partition_value.h"

namespace lakelet::delta {
namespace {

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
  static void append_value(ArrowArray* array, const std::string& value) { append_text(array, value); }
  static void append_value(ArrowArray* array, const std::optional<std::string>& value) {
    value ? append_text(array, *value) : require_ok(ArrowArrayAppendNull(array, 1));
  }

  ArrowArray& array_;
  std::size_t at_ = 0;
};

}  // namespace

CheckpointBatch::CheckpointBatch(const CheckpointShape& shape) : shape_(shape), schema_(checkpoint_schema(shape)) {
  if (shape_.typed_values) statistics_.emplace(shape_.schema, shape_.statistics_columns);
  restart();
}

void CheckpointBatch::restart() {
  array_.reset();
  require_ok(ArrowArrayInitFromSchema(array_.get(), schema_.get(), nullptr));
  require_ok(ArrowArrayStartAppending(array_.get()));
  rows_ = 0;
}

ArrowArray& CheckpointBatch::begin_row(const char* action) {
  for (std::int64_t i = 0; i < array_->n_children; ++i) {
    if (std::string_view(schema_->children[i]->name) == action) {
      row_ = array_->children[i];
    } else {
      require_ok(ArrowArrayAppendNull(array_->children[i], 1));
    }
  }
  return *row_;
}

void CheckpointBatch::end_row() {
  require_ok(ArrowArrayFinishElement(row_));
  require_ok(ArrowArrayFinishElement(array_.get()));
  ++rows_;
}

void CheckpointBatch::append(const Protocol& protocol) {
  Fields fields(begin_row("protocol"));
  fields.integer(std::int64_t{protocol.reader_version}).integer(std::int64_t{protocol.writer_version});
  // Not null exactly with reader version 3 and writer version 7.
  protocol.reader_version >= 3 ? fields.texts(protocol.reader_features) : fields.null();
  protocol.writer_version >= 7 ? fields.texts(protocol.writer_features) : fields.null();
  end_row();
}

void CheckpointBatch::append(const Metadata& metadata) {
  Fields fields(begin_row("metaData"));
  fields.text(metadata.id).text(metadata.name).text(metadata.description);
  ArrowArray* format = fields.next();
  Fields(*format).text(metadata.format_provider).map(metadata.format_options);
  require_ok(ArrowArrayFinishElement(format));
  fields.text(metadata.schema_string).texts(metadata.partition_columns).map(metadata.configuration);
  fields.integer(metadata.created_time_ms);
  end_row();
}

void CheckpointBatch::append(const Txn& txn) {
  Fields(begin_row("txn")).text(txn.app_id).integer(txn.version).integer(txn.last_updated_ms);
  end_row();
}

void CheckpointBatch::append(const DomainMetadata& domain) {
  Fields(begin_row("domainMetadata")).text(domain.domain).text(domain.configuration).boolean(domain.removed);
  end_row();
}

void CheckpointBatch::append(const CheckpointMetadata& metadata) {
  Fields(begin_row("checkpointMetadata")).integer(metadata.version).map(metadata.tags);
  end_row();
}

void CheckpointBatch::append(const Sidecar& sidecar) {
  Fields fields(begin_row("sidecar"));
  fields.text(sidecar.path).integer(sidecar.size_in_bytes).integer(sidecar.modification_time_ms).map(sidecar.tags);
  end_row();
}

void CheckpointBatch::append_partition_values(const AddFile& add, ArrowArray* array) const {
  for (std::size_t i = 0; i < shape_.partition_columns.size(); ++i) {
    const Field& column = shape_.partition_columns[i];
    const auto value = add.partition_values.find(column.file_name());
    const bool given = value != add.partition_values.end() && value->second;
    append_value(array->children[i], column.type,
                 given ? read_partition_value(std::string_view(*value->second), column.type) : Value());
  }
  require_ok(ArrowArrayFinishElement(array));
}

void CheckpointBatch::append(const AddFile& add) {
  Fields fields(begin_row("add"));
  fields.text(add.path).map(add.partition_values).integer(add.size).integer(add.modification_time_ms);
  fields.boolean(false);  // a checkpoint changes no data
  if (shape_.json_statistics) fields.text(add.stats);
  add.tags.empty() ? fields.null() : fields.map(add.tags);
  if (shape_.deletion_vectors) fields.deletion_vector(add.deletion_vector);
  if (shape_.row_tracking) fields.integer(add.base_row_id).integer(add.default_row_commit_version);
  if (shape_.clustering) fields.text(add.clustering_provider);
  if (shape_.typed_values && !shape_.partition_columns.empty()) append_partition_values(add, fields.next());
  if (statistics_) statistics_->append(add.stats.value_or(""), fields.next());
  end_row();
}

void CheckpointBatch::append(const RemoveFile& remove) {
  Fields fields(begin_row("remove"));
  fields.text(remove.path).integer(remove.deletion_timestamp_ms).boolean(remove.data_change);
  fields.boolean(remove.extended_file_metadata);
  remove.extended_file_metadata ? fields.map(remove.partition_values) : fields.null();
  fields.integer(remove.size);
  if (shape_.deletion_vectors) fields.deletion_vector(remove.deletion_vector);
  if (shape_.row_tracking) fields.integer(remove.base_row_id).integer(remove.default_row_commit_version);
  end_row();
}

OwnedArrowArray CheckpointBatch::take() {
  require_ok(ArrowArrayFinishBuildingDefault(array_.get(), nullptr));
  OwnedArrowArray out(array_.get());
  restart();
  return out;
}

}  // namespace lakelet::delta
