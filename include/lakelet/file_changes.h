// Data files that somebody else wrote enter a table, and files leave it, without a row being read or written: for
// engines that write in many processes and commit in one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/metadata.h"

namespace lakelet {

struct AddedFile {
  std::string path;  // below the table's folder, or a path or URI of its own
  // A value for each partition column, as text that SQL can cast, by its name; absent: what folders "column=value" on
  // the way to the file say.
  std::optional<std::map<std::string, std::optional<std::string>>> partition{};
};

struct FileChanges {
  std::vector<AddedFile> add;
  std::vector<std::string> remove;  // live files, as FileInfo::path has them
};

struct FileChangeOptions {
  bool overwrite = false;  // for the history: the new files take the place of the old ones
  bool dry_run = false;    // looks at the files, and commits nothing
  std::optional<Version> if_version{};
  std::map<std::string, std::string> user_metadata{};
  std::optional<std::pair<std::string, std::int64_t>> application_version{};  // as in WriteOptions
};

}  // namespace lakelet
