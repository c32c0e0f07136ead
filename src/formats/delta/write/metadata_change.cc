// What a transaction does to the table's schema, properties and names.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/protocol/row_tracking.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/listed_columns.h"
#include "formats/delta/schema/readable_schema.h"
#include "formats/delta/schema/row_rules.h"
#include "formats/delta/schema/schema_change.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/schema/type_changes.h"
#include "formats/delta/write/backfill.h"
#include "formats/delta/write/commit_clock.h"
#include "formats/delta/write/delta_transaction.h"
#include "formats/delta/write/feature_rules.h"
#include "formats/delta/write/row_numbers.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr std::string_view kConstraintPrefix = "delta.constraints.";

std::string constraint_key(const std::string& name) {
  std::string key(kConstraintPrefix);
  for (const char c : name) key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

// Conditions are set together with a look at the rows.
void refuse_constraints(const Properties& before, const Properties& after) {
  for (const auto& [key, value] : after) {
    if (!key.starts_with(kConstraintPrefix)) continue;
    const auto old = before.find(key);
    if (old != before.end() && old->second == value) continue;
    throw Error(ErrorCode::InvalidArgument, fmt::format("the property {} is a constraint", key),
                fmt::format("add it with ALTER TABLE ... ADD CONSTRAINT {} CHECK (...), which looks at the rows",
                            key.substr(kConstraintPrefix.size())));
  }
}

}  // namespace

ColumnMappingMode DeltaTransaction::mapping_mode() const {
  return column_mapping_mode(protocol_, metadata_);
}

EvolutionRules DeltaTransaction::evolution_rules() const {
  EvolutionRules rules;
  rules.columns_mapped = mapping_mode() != ColumnMappingMode::None;
  rules.types_widen = property_is_true(metadata_.configuration, "delta.enableTypeWidening");
  rules.compatible_only = has_feature(protocol_, "icebergCompatV1") || has_feature(protocol_, "icebergCompatV2");
  rules.rows_read = !reads_.empty();
  return rules;
}

bool DeltaTransaction::partitioned_otherwise() const {
  std::vector<std::string> columns;
  for (const std::string& name : base_->metadata_action().partition_columns) {
    const Field* column = files_schema_.find(name);
    const Field* now = column ? same_column(schema_.fields(), *column) : nullptr;
    columns.push_back(now ? now->name : std::string());
  }
  return columns != partitioning_.columns();
}

void DeltaTransaction::follow_partition_columns(const Schema& schema) {
  for (PartitionField& field : partitioning_.fields) {
    const Field* column = schema_.find(field.column);
    const Field* now = column ? same_column(schema.fields(), *column) : nullptr;
    if (!now) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the table is partitioned by '{}', which can't be dropped", field.column),
                  "write the rows to a new table with other partition columns");
    }
    field.column = field.name = now->name;
  }
}

void DeltaTransaction::forget_unhonoured_rules() {
  if (creates()) return;
  const Schema& before = base_->schema();
  Schema kept = without_unhonoured_rules(protocol_, schema_, before);
  if (write_schema_json(kept) == write_schema_json(schema_)) return;
  const Schema recorded = read_schema_json(metadata_.schema_string, mapping_mode());
  metadata_.schema_string = write_schema_json(without_unhonoured_rules(protocol_, recorded, before));
  files_schema_ = without_unhonoured_rules(protocol_, files_schema_, before);
  schema_ = std::move(kept);
}

void DeltaTransaction::set_schema(Schema schema) {
  forget_unhonoured_rules();
  if (!creates()) schema = without_unhonoured_rules(protocol_, schema, base_->schema());
  const ColumnMappingMode mode = mapping_mode();
  if (mode == ColumnMappingMode::None) schema = without_column_ids(schema);
  check_schema(schema, schema_);
  std::int64_t greatest = greatest_column_id(schema_, metadata_.configuration);
  if (mode != ColumnMappingMode::None) schema = with_column_ids(schema, PhysicalNames::Fresh, greatest);
  check_unused(schema_, schema, metadata_.configuration);
  if (evolution_rules().types_widen) schema = record_type_changes(schema_, schema);
  protocol_ = protocol_with(protocol_, schema, metadata_.configuration);
  follow_partition_columns(schema);
  const Schema recorded = read_schema_json(metadata_.schema_string, mode);
  metadata_.schema_string = write_schema_json(with_void_columns(schema, recorded));
  metadata_.partition_columns = partitioning_.columns();
  if (mode != ColumnMappingMode::None) metadata_.configuration[kMaxColumnIdKey] = std::to_string(greatest);
  track_column_uses(protocol_, schema_, schema, metadata_);
  if (const auto list = metadata_.configuration.find("delta.dataSkippingStatsColumns");
      list != metadata_.configuration.end()) {
    list->second = follow_columns(list->second, schema_, schema);
  }
  schema_ = std::move(schema);
}

