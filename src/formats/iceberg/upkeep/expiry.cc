#include "formats/iceberg/upkeep/expiry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr std::int64_t kFiveDays = std::int64_t{5} * 24 * 3600 * 1000,
                       kForever = std::numeric_limits<std::int64_t>::max();

std::int64_t number(const Properties& properties, const char* key, std::int64_t otherwise) {
  const auto found = properties.find(key);
  if (found == properties.end()) return otherwise;
  std::int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end || value < 0 || found->second.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} is '{}', which is no number from 0 on", key, found->second),
                fmt::format("`lakelet alter TABLE unset-property {}` brings the usual value back", key));
  }
  return value;
}

// What lies that long before; nothing lies before the beginning.
std::int64_t before(std::int64_t now, std::int64_t age) {
  return age > now ? std::numeric_limits<std::int64_t>::min() : now - std::max<std::int64_t>(age, 0);
}

}  // namespace

std::int64_t own_snapshot_age_ms(const TableMetadataFile& metadata) {
  return number(metadata.properties, "history.expire.max-snapshot-age-ms", kFiveDays);
}

Expiry find_expired(const TableMetadataFile& metadata, const ExpiryRules& rules) {
  const std::int64_t age = rules.snapshot_age_ms.value_or(own_snapshot_age_ms(metadata));
  const std::int64_t least =
      std::max<std::int64_t>(1, number(metadata.properties, "history.expire.min-snapshots-to-keep", 1));
  const std::int64_t reference_age = number(metadata.properties, "history.expire.max-ref-age-ms", kForever);
  Expiry result;
  std::set<std::int64_t> kept = rules.keep, reached;
  for (const auto& [name, reference] : metadata.references) {
    const SnapshotEntry* newest = metadata.find_snapshot(reference.snapshot_id);
    if (!newest) continue;
    const std::int64_t oldest = before(rules.now_ms, reference.retention.reference_age_ms.value_or(reference_age));
    if (name != kMainBranch && newest->timestamp_ms < oldest) {
      result.references.insert(name);
      continue;
    }
    kept.insert(newest->id);
    reached.insert(newest->id);
    if (!reference.branch) continue;
    const std::int64_t since = before(rules.now_ms, reference.retention.version_age_ms.value_or(age));
    const std::int64_t most = reference.retention.versions ? std::max(*reference.retention.versions, 1) : least;
    std::int64_t until = rules.now_ms;  // when the one after it took its place
    std::int64_t place = 0;
    std::set<std::int64_t> walked;  // parents may go in circles
    for (const SnapshotEntry* each = newest; each && walked.insert(each->id).second; ++place) {
      // The newest one at some time since then is whole: it may be older than the time itself.
      if (place < most || until >= since) kept.insert(each->id);
      reached.insert(each->id);
      until = each->timestamp_ms;
      each = each->parent_id ? metadata.find_snapshot(*each->parent_id) : nullptr;
    }
  }
  const std::int64_t since = before(rules.now_ms, age);
  for (const SnapshotEntry& each : metadata.snapshots) {
    if (kept.contains(each.id) || (!reached.contains(each.id) && each.timestamp_ms >= since)) continue;
    result.snapshots.insert(each.id);
  }
  return result;
}

void forget(TableMetadataFile& metadata, const Expiry& expiry) {
  for (const std::string& name : expiry.references) metadata.references.erase(name);
  std::erase_if(metadata.snapshots, [&](const SnapshotEntry& each) { return expiry.snapshots.contains(each.id); });
  std::erase_if(metadata.statistics,
                [&](const StatisticsEntry& each) { return expiry.snapshots.contains(each.snapshot_id); });
  // "all entries before a snapshot that has expired should be removed"
  auto& log = metadata.snapshot_log;
  const auto last = std::find_if(log.rbegin(), log.rend(), [&](const SnapshotLogEntry& each) {
    return !metadata.find_snapshot(each.snapshot_id);
  });
  log.erase(log.begin(), last.base());
}

}  // namespace lakelet::iceberg
