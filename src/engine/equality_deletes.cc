#include "engine/equality_deletes.h"

#include <fmt/format.h>

#include <duckdb/function/create_sort_key.hpp>
#include <duckdb/storage/buffer_manager.hpp>
#include <mutex>

#include "engine/engine_error.h"
#include "engine/task_reader.h"
#include "table/snapshot_view.h"

namespace lakelet::engine {

namespace {

// The table with nothing but the columns that deletes compare. Their own files are of no partition.
class KeysView final : public SnapshotView {
 public:
  KeysView(std::shared_ptr<const Snapshot> base, Schema schema)
      : SnapshotView(std::move(base)), schema_(std::move(schema)) {}
  const Schema& schema() const override { return schema_; }
  const Partitioning& partitioning_of(int id) const override {
    return id == kNoPartitioning ? none_ : base()->partitioning_of(id);
  }
  static constexpr int kNoPartitioning = -1;

 private:
  Schema schema_;
  Partitioning none_;
};

// What the deletes of a group have in common.
std::string key_of(const Deletes::Equality& deletes) {
  std::string key = to_string(Schema(deletes.columns));
  for (const std::int32_t id : deletes.field_ids) key += fmt::format(" {}", id);
  return key;
}

// The only value inside of structs of one field; where one of them is null, the value is.
duckdb::Vector& leaf_of(duckdb::Vector& column, duckdb::idx_t count) {
  duckdb::Vector* at = &column;
  while (at->GetType().id() == duckdb::LogicalTypeId::STRUCT) {
    at->Flatten(count);
    auto& child = *duckdb::StructVector::GetEntries(*at)[0];
    child.Flatten(count);
    for (duckdb::idx_t i = 0; i < count; ++i) {
      if (duckdb::FlatVector::IsNull(*at, i)) duckdb::FlatVector::SetNull(child, i, true);
    }
    at = &child;
  }
  return *at;
}

// Calls visit(key, row of the chunk) for the first `columns` columns of each row.
template <typename Visit>
void each_key(duckdb::DataChunk& rows, std::size_t columns, Visit&& visit) {
  duckdb::vector<duckdb::LogicalType> types;
  for (std::size_t i = 0; i < columns; ++i) types.push_back(leaf_of(rows.data[i], rows.size()).GetType());
  duckdb::DataChunk values;
  values.InitializeEmpty(types);
  for (std::size_t i = 0; i < columns; ++i) values.data[i].Reference(leaf_of(rows.data[i], rows.size()));
  values.SetCardinality(rows.size());
  const duckdb::OrderModifiers order(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_FIRST);
  duckdb::Vector keys(duckdb::LogicalType::BLOB, rows.size());
  duckdb::CreateSortKeyHelpers::CreateSortKey(values, duckdb::vector<duckdb::OrderModifiers>(columns, order), keys);
  keys.Flatten(rows.size());
  const auto* data = duckdb::FlatVector::GetData<duckdb::string_t>(keys);
  for (duckdb::idx_t i = 0; i < rows.size(); ++i) visit(std::string_view(data[i].GetData(), data[i].GetSize()), i);
}

template <typename Visit>
void each_chunk(duckdb::ClientContext& context, TaskReader& reader, Visit&& visit) {
  duckdb::DataChunk rows;
  rows.Initialize(context, reader.types());
  const auto thread = reader.start();
  while (thread->next(rows)) on_engine([&] { visit(rows); });
}

}  // namespace

EqualityDeletes::~EqualityDeletes() {
  if (reserved_ > 0) duckdb::BufferManager::GetBufferManager(*database_).FreeReservedMemory(reserved_);
}

EqualityDeletes::Group& EqualityDeletes::group_of(const Deletes::Equality& deletes) {
  Group& group = groups_[key_of(deletes)];
  if (!group.keys) group.keys = std::make_shared<KeysView>(snapshot_, Schema(deletes.columns));
  return group;
}

void EqualityDeletes::account() {
  std::uint64_t taken = 0;
  for (const auto& [key, group] : groups_) taken += group.index.memory_bytes();
  if (taken <= reserved_) return;
  try {
    duckdb::BufferManager::GetBufferManager(*database_).ReserveMemory(taken - reserved_);
  } catch (const duckdb::OutOfMemoryException&) {
    throw Error(ErrorCode::Exhausted,
                fmt::format("the memory limit is too small for the equality deletes of {}", snapshot_->location().uri),
                "raise --memory-limit, or let the table's writer compact it");
  }
  reserved_ = taken;
}

void EqualityDeletes::load(duckdb::ClientContext& context, Group& group, const FileTask& task,
                           const Deletes::Equality& deletes) {
  if (group.files.contains(deletes.uri)) return;
  FileTask file;
  file.file.uri = file.file.path = deletes.uri;
  file.file.format = deletes.format;
  file.file.partitioning_id = KeysView::kNoPartitioning;
  file.file.columns = task.file.columns;
  TaskReader reader(context, group.keys, {std::move(file)});
  const auto number = static_cast<std::uint32_t>(group.files.size());
  each_chunk(context, reader, [&](duckdb::DataChunk& rows) {
    each_key(rows, group.keys->schema().size(),
             [&](std::string_view key, duckdb::idx_t) { group.index.add(key, number); });
    account();
  });
  group.files.emplace(deletes.uri, number);
}

void EqualityDeletes::find(duckdb::ClientContext& context, const Group& group, const FileTask& task,
                           const std::vector<bool>& files, RowPositions& found) const {
  FileTask whole = task;
  whole.deletes = {};
  whole.only.reset();
  const std::size_t columns = group.keys->schema().size();
  std::vector<duckdb::column_t> wanted;
  for (std::size_t i = 0; i < columns; ++i) wanted.push_back(i);
  wanted.push_back(kRowPositionColumn);
  TaskReader reader(context, group.keys, {std::move(whole)}, wanted);
  each_chunk(context, reader, [&](duckdb::DataChunk& rows) {
    rows.data[columns].Flatten(rows.size());
    const auto* positions = duckdb::FlatVector::GetData<std::int64_t>(rows.data[columns]);
    each_key(rows, columns, [&](std::string_view key, duckdb::idx_t row) {
      if (group.index.contains(key, files)) found.add(static_cast<std::uint64_t>(positions[row]));
    });
  });
}

std::shared_ptr<const RowPositions> EqualityDeletes::positions(duckdb::ClientContext& context, const FileTask& task) {
  std::map<Group*, std::vector<bool>> groups;
  {
    const std::unique_lock lock(mutex_);
    for (const Deletes::Equality& deletes : task.deletes.equality) {
      Group& group = group_of(deletes);
      try {
        load(context, group, task, deletes);
      } catch (Error& error) {
        throw error.add_context("equality deletes " + deletes.uri);
      }
      std::vector<bool>& files = groups[&group];
      files.resize(group.files.size());
      files[group.files.at(deletes.uri)] = true;
    }
  }
  auto found = std::make_shared<RowPositions>();
  const std::shared_lock lock(mutex_);
  for (const auto& [group, files] : groups) find(context, *group, task, files, *found);
  if (found->empty()) return nullptr;
  return found;
}

}  // namespace lakelet::engine
