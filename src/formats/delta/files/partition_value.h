// PROTOCOL.md, "Partition Value Serialization": the text of a partition value in the log <-> Value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::delta {

// Absent and empty text are null for every type. Timestamps with a zone are instants; without one they were written in
// the writer's local time, which the log doesn't tell: they are taken as UTC.
// Throws Error(CorruptTable) naming text and type if it isn't one.
Value read_partition_value(std::optional<std::string_view> text, const Type& type);

// The same as the column shows it: text is padded where the column says so.
Value read_partition_value(std::optional<std::string_view> text, const Field& column);

// nullopt for null, and for the empty string and empty binary, which Delta can't tell from null. Timestamps are written
// as ISO 8601 in UTC ("1970-01-01T00:00:00.123456Z"), as the protocol recommends. Binary is the bytes as they are,
// which the log can only hold if they are UTF-8: throws Error(InvalidArgument) otherwise.
std::optional<std::string> write_partition_value(const Value& value, const Type& type);

}  // namespace lakelet::delta
