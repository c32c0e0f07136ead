#include "formats/delta/write/delta_transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "formats/delta/feed/change_feed.h"
#include "formats/delta/files/data_path.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/files/partition_value.h"
#include "formats/delta/protocol/clustering_tags.h"
#include "formats/delta/protocol/file_action.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/protocol/row_tracking.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/row_rules.h"
#include "formats/delta/schema/schema_change.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/write_layout.h"
#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/file_knowledge.h"

namespace lakelet::delta {

DeltaTransaction::DeltaTransaction(const FormatContext& context, std::shared_ptr<const DeltaSnapshot> base,
                                   AdoptedFiles adopted)
    : context_(context),
      base_(std::move(base)),
      protocol_(base_->protocol()),
      metadata_(base_->metadata_action()),
      schema_(base_->schema()),
      files_schema_(schema_),
      partitioning_(base_->partitioning()),
      adopted_(std::move(adopted)),
      change_files_(base_->location().uri, {[this] { return write_layout(); },
                                            [this](const std::vector<Value>& values) { return folder_of(values); }}) {}

void DeltaTransaction::add(DataFile file) {
  if (!creates()) base_->require(Access::Append);
  added_.push_back(std::move(file));
}

void DeltaTransaction::add_clustered(DataFile file, const FileClustering& clustering) {
  clustered_[file.uri] = clustering;
  add(std::move(file));
}

void DeltaTransaction::remove(const DataFile& file) {
  base_->require(Access::ChangeRows);
  AddFile add;
  if (file.origin) {
    add = add_file_of(file);
  } else if (auto found = base_->find_file(file.path, "")) {
    add = *std::move(found);
  } else {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} is no file of {} at version {}", file.path, base_->location().uri, base_->version()));
  }
  std::string path = add.path;
  removed_rows_.forget(path);
  removed_.emplace(std::move(path), std::move(add));
}

void DeltaTransaction::adopt(const FileTask& file, const std::string& uri) {
  if (adopted_.source()) return adopted_.add(file, uri);
  if (!creates()) return Transaction::adopt(file, uri);
  for (std::size_t i = 0; i < file.file.partition_values.size(); ++i) {
    const auto* text = std::get_if<std::string>(&file.file.partition_values[i].storage());
    if (!text || !text->empty()) continue;
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("'{}' is empty in the partition of {}, and Delta can't tell that from NULL",
                            partitioning_.fields.at(i).column, uri),
                "write the rows to a new table instead");
  }
  DataFile taken = file.file;
  taken.uri = uri;
  if (file.deletes.positions && !file.deletes.positions->empty()) {
    take_vectors();
    removed_when_taken_[uri] = file.deletes.positions;
  }
  added_.push_back(std::move(taken));
}

// Files come with rows that are gone from them.
void DeltaTransaction::take_vectors() {
  if (writes_deletion_vectors(protocol_, metadata_.configuration)) return;
  const auto [wanted, fresh] = metadata_.configuration.try_emplace("delta.enableDeletionVectors", "true");
  if (!fresh && !property_is_true(metadata_.configuration, "delta.enableDeletionVectors")) {
    throw Error(ErrorCode::UnsupportedFeature,
                "rows are gone from some of the files: delta.enableDeletionVectors can't be " + wanted->second,
                "set it to true, or leave it out");
  }
  protocol_ = protocol_with(protocol_, schema_, metadata_.configuration);
}

void DeltaTransaction::set_statistics(const DataFile& file) {
  base_->require(Access::Append);
  if (!file.rows) throw Error(ErrorCode::Internal, "statistics without the number of rows: " + file.path);
  restated_[add_file_of(file).path] = file;
}

void DeltaTransaction::remove_rows(const DataFile& file, RowPositions positions) {
  base_->require(Access::ChangeRows);
  if (row_removal() == RowRemoval::Rewrite) {
    throw Error(ErrorCode::UnsupportedFeature, "the table takes no deletion vectors: " + base_->location().uri,
                "write the file again without the rows, or set delta.enableDeletionVectors to true");
  }
  AddFile add = add_file_of(file);
  if (!removed_.contains(add.path)) removed_rows_.add(std::move(add), positions);
}

Transaction::RowRemoval DeltaTransaction::row_removal() const {
  return writes_deletion_vectors(protocol_, metadata_.configuration) ? RowRemoval::Positions : RowRemoval::Rewrite;
}

