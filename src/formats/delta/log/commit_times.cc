#include "formats/delta/log/commit_times.h"

#include <algorithm>
#include <charconv>

#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// Stops at the commitInfo, which comes first where its timestamp counts.
class TimestampReader final : public ActionVisitor {
 public:
  std::optional<std::int64_t> time_ms;
  void on_commit_info(CommitInfoAction info) override {
    time_ms = info.in_commit_timestamp_ms;
    done_ = true;
  }
  bool wants_commit_info() const override { return true; }
  bool more() const override { return !done_; }

 private:
  bool done_ = false;
};

std::optional<std::int64_t> integer_property(const Metadata& metadata, const char* name) {
  const auto at = metadata.configuration.find(name);
  if (at == metadata.configuration.end()) return std::nullopt;
  std::int64_t value = 0;
  const auto result = std::from_chars(at->second.data(), at->second.data() + at->second.size(), value);
  if (result.ec != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

std::vector<std::int64_t> monotonic_times_ms(const std::vector<LogFile>& commits) {
  std::vector<std::int64_t> times;
  times.reserve(commits.size());
  for (const LogFile& commit : commits) {
    const std::int64_t own = commit.modified_us / 1000;
    times.push_back(times.empty() ? own : std::max(own, times.back() + 1));
  }
  return times;
}

std::int64_t commit_file_time_ms(const LogListing& listing, const LogSegment& segment) {
  const std::vector<std::int64_t> times = monotonic_times_ms(listing.commits);
  for (std::size_t i = listing.commits.size(); i-- > 0;) {
    if (listing.commits[i].version == segment.version) return times[i];
  }
  if (segment.last_commit) return segment.last_commit->modified_us / 1000;  // cleaned up since
  return segment.checkpoint ? segment.checkpoint->parts.front().modified_us / 1000 : 0;
}

std::optional<Version> in_commit_timestamps_since(const Metadata& metadata) {
  if (!property_is_true(metadata.configuration, "delta.enableInCommitTimestamps")) return std::nullopt;
  return integer_property(metadata, "delta.inCommitTimestampEnablementVersion").value_or(0);
}

std::optional<std::int64_t> read_in_commit_timestamp_ms(const Location& table, const LogFile& commit) {
  TimestampReader reader;
  ActionReader().read(table.store->read_all(commit.path), commit.path, reader);
  return reader.time_ms;
}

std::optional<Version> version_at(const Location& table, const LogListing& listing, const Metadata& newest,
                                  std::int64_t time_ms) {
  const std::vector<LogFile>& commits = listing.commits;
  const auto since = in_commit_timestamps_since(newest);
  // Commits before `first_own` are judged by their files' times, the others by their own.
  std::size_t first_own = commits.size();
  if (since) {
    first_own = std::lower_bound(commits.begin(), commits.end(), *since,
                                 [](const LogFile& file, Version version) { return file.version < version; }) -
                commits.begin();
  }
  auto own_time = [&](std::size_t i) {
    const auto time = read_in_commit_timestamp_ms(table, commits[i]);
    if (!time) throw Error(ErrorCode::CorruptTable, commits[i].path + " lacks its inCommitTimestamp");
    return *time;
  };
  if (first_own < commits.size() && own_time(first_own) <= time_ms) {
    std::size_t low = first_own, high = commits.size();  // own_time(low) <= time_ms, and for high it isn't
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      (own_time(middle) <= time_ms ? low : high) = middle;
    }
    return commits[low].version;
  }
  const std::vector<std::int64_t> times = monotonic_times_ms(commits);
  const auto later = std::upper_bound(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(first_own), time_ms);
  if (later == times.begin()) return std::nullopt;
  return commits[static_cast<std::size_t>(later - times.begin()) - 1].version;
}

}  // namespace lakelet::delta
