// How new data files look, and where they go.
#pragma once

#include "formats/iceberg/metadata/table_metadata.h"
#include "table/snapshot.h"

namespace lakelet::iceberg {

// As the table's properties (write.*) want them. Throws Error(InvalidArgument) for a value that isn't one.
WriteLayout make_write_layout(const TableMetadataFile& metadata, const Schema& schema);

// Below the table's folder, or a URI (write.data.path): "data/city=Oslo/<unique>.parquet".
std::string data_file_path(const TableMetadataFile& metadata, const Partitioning& partitioning, const Schema& schema,
                           const std::vector<Value>& partition_values, const std::string& unique);

}  // namespace lakelet::iceberg
