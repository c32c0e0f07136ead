#include "formats/delta/upkeep/vacuum_record.h"

#include "base/time.h"
#include "base/uuid.h"
#include "formats/delta/log/log_commit.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/write/commit_clock.h"
#include "formats/delta/write/post_commit.h"

namespace lakelet::delta {
namespace {

CommitFacts facts_of(const DeltaSnapshot& newest, const VacuumRecord& record) {
  CommitFacts facts;
  facts.read_version = newest.version();
  facts.engine_info = newest.context().engine_info.empty() ? "lakelet" : newest.context().engine_info;
  facts.txn_id = make_uuid_text();
  facts.blind_append = true;
  facts.table_uri = newest.location().uri;
  facts.protocol = newest.protocol();
  facts.before = facts.after = newest.metadata_action();
  facts.schema_before = facts.schema_after = newest.schema();
  facts.said = said_of(record);
  return facts;
}

}  // namespace

SaidOperation said_of(const VacuumRecord& record) {
  SaidOperation said;
  if (record.step == VacuumRecord::Step::Start) {
    said.name = "VACUUM START";
    said.parameters = {{"retentionCheckEnabled", record.retention_checked ? "true" : "false"},
                       {"defaultRetentionMillis", std::to_string(record.least_retention_us / 1000)}};
    if (record.given_retention_us) {
      said.parameters.emplace_back("specifiedRetentionMillis", std::to_string(*record.given_retention_us / 1000));
    }
    said.metrics = {{"numFilesToDelete", record.files},
                    {"sizeOfDataToDelete", static_cast<std::int64_t>(record.bytes)}};
    return said;
  }
  const bool completed = record.step == VacuumRecord::Step::Completed;
  said.name = "VACUUM END";
  said.parameters = {{"status", completed ? "\"COMPLETED\"" : "\"FAILED\""}};
  if (completed) said.metrics = {{"numDeletedFiles", record.files}, {"numVacuumedDirectories", record.folders}};
  return said;
}

void commit_record(const DeltaSnapshot& newest, const VacuumRecord& record, const CommitOptions& options) {
  CommitFacts facts = facts_of(newest, record);
  CommitClock clock(newest, newest.metadata_action());
  CommitInfo info;
  info.user_metadata = record.user_metadata;
  LogCommit::Callbacks callbacks;
  callbacks.render = [&](Version, int retries) {
    facts.retries = retries;
    facts.timestamp_ms = now_us() / 1000;
    facts.in_commit_timestamp_ms = clock.next(facts.timestamp_ms);
    CommitInfoAction action;
    action.json = write_commit_info(info, facts);
    return write_actions({std::move(action)});
  };
  // Nothing that others commit stands in the way of a remark.
  callbacks.check = [&](const WinningCommit& winner) {
    clock.saw(winner);
    return std::optional<Conflict>();
  };
  LogCommit steps(newest.location(), facts.txn_id, false, std::move(callbacks));
  CommitOptions anywhere = options;
  anywhere.if_version.reset();
  const Committed committed =
      require_committed(commit_on_top(steps, newest.version(), anywhere), newest.location().uri);
  const FinishedCommit finished{.base = newest,
                                .version = committed.version,
                                .actions = {},
                                .protocol = newest.protocol(),
                                .metadata = newest.metadata_action(),
                                .in_commit_timestamp_ms = facts.in_commit_timestamp_ms,
                                .txn_id = facts.txn_id};
  after_commit(finished, options.events ? options.events : newest.context().events);
}

}  // namespace lakelet::delta
