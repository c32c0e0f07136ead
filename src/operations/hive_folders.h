// Partition values that the names of folders tell, as Hive, Spark and others lay them out:
// "year=2025/city=Z%C3%BCrich". Pure functions of paths.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/schema.h"

namespace lakelet::operations {

// (column, value) for each folder of the path that has the form, outermost first; __HIVE_DEFAULT_PARTITION__ and an
// empty value are nullopt. `path` is relative to the table.
using FolderValues = std::vector<std::pair<std::string, std::optional<std::string>>>;
FolderValues folder_values(std::string_view path);

// Whether readers of folders pass the file over: a part of its path begins with '.' or '_' (but "_a=1" is a value).
bool is_hidden(std::string_view path);

// One file of the folder.
struct FoundFile {
  std::string path;  // relative to the table
  FolderValues values;
};

// The partition columns of all files: those of `given`, which must be just those of the folders, or else those of the
// folders with the narrowest of int, bigint, double, date and timestamp that every value has, or string. Throws
// Error(InvalidArgument) naming file and column where folders disagree or a value isn't of its type.
Schema partition_columns(const std::vector<FoundFile>& files, const Schema& given);

// The values of one file for these columns, in order. Throws Error(InvalidArgument).
std::vector<Value> partition_values(const FoundFile& file, const Schema& columns);

}  // namespace lakelet::operations
