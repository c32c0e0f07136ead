#include "sql/change/change_record.h"

#include <unordered_map>

#include "engine/engine_error.h"
#include "table/snapshot_view.h"

namespace lakelet::sql {
namespace {

Schema recorded_schema(const Schema& columns) {
  std::vector<Field> fields = columns.fields();
  for (Field& field : fields) field.nullable = true;
  Field type;
  type.name = kChangeTypeColumn;
  type.type = TypeKind::String;
  fields.push_back(std::move(type));
  return Schema(std::move(fields));
}

class RecordView final : public SnapshotView {
 public:
  explicit RecordView(std::shared_ptr<const Snapshot> base)
      : SnapshotView(std::move(base)), schema_(recorded_schema(this->base()->schema())) {}
  const Schema& schema() const override { return schema_; }

 private:
  Schema schema_;
};

engine::DataFileWriterOptions writer_options(TableChange& change) {
  ChangeRecording& recording = *change.transaction().change_recording();
  engine::DataFileWriterOptions options;
  options.schema = recorded_schema(change.schema());
  options.partitioning = change.view()->partitioning();
  options.layout = recording.layout();
  options.new_file_uri = [&recording](const std::vector<Value>& values, const std::string& unique) {
    return recording.new_file_uri(values, unique);
  };
  return options;
}

// Rows without regard to their order or to kChangeTypeColumn, the last column.
class RowBag {
 public:
  void add(duckdb::DataChunk& changes) {
    const auto hashes = hash(changes);
    for (duckdb::idx_t i = 0; i < changes.size(); ++i) rows_.emplace(hashes[i], row(changes, i));
  }
  // Takes one equal row out; false if there is none.
  bool take(duckdb::DataChunk& changes, duckdb::idx_t index, duckdb::hash_t hash) {
    const auto [begin, end] = rows_.equal_range(hash);
    for (auto found = begin; found != end; ++found) {
      if (!equal(found->second, changes, index)) continue;
      rows_.erase(found);
      return true;
    }
    return false;
  }
  std::vector<duckdb::hash_t> hash(duckdb::DataChunk& changes) const {
    duckdb::DataChunk rows;
    duckdb::vector<duckdb::LogicalType> types = changes.GetTypes();
    types.pop_back();
    rows.InitializeEmpty(types);
    for (duckdb::idx_t i = 0; i < types.size(); ++i) rows.data[i].Reference(changes.data[i]);
    rows.SetCardinality(changes.size());
    duckdb::Vector result(duckdb::LogicalType::HASH, changes.size());
    rows.Hash(result);
    result.Flatten(changes.size());
    const auto* data = duckdb::FlatVector::GetData<duckdb::hash_t>(result);
    return {data, data + changes.size()};
  }
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [hash, values] : rows_) visit(values);
  }

 private:
  using Row = std::vector<duckdb::Value>;
  static Row row(duckdb::DataChunk& changes, duckdb::idx_t index) {
    Row values;
    for (duckdb::idx_t i = 0; i + 1 < changes.ColumnCount(); ++i) values.push_back(changes.GetValue(i, index));
    return values;
  }
  static bool equal(const Row& values, duckdb::DataChunk& changes, duckdb::idx_t index) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!duckdb::Value::NotDistinctFrom(values[i], changes.GetValue(i, index))) return false;
    }
    return true;
  }

  std::unordered_multimap<duckdb::hash_t, Row> rows_;
};

// Calls with every chunk of rows.
template <typename Visit>
void for_each_chunk(duckdb::ClientContext& context, engine::TaskReader& reader, const Visit& visit) {
  duckdb::DataChunk rows;
  rows.Initialize(context, reader.types());
  for (auto thread = reader.start(); thread->next(rows); rows.Reset()) visit(rows);
}

bool is_written(duckdb::DataChunk& changes, duckdb::idx_t index) {
  const auto type = changes.GetValue(changes.ColumnCount() - 1, index).GetValue<std::string>();
  return type == to_string(ChangeType::Insert) || type == to_string(ChangeType::UpdateAfter);
}

