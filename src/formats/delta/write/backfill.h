// The files of a table whose rows get ids because row tracking is switched on (PROTOCOL.md, "Writer Requirements for
// Row Tracking": new `add` actions that set the numbers replace those that lack them).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// Each live file without baseRowId or defaultRowCommitVersion as it is to be added again: the same file, nothing new in
// it, its rows counted (a footer is read where nobody counted them). `other_paths`, as the log has them, are left out:
// the transaction removes or adds them anyway. Memory for every such file.
std::vector<AddFile> files_without_numbers(const DeltaSnapshot& base, const std::set<std::string>& other_paths);

}  // namespace lakelet::delta
