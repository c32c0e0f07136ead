// Makes the newest version of a table what an older one was, as one commit.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "lakelet/maintenance.h"
#include "lakelet/metadata.h"
#include "table/table_format.h"
#include "table/upkeep.h"

namespace lakelet::operations {

struct RestorePlan {
  RestoreOptions options;
  std::shared_ptr<const Snapshot> version;
  std::unique_ptr<Transaction> transaction;
  Restoration restoration;
  std::vector<std::string> missing;  // paths of files that are gone
};

// Finds what has to come back, and whether it is still there: one request for each such file. Throws NotFound (no such
// version; a file that is gone, unless they may be missing), UnsupportedFeature.
RestorePlan plan_restore(FormatTable& table, StoreRegistry& stores, const VersionSelector& version,
                         const RestoreOptions& options, const CommitOptions& commit);

// Throws Conflict if the table was changed meanwhile: nothing of it is lost that way.
RestoreReport run(RestorePlan& plan, const CommitOptions& commit);

// What the plan says, without doing it.
RestoreReport describe(const RestorePlan& plan);

}  // namespace lakelet::operations
