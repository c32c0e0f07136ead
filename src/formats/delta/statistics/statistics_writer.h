// ColumnStatistics -> the stats text of an add action (PROTOCOL.md, "Per-file Statistics").
#pragma once

#include <optional>
#include <set>
#include <string>

#include "lakelet/schema.h"
#include "table/data_file.h"

namespace lakelet::delta {

// The text for a file of this schema, with the columns of `columns` (logical names; others are left out), under their
// names in data files. nullopt if the file's row count isn't known: Delta keeps no statistics without it.
//
// Bounds are never narrower than the rows: strings are cut to 32 characters with a maximum that is still above,
// timestamps go to whole milliseconds outwards. Left out where no reader could use them: NaN among the values,
// infinities, years beyond 9999, binary, variant, lists and maps, columns of nulls.
std::optional<std::string> write_statistics(const DataFile& file, const Schema& schema,
                                            const std::set<ColumnPath>& columns);

// The shortest text that sorts at or above everything that starts as `text` does; `text` itself if it has no more than
// `characters`; nullopt if there is none, or if it isn't UTF-8.
std::optional<std::string> upper_bound_of_text(const std::string& text, std::size_t characters);

}  // namespace lakelet::delta