void DeltaTransaction::set_partitioning(Partitioning partitioning) {
  check_partitioning(partitioning, schema_);
  partitioning_ = partition_by(partitioning.columns(), schema_);
  metadata_.partition_columns = partitioning_.columns();
}

void DeltaTransaction::set_identity_mark(const std::string& column, std::int64_t value) {
  identity_marks_[column] = value;
}

// Into the schema as it is recorded, with columns that readers aren't shown.
Metadata DeltaTransaction::metadata_with_marks() const {
  Metadata metadata = metadata_;
  for (const auto& [column, value] : identity_marks_) {
    const Schema recorded = read_schema_json(metadata.schema_string, column_mapping_mode(protocol_, metadata_));
    metadata.schema_string = write_schema_json(with_identity_mark(recorded, column, value));
  }
  return metadata;
}

void DeltaTransaction::read_where(const Predicate& predicate) {
  if (predicate.kind() != PredicateKind::False) reads_.push_back(predicate);
}

void DeltaTransaction::read_file(const DataFile& file) {
  files_read_.insert(canonical_path(file.path));
}

void DeltaTransaction::set_application_version(const std::string& application, std::int64_t version) {
  applications_[application] = version;
}

WriteLayout DeltaTransaction::write_layout() const {
  return with_options(make_write_layout(schema_, partitioning_, metadata_.configuration, mapping_mode(),
                                        layout_rules(protocol_, metadata_.configuration, domains_now())),
                      data_file_options());
}

std::string DeltaTransaction::folder_of(const std::vector<Value>& partition_values) const {
  if (partition_values.size() != partitioning_.fields.size()) {
    throw Error(ErrorCode::Internal, fmt::format("{} partition values for {} partition columns",
                                                 partition_values.size(), partitioning_.fields.size()));
  }
  std::vector<std::pair<std::string, std::optional<std::string>>> values;
  for (std::size_t i = 0; i < partition_values.size(); ++i) {
    const Field* column = find_field(schema_, {partitioning_.fields[i].column});
    values.emplace_back(column->file_name(), write_partition_value(partition_values[i], column->type));
  }
  if (const int length = random_prefix_length(metadata_.configuration)) return random_prefix(length);
  return partition_folder(values);
}

std::string DeltaTransaction::new_file_uri(const std::vector<Value>& partition_values,
                                           const std::string& unique) const {
  const std::string path = data_file_path(folder_of(partition_values), unique, write_layout().compression);
  const std::string& table = base_->location().uri;
  return table.ends_with('/') ? table + path : table + "/" + path;
}

ChangeRecording* DeltaTransaction::change_recording() {
  return records_changes(metadata_) && has_feature(protocol_, "changeDataFeed") ? &change_files_ : nullptr;
}

std::optional<RowTracking> DeltaTransaction::row_tracking() const {
  if (creates() || !property_is_true(metadata_.configuration, kEnableRowTracking) ||
      !property_is_true(base_->properties(), kEnableRowTracking)) {
    return std::nullopt;  // switched on here: no row of the base is known by anything
  }
  return read_row_tracking(protocol_, metadata_, base_->location().uri);
}

bool DeltaTransaction::empty() const {
  if (restored_) return !metadata_changed() && protocol_ == base_->protocol() && restored_->empty();
  return !metadata_changed() && protocol_ == base_->protocol() && added_.empty() && removed_.empty() &&
         removed_rows_.empty() && restated_.empty() && applications_.empty() && domains_.empty();
}

bool DeltaTransaction::replaces_all_files() const {
  return static_cast<std::int64_t>(removed_.size()) == base_->file_count();
}

bool DeltaTransaction::replaces_columns() const {
  if (partitioned_otherwise()) return true;
  try {
    EvolutionRules rules = evolution_rules();
    rules.rows_read = true;  // then what was read decides
    check_evolution(files_schema_, schema_, rules);
    return false;
  } catch (const Error&) {
    return true;
  }
}

bool DeltaTransaction::seen() const {
  const auto& known = base_->state().transactions;
  return std::any_of(applications_.begin(), applications_.end(), [&](const auto& own) {
    const auto found = known.find(own.first);
    return found != known.end() && found->second.version >= own.second;
  });
}

