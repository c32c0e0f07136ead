// JSON lines of a commit -> actions. A document that goes over several lines is
// read too: other readers do.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

// An add or remove as views into the parsed line: valid only during the call.
struct FileActionView {
  std::string_view path;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> partition_values;
  std::optional<std::int64_t> size;
  std::int64_t modification_time_ms = 0;
  bool data_change = true;
  std::optional<std::string_view> stats;
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> default_row_commit_version;
  std::optional<std::string_view> clustering_provider;
  std::optional<std::int64_t> deletion_timestamp_ms;  // remove only
  bool extended_file_metadata = false;                // remove only
};

AddFile to_add_file(const FileActionView& view);
RemoveFile to_remove_file(const FileActionView& view);

// Receives the actions of a log file in their order. What isn't overridden is
// skipped without being built.
class ActionVisitor {
 public:
  virtual ~ActionVisitor() = default;
  virtual void on_add(const FileActionView&) {}
  virtual void on_remove(const FileActionView&) {}
  virtual void on_protocol(Protocol) {}
  virtual void on_metadata(Metadata) {}
  virtual void on_txn(Txn) {}
  virtual void on_domain_metadata(DomainMetadata) {}
  virtual void on_cdc(Cdc) {}
  virtual void on_checkpoint_metadata(CheckpointMetadata) {}
  virtual void on_sidecar(Sidecar) {}
  virtual void on_commit_info(CommitInfoAction) {}
  virtual bool wants_commit_info() const { return false; }
  // false ends the reading after the current line.
  virtual bool more() const { return true; }
};

// Unknown actions and fields are ignored ("Protocol Evolution"). Throws
// Error(CorruptTable) that names file, line and byte for a line that isn't JSON
// or lacks a required field. Reuses its buffers: keep one for many files. Not
// thread-safe.
class ActionReader {
 public:
  ActionReader();
  ~ActionReader();
  ActionReader(const ActionReader&) = delete;
  ActionReader& operator=(const ActionReader&) = delete;

  // `text` is taken and padded; `file` only goes into messages.
  void read(std::string text, std::string_view file, ActionVisitor& visitor);

  // The same in pieces, for a file that is large. `source` fills the given
  // bytes and returns how many; fewer only at the end. Throws Error(Exhausted)
  // that names file and line for a document that is longer than `longest`.
  using Source = std::function<std::size_t(std::span<char>)>;
  void read_pieces(const Source& source, std::string_view file, std::uint64_t longest, ActionVisitor& visitor);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// All actions of a log file, as values.
std::vector<Action> read_actions(std::string text, std::string_view file);

}  // namespace lakelet::delta
