#include "formats/delta/snapshot.h"

#include <fmt/format.h>

#include "formats/delta/commit_times.h"
#include "formats/delta/features.h"
#include "formats/delta/readable_schema.h"
#include "formats/delta/scan_plan.h"
#include "formats/delta/schema_json.h"
#include "formats/delta/state_reader.h"
#include "formats/delta/statistics_reader.h"
#include "formats/delta/write_layout.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

Partitioning read_partitioning(const Metadata& metadata, const Schema& schema) {
  Partitioning result;
  for (const std::string& name : metadata.partition_columns) {
    const Field* column = schema.find(name);
    if (!column || column->type.nested()) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the table is partitioned by '{}', {}", name,
                                                       column ? "which is nested" : "which isn't a column"));
    }
    PartitionField field;
    field.column = column->name;
    field.name = column->name;
    result.fields.push_back(std::move(field));
  }
  return result;
}

TableMetadata describe(const Protocol& protocol, const Metadata& metadata) {
  TableMetadata result;
  result.id = metadata.id;
  result.name = metadata.name.value_or("");
  result.description = metadata.description.value_or("");
  if (metadata.created_time_ms) result.created_us = *metadata.created_time_ms * 1000;
  result.format = "delta";
  result.protocol = {{"reader version", std::to_string(protocol.reader_version)},
                     {"writer version", std::to_string(protocol.writer_version)}};
  if (!protocol.reader_features.empty()) {
    result.protocol.emplace_back("reader features", fmt::format("{}", fmt::join(protocol.reader_features, ", ")));
  }
  if (!protocol.writer_features.empty()) {
    result.protocol.emplace_back("writer features", fmt::format("{}", fmt::join(protocol.writer_features, ", ")));
  }
  return result;
}

}  // namespace

std::shared_ptr<const DeltaSnapshot> DeltaSnapshot::make(const FormatContext& context, const Location& location,
                                                         TableState state) {
  return std::shared_ptr<const DeltaSnapshot>(new DeltaSnapshot(context, location, std::move(state)));
}

DeltaSnapshot::DeltaSnapshot(const FormatContext& context, const Location& location, TableState state)
    : context_(context), location_(location), state_(std::move(state)) {
  require_readable(state_.protocol, location_.uri);
  if (state_.metadata.format_provider != "parquet") {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("the data files of {} are {}, not Parquet", location_.uri,
                                                           state_.metadata.format_provider));
  }
  try {
    mapping_mode_ = column_mapping_mode(state_.protocol, state_.metadata);
    const Schema recorded = read_schema_json(state_.metadata.schema_string, mapping_mode_);
    require_known_type_changes(recorded);
    schema_ = without_void_columns(recorded);
    partitioning_ = read_partitioning(state_.metadata, schema_);
  } catch (Error& error) {
    error.add_context(fmt::format("version {}", state_.version));
    throw error.add_context("table " + location_.uri);
  }
  table_metadata_ = describe(state_.protocol, state_.metadata);
}

std::int64_t DeltaSnapshot::timestamp_us() const {
  std::call_once(timestamp_once_, [this] {
    timestamp_us_ =
        1000 * (state_.in_commit_timestamp_ms ? *state_.in_commit_timestamp_ms
                                              : commit_file_time_ms(list_log(location_, 0), state_.segment));
  });
  return timestamp_us_;
}

ColumnMatching DeltaSnapshot::column_matching() const {
  return mapping_mode_ == ColumnMappingMode::Id ? ColumnMatching::ById : ColumnMatching::ByName;
}

WriteLayout DeltaSnapshot::write_layout() const {
  return make_write_layout(schema_, partitioning_, properties(), mapping_mode_);
}

void DeltaSnapshot::require(Access access) const {
  require_protocol(state_.protocol, state_.metadata, schema_, access, location_.uri);
}

std::unique_ptr<ScanPlan> DeltaSnapshot::plan(const ScanRequest& request) const {
  return make_scan_plan(std::static_pointer_cast<const DeltaSnapshot>(shared_from_this()), request);
}

TableSize DeltaSnapshot::size() const {
  TableSize result;
  result.rows = 0;
  StatisticsReader statistics({});
  for (const FileListPart& part : state_.files.parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (!part.is_live(row)) continue;
      ++result.files;
      result.bytes += static_cast<std::uint64_t>(part.block->bytes(row));
      if (!result.rows) continue;
      const auto rows = statistics.read(part.block->stats(row)).rows;
      const DeletionVectorDescriptor* dv = part.block->deletion_vector(row);
      if (rows) {
        *result.rows += *rows - (dv ? dv->cardinality : 0);
      } else {
        result.rows.reset();
      }
    }
  }
  return result;
}

std::optional<AddFile> DeltaSnapshot::find_file(std::string_view path, std::string_view dv_id) const {
  const auto at = state_.files.find(path, dv_id);
  if (!at) return std::nullopt;
  return at->block->add_file(at->row);
}

void DeltaSnapshot::for_each_file(const std::function<bool(const AddFile&)>& visit) const {
  for (const FileListPart& part : state_.files.parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (part.is_live(row) && !visit(part.block->add_file(row))) return;
    }
  }
}

std::vector<RemoveFile> DeltaSnapshot::tombstones() const {
  return read_tombstones(context_, location_, state_.segment);
}

AddFile add_file_of(const DataFile& file) {
  if (!file.origin) throw Error(ErrorCode::Internal, "the data file " + file.path + " isn't from a Delta snapshot");
  const auto& origin = *static_cast<const FileOrigin*>(file.origin.get());
  return origin.block->add_file(origin.row);
}

}  // namespace lakelet::delta