void DeltaTransaction::check(Operation operation) const {
  if (creates()) return;
  base_->require(Access::Append);
  const bool removes = !removed_.empty() || !removed_rows_.empty() || (restored_ && !restored_->removes.empty());
  if (removes && operation != Operation::Optimize && property_is_true(base_->properties(), "delta.appendOnly")) {
    throw Error(ErrorCode::UnsupportedFeature,
                "the table is append-only (delta.appendOnly), its rows can't "
                "be changed: " +
                    base_->location().uri,
                "set the property delta.appendOnly to false first");
  }
  if (restored_) return;  // its files have its columns
  // All files are counted only where it matters.
  if (metadata_.schema_string == base_->metadata_action().schema_string &&
      metadata_.partition_columns == base_->metadata_action().partition_columns) {
    return;
  }
  if (replaces_all_files()) return;
  check_evolution(files_schema_, schema_, evolution_rules());
  require_computed_before();
  if (partitioned_otherwise()) {
    throw Error(ErrorCode::InvalidArgument,
                "the partition columns of a table with files can't be changed: " + base_->location().uri,
                "overwrite the whole table to partition it otherwise");
  }
}

std::vector<Action> DeltaTransaction::actions(Operation operation, std::int64_t now_ms) const {
  std::vector<Action> out;
  if (creates() || !(protocol_ == base_->protocol())) out.emplace_back(protocol_);
  if (metadata_changed()) out.emplace_back(metadata_with_marks());
  if (restored_) {
    restored_->append_actions(out, now_ms);
    return out;
  }
  for (const auto& [application, version] : applications_) out.emplace_back(Txn{application, version, now_ms});
  for (const auto& [name, domain] : domains_) out.emplace_back(domain);
  const bool data_change = operation != Operation::Optimize;
  for (const auto& [path, add] : removed_) out.emplace_back(make_remove(add, now_ms, data_change));
  for (const VectorChange& change : file_changes_) out.emplace_back(make_remove(change.before, now_ms, data_change));
  const std::vector<ColumnPath> columns = write_layout().statistics_columns;
  const std::set<ColumnPath> wanted(columns.begin(), columns.end());
  const AddRules rules{base_->location(), schema_, partitioning_, wanted, now_ms, data_change};
  for (const DataFile& file : added_) {
    AddFile add = make_add(file, rules);
    if (const auto vector = vectors_when_taken_.find(file.uri); vector != vectors_when_taken_.end()) {
      add.deletion_vector = vector->second;
      add.stats = loosened_statistics(add.stats, file.rows.value());
    }
    if (const auto placed = clustered_.find(file.uri); placed != clustered_.end()) {
      write_clustering(placed->second, add);
    }
    const Field* required = nullptr;
    for (const PartitionField& field : partitioning_.fields) {
      const Field* column = find_field(schema_, {field.column});
      if (!column->nullable && !add.partition_values.at(column->file_name())) required = column;
    }
    if (required) {
      throw Error(ErrorCode::ConstraintViolation,
                  fmt::format("the partition column '{}' is NOT NULL, and a row has no "
                              "value for it",
                              required->name),
                  "Delta can't tell an empty string from NULL in a partition column");
    }
    out.emplace_back(std::move(add));
  }
  for (const VectorChange& change : file_changes_) {
    if (change.after) out.emplace_back(*change.after);
  }
  for (const AddFile& add : adopted_adds_) out.emplace_back(add);
  for (const auto& [path, file] : restated_) out.emplace_back(restate(add_file_of(file), file, rules));
  if (creates()) {
    for (const auto& [name, domain] : base_->state().domains) out.emplace_back(domain);
  }
  for (const AddFile& file : numbered_) out.emplace_back(file);
  for (Cdc& cdc : change_files_.actions(rules)) out.emplace_back(std::move(cdc));
  return out;
}

std::vector<Action> DeltaTransaction::changes_of_files(std::vector<Action> actions) const {
  if (restated_.empty()) return actions;
  std::erase_if(actions, [this](const Action& action) {
    const auto* add = std::get_if<AddFile>(&action);
    return add && restated_.contains(add->path);
  });
  return actions;
}

