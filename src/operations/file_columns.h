// The columns of a table that files which are there already are to become. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lakelet/schema.h"
#include "table/data_file.h"

namespace lakelet::operations {

// As tables have them: every column and part of one may be NULL, there are no field ids, unsigned integers are of the
// next wider kind, nanoseconds are microseconds.
Schema as_table_columns(const Schema& file);

// Gathers the columns of one file after the other, which are those of as_table_columns().
class FileColumns {
 public:
  // `given`: the table's columns as the user wants them; then files may have no others. Empty: what files have.
  explicit FileColumns(Schema given) : schema_(std::move(given)), fixed_(!schema_.empty()) {}

  // Throws Error(InvalidArgument) naming file and column: two columns whose names differ in case alone, a type that
  // isn't that of the files before (integers of up to 32 bits, which files store alike, go together).
  void add(const std::string& path, const Schema& file);
  // Throws Error(InvalidArgument) for a column that no file has a type for.
  Schema finish() const;

 private:
  void merge(std::vector<Field>& known, const std::vector<Field>& more, const std::string& path,
             const std::string& parent);
  Type merged(const Type& known, const Type& more, const std::string& path, const std::string& column);

  Schema schema_;
  bool fixed_;
  std::map<std::string, std::string> first_seen_;  // column to file
};

// Statistics by a file's own names as those of the table's columns; bounds of a column that has another type there than
// in the file, integers aside, are left out.
std::map<ColumnPath, ColumnStatistics> statistics_for(const Schema& table, const Schema& file,
                                                      const std::map<ColumnPath, ColumnStatistics>& known);

}  // namespace lakelet::operations
