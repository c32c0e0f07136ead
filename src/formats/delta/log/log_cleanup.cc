#include "formats/delta/log/log_cleanup.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/percent_encoding.h"
#include "formats/delta/checkpoint/checkpoint_reader.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

std::int64_t midnight_before(std::int64_t ms) {
  return ms - (ms % kDayMs + kDayMs) % kDayMs;
}

bool can_be_read(const FormatContext& context, const Location& table, const CheckpointFiles& checkpoint) {
  try {
    read_checkpoint(context, table, checkpoint).require_complete();
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::NotFound) return false;
    throw;
  }
}

// The first version whose checkpoints are protected no longer; 0: none is protected. One that can't be read protects
// them all.
Version protected_before(const Protocol& protocol, const Metadata& metadata, Version newest) {
  if (!has_feature(protocol, "checkpointProtection")) return 0;
  const auto at = metadata.configuration.find("delta.requireCheckpointProtectionBeforeVersion");
  if (at == metadata.configuration.end()) return 0;
  Version version = 0;
  const char* end = at->second.data() + at->second.size();
  const auto parsed = std::from_chars(at->second.data(), end, version);
  return parsed.ec == std::errc() && parsed.ptr == end ? version : newest + 1;
}

std::string name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// Old sidecars that no checkpoint names but those that go. None if a checkpoint can't be read: it may name them.
std::vector<std::string> orphaned_sidecars(const FormatContext& context, const Location& table,
                                           const std::vector<std::string>& going, std::int64_t now_ms) {
  std::vector<std::string> old;
  const std::int64_t youngest = midnight_before(now_ms) - kDayMs;
  table.store->list_folder(log_path(table, kSidecarFolder), "", [&](const ObjectInfo& object) {
    if (object.modified_us / 1000 < youngest) old.push_back(object.path);
    return true;
  });
  if (old.empty()) return old;
  std::set<std::string> named;
  const std::set<std::string> gone(going.begin(), going.end());
  for (const CheckpointFiles& checkpoint : list_log(table, 0).checkpoints) {
    if (gone.contains(checkpoint.parts.front().path)) continue;
    for (const Sidecar& sidecar : read_checkpoint_sidecars(context, table, checkpoint)) {
      named.insert(name_of(sidecar.path));
      named.insert(name_of(percent_decode(sidecar.path)));
    }
  }
  std::erase_if(old, [&named](const std::string& path) { return named.contains(name_of(path)); });
  return old;
}

}  // namespace

namespace {

std::int64_t expired_before_ms(const StringMap& properties, std::int64_t now_ms) {
  return midnight_before(now_ms - log_retention_ms(properties));
}

}  // namespace

std::optional<std::int64_t> log_cutoff_ms(const StringMap& properties, std::int64_t now_ms) {
  if (property_is_false(properties, "delta.enableExpiredLogCleanup")) return std::nullopt;
  return expired_before_ms(properties, now_ms);
}

std::vector<CheckpointFiles> cutoff_checkpoints(const LogListing& listing, std::int64_t cutoff_ms) {
  const std::vector<std::int64_t> times = monotonic_times_ms(listing.commits);
  const auto later = std::upper_bound(times.begin(), times.end(), cutoff_ms);
  std::vector<CheckpointFiles> out;
  if (later == times.begin()) return out;
  const Version cutoff = listing.commits[static_cast<std::size_t>(later - times.begin()) - 1].version;
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version <= cutoff) out.push_back(checkpoint);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<std::string> files_before(const LogListing& listing, const CheckpointFiles& checkpoint) {
  std::vector<std::string> out;
  for (const LogFile& commit : listing.commits) {
    if (commit.version < checkpoint.version) out.push_back(commit.path);
  }
  for (const LogFile& checksum : listing.checksums) {
    if (checksum.version < checkpoint.version) out.push_back(checksum.path);
  }
  for (const CompactedCommits& compaction : listing.compactions) {
    if (compaction.first <= checkpoint.version) out.push_back(compaction.file.path);
  }
  for (const CheckpointFiles& each : listing.checkpoints) {
    if (each.version >= checkpoint.version) continue;
    for (const LogFile& part : each.parts) out.push_back(part.path);
  }
  return out;
}

std::vector<std::string> expired_log_files(const FormatContext& context, const Location& table,
                                           const Protocol& protocol, const Metadata& metadata, std::int64_t now_ms,
                                           bool asked) {
  const auto cutoff = asked ? std::optional(expired_before_ms(metadata.configuration, now_ms))
                            : log_cutoff_ms(metadata.configuration, now_ms);
  if (!cutoff) return {};
  const LogListing listing = list_log(table, 0);
  if (listing.commits.empty()) return {};
  const Version needed = protected_before(protocol, metadata, listing.commits.back().version);
  std::vector<std::string> out;
  for (const CheckpointFiles& checkpoint : cutoff_checkpoints(listing, *cutoff)) {
    if (checkpoint.version < needed) break;
    std::vector<std::string> files = files_before(listing, checkpoint);
    if (files.empty()) break;
    if (!can_be_read(context, table, checkpoint)) continue;
    out = std::move(files);
    break;
  }
  for (std::string& path : orphaned_sidecars(context, table, out, now_ms)) out.push_back(std::move(path));
  return out;
}

CleanupResult clean_up_log(const FormatContext& context, const Location& table, const Protocol& protocol,
                           const Metadata& metadata, std::int64_t now_ms) {
  CleanupResult result;
  const std::string sidecars = log_path(table, kSidecarFolder) + "/";
  for (const std::string& path : expired_log_files(context, table, protocol, metadata, now_ms, false)) {
    table.store->remove(path);
    ++(path.starts_with(sidecars) ? result.sidecars : path.ends_with(".json") ? result.commits : result.others);
  }
  return result;
}

}  // namespace lakelet::delta
