// The footers of many files.
#pragma once

#include <string>
#include <vector>

#include "table/table_format.h"

namespace lakelet::operations {

// In the order of the files; several are read at once. `verb`: whose progress it is. Throws what the first file that
// fails throws, which names it.
std::vector<ParquetFooter> read_footers(const FormatContext& context, const std::vector<std::string>& uris,
                                        bool statistics, const std::string& verb, const CommitOptions& commit);

}  // namespace lakelet::operations
