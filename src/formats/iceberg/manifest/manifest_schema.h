// The Avro schemas of manifests and manifest lists, by format version (spec.md, "Manifests", "Manifest Lists").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"

namespace lakelet::iceberg {

// What the records of a manifest have, in the order of their fields.
std::string manifest_schema(int format_version, const PartitionLayout& layout);
std::string manifest_list_schema(int format_version);

// A name that Avro takes: what it doesn't becomes "_x" and hexadecimal digits, as the reference implementation has it.
std::string avro_name(std::string_view name);

// The bytes that a decimal of so many digits takes.
std::size_t decimal_bytes(int precision);

}  // namespace lakelet::iceberg
