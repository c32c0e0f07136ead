#include "formats/delta/write/commit_clock.h"

#include <algorithm>

#include "formats/delta/log/commit_times.h"

namespace lakelet::delta {
namespace {

constexpr const char* kSinceVersion = "delta.inCommitTimestampEnablementVersion";
constexpr const char* kSinceTime = "delta.inCommitTimestampEnablementTimestamp";

}  // namespace

CommitClock::CommitClock(const DeltaSnapshot& base, const Metadata& after)
    : on_(in_commit_timestamps_since(after).has_value()),
      marks_(on_ && base.version() >= 0 && !in_commit_timestamps_since(base.metadata_action())) {
  // That of the commit that enables them "must be greater than the file modification time of the immediately preceding
  // commit": the same that timestamp_us() gives.
  if (on_ && base.version() >= 0) previous_ms_ = base.timestamp_us() / 1000;
}

void CommitClock::saw(const WinningCommit& winner) {
  if (!on_) return;
  for (const Action& action : winner.actions) {
    const auto* info = std::get_if<CommitInfoAction>(&action);
    if (info) previous_ms_ = std::max(previous_ms_, info->in_commit_timestamp_ms.value_or(0));
  }
  if (marks_) previous_ms_ = std::max(previous_ms_, winner.modified_ms);
}

std::optional<std::int64_t> CommitClock::next(std::int64_t now_ms) const {
  if (!on_) return std::nullopt;
  return std::max(now_ms, previous_ms_ + 1);
}

void CommitClock::mark(std::vector<Action>& actions, Version version, std::int64_t time_ms) const {
  for (Action& action : actions) {
    auto* metadata = std::get_if<Metadata>(&action);
    if (!metadata || !marks_) continue;
    metadata->configuration[kSinceVersion] = std::to_string(version);
    metadata->configuration[kSinceTime] = std::to_string(time_ms);
  }
}

void keep_marks(const StringMap& before, Metadata& metadata) {
  const bool on = in_commit_timestamps_since(metadata).has_value();
  for (const char* name : {kSinceVersion, kSinceTime}) {
    const auto old = before.find(name);
    if (!on) {
      metadata.configuration.erase(name);
    } else if (old != before.end()) {
      metadata.configuration[name] = old->second;
    }
  }
}

}  // namespace lakelet::delta
