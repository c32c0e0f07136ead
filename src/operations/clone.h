// A table as another one is at a version: with its files where they are, or with copies of them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "lakelet/clone.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct ClonePlan {
  const TableFormat* format = nullptr;
  std::shared_ptr<const Snapshot> source;
  Location destination;
  CloneOptions options;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
};

// Throws AlreadyExists (a table of any format is at the destination), InvalidArgument (a destination inside the source,
// or, for a shallow clone, a folder that has something in it), UnsupportedFeature. Changes nothing.
ClonePlan plan_clone(const FormatRegistry& formats, const TableFormat& format, std::shared_ptr<const Snapshot> source,
                     const Location& destination, const CloneOptions& options);

// Copies files side by side, then commits the new table's first version: before that there is none. Files that an
// attempt left behind are taken if they are the same byte by byte. Throws AlreadyExists if somebody else was faster,
// CorruptTable for a file that is missing.
CloneReport run(const ClonePlan& plan, const FormatContext& context, const CommitOptions& commit);

// Where copies of a table's files go: below the new table as they were below the old one; those that were elsewhere
// directly into it, under names that are still free. Give it the files in one order, and it says the same again.
class CloneLayout {
 public:
  CloneLayout(std::string source_uri, std::string destination_uri);
  std::string place(const std::string& file_uri);

 private:
  std::string source_, destination_;
  std::map<std::string, int> taken_;
};

}  // namespace lakelet::operations
