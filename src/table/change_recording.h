// The files in which a transaction tells the changed rows themselves, for readers of the table's change feed (Delta
// "Change Data Files", Iceberg's changelog files).
#pragma once

#include <string>
#include <vector>

#include "table/snapshot.h"

namespace lakelet {

// Readers tell the changes of a commit that only adds whole files and removes whole files from the three facts. A
// commit that does more has to tell them: all of its changes then, those that could be told otherwise too, for with
// such files readers look at nothing else. Their rows are those of change files: the columns of the table and
// kChangeTypeColumn (table/change_feed.h), each row as it was or became.
class ChangeRecording {
 public:
  virtual ~ChangeRecording() = default;
  // Of their files; partitioned as the table is.
  virtual WriteLayout layout() const = 0;
  // The URI of a new one for these partition values; `unique` (a UUID) goes into its name.
  virtual std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const = 0;
  virtual void add(DataFile file) = 0;
};

// That of files with rows of the layout and what happened to each; nobody asks for their statistics.
WriteLayout change_layout(WriteLayout rows);

}  // namespace lakelet
