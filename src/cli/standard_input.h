// "-" as a file.
#pragma once

#include <string>
#include <vector>

#include "lakelet/source.h"

namespace lakelet::cli {

// Replaces "-" among `files` by a file that holds what the standard input gives (Arrow is read as it comes), and
// removes it in the end. Throws Error(InvalidArgument) if "-" is there twice or no format was given.
class StandardInput {
 public:
  StandardInput(std::vector<std::string>& files, FileOptions& options, const std::string& folder);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  std::string spooled_;
};

}  // namespace lakelet::cli
