#include "memory_format/memory_transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "base/uuid.h"
#include "lakelet/error.h"
#include "memory_format/memory_properties.h"

namespace lakelet {
namespace {

Error already_exists(const Location& location) {
  return Error(ErrorCode::AlreadyExists, fmt::format("there is a table at '{}' already", location.uri),
               "open it, or choose another location");
}

std::string operation_name(const CommitInfo& info) {
  static const char* const kNames[] = {"create",        "append",   "overwrite", "delete",  "update",
                                       "merge",         "optimize", "vacuum",    "restore", "set properties",
                                       "change schema", "clone",    "convert",   "analyze", "remove missing files"};
  if (info.operation == Operation::Other) return info.other_operation;
  return kNames[static_cast<std::size_t>(info.operation)];
}

HistoryEntry history_entry(const CommitInfo& info, const std::string& engine) {
  HistoryEntry entry;
  entry.timestamp_us = now_us();
  entry.operation = operation_name(info);
  entry.engine = engine;
  if (info.predicate) entry.parameters["predicate"] = *info.predicate;
  for (const MergeClause& clause : info.merge_clauses) {
    entry.parameters["clauses"] +=
        (entry.parameters["clauses"].empty() ? "" : "; ") + clause.condition.value_or("true");
  }
  entry.metrics = {{"rows_inserted", std::to_string(info.metrics.rows_inserted)},
                   {"rows_updated", std::to_string(info.metrics.rows_updated)},
                   {"rows_deleted", std::to_string(info.metrics.rows_deleted)},
                   {"rows_copied", std::to_string(info.metrics.rows_copied)},
                   {"files_added", std::to_string(info.metrics.files_added)},
                   {"files_removed", std::to_string(info.metrics.files_removed)}};
  entry.other = info.user_metadata;
  return entry;
}

class MemoryCommitSteps final : public CommitSteps {
 public:
  MemoryCommitSteps(MemoryLog& log, const MemoryChanges& changes, std::string id)
      : log_(log), changes_(changes), id_(std::move(id)) {
    log_.commits().insert(id_, changes_.commit);
  }

  Put put(Version version) override {
    switch (log_.claim(version, id_)) {
      case PutOutcome::Created:
        return Put::Won;
      case PutOutcome::Exists:
        return Put::Lost;
      case PutOutcome::Unknown:
        break;
    }
    return Put::NoAnswer;
  }

