// The change data files of a transaction (PROTOCOL.md, "Change Data Files").
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "formats/delta/protocol/file_action.h"
#include "table/change_recording.h"

namespace lakelet::delta {

class ChangeFiles final : public ChangeRecording {
 public:
  // What the transaction says of its data files. Both are called as long as files are written.
  struct DataFiles {
    std::function<WriteLayout()> layout;
    // "city=Rome", relative to the table; empty: the table's own folder.
    std::function<std::string(const std::vector<Value>& partition_values)> folder;
  };
  ChangeFiles(std::string table_uri, DataFiles like) : table_uri_(std::move(table_uri)), like_(std::move(like)) {}

  WriteLayout layout() const override;
  std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const override;
  void add(DataFile file) override { files_.push_back(std::move(file)); }

  std::vector<Cdc> actions(const AddRules& rules) const;

 private:
  std::string table_uri_;
  DataFiles like_;
  std::vector<DataFile> files_;
};

// Throws Error(InvalidArgument) where the table is to record its changes and has a column of a name that change data
// has for its own.
void require_feed_columns_free(const Schema& schema, const StringMap& properties, const std::string& table_uri);

}  // namespace lakelet::delta