// Rows of two kinds are told apart, so that each is written as one.
void write_what_stands(duckdb::DataChunk& changes, RowBag& removed, ChangeRecord::Thread& out) {
  const auto hashes = removed.hash(changes);
  duckdb::SelectionVector inserted(changes.size()), deleted(changes.size());
  duckdb::idx_t inserts = 0, deletes = 0;
  for (duckdb::idx_t i = 0; i < changes.size(); ++i) {
    if (!is_written(changes, i)) {
      deleted.set_index(deletes++, i);
    } else if (!removed.take(changes, i, hashes[i])) {
      inserted.set_index(inserts++, i);
    }
  }
  const auto write = [&](duckdb::SelectionVector& rows, duckdb::idx_t count, ChangeType type) {
    if (count == 0) return;
    duckdb::DataChunk selected;
    selected.InitializeEmpty(changes.GetTypes());
    selected.Slice(changes, rows, count);
    out.write(selected, type);
  };
  write(deleted, deletes, ChangeType::Delete);
  write(inserted, inserts, ChangeType::Insert);
}

void write_deleted(duckdb::ClientContext& context, const RowBag& rows, duckdb::vector<duckdb::LogicalType> types,
                   ChangeRecord::Thread& out) {
  duckdb::DataChunk chunk;
  chunk.Initialize(context, types);
  const auto flush = [&] {
    if (chunk.size() > 0) out.write(chunk, ChangeType::Delete);
    chunk.Reset();
  };
  rows.for_each([&](const std::vector<duckdb::Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) chunk.SetValue(i, chunk.size(), values[i]);
    chunk.SetCardinality(chunk.size() + 1);
    if (chunk.size() == STANDARD_VECTOR_SIZE) flush();
  });
  flush();
}

}  // namespace

FileTask as_change(FileTask file, ChangeType type) {
  file.constants.insert_or_assign(kChangeTypeColumn, Value(std::string(to_string(type))));
  return file;
}

ChangeRecord::ChangeRecord(duckdb::ClientContext& context, TableChange& change)
    : context_(context), rows_(std::make_shared<RecordView>(change.view())), writer_(context, writer_options(change)) {}

void ChangeRecord::Thread::write(duckdb::DataChunk& rows, ChangeType type) {
  duckdb::DataChunk changes;
  duckdb::vector<duckdb::LogicalType> types = rows.GetTypes();
  types.resize(columns_);
  types.push_back(duckdb::LogicalType::VARCHAR);
  changes.InitializeEmpty(types);
  for (std::size_t i = 0; i < columns_; ++i) changes.data[i].Reference(rows.data[i]);
  changes.data.back().Reference(duckdb::Value(std::string(to_string(type))));
  changes.SetCardinality(rows.size());
  writer_->write(changes);
}

std::unique_ptr<engine::TaskReader> ChangeRecord::read(std::vector<FileTask> files) const {
  return std::make_unique<engine::TaskReader>(context_, rows_, std::move(files));
}

void ChangeRecord::tell(std::vector<FileTask> files) {
  if (files.empty()) return;
  const auto reader = read(std::move(files));
  const auto thread = start();
  for_each_chunk(context_, *reader, [&](duckdb::DataChunk& rows) { thread->write(rows); });
  thread->finish();
}

void settle_record(duckdb::ClientContext& context, TableChange& change, std::vector<FileTask> removed) {
  ChangeRecord record(context, change);
  RowBag bag;
  for_each_chunk(context, *record.read(std::move(removed)), [&](duckdb::DataChunk& rows) { bag.add(rows); });
  std::vector<FileTask> told;
  for (DataFile& file : change.take_change_files()) told.push_back({std::move(file), {}});
  const auto reader = record.read(std::move(told));
  const auto thread = record.start();
  for_each_chunk(context, *reader, [&](duckdb::DataChunk& rows) { write_what_stands(rows, bag, *thread); });
  write_deleted(context, bag, reader->types(), *thread);
  thread->finish();
  change.add_change_files(record.finish());
}

}  // namespace lakelet::sql
