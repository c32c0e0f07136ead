// What a table knows of its files' columns, gathered anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lakelet/metadata.h"

namespace lakelet {

struct AnalyzeOptions {
  std::vector<std::string> columns;                  // dotted names; empty: those of which the table keeps statistics
  bool full = false;                                 // every file, not just those that lack something
  bool dry_run = false;                              // only says which files would be read
  std::map<std::string, std::string> user_metadata;  // kept in the table's history
};

struct AnalyzeReport {
  Version version = -1;      // that was committed; -1: nothing had to be
  std::int64_t files = 0;    // of the table
  std::int64_t read = 0;     // files whose rows were read, or would be
  std::int64_t changed = 0;  // files of which something else is known now
  double seconds = 0;
};

}  // namespace lakelet