CommitFacts DeltaTransaction::facts(const std::vector<Action>& actions) const {
  CommitFacts facts;
  std::set<PartitionValues> partitions;
  for (const Action& action : actions) {
    if (const auto* add = std::get_if<AddFile>(&action)) {
      ++facts.files_added;
      facts.bytes_added += add->size;
      facts.added_sizes.push_back(add->size);
      if (!add->partition_values.empty()) partitions.insert(add->partition_values);
    }
    if (const auto* cdc = std::get_if<Cdc>(&action)) {
      ++facts.change_files;
      facts.change_bytes += cdc->size;
    }
    if (const auto* remove = std::get_if<RemoveFile>(&action)) {
      ++facts.files_removed;
      facts.bytes_removed += remove->size.value_or(0);
      facts.vectors_removed += remove->deletion_vector.has_value();
    }
  }
  // A file that gets another vector is neither new nor gone.
  for (const VectorChange& change : file_changes_) {
    if (!change.after) continue;
    --facts.files_added;
    --facts.files_removed;
    facts.bytes_added -= change.after->size;
    facts.bytes_removed -= change.before.size;
    ++facts.vectors_added;
    facts.vectors_updated += change.before.deletion_vector.has_value();
  }
  std::sort(facts.added_sizes.begin(), facts.added_sizes.end());
  for (const DataFile& file : added_) facts.rows_added += file.rows.value_or(0);
  facts.partitions_added = static_cast<std::int64_t>(partitions.size());
  facts.read_version = base_->version();
  facts.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  facts.engine_info = context_.engine_info.empty() ? "lakelet" : context_.engine_info;
  facts.blind_append =
      removed_.empty() && removed_rows_.empty() && restated_.empty() && reads_.empty() && files_read_.empty();
  if (has_feature(protocol_, "rowTracking")) {
    facts.rows_stay_known = row_tracking().has_value() || (removed_.empty() && removed_rows_.empty());
  }
  facts.reorganization = reorganization_;
  facts.clustering = clustering_change();
  facts.target_file_bytes = write_layout().target_file_bytes;
  facts.table_uri = base_->location().uri;
  facts.protocol = protocol_;
  facts.before = creates() ? Metadata() : base_->metadata_action();
  facts.after = metadata_;
  facts.schema_before = creates() ? Schema() : files_schema_;
  facts.schema_after = schema_;
  if (restored_) {
    facts.blind_append = false;
    facts.said = restored_->said();
  }
  return facts;
}

std::set<std::string> DeltaTransaction::files_in_reach() const {
  std::set<std::string> out;
  for (const Predicate& predicate : reads_) {
    const auto plan = base_->plan({.predicate = predicate});
    while (const auto task = plan->next()) out.insert(canonical_path(task->file.path));
  }
  return out;
}

OwnChanges DeltaTransaction::own_changes() const {
  OwnChanges ours;
  ours.isolation = isolation_level(metadata_.configuration);
  ours.files_read = files_read_;
  for (const auto& [path, add] : removed_) ours.files_removed.insert(canonical_path(path));
  for (const std::string& path : removed_rows_.paths()) ours.files_removed.insert(canonical_path(path));
  // Added again after somebody removed it, a file would be back.
  for (const auto& [path, file] : restated_) ours.files_removed.insert(canonical_path(path));
  // A file that somebody removed meanwhile must not come back with its numbers.
  for (const AddFile& file : numbered_) ours.files_removed.insert(canonical_path(file.path));
  for (const auto& [application, version] : applications_) ours.applications.insert(application);
  for (const auto& [name, domain] : domains_) ours.domains.insert(name);
  ours.changes_metadata = metadata_changed();
  // A file that somebody adds meanwhile has the old columns: it must not get
  // under another schema unseen.
  const bool numbers_all = !creates() && property_is_true(metadata_.configuration, kEnableRowTracking) &&
                           !property_is_true(base_->properties(), kEnableRowTracking);
  if (numbers_all || (!creates() && replaces_columns())) {
    ours.would_have_read = [](const AddFile&) { return true; };
  } else if (!reads_.empty()) {
    // The schema is the base's: a winner that changed it is a conflict before
    // any file is looked at.
    ours.would_have_read = [this](const AddFile& add) {
      return std::any_of(reads_.begin(), reads_.end(), [&](const Predicate& predicate) {
        const DataFile file = describe_add(add, base_->schema(), base_->partitioning(), predicate.columns());
        return match_file(predicate, file, base_->schema(), base_->partitioning()) != Match::None;
      });
    };
  }
  return ours;
}

}  // namespace lakelet::delta
