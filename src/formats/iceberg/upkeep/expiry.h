// Which snapshots a table needs no longer (spec.md, "Snapshot Retention Policy"). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "formats/iceberg/metadata/table_metadata.h"

namespace lakelet::iceberg {

struct ExpiryRules {
  std::int64_t now_ms = 0;
  // In the place of history.expire.max-snapshot-age-ms; what a branch says of its own counts more.
  std::optional<std::int64_t> snapshot_age_ms{};
  std::set<std::int64_t> keep{};  // whatever their age
};

// The age at which snapshots go that nothing else keeps: history.expire.max-snapshot-age-ms, or five days.
std::int64_t own_snapshot_age_ms(const TableMetadataFile& metadata);

struct Expiry {
  std::set<std::int64_t> snapshots;  // that go
  std::set<std::string> references;  // that go: branches and tags past their age

  bool empty() const { return snapshots.empty() && references.empty(); }
};

// A snapshot stays if a tag or branch has it, or a branch goes back to it and it was the branch's newest one lately or
// is among its last few, or nothing has it and it is young. Throws Error(InvalidArgument) for a property that is no
// number.
Expiry find_expired(const TableMetadataFile& metadata, const ExpiryRules& rules);

// Takes them out of the metadata, with what is said of them.
void forget(TableMetadataFile& metadata, const Expiry& expiry);

}  // namespace lakelet::iceberg
