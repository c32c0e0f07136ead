// Commits in their order -> what the table is (PROTOCOL.md, "Action
// Reconciliation"). Pure: no I/O.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/delta/log/table_state.h"
#include "formats/delta/protocol/action_reader.h"

namespace lakelet::delta {

// Feed it the actions of one commit after the other, oldest first, then
// finish(). For the same thing the later action wins. Files of the base are
// shared, not copied.
class LogReplay final : public ActionVisitor {
 public:
  // `base`: the state of a checkpoint or of an earlier version, or an empty
  // one. `memory_limit`: what the files of the commits may take; 0: no limit.
  explicit LogReplay(TableState base, std::uint64_t memory_limit = 0);

  // Whether the commitInfo of what follows is wanted: for the last commit,
  // which gives the version's timestamp.
  void begin_last_commit() { last_ = true; }

  void on_add(const FileActionView& add) override;
  void on_remove(const FileActionView& remove) override;
  void on_protocol(Protocol protocol) override { state_.protocol = std::move(protocol), has_protocol_ = true; }
  void on_metadata(Metadata metadata) override { state_.metadata = std::move(metadata), has_metadata_ = true; }
  void on_txn(Txn txn) override;
  void on_domain_metadata(DomainMetadata domain) override;
  void on_commit_info(CommitInfoAction info) override;
  bool wants_commit_info() const override { return last_; }

  // Throws Error(CorruptTable) if there never was a protocol or a metaData
  // action.
  TableState finish(Version version, const std::string& table_uri);

 private:
  // The key is no longer what it was: its row, here or in the base, is gone.
  void supersede(std::uint64_t hash, std::string_view path, std::string_view dv_id);
  void apply_to_base();
  void supersede_checkpoint();
  void append_new_files();
  // Throws Error(Exhausted) once what was read is more than memory may hold.
  void check_memory();

  TableState state_;
  std::uint64_t memory_limit_;
  bool has_protocol_, has_metadata_, last_ = false;
  FileBlockBuilder builder_;
  std::vector<bool> gone_;  // by row of the builder
  std::size_t live_ = 0;
  std::unordered_multimap<std::uint64_t, std::uint32_t> rows_;  // live rows of the builder by key hash
  std::shared_ptr<FileKeySet> touched_;                         // files that commits named, for the base; null: none
};

}  // namespace lakelet::delta
