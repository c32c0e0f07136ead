// Separated text: what its dialect and columns are, how SQL reads it, and which line is to blame.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/schema.h"
#include "lakelet/source.h"
#include "sql/sql_session.h"

namespace lakelet::operations {

struct CsvFile {
  std::string path;      // as people wrote it
  std::string location;  // as the engine opens it
  std::string encoding;
  bool header = true;
  std::string delimiter, quote, escape;
  std::string date_format, timestamp_format;                 // empty: ISO 8601
  std::vector<std::pair<std::string, std::string>> columns;  // name, SQL type
};

// Looks at the first rows. Columns that `table` has take its types, others what the values suggest; without a header
// they are the table's, in order. Throws Error(InvalidArgument) for what isn't separated text.
CsvFile inspect_csv(const std::string& path, const std::string& location, FileFormat format, const FileOptions& options,
                    const Schema* table, sql::SqlSession& session);

// "read_csv(...)". With `keep_rejects`, bad rows are left out and noted in the temporary table reject_errors.
std::string read_csv_call(const CsvFile& file, bool keep_rejects = false);

// "day.csv, line 3, column temperature: ..." for the first row that can't be read with the file's types; nullopt if all
// can. Reads the files again.
std::optional<std::string> explain_bad_row(const std::vector<CsvFile>& files, sql::SqlSession& session);

}  // namespace lakelet::operations
