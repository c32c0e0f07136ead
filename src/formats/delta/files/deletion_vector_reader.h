// Deletion vectors (PROTOCOL.md, "Deletion Vectors", "Deletion Vector Format").
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/delta/protocol/actions.h"
#include "storage/location.h"
#include "table/row_positions.h"

namespace lakelet::delta {

// The removed positions, from the log itself, a file of the table or one elsewhere: at most one ranged read. Throws
// Error(CorruptTable) that names the file where it is missing, cut short, fails its checksum or holds another number of
// rows than the log says.
std::shared_ptr<const RowPositions> read_deletion_vector(StoreRegistry& stores, const Location& table,
                                                         const DeletionVectorDescriptor& descriptor);

// "deletion_vector_<uuid>.bin", with the random prefix as a folder before it, for storage type 'u'. Throws
// Error(CorruptTable).
std::string deletion_vector_path(std::string_view path_or_inline_dv);

// The bitmap itself: magic number and 64-bit Roaring bitmap. Throws Error(CorruptTable).
RowPositions parse_deletion_vector(std::span<const std::byte> bytes);

// Z85 (https://rfc.zeromq.org/spec/32/), with the shorter last group that some writers end with. Throws
// Error(CorruptTable).
std::string decode_z85(std::string_view text);

}  // namespace lakelet::delta
