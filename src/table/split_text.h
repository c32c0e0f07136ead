// A part of a scan as text, for another process: versioned, checked, and of no format in particular.
#pragma once

#include <string>
#include <vector>

#include "table/given_files.h"

namespace lakelet {

struct SplitContent {
  SnapshotFacts snapshot;  // its location has only the uri: resolve it
  std::vector<FileTask> files;
  std::vector<std::string> columns;     // that are read; empty: all
  std::vector<std::string> predicates;  // SQL conditions, all required
};

// JSON. Throws Error(UnsupportedFeature) for rows that no file holds.
std::string to_split_text(const SplitContent& content);

// Throws Error(InvalidArgument) for text that isn't a split, was changed or cut on its way, or is of a later version.
SplitContent parse_split_text(const std::string& text);

}  // namespace lakelet
