#include "formats/delta/write/post_commit.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/checkpoint/checkpoint_writer.h"
#include "formats/delta/log/log_cleanup.h"
#include "formats/delta/log/log_compaction.h"
#include "formats/delta/log/log_segment.h"
#include "formats/delta/log/state_reader.h"
#include "formats/delta/log/version_checksum_writer.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

class PostCommit {
 public:
  PostCommit(const FinishedCommit& commit, const EventSink& events) : commit_(commit), events_(events) {}

  void run() {
    attempt("checkpoint", "its checkpoint couldn't be written", [this] { checkpoint(); });
    attempt("checkpoint", "its checksum couldn't be written", [this] { checksum(); });
    attempt("checkpoint", "its log couldn't be compacted", [this] { compact(); });
  }

 private:
  template <typename Step>
  void attempt(std::string_view operation, std::string_view failure, const Step& step) const {
    try {
      step();
    } catch (const Error& error) {
      if (!events_) return;
      events_({.kind = EventKind::Warning,
               .operation = std::string(operation),
               .text = fmt::format("version {} is committed, but {}: {}", commit_.version, failure, error.what())});
    }
  }
  const Properties& properties() const { return commit_.metadata.configuration; }
  const Location& table() const { return commit_.base.location(); }
  const FormatContext& context() const { return commit_.base.context(); }
  const DeltaSnapshot& snapshot() {
    if (!snapshot_) snapshot_ = advance(commit_.base, commit_.version);
    return *snapshot_;
  }

  void checkpoint() {
    if (commit_.version == 0 || commit_.version % checkpoint_interval(properties()) != 0 || !context().tabular) return;
    const CheckpointResult written = write_checkpoint(snapshot());
    totals_ = FileTotals{written.added_files, static_cast<std::int64_t>(written.added_bytes)};
    attempt("clean-up", "its log couldn't be cleaned up",
            [this] { clean_up_log(context(), table(), commit_.protocol, commit_.metadata, now_us() / 1000); });
  }

  void checksum() {
    if (!totals_) totals_ = totals();
    if (!totals_) return;
    write_checksum(table(), {.version = commit_.version,
                             .protocol = commit_.protocol,
                             .metadata = commit_.metadata,
                             .totals = *totals_,
                             .in_commit_timestamp_ms = commit_.in_commit_timestamp_ms,
                             .txn_id = commit_.txn_id});
  }
  std::optional<FileTotals> totals() {
    if (commit_.version == commit_.base.version() + 1 && !commit_.recommits) {
      const auto before = known_totals(commit_.base);
      return before ? totals_after(*before, commit_.actions) : std::nullopt;
    }
    // Others came first, and what they added may have been there already: only all files together tell.
    return commit_.base.files().checkpoint ? std::nullopt : known_totals(snapshot());
  }

  void compact() {
    const std::int64_t interval = log_compaction_interval(properties());
    if (interval < 2 || (commit_.version + 1) % interval != 0) return;
    compact_log(table(), commit_.version + 1 - interval, commit_.version);
  }

  const FinishedCommit& commit_;
  const EventSink& events_;
  std::shared_ptr<const DeltaSnapshot> snapshot_;
  std::optional<FileTotals> totals_;
};

}  // namespace

std::shared_ptr<const DeltaSnapshot> advance(const DeltaSnapshot& base, Version version) {
  const Location& table = base.location();
  LogSegment segment;
  segment.version = version;
  for (LogFile& commit : list_log(table, base.version() + 1).commits) {
    if (commit.version > version) break;
    segment.last_commit = commit;
    segment.commits.push_back(std::move(commit));
  }
  return DeltaSnapshot::make(base.context(), table, advance_state(base.context(), table, base.state(), segment));
}

void after_commit(const FinishedCommit& commit, const EventSink& events) {
  PostCommit(commit, events).run();
}

}  // namespace lakelet::delta
