#include "formats/iceberg/feed/change_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kHistoryHint = "`lakelet history` lists the snapshots and their times";

class Line {
 public:
  explicit Line(const IcebergSnapshot& newest) : newest_(newest), uri_(newest.location().uri) {
    std::set<std::int64_t> walked;  // parents may go in circles
    for (const SnapshotEntry* each = newest.entry(); each && walked.insert(each->id).second;) {
      entries_.push_back(each);
      each = each->parent_id ? newest.table_metadata().find_snapshot(*each->parent_id) : nullptr;
    }
    std::reverse(entries_.begin(), entries_.end());
  }

  std::size_t size() const { return entries_.size(); }

  // Where the range begins; size(): after the newest snapshot.
  std::size_t first(const VersionSelector& from) const {
    if (const auto* time = std::get_if<AtTimestamp>(&from)) {
      const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const SnapshotEntry* entry) {
        return micros_of_millis(entry->timestamp_ms) >= time->us;
      });
      if (at != entries_.end()) return static_cast<std::size_t>(at - entries_.begin());
      throw Error(ErrorCode::NotFound,
                  fmt::format("{} has no snapshot from {} or later", uri_, format_iso8601(time->us)), kHistoryHint);
    }
    const auto* version = std::get_if<Version>(&from);
    return version && *version == kNoSnapshot ? 0 : named(from);
  }

  // Behind the last one of the range.
  std::size_t end(const VersionSelector& to) const {
    if (const auto* time = std::get_if<AtTimestamp>(&to)) {
      std::size_t end = 0;
      for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (micros_of_millis(entries_[i]->timestamp_ms) <= time->us) end = i + 1;
      }
      if (end > 0) return end;
      throw Error(ErrorCode::NotFound,
                  fmt::format("{} has no snapshot from {} or before", uri_, format_iso8601(time->us)), kHistoryHint);
    }
    return named(to) + 1;
  }

  SnapshotStep step(std::size_t i) const {
    const SnapshotEntry& entry = *entries_[i];
    if (i > 0) return {entries_[i - 1], &entry};
    if (entry.parent_id) {
      throw Error(ErrorCode::NotFound,
                  fmt::format("what the snapshot {} of {} changed can't be told: the one before it has expired",
                              entry.id, uri_),
                  entries_.size() > 1 ? fmt::format("begin with {}", entries_[1]->id) : kHistoryHint);
    }
    return {nullptr, &entry};
  }

 private:
  std::size_t named(const VersionSelector& selector) const {
    if (std::holds_alternative<LatestVersion>(selector)) return entries_.empty() ? 0 : entries_.size() - 1;
    const std::int64_t id = id_of(selector);
    const auto at =
        std::find_if(entries_.begin(), entries_.end(), [&](const SnapshotEntry* entry) { return entry->id == id; });
    if (at != entries_.end()) return static_cast<std::size_t>(at - entries_.begin());
    const bool there = newest_.table_metadata().find_snapshot(id) != nullptr;
    throw Error(ErrorCode::NotFound,
                there ? fmt::format("{} didn't come by way of the snapshot {}, which is another line's", uri_, id)
                      : fmt::format("{} has no snapshot {}: it was never there, or has expired", uri_, id),
                kHistoryHint);
  }

  std::int64_t id_of(const VersionSelector& selector) const {
    if (const auto* version = std::get_if<Version>(&selector)) return *version;
    const std::string& name = std::get<AtReference>(selector).name;
    const auto found = newest_.table_metadata().references.find(name);
    if (found != newest_.table_metadata().references.end()) return found->second.snapshot_id;
    throw Error(ErrorCode::NotFound, fmt::format("{} has no branch or tag '{}'", uri_, name),
                "`lakelet branch` and `lakelet tag` list them");
  }

  const IcebergSnapshot& newest_;
  const std::string& uri_;
  std::vector<const SnapshotEntry*> entries_;  // oldest first
};

}  // namespace

std::vector<SnapshotStep> steps_of(const IcebergSnapshot& newest, const ChangeRange& range) {
  const Line line(newest);
  std::vector<SnapshotStep> steps;
  if (line.size() == 0) return steps;
  const std::size_t first = line.first(range.from), end = line.end(range.to);
  const bool times = std::holds_alternative<AtTimestamp>(range.from) && std::holds_alternative<AtTimestamp>(range.to);
  if (times && end == first && std::get<AtTimestamp>(range.from).us <= std::get<AtTimestamp>(range.to).us) return steps;
  if (end <= first) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("changes of {}: the end of the range is before the beginning", newest.location().uri));
  }
  for (std::size_t i = first; i < end; ++i) steps.push_back(line.step(i));
  return steps;
}

}  // namespace lakelet::iceberg
