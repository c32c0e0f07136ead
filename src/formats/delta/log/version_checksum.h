// The file that a writer may leave beside a commit to tell what the table is at its version (PROTOCOL.md, "Version
// Checksum File").
#pragma once

#include "formats/delta/log/table_state.h"
#include "table/table_format.h"

namespace lakelet::delta {

// Compares the checksum of the state's version, where the log has one, with what was read: protocol, metadata, and the
// number and bytes of files where they are known without reading the checkpoint's. One request. What differs is a
// warning that names the file, for the log decides what the table is and other readers go by it too; so is a checksum
// that can't be read. Checksums that list the table's files, and so grow with it, are passed over.
void verify_checksum(const FormatContext& context, const Location& table, const TableState& state);

struct FileTotals;

// The sums over the version's live files that its checksum gives. nullopt: there is none, it can't be read, it is
// large, or it contradicts what is known of the version. One request.
std::optional<FileTotals> checksum_totals(const Location& table, const TableState& state);

}  // namespace lakelet::delta
