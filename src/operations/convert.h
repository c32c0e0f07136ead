// A folder of Parquet files becomes a table, without a file being written but the table's own log.
#pragma once

#include <string>
#include <vector>

#include "lakelet/convert.h"
#include "storage/object_store.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct ConvertPlan {
  const TableFormat* format = nullptr;
  Location folder;
  CreateSpec spec;
  std::vector<DataFile> files;
  ConvertReport report;  // as it would be
  bool statistics = true;
  std::map<std::string, std::string> user_metadata;
};

// Reads the footers of all files, several at once. Throws AlreadyExists (the folder is a table), NotFound (no Parquet
// file in it), UnsupportedFeature (it is a table of another format, or has tables in it; columns that the format can't
// hold), InvalidArgument naming the file whose columns or folders don't go with the others, CorruptTable for a file
// that can't be read. Changes nothing.
ConvertPlan plan_convert(const FormatRegistry& formats, const FormatContext& context, const Location& folder,
                         const ConvertOptions& options, const CommitOptions& commit);

// Commits the table's first version. Throws AlreadyExists if somebody else was faster.
ConvertReport run(const ConvertPlan& plan, const FormatContext& context, const CommitOptions& commit);

}  // namespace lakelet::operations
