#include "formats/delta/write/transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "base/uuid.h"
#include "formats/delta/log/log_commit.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/listed_columns.h"
#include "formats/delta/schema/schema_change.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/commit_clock.h"
#include "formats/delta/write/delta_transaction.h"
#include "formats/delta/write/feature_rules.h"
#include "formats/delta/write/lint.h"
#include "formats/delta/write/post_commit.h"
#include "formats/delta/write/row_numbers.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

std::int64_t now_ms() {
  return now_us() / 1000;
}

LintRules lint_rules(const Schema& schema, const Partitioning& partitioning, bool first_version) {
  LintRules rules;
  rules.first_version = first_version;
  for (const std::string& column : partitioning.columns()) {
    rules.partition_columns.insert(find_field(schema, {column})->file_name());
  }
  return rules;
}

bool removes_rows(const WinningCommit& winner) {
  for (const Action& action : winner.actions) {
    if (const auto* remove = std::get_if<RemoveFile>(&action); remove && remove->data_change) return true;
  }
  return false;
}

const Metadata& metadata_put(const std::vector<Action>& actions, const Metadata& otherwise) {
  for (const Action& action : actions) {
    if (const auto* metadata = std::get_if<Metadata>(&action)) return *metadata;
  }
  return otherwise;
}

// What Spark lets no column be called unless files name their columns by other names.
bool has_unusual_name(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.name.find_first_of(" ,;{}()\n\t=") != std::string::npos || has_unusual_name(field.type.children());
  });
}

bool has_other_name(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.file_name() != field.name || has_other_name(field.type.children());
  });
}

// What files that are there demand.
void demand(Properties& properties, const char* key, const char* value, const char* why) {
  const auto [given, fresh] = properties.try_emplace(key, value);
  if (fresh || given->second == value) return;
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: {} can't be {}", why, key, given->second),
              fmt::format("set it to {}, or leave it out", value));
}

Properties properties_of(const CreateSpec& spec) {
  Properties properties = spec.properties;
  if (!spec.for_files) return properties;
  if (has_other_name(spec.schema.fields())) {
    demand(properties, kMappingModeKey, "name", "columns have other names in the files");
  } else if (has_unusual_name(spec.schema.fields())) {
    properties.try_emplace(kMappingModeKey, "name");
  }
  if (properties.contains(kMappingModeKey) && properties.at(kMappingModeKey) == "id") {
    throw Error(ErrorCode::UnsupportedFeature, "files that are there have no ids of a table's columns",
                "set delta.columnMapping.mode to name, or leave it out");
  }
  return properties;
}

Metadata new_metadata(const CreateSpec& spec) {
  Metadata metadata;
  metadata.id = make_uuid_text();
  if (!spec.name.empty()) metadata.name = spec.name;
  if (!spec.description.empty()) metadata.description = spec.description;
  metadata.partition_columns = partition_by(spec.partition_by, spec.schema).columns();
  metadata.created_time_ms = now_ms();
  metadata.configuration = lasting_properties(properties_of(spec));
  name_row_tracking_columns(metadata.configuration);
  metadata.schema_string = write_schema_json(new_table_schema(
      spec.schema, metadata.configuration, spec.for_files ? PhysicalNames::AsNamed : PhysicalNames::Fresh));
  return metadata;
}

}  // namespace

FilesThere DeltaTransaction::files_there() const {
  FilesThere files;
  base_->for_each_file([&](const AddFile& file) {
    if (removed_.contains(file.path)) return true;
    files.any = true;
    files.vectors |= file.deletion_vector.has_value();
    return true;
  });
  files.any |= !added_.empty();  // with the layout that the table had
  return files;
}

