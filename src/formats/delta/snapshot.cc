#include "formats/delta/snapshot.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/files/live_files.h"
#include "formats/delta/files/scan_plan.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/log/state_reader.h"
#include "formats/delta/protocol/features.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/row_tracking.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/readable_schema.h"
#include "formats/delta/schema/row_rules.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/schema/type_changes.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "formats/delta/write/write_layout.h"
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
  if (metadata.created_time_ms) result.created_us = micros_of_millis(*metadata.created_time_ms);
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

bool DeltaSnapshot::widens(const Type& from, const Type& to) const {
  const bool compatible_only =
      has_feature(state_.protocol, "icebergCompatV1") || has_feature(state_.protocol, "icebergCompatV2");
  return property_is_true(properties(), "delta.enableTypeWidening") && may_widen(from, to, compatible_only);
}

WriteLayout DeltaSnapshot::write_layout() const {
  return make_write_layout(schema_, partitioning_, properties(), mapping_mode_,
                           layout_rules(state_.protocol, properties(), state_.domains));
}

std::map<std::string, std::string> DeltaSnapshot::domains() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, domain] : state_.domains) out.emplace(name, domain.configuration);
  return out;
}

std::optional<std::int64_t> DeltaSnapshot::application_version(const std::string& application) const {
  const auto found = state_.transactions.find(application);
  return found == state_.transactions.end() ? std::nullopt : std::optional(found->second.version);
}

RowRules DeltaSnapshot::row_rules() const {
  return read_row_rules(state_.protocol, schema_, properties());
}

RowTracking DeltaSnapshot::row_tracking() const {
  return read_row_tracking(state_.protocol, state_.metadata, location_.uri);
}

void DeltaSnapshot::require(Access access) const {
  require_protocol(state_.protocol, state_.metadata, schema_, access, location_.uri);
}

std::unique_ptr<ScanPlan> DeltaSnapshot::plan(const ScanRequest& request) const {
  return make_scan_plan(std::static_pointer_cast<const DeltaSnapshot>(shared_from_this()), request);
}

TableSize DeltaSnapshot::size() const {
  std::call_once(size_once_, [this] {
    TableSize sum;
    sum.rows = 0;
    FileRequest request;
    request.partition_values = request.details = false;
    request.statistics = FileRequest::Statistics::Columns;
    LiveFiles files(context_, state_.files, request);
    while (files.next()) {
      const FileActionView& file = files.file();
      ++sum.files;
      sum.bytes += static_cast<std::uint64_t>(file.size.value_or(0));
      if (!sum.rows) continue;
      const auto rows = files.statistics().rows;
      if (rows) {
        *sum.rows += *rows - (file.deletion_vector ? file.deletion_vector->cardinality : 0);
      } else {
        sum.rows.reset();
      }
    }
    size_ = sum;
    size_known_ = true;
  });
  return size_;
}

// Rows per file as in the commits' files, if there are any.
TableSize DeltaSnapshot::size_estimate() const {
  constexpr std::size_t kLookedAt = 1000;
  const FileList& list = state_.files;
  if (size_known_ || !lists_files_in_large_checkpoint()) return size();
  TableSize result;
  result.estimated = true;
  result.files = file_estimate();
  FileList blocks;
  blocks.parts = list.parts;
  FileRequest request;
  request.statistics = FileRequest::Statistics::Columns;
  LiveFiles files(context_, blocks, request);
  std::int64_t rows = 0, bytes = 0, counted = 0;
  for (std::size_t i = 0; i < kLookedAt && files.next(); ++i) {
    bytes += files.file().size.value_or(0);
    rows += files.statistics().rows.value_or(0);
    ++counted;
  }
  if (counted == 0) return result;
  result.bytes = static_cast<std::uint64_t>(bytes / counted) * static_cast<std::uint64_t>(result.files);
  if (rows > 0) result.rows = rows / counted * result.files;
  return result;
}

bool DeltaSnapshot::lists_files_in_large_checkpoint() const {
  return state_.files.checkpoint && state_.files.checkpoint->large();
}

std::int64_t DeltaSnapshot::file_estimate() const {
  if (size_known_) return size_.files;
  const auto& checkpoint = state_.files.checkpoint;
  return static_cast<std::int64_t>(state_.files.listed()) + (checkpoint ? checkpoint->rows(*context_.tabular) : 0);
}

std::int64_t DeltaSnapshot::file_count() const {
  if (size_known_) return size_.files;
  std::call_once(count_once_, [this] {
    FileRequest request;
    request.partition_values = request.details = false;
    LiveFiles files(context_, state_.files, request);
    std::int64_t count = 0;
    while (files.next()) ++count;
    count_ = count;
  });
  return count_;
}

std::optional<AddFile> DeltaSnapshot::find_file(std::string_view path, std::string_view dv_id) const {
  if (const auto at = state_.files.find(path, dv_id)) return at->block->add_file(at->row);
  FileList checkpoint = state_.files;
  checkpoint.parts.clear();
  const std::string canonical = canonical_path(path);
  FileRequest request;
  request.statistics = FileRequest::Statistics::Text;
  LiveFiles files(context_, checkpoint, request);
  while (files.next()) {
    const FileActionView& file = files.file();
    if ((file.deletion_vector ? file.deletion_vector->unique_id() : std::string()) != dv_id) continue;
    if (is_canonical(file.path) ? file.path == canonical : canonical_path(file.path) == canonical)
      return to_add_file(files.whole_file());
  }
  return std::nullopt;
}

void DeltaSnapshot::for_each_file(const std::function<bool(const AddFile&)>& visit) const {
  FileRequest request;
  request.statistics = FileRequest::Statistics::Text;
  LiveFiles files(context_, state_.files, request);
  while (files.next()) {
    if (!visit(to_add_file(files.whole_file()))) return;
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
