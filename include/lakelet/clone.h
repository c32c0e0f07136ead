// A copy of a table as a table of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "lakelet/metadata.h"

namespace lakelet {

struct CloneOptions {
  // The new table has the files of the old one where they are: made in a moment, and broken once somebody vacuums the
  // old one past this version. Otherwise each file is copied.
  bool shallow = false;
  bool dry_run = false;                              // only says what would be done
  std::map<std::string, std::string> user_metadata;  // kept in the new table's history
};

struct CloneReport {
  std::string uri;             // of the new table
  Version version = -1;        // of the new table; -1: nothing was made
  Version source_version = 0;  // that it is a copy of
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::int64_t copied_files = 0;
  std::uint64_t copied_bytes = 0;
  std::int64_t kept_files = 0;  // that an earlier attempt had copied already
  double seconds = 0;
};

}  // namespace lakelet
