// The last look at a commit before it is put: what no reader could take back.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

struct LintRules {
  bool first_version = false;               // has to have protocol and metaData
  std::set<std::string> partition_columns;  // by their names in partitionValues
  bool deletion_vectors = true;             // the protocol has the feature
  bool restates_files = false;              // files that stay are added again, with other statistics or row ids
};

// Throws Error(Internal) that names the rule and the file: such a commit is a bug in lakelet, and is never written.
// Rules (PROTOCOL.md, "Delta Log Entries", "Add File and Remove File", "Per-file Statistics"): at most one protocol,
// metaData and txn per application; no path added or removed twice, none added and removed with the same deletion
// vector; the partition values are those of the table; sizes and counts aren't negative, no minimum above its maximum,
// no more nulls than rows; a deletion vector needs the feature, has some rows, no more than its file, and those
// are counted; a file that brings no new data comes with the removal of where the data was, unless
// files that go on are added again.
void lint_commit(const std::vector<Action>& actions, const LintRules& rules);

}  // namespace lakelet::delta
