#include "sql/rewrite/row_placer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/task_reader.h"
#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "table/given_files.h"

namespace lakelet::sql {
namespace {

// So many rows tell where quantiles are, a sixteenth of a range wide.
constexpr std::int64_t kSample = 65536;
constexpr std::ptrdiff_t kFilesAtOnce = 256;

std::int64_t rows_of(const std::vector<FileTask>& files) {
  std::int64_t rows = 0;
  for (const FileTask& task : files) rows += live_rows(task).value_or(100'000);
  return rows;
}

duckdb::Vector& part_of(duckdb::DataChunk& rows, const ChunkPath& path) {
  duckdb::Vector* part = &rows.data[path[0]];
  for (std::size_t i = 1; i < path.size(); ++i) {
    part->Flatten(rows.size());
    part = duckdb::StructVector::GetEntries(*part)[path[i]].get();
  }
  return *part;
}

const Field& field_at(const Schema& schema, const ChunkPath& path) {
  const Field* field = &schema[path[0]];
  for (std::size_t i = 1; i < path.size(); ++i) field = &field->type.children()[path[i]];
  return *field;
}

// Every `stride`-th row or so, never in step with a pattern of the rows.
class Sampler {
 public:
  explicit Sampler(std::int64_t rows) : stride_(std::max<std::int64_t>(1, rows / kSample)), next_(0) {}

  // Those among the next `count` rows.
  duckdb::idx_t choose(duckdb::idx_t count, duckdb::SelectionVector& chosen) {
    duckdb::idx_t n = 0;
    for (; next_ < static_cast<std::int64_t>(count); next_ += leap()) {
      chosen.set_index(n++, static_cast<duckdb::idx_t>(next_));
    }
    next_ -= static_cast<std::int64_t>(count);
    return n;
  }

 private:
  std::int64_t leap() {
    return stride_ == 1 ? 1 : std::uniform_int_distribution<std::int64_t>(1, 2 * stride_ - 1)(random_);
  }
  const std::int64_t stride_;
  std::int64_t next_;
  std::mt19937_64 random_{20240101};
};

}  // namespace

ChunkPath chunk_path(const Schema& schema, const ColumnPath& column) {
  ChunkPath path;
  const std::vector<Field>* fields = &schema.fields();
  for (const std::string& name : column) {
    const int index = Schema(*fields).index_of(name);
    if (index < 0) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("rows can't be placed by {}: the table has no such column", fmt::join(column, ".")),
                  "columns: " + to_string(schema));
    }
    path.push_back(static_cast<duckdb::idx_t>(index));
    const Type& type = (*fields)[static_cast<std::size_t>(index)].type;
    static const std::vector<Field> kNone;
    fields = type.kind() == TypeKind::Struct ? &type.children() : &kNone;
  }
  return path;
}

RowPlacer::RowPlacer(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot, const RewriteStep& step)
    : curve_(step.placement == Placement::Hilbert ? engine::Curve::Hilbert : engine::Curve::Z),
      bits_(engine::bits_of_coordinate(step.columns.size())) {
  for (const ColumnPath& column : step.columns) {
    columns_.push_back(chunk_path(snapshot->schema(), column));
    const Field& field = field_at(snapshot->schema(), columns_.back());
    ranks_.emplace_back(engine::to_engine_type(field.type), bits_, fmt::format("{}", fmt::join(column, ".")));
  }
  learn(context, std::move(snapshot), step.files);
}

void RowPlacer::learn(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot,
                      const std::vector<FileTask>& files) {
  std::vector<duckdb::column_t> read;
  std::vector<ChunkPath> paths;  // in the chunks that have only what is read
  for (const ChunkPath& column : columns_) {
    auto found = std::find(read.begin(), read.end(), column[0]);
    if (found == read.end()) found = read.insert(read.end(), column[0]);
    paths.push_back(column);
    paths.back()[0] = static_cast<duckdb::idx_t>(found - read.begin());
  }
  Sampler sampler(rows_of(files));
  duckdb::DataChunk rows, sample;
  duckdb::SelectionVector chosen(STANDARD_VECTOR_SIZE);
  for (auto first = files.begin(); first != files.end();) {
    const auto end = first + std::min<std::ptrdiff_t>(kFilesAtOnce, files.end() - first);
    engine::TaskReader reader(context, snapshot, {first, end}, read);
    first = end;
    if (rows.ColumnCount() == 0) {
      rows.Initialize(context, reader.types());
      sample.InitializeEmpty(reader.types());
    }
    const auto thread = reader.start();
    while (thread->next(rows)) {
      const auto count = sampler.choose(rows.size(), chosen);
      if (count == 0) continue;
      sample.Slice(rows, chosen, count);
      sample.Flatten();
      for (std::size_t i = 0; i < paths.size(); ++i) ranks_[i].learn(part_of(sample, paths[i]), count);
    }
  }
  for (engine::ValueRanks& ranks : ranks_) ranks.settle();
}

duckdb::LogicalType RowPlacer::key_type(const RewriteStep& step) {
  const std::size_t bits = engine::bits_of_coordinate(step.columns.size()) * step.columns.size();
  return bits <= 32 ? duckdb::LogicalType::UINTEGER : duckdb::LogicalType::UBIGINT;
}

void RowPlacer::place(duckdb::DataChunk& rows, duckdb::Vector& keys) const {
  const auto count = rows.size();
  const std::size_t dimensions = columns_.size();
  std::vector<std::vector<std::uint32_t>> coordinates(dimensions, std::vector<std::uint32_t>(count));
  for (std::size_t i = 0; i < dimensions; ++i) {
    ranks_[i].rank(part_of(rows, columns_[i]), count, coordinates[i].data());
  }
  keys.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  std::vector<std::uint32_t> point(dimensions);
  const auto write = [&](auto* out) {
    for (duckdb::idx_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < dimensions; ++i) point[i] = coordinates[i][row];
      out[row] = static_cast<std::remove_pointer_t<decltype(out)>>(engine::curve_key(curve_, point, bits_));
    }
  };
  if (keys.GetType().id() == duckdb::LogicalTypeId::UINTEGER) {
    write(duckdb::FlatVector::GetData<std::uint32_t>(keys));
  } else {
    write(duckdb::FlatVector::GetData<std::uint64_t>(keys));
  }
}

}  // namespace lakelet::sql
