// What one commit changed of the rows, as its actions tell it (PROTOCOL.md, "Add CDC File").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/delta/protocol/action_reader.h"
#include "table/change_feed.h"

namespace lakelet::delta {

// Rows of one file: all of them, or those of `among`, and never those of `without`.
struct FileChange {
  std::string path = {};                // as in the log
  std::optional<ChangeType> type = {};  // nullopt: a change data file, whose rows tell it
  PartitionValues partition_values = {};
  bool has_partition_values = true;  // false: a remove that left them out
  std::int64_t size = 0;
  std::optional<DeletionVectorDescriptor> among = {}, without = {};
  friend bool operator==(const FileChange&, const FileChange&) = default;
};

// Give it all actions of one commit, then take what they come to.
class CommitChanges final : public ActionVisitor {
 public:
  // Deletes before inserts. Only `cdc` actions where there are any, else the adds and removes that change data; where
  // both are of one file, the rows in which their deletion vectors differ. Nothing for a merge that says that no row
  // changed: it may have written files again.
  std::vector<FileChange> take_changes();

  const std::optional<Protocol>& protocol() const { return protocol_; }
  const std::optional<Metadata>& metadata() const { return metadata_; }
  std::optional<std::int64_t> in_commit_timestamp_ms() const { return timestamp_ms_; }

  void on_add(const FileActionView& add) override;
  void on_remove(const FileActionView& remove) override;
  void on_cdc(Cdc cdc) override { cdc_.push_back(std::move(cdc)); }
  void on_protocol(Protocol protocol) override { protocol_ = std::move(protocol); }
  void on_metadata(Metadata metadata) override { metadata_ = std::move(metadata); }
  void on_commit_info(CommitInfoAction info) override;
  bool wants_commit_info() const override { return true; }

 private:
  std::vector<FileChange> adds_, removes_;
  std::vector<Cdc> cdc_;
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::optional<std::int64_t> timestamp_ms_;
  bool changed_nothing_ = false;
};

}  // namespace lakelet::delta
