// A folder of Parquet files, or a table, becomes a table, without a file being written but the table's own log.
#pragma once

#include <string>
#include <vector>

#include "lakelet/convert.h"
#include "storage/object_store.h"
#include "table/table_format.h"

namespace lakelet::operations {

// ConvertPlan::source_format of a folder of files.
inline constexpr const char* kPlainFiles = "parquet";

struct ConvertPlan {
  const TableFormat* format = nullptr;
  Location destination;
  CreateSpec spec;
  std::vector<FileTask> files;
  std::string source_format = kPlainFiles;
  bool in_place = false;  // the files are the new table's own
  ConvertReport report;   // as it would be
  bool statistics = true;
  std::map<std::string, std::string> user_metadata;
};

// Of a table of another format as convert_table.h has it; `destination` is elsewhere then. Of a folder it reads the
// footers of all files, several at once. Throws AlreadyExists (the folder is a table of the format, or there is one at
// the destination), NotFound (no Parquet file in it), UnsupportedFeature (it has tables in it; columns that the format
// can't hold), InvalidArgument naming the file whose columns or folders don't go with the others, CorruptTable for a
// file that can't be read. Changes nothing.
ConvertPlan plan_convert(const FormatRegistry& formats, const FormatContext& context, const Location& folder,
                         const Location& destination, const ConvertOptions& options, const CommitOptions& commit);

// Commits the table's first version. Throws AlreadyExists if somebody else was faster.
ConvertReport run(const ConvertPlan& plan, const FormatContext& context, const CommitOptions& commit);

}  // namespace lakelet::operations