CommitOutcome DeltaTransaction::commit(const CommitInfo& info, const CommitOptions& options) {
  if (empty() || seen()) return Committed{.version = base_->version(), .retries = 0};
  check(info.operation);
  require_feed_columns_free(schema_, metadata_.configuration, base_->location().uri);
  if (creates()) require_no_table(base_->location());

  DeletionVectorWriter vectors(base_->location(), random_prefix_length(metadata_.configuration));
  file_changes_ = removed_rows_.settle(*base_, vectors);
  adopted_adds_ = adopted_.settle(base_->location(), has_feature(protocol_, "rowTracking"), vectors);
  for (const auto& [uri, positions] : removed_when_taken_) vectors_when_taken_[uri] = vectors.add(*positions);
  vectors.finish();
  number_files();
  const std::vector<Action> changes = actions(info.operation, now_ms());
  LintRules rules = lint_rules(schema_, partitioning_, creates());
  rules.restates_files = !restated_.empty() || !numbered_.empty();
  rules.deletion_vectors = has_feature(protocol_, "deletionVectors");
  lint_commit(changes, rules);
  const TableShape after{protocol_, metadata_, schema_};
  const TableShape before{base_->protocol(), base_->metadata_action(), base_->schema()};
  check_feature_rules(creates() ? nullptr : &before, after, domains_now(), base_->location().uri,
                      [this] { return files_there(); });
  check_added_files(after, changes);
  std::vector<Action> put;  // by the last attempt
  CommitFacts said = facts(changes_of_files(changes));
  said.txn_id = make_uuid_text();
  OwnChanges ours = own_changes();
  bool reach_known = reads_.empty();

  LogCommit::Callbacks callbacks;
  CommitClock clock(*base_, metadata_);
  RowNumbers numbers(base_->state(), protocol_, metadata_);
  callbacks.render = [&](Version version, int retries) {
    said.retries = retries;
    said.timestamp_ms = now_ms();
    said.in_commit_timestamp_ms = clock.next(said.timestamp_ms);
    CommitInfoAction action;
    action.json = write_commit_info(info, said);
    put = changes;
    if (numbers.assigns()) numbers.assign(put, version);
    if (clock.marks()) clock.mark(put, version, *said.in_commit_timestamp_ms);
    return write_actions({std::move(action)}) + write_actions(put);
  };
  callbacks.check = [&](const WinningCommit& winner) {
    clock.saw(winner);
    numbers.saw(winner);
    if (!reach_known && removes_rows(winner)) {
      ours.files_read.merge(files_in_reach());
      reach_known = true;
    }
    return restored_ ? conflict_with_restore(winner) : find_conflict(ours, winner);
  };
  LogCommit steps(base_->location(), said.txn_id, creates(), std::move(callbacks));
  CommitOutcome outcome;
  try {
    vectors.keep(true);
    outcome = commit_on_top(steps, base_->version(), options);
    vectors.keep(!std::holds_alternative<Conflict>(outcome));
  } catch (const Error& error) {
    // A store that failed in the middle may have more of the commit than it said.
    vectors.keep(error.code() == ErrorCode::CommitUnknown || error.code() == ErrorCode::Unavailable ||
                 error.code() == ErrorCode::Internal);
    throw;
  }
  if (const auto* committed = std::get_if<Committed>(&outcome)) {
    put = changes_of_files(std::move(put));
    const FinishedCommit finished{.base = *base_,
                                  .version = committed->version,
                                  .actions = put,
                                  .protocol = protocol_,
                                  .metadata = metadata_put(put, metadata_),
                                  .recommits = !numbered_.empty() || !restated_.empty(),
                                  .in_commit_timestamp_ms = said.in_commit_timestamp_ms,
                                  .txn_id = said.txn_id};
    after_commit(finished, options.events ? options.events : context_.events);
  }
  return outcome;
}

std::unique_ptr<Transaction> begin_transaction(const FormatContext& context,
                                               std::shared_ptr<const DeltaSnapshot> base) {
  return std::make_unique<DeltaTransaction>(context, std::move(base));
}

std::unique_ptr<Transaction> create_transaction(const FormatContext& context, const Location& location,
                                                const CreateSpec& spec) {
  check_schema(spec.schema, Schema());
  check_properties({}, spec.properties);
  check_mapping_change({}, spec.properties, true);
  TableState state;
  state.metadata = new_metadata(spec);
  state.protocol = protocol_of_new_table(spec.schema, properties_of(spec));
  auto transaction =
      std::make_unique<DeltaTransaction>(context, DeltaSnapshot::make(context, location, std::move(state)));
  if (const auto clustered = spec.properties.find(kClusterBy); clustered != spec.properties.end()) {
    transaction->set_clustering(listed_paths(clustered->second));
  }
  return transaction;
}

std::unique_ptr<Transaction> clone_transaction(const FormatContext& context, const Location& location,
                                               std::shared_ptr<const DeltaSnapshot> source) {
  auto base = DeltaSnapshot::make(context, location, cloned_state(*source));
  return std::make_unique<DeltaTransaction>(context, std::move(base), AdoptedFiles(std::move(source)));
}

}  // namespace lakelet::delta
