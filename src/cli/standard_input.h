// "-" as a file.
#pragma once

#include <string>
#include <vector>

#include "lakelet/source.h"

namespace lakelet::cli {

// Replaces "-" among `files` by a path that holds what the standard input gives (Arrow is read as it comes). The file
// has no name of its own, so that nothing is left of it whatever ends the process. Throws Error(InvalidArgument) if "-"
// is there twice or no format was given.
class StandardInput {
 public:
  StandardInput(std::vector<std::string>& files, FileOptions& options, const std::string& folder);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int file_ = -1;
};

}  // namespace lakelet::cli
