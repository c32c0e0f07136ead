// Which files of a table are worth writing again, and which of them together. Pure functions of what is known of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace lakelet::operations {

struct FileFacts {
  std::size_t partition = 0;  // files of one may be written together
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;         // as stored
  std::optional<std::int64_t> deleted = 0;  // of them; nullopt: some, and nobody counted
  std::string rewriting;                    // that placed its rows as they are to be placed now; empty: none did
  bool untouchable = false;
};

struct ChoiceRules {
  std::uint64_t target_bytes = std::uint64_t{128} << 20;
  double most_deleted = 0.05;  // share of a file's rows
  bool only_deleted = false;   // nothing but files with more deleted rows than that is chosen
  bool place = false;          // rows have to be placed by their values
  bool full = false;           // also in files where they are already
  std::uint64_t most_group_bytes = std::numeric_limits<std::uint64_t>::max();
};

struct FileGroup {
  std::size_t partition = 0;
  std::vector<std::size_t> files;  // indexes
  std::uint64_t bytes = 0;         // as they are
  std::uint64_t live_bytes = 0;    // of rows that stay, about
};

// In the order of partitions, and within one in that of the files, which ought to be the order in which they were
// written: rows that came together stay together. What was done so isn't chosen again.
std::vector<FileGroup> choose_files(const std::vector<FileFacts>& files, const ChoiceRules& rules);

// Into how many files so many bytes go, each of about the target's size and none below three quarters of it.
std::int64_t files_for(std::uint64_t bytes, std::uint64_t target_bytes);

}  // namespace lakelet::operations