  std::optional<bool> is_own(Version version) override {
    try {
      return log_.claimed_by(version) == id_;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  std::variant<Version, Conflict> rebase(Version from) override {
    const auto states = log_.states();
    const auto newest = static_cast<Version>(states.size()) - 1;
    for (Version version = from; version <= newest; ++version) {
      if (from == 0) throw already_exists(log_.location());
      const auto winner = log_.commit(version);
      const MemoryState& before = *states[static_cast<std::size_t>(version) - 1];
      if (auto why = find_conflict(changes_, *winner, before)) {
        return Conflict{version, this->winner(version), *std::move(why), false};
      }
    }
    return newest;
  }

  std::string winner(Version version) override {
    log_.states();
    const HistoryEntry& entry = log_.commit(version)->history;
    return entry.operation + " by " + entry.engine;
  }

 private:
  MemoryLog& log_;
  const MemoryChanges& changes_;
  const std::string id_;
};

}  // namespace

MemoryTransaction::MemoryTransaction(std::shared_ptr<MemoryLog> log, std::shared_ptr<const MemorySnapshot> base,
                                     std::string engine_info)
    : log_(std::move(log)), base_(std::move(base)), engine_info_(std::move(engine_info)) {
  if (creates()) new_metadata();
}

const MemoryMetadata& MemoryTransaction::metadata() const {
  return changes_.commit.metadata ? *changes_.commit.metadata : base_->state().metadata;
}

MemoryMetadata& MemoryTransaction::new_metadata() {
  if (!changes_.commit.metadata) changes_.commit.metadata = base_->state().metadata;
  return *changes_.commit.metadata;
}

void MemoryTransaction::require_live(const DataFile& file) const {
  if (base_->state().files.count(file.path)) return;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("{} is no file of '{}' at version {}", file.path, base_->location().uri, base_->version()));
}

void MemoryTransaction::add(DataFile file) {
  if (!creates()) base_->require(Access::Append);
  const std::size_t parts = metadata().partitioning.fields.size();
  if (file.partition_values.size() != parts) {
    throw Error(ErrorCode::Internal,
                fmt::format("{} partition values for {} partition columns", file.partition_values.size(), parts));
  }
  const std::string folder = base_->location().uri + "/";
  if (file.path.empty()) file.path = file.uri.starts_with(folder) ? file.uri.substr(folder.size()) : file.uri;
  if (file.modified_us == 0) file.modified_us = now_us();
  changes_.commit.added.push_back(std::move(file));
}

void MemoryTransaction::add_clustered(DataFile file, const FileClustering& clustering) {
  add(std::move(file));
  changes_.commit.clustered[changes_.commit.added.back().path] = clustering;
}

void MemoryTransaction::remove(const DataFile& file) {
  base_->require(Access::ChangeRows);
  require_live(file);
  auto& removed = changes_.commit.removed;
  if (std::find(removed.begin(), removed.end(), file.path) == removed.end()) removed.push_back(file.path);
  changes_.commit.removed_rows.erase(file.path);
}

void MemoryTransaction::remove_rows(const DataFile& file, RowPositions positions) {
  base_->require(Access::ChangeRows);
  if (row_removal() == RowRemoval::Rewrite) {
    throw Error(ErrorCode::UnsupportedFeature, "the table removes rows by rewriting files: " + base_->location().uri);
  }
  require_live(file);
  if (positions.empty()) return;
  const auto& removed = changes_.commit.removed;
  if (std::find(removed.begin(), removed.end(), file.path) != removed.end()) return;
  changes_.commit.removed_rows[file.path].add_all(positions);
}

void MemoryTransaction::set_schema(Schema schema) {
  MemoryMetadata& metadata = new_metadata();
  Schema named = named_schema(schema, metadata.properties, metadata.last_column_id);
  for (PartitionField& field : metadata.partitioning.fields) {
    const Field* before = metadata.schema.find(field.column);
    for (const Field& now : named.fields()) {
      if (before && before->id && now.id == before->id) field.column = field.name = now.name;
    }
  }
  metadata.schema = std::move(named);
}

void MemoryTransaction::set_partitioning(Partitioning partitioning) {
  if (!partitioning.identity_only()) {
    throw Error(ErrorCode::UnsupportedFeature, "memory_format partitions by columns as they are only");
  }
  MemoryMetadata& metadata = new_metadata();
  metadata.partitioning = identity_partitioning(metadata.schema, partitioning.columns());
}

void MemoryTransaction::set_properties(Properties properties) {
  check_properties(properties);
  new_metadata().properties = std::move(properties);
}

void MemoryTransaction::set_name(std::string name, std::string description) {
  new_metadata().name = std::move(name);
  new_metadata().description = std::move(description);
}

void MemoryTransaction::set_constraint(const std::string& name, const std::optional<std::string>& condition) {
  auto& properties = new_metadata().properties;
  const std::string key = "memory.check." + name;
  if (condition) {
    if (!properties.emplace(key, *condition).second) {
      throw Error(ErrorCode::AlreadyExists, fmt::format("the table has a constraint '{}'", name));
    }
  } else if (properties.erase(key) == 0) {
    throw Error(ErrorCode::NotFound, fmt::format("the table has no constraint '{}'", name));
  }
}

void MemoryTransaction::set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) {
  auto& properties = new_metadata().properties;
  const Field* field = metadata().schema.find(column);
  if (!field) throw Error(ErrorCode::InvalidArgument, fmt::format("the table has no column '{}'", column));
  if (!rule) {
    if (properties.erase("memory.default." + field->name) != 0) return;
    throw Error(ErrorCode::NotFound, fmt::format("the column '{}' has no default", field->name));
  }
  if (const auto* value = std::get_if<DefaultValue>(&*rule)) {
    properties["memory.default." + field->name] = value->expression;
  } else if (const auto* generated = std::get_if<GeneratedValue>(&*rule)) {
    properties["memory.generated." + field->name] = generated->expression;
  } else {
    const auto& identity = std::get<IdentityValue>(*rule);
    properties["memory.identity." + field->name] =
        fmt::format("{} {}{}", identity.start, identity.step, identity.explicit_values ? " explicit" : "");
  }
}

void MemoryTransaction::clear_rules() {
  std::erase_if(new_metadata().properties, [](const auto& each) {
    const std::string& key = each.first;
    return key.starts_with("memory.check.") || key.starts_with("memory.default.") ||
           key.starts_with("memory.generated.") || key.starts_with("memory.identity");
  });
}

void MemoryTransaction::set_identity_mark(const std::string& column, std::int64_t value) {
  new_metadata().properties["memory.identityMark." + column] = std::to_string(value);
}

std::shared_ptr<const Snapshot> MemoryTransaction::preview() const {
  auto state = std::make_shared<MemoryState>(base_->state());
  state->metadata = metadata();
  return std::make_shared<MemorySnapshot>(base_->location(), std::move(state));
}

Transaction::RowRemoval MemoryTransaction::row_removal() const {
  return row_removal_policy(metadata().properties);
}

ChangeRecording* MemoryTransaction::change_recording() {
  return tells_changes_in_files(metadata().properties) ? &change_files_ : nullptr;
}

std::optional<RowTracking> MemoryTransaction::row_tracking() const {
  if (creates() || !stored_row_ids(metadata().properties)) return std::nullopt;
  return preview()->row_tracking();
}

WriteLayout MemoryTransaction::ChangeFiles::layout() const {
  return change_layout(transaction_.write_layout());
}

std::string MemoryTransaction::ChangeFiles::new_file_uri(const std::vector<Value>&, const std::string& unique) const {
  return transaction_.base_->location().child(fmt::format("changes/{}.parquet", unique)).uri;
}

void MemoryTransaction::read_where(const Predicate& predicate) {
  changes_.read_where.push_back(predicate);
}

void MemoryTransaction::read_file(const DataFile& file) {
  changes_.read_files.insert(file.path);
}

void MemoryTransaction::set_application_version(const std::string& application, std::int64_t version) {
  changes_.commit.applications[application] = version;
}

WriteLayout MemoryTransaction::write_layout() const {
  return with_options(memory_write_layout(metadata()), data_file_options());
}

std::string MemoryTransaction::new_file_uri(const std::vector<Value>& partition_values,
                                            const std::string& unique) const {
  std::string folder = "data";
  for (const Value& value : partition_values) folder += value.is_null() ? "/null" : "/value";
  return base_->location().child(fmt::format("{}/{}.parquet", folder, unique)).uri;
}

bool MemoryTransaction::empty() const {
  const MemoryCommit& commit = changes_.commit;
  return !commit.metadata && commit.added.empty() && commit.removed.empty() && commit.removed_rows.empty() &&
         commit.applications.empty();
}

bool MemoryTransaction::seen() const {
  const auto& known = base_->state().applications;
  return std::any_of(changes_.commit.applications.begin(), changes_.commit.applications.end(), [&](const auto& own) {
    const auto found = known.find(own.first);
    return found != known.end() && found->second >= own.second;
  });
}

CommitOutcome MemoryTransaction::commit(const CommitInfo& info, const CommitOptions& options) {
  if (seen()) return Committed{base_->version(), 0};
  const bool repartitioned =
      changes_.commit.metadata && metadata().partitioning.columns() != base_->state().metadata.partitioning.columns();
  if (repartitioned && changes_.commit.removed.size() != base_->state().files.size()) {
    throw Error(ErrorCode::InvalidArgument, "a table with files can't be partitioned otherwise");
  }
  const bool replaced = changes_.commit.removed.size() == base_->state().files.size();
  if (changes_.commit.metadata && column_naming(metadata().properties) == ColumnNaming::Name && !replaced &&
      !keeps_columns(base_->schema(), metadata().schema)) {
    throw Error(ErrorCode::UnsupportedFeature, "columns of a table whose files have them by name can't go",
                "set memory.columns to id when the table is made");
  }
  changes_.commit.history = history_entry(info, engine_info_);
  for (const std::string& column : reorganization_.cluster_by) {
    changes_.commit.history.parameters["cluster_by"] += column + ";";
  }
  for (const std::string& column : reorganization_.z_order_by) {
    changes_.commit.history.parameters["z_order_by"] += column + ";";
  }
  changes_.commit.same_rows = info.operation == Operation::Optimize;
  next_state(base_->state(),
             changes_.commit);  // a commit that can't be applied is our caller's bug: found before the put
  MemoryCommitSteps steps(*log_, changes_, make_uuid_text());
  return commit_on_top(steps, base_->version(), options);
}

}  // namespace lakelet
