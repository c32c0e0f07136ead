// Names of new data files, with the Hive-style folders that partition values suggest.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lakelet::delta {

// "city=Z%C3%BCrich/day=2025-01-31" for (column, serialised value) pairs; a null value is __HIVE_DEFAULT_PARTITION__.
// Folders are a convention that no reader may rely on (PROTOCOL.md, "Data Files"), so a value that makes no sane folder
// name (longer than a file system takes) yields the empty string: the file then lies in the table's own folder.
std::string partition_folder(const std::vector<std::pair<std::string, std::optional<std::string>>>& values);

// "<folder>/part-00000-<unique>-c000.<codec>.parquet", relative to the table and not yet encoded for the log; without a
// folder just the name.
std::string data_file_path(const std::string& folder, const std::string& unique, const std::string& compression);

// Letters and digits, by which object stores spread what they are asked for (delta.randomizeFilePrefixes).
std::string random_prefix(int length);

}  // namespace lakelet::delta
