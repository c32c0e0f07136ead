#include "formats/iceberg/write/reference_change.h"

#include <fmt/format.h>

#include <set>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

const char* kind(bool branch) {
  return branch ? "branch" : "tag";
}

ReferenceEntry& existing(TableMetadataFile& metadata, const std::string& name) {
  const auto found = metadata.references.find(name);
  if (found != metadata.references.end()) return found->second;
  std::string names;
  for (const auto& [each, reference] : metadata.references) names += (names.empty() ? "" : ", ") + each;
  throw Error(ErrorCode::NotFound, fmt::format("the table has no branch or tag '{}'", name),
              names.empty() ? "it has none" : "it has " + names);
}

void require_kind(const std::string& name, const ReferenceEntry& reference, bool branch) {
  if (reference.branch == branch) return;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("'{}' is a {}, and not a {}", name, kind(reference.branch), kind(branch)));
}

void check_retention(const std::string& name, bool branch, const ReferenceRetention& retention) {
  const auto positive = [](const auto& number) { return !number || *number > 0; };
  if (!positive(retention.reference_age_ms) || !positive(retention.version_age_ms) || !positive(retention.versions)) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("how long '{}' is kept has to be more than nothing", name));
  }
  if (!branch && (retention.version_age_ms || retention.versions)) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is a tag: it has one version, and keeps that", name));
  }
  if (name == kMainBranch && retention.reference_age_ms) {
    throw Error(ErrorCode::InvalidArgument, "the branch main never goes");
  }
}

// What is told takes the place of what was; the rest stays.
void merge(ReferenceRetention& kept, const ReferenceRetention& told) {
  if (told.reference_age_ms) kept.reference_age_ms = told.reference_age_ms;
  if (told.version_age_ms) kept.version_age_ms = told.version_age_ms;
  if (told.versions) kept.versions = told.versions;
}

void require_movable(const std::string& name) {
  if (name != kMainBranch) return;
  throw Error(ErrorCode::InvalidArgument, "main is the table itself",
              "`lakelet restore` makes it what it was at another version");
}

void point(TableMetadataFile& metadata, const std::string& name, std::int64_t id) {
  metadata.references.at(name).snapshot_id = id;
  if (name != kMainBranch) return;
  metadata.current_snapshot_id = id;
  metadata.snapshot_log.push_back({metadata.last_updated_ms, id});
}

bool comes_from(const TableMetadataFile& metadata, std::int64_t id, std::int64_t ancestor) {
  std::set<std::int64_t> walked;
  for (const SnapshotEntry* each = metadata.find_snapshot(id); each && walked.insert(each->id).second;) {
    if (each->id == ancestor) return true;
    each = each->parent_id ? metadata.find_snapshot(*each->parent_id) : nullptr;
  }
  return false;
}

void apply(TableMetadataFile& metadata, const SetReference& change) {
  if (change.name.empty()) throw Error(ErrorCode::InvalidArgument, "a branch or tag needs a name");
  check_retention(change.name, change.branch, change.retention);
  const auto found = metadata.references.find(change.name);
  if (found == metadata.references.end()) {
    if (!change.create) existing(metadata, change.name);
    require_movable(change.name);
    metadata.references[change.name] = {snapshot_meant(metadata, change.version), change.branch, change.retention};
    return;
  }
  require_kind(change.name, found->second, change.branch);
  if (change.keep) return;
  if (!change.replace) {
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("the table has a {} '{}' already", kind(change.branch), change.name),
                "replace it, or choose another name");
  }
  require_movable(change.name);
  found->second.snapshot_id = snapshot_meant(metadata, change.version);
  merge(found->second.retention, change.retention);
}

void apply(TableMetadataFile& metadata, const SetReferenceRetention& change) {
  ReferenceEntry& reference = existing(metadata, change.name);
  check_retention(change.name, reference.branch, change.retention);
  merge(reference.retention, change.retention);
}

void apply(TableMetadataFile& metadata, const DropReference& change) {
  require_kind(change.name, existing(metadata, change.name), change.branch);
  if (change.name == kMainBranch) throw Error(ErrorCode::InvalidArgument, "the branch main can't be dropped");
  metadata.references.erase(change.name);
}

void apply(TableMetadataFile& metadata, const FastForward& change) {
  const std::int64_t to = existing(metadata, change.to).snapshot_id;
  ReferenceEntry& branch = existing(metadata, change.branch);
  require_kind(change.branch, branch, true);
  if (branch.snapshot_id == to) return;
  if (!comes_from(metadata, to, branch.snapshot_id)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("'{}' can't go forward to '{}': it has versions that the other one doesn't come from",
                            change.branch, change.to),
                "`lakelet merge` takes rows over");
  }
  point(metadata, change.branch, to);
}

}  // namespace

std::int64_t snapshot_meant(const TableMetadataFile& metadata, const VersionSelector& selector) {
  if (const auto* version = std::get_if<Version>(&selector)) {
    if (metadata.find_snapshot(*version)) return *version;
    throw Error(ErrorCode::NotFound, fmt::format("the table has no snapshot {}", *version),
                "`lakelet history` lists the snapshots");
  }
  if (const auto* reference = std::get_if<AtReference>(&selector)) {
    const auto found = metadata.references.find(reference->name);
    if (found != metadata.references.end()) return found->second.snapshot_id;
    throw Error(ErrorCode::NotFound, fmt::format("the table has no branch or tag '{}'", reference->name));
  }
  if (const auto* time = std::get_if<AtTimestamp>(&selector)) {
    std::optional<std::int64_t> last;
    for (const SnapshotLogEntry& each : metadata.snapshot_log) {
      if (micros_of_millis(each.timestamp_ms) <= time->us) last = each.snapshot_id;
    }
    if (last && metadata.find_snapshot(*last)) return *last;
    throw Error(ErrorCode::NotFound, fmt::format("the table has no snapshot of {}", format_iso8601(time->us)));
  }
  if (metadata.current_snapshot_id) return *metadata.current_snapshot_id;
  throw Error(ErrorCode::InvalidArgument, "the table has no snapshot yet that a branch or tag could name",
              "write rows first");
}

void change_reference(TableMetadataFile& metadata, const ReferenceChange& change) {
  std::visit([&](const auto& each) { apply(metadata, each); }, change);
}

}  // namespace lakelet::iceberg
