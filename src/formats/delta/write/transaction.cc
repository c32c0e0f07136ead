#include "formats/delta/write/transaction.h"

#include "base/json_writer.h"
#include "base/time.h"
#include "base/uuid.h"
#include "formats/delta/log/log_commit.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/schema_change.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/delta_transaction.h"
#include "formats/delta/write/lint.h"
#include "formats/delta/write/post_commit.h"
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

// Properties that only steer the making of a table, and are not kept.
Properties lasting(Properties properties) {
  properties.erase("delta.minReaderVersion");
  properties.erase("delta.minWriterVersion");
  properties.erase("delta.ignoreProtocolDefaults");
  return properties;
}

Metadata new_metadata(const CreateSpec& spec) {
  Metadata metadata;
  metadata.id = make_uuid_text();
  if (!spec.name.empty()) metadata.name = spec.name;
  if (!spec.description.empty()) metadata.description = spec.description;
  metadata.schema_string = write_schema_json(spec.schema);
  metadata.partition_columns = partition_by(spec.partition_by, spec.schema).columns();
  metadata.created_time_ms = now_ms();
  metadata.configuration = lasting(spec.properties);
  return metadata;
}

}  // namespace

CommitOutcome DeltaTransaction::commit(const CommitInfo& info, const CommitOptions& options) {
  if (empty() || seen()) return Committed{.version = base_->version(), .retries = 0};
  check();
  if (creates()) require_no_table(base_->location());

  const std::vector<Action> changes = actions(info.operation, now_ms());
  lint_commit(changes, lint_rules(schema_, partitioning_, creates()));
  const std::string body = write_actions(changes);
  CommitFacts said = facts(changes);
  said.txn_id = make_uuid_text();
  OwnChanges ours = own_changes();
  bool reach_known = reads_.empty();

  LogCommit::Callbacks callbacks;
  callbacks.render = [&](int retries) {
    said.retries = retries;
    said.timestamp_ms = now_ms();
    CommitInfoAction action;
    action.json = write_commit_info(info, said);
    return write_actions({std::move(action)}) + body;
  };
  callbacks.check = [&](const WinningCommit& winner) {
    if (!reach_known && removes_rows(winner)) {
      ours.files_read.merge(files_in_reach());
      reach_known = true;
    }
    return find_conflict(ours, winner);
  };
  LogCommit steps(base_->location(), said.txn_id, creates(), std::move(callbacks));
  const CommitOutcome outcome = commit_on_top(steps, base_->version(), options);
  if (const auto* committed = std::get_if<Committed>(&outcome)) {
    checkpoint_if_due(*base_, metadata_.configuration, committed->version,
                      options.events ? options.events : context_.events);
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
  TableState state;
  state.metadata = new_metadata(spec);
  state.protocol = protocol_of_new_table(spec.schema, state.metadata.configuration);
  return std::make_unique<DeltaTransaction>(context, DeltaSnapshot::make(context, location, std::move(state)));
}

}  // namespace lakelet::delta
