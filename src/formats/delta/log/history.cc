#include "formats/delta/log/history.h"

#include "base/time.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/protocol/action_reader.h"

namespace lakelet::delta {

namespace {

class CommitInfoReader final : public ActionVisitor {
 public:
  std::optional<CommitInfoAction> info;
  void on_commit_info(CommitInfoAction action) override { info = std::move(action); }
  bool wants_commit_info() const override { return true; }
  bool more() const override { return !info; }
};

HistoryEntry to_entry(Version version, std::int64_t file_time_ms, CommitInfoAction info) {
  HistoryEntry entry;
  entry.version = version;
  entry.timestamp_us = micros_of_millis(info.in_commit_timestamp_ms.value_or(file_time_ms));
  entry.operation = std::move(info.operation);
  entry.parameters = std::move(info.operation_parameters);
  entry.metrics = std::move(info.operation_metrics);
  entry.user = std::move(info.user_name);
  entry.engine = std::move(info.engine_info);
  entry.other = std::move(info.other);
  if (info.timestamp_ms) entry.other.emplace("timestamp", std::to_string(*info.timestamp_ms));
  if (info.is_blind_append) entry.other.emplace("isBlindAppend", *info.is_blind_append ? "true" : "false");
  if (info.isolation_level) entry.other.emplace("isolationLevel", *info.isolation_level);
  if (!info.txn_id.empty()) entry.other.emplace("txnId", info.txn_id);
  return entry;
}

}  // namespace

void read_history(const Location& table, const LogListing& listing,
                  const std::function<bool(const HistoryEntry&)>& visit) {
  const std::vector<std::int64_t> times = monotonic_times_ms(listing.commits);
  ActionReader reader;
  for (std::size_t i = listing.commits.size(); i-- > 0;) {
    const LogFile& commit = listing.commits[i];
    CommitInfoReader info;
    reader.read(table.store->read_all(commit.path), log_uri(table, commit_name(commit.version)), info);
    if (!visit(to_entry(commit.version, times[i], info.info.value_or(CommitInfoAction{})))) return;
  }
}

}  // namespace lakelet::delta