void DeltaTransaction::map_columns() {
  if (!(schema_ == files_schema_)) {
    throw Error(ErrorCode::UnsupportedFeature, "columns can't change in the commit that turns column mapping on",
                "do it in two commits");
  }
  std::int64_t greatest = greatest_column_id(schema_, metadata_.configuration);
  const Schema recorded = read_schema_json(metadata_.schema_string, ColumnMappingMode::None);
  const Schema named = with_column_ids(recorded, PhysicalNames::AsNamed, greatest);
  metadata_.schema_string = write_schema_json(named);
  metadata_.configuration[kMaxColumnIdKey] = std::to_string(greatest);
  schema_ = files_schema_ = without_void_columns(named);
}

void DeltaTransaction::set_properties(Properties properties) {
  forget_unhonoured_rules();
  const Properties before = metadata_.configuration;
  check_mapping_change(before, properties, creates());
  check_properties(before, properties);
  if (!creates()) refuse_constraints(before, properties);
  const bool mapped = mapping_mode() != ColumnMappingMode::None;
  protocol_ = protocol_with(protocol_, schema_, properties);
  const auto clustered = properties.extract(kClusterBy);
  metadata_.configuration = lasting_properties(std::move(properties));
  // It outlives the properties that people give: ids are never given twice.
  if (const auto id = before.find(kMaxColumnIdKey); id != before.end()) {
    metadata_.configuration[kMaxColumnIdKey] = id->second;
  }
  keep_marks(before, metadata_);
  keep_row_tracking(before);
  if (!mapped && mapping_mode() != ColumnMappingMode::None) map_columns();
  if (!clustered.empty()) set_clustering(listed_paths(clustered.mapped()));
}

// Rows are known by what files keep in the columns that these properties name: the names never change.
void DeltaTransaction::keep_row_tracking(const Properties& before) {
  for (const char* name : {kRowIdColumn, kRowVersionColumn}) {
    if (const auto old = before.find(name); old != before.end()) metadata_.configuration[name] = old->second;
  }
  const bool enabled = property_is_true(metadata_.configuration, kEnableRowTracking);
  if (enabled && property_is_true(metadata_.configuration, "delta.rowTrackingSuspended")) {
    throw Error(ErrorCode::InvalidArgument, "rows can't be tracked while delta.rowTrackingSuspended is true");
  }
  name_row_tracking_columns(metadata_.configuration);
}

// With row tracking switched on for a table that is there, every file gets its numbers in the same commit.
void DeltaTransaction::number_files() {
  numbered_.clear();
  if (creates() || !property_is_true(metadata_.configuration, kEnableRowTracking) ||
      property_is_true(base_->properties(), kEnableRowTracking)) {
    return;
  }
  std::set<std::string> others;
  for (const auto& [path, add] : removed_) others.insert(path);
  for (const std::string& path : removed_rows_.paths()) others.insert(path);
  numbered_ = files_without_numbers(*base_, others);
}

void DeltaTransaction::set_name(std::string name, std::string description) {
  const auto text = [](std::string value) { return value.empty() ? std::nullopt : std::optional(std::move(value)); };
  metadata_.name = text(std::move(name));
  metadata_.description = text(std::move(description));
}

void DeltaTransaction::set_constraint(const std::string& name, const std::optional<std::string>& condition) {
  const std::string key = constraint_key(name);
  const auto found = metadata_.configuration.find(key);
  if (!condition) {
    if (found == metadata_.configuration.end()) {
      throw Error(ErrorCode::NotFound, fmt::format("the table has no constraint '{}'", name));
    }
    metadata_.configuration.erase(found);
    return;
  }
  if (found != metadata_.configuration.end()) {
    throw Error(ErrorCode::AlreadyExists, fmt::format("the table has a constraint '{}': {}", name, found->second),
                "drop it first, or choose another name");
  }
  metadata_.configuration[key] = *condition;
  record_rules(schema_);
}

std::shared_ptr<const Snapshot> DeltaTransaction::preview() const {
  if (protocol_ == base_->protocol() && metadata_ == base_->metadata_action()) return base_;
  TableState state = base_->state();
  state.protocol = protocol_;
  state.metadata = metadata_;
  return DeltaSnapshot::make(context_, base_->location(), std::move(state));
}

}  // namespace lakelet::delta
