// Defaults of columns (spec.md, "Default values").
#pragma once

#include <optional>
#include <string>

#include "formats/iceberg/metadata/table_metadata.h"
#include "lakelet/value_rule.h"

namespace lakelet::iceberg {

// A schema that is the current one but for the write-default of the column; nullopt: it has none any more. `added`: the
// column wasn't there before, so the default is that of the rows that are there too. Throws UnsupportedFeature (a
// format version below 3, a default that isn't one value, a type that has none), NotFound, InvalidArgument.
Schema with_default(const TableMetadataFile& metadata, const std::string& column,
                    const std::optional<DefaultValue>& value, bool added);

}  // namespace lakelet::iceberg
