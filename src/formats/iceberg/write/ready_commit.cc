// A transaction's commit, ready to be driven through the races.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/random.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "formats/iceberg/write/metadata_commit.h"
#include "formats/iceberg/write/picked_snapshot.h"
#include "formats/iceberg/write/reference_change.h"
#include "formats/iceberg/write/snapshot_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// "Assignment of Snapshot IDs": positive and random.
std::int64_t new_snapshot_id(const TableMetadataFile& metadata) {
  while (true) {
    std::uint64_t bits = 0;
    fill_with_entropy(std::as_writable_bytes(std::span(&bits, 1)));
    const auto id = static_cast<std::int64_t>(bits & INT64_MAX);
    if (id > 0 && !metadata.find_snapshot(id)) return id;
  }
}

void remove_files(const std::vector<Location>& files) {
  for (const Location& file : files) {
    try {
      file.store->remove(file.path);
    } catch (const Error&) {  // an orphan: vacuum finds it
    }
  }
}

// Makes the snapshot the newest of its branch.
void point_to(TableMetadataFile& metadata, const std::optional<std::string>& branch, std::int64_t snapshot_id) {
  ReferenceEntry& reference = metadata.references[branch.value_or(kMainBranch)];
  reference.snapshot_id = snapshot_id;
  reference.branch = true;
  if (branch) return;
  metadata.current_snapshot_id = snapshot_id;
  metadata.snapshot_log.push_back({metadata.last_updated_ms, snapshot_id});
}

}  // namespace

class IcebergTransaction::Ready final : public PreparedCommit {
 public:
  Ready(IcebergTransaction& transaction, CommitInfo info, std::optional<Version> if_version)
      : own_(transaction), info_(std::move(info)), if_version_(if_version), deletes_(*own_.base_) {}

  ~Ready() override {
    if (!tried_) clean_up();
  }

  // What no race makes anew.
  void write() {
    changes_ = own_.file_changes(deletes_);
    ours_ = own_.own_changes(info_.operation);
    snapshot_id_ = own_.restored_ ? *own_.restored_ : new_snapshot_id(own_.base_->table_metadata());
    new_snapshot_ = (!changes_.empty() || own_.keeps_up()) && !own_.restored_;
    ManifestMerging merging = manifest_merging(own_.metadata_.properties);
    if (own_.merges_manifests_) {
      merging = {.enabled = true, .asked_for = true, .least = 1, .target_bytes = merging.target_bytes};
    }
    writer_.emplace(*own_.base_, changes_, snapshot_id_, merging);
    MetadataCommit::Callbacks callbacks;
    callbacks.make = [this](const IcebergSnapshot* head) { return make(head); };
    callbacks.check = [this](const IcebergSnapshot& head) { return check(head); };
    steps_ = commit_of(own_.context_, own_.place_, own_.base_, std::move(callbacks));
  }

  CommitSteps& steps() override {
    tried_ = true;
    return *steps_;
  }
  CatalogMover& mover() override { return *steps_->mover(); }
  Version base_version() const override { return steps_->base_version(); }

  CommitOutcome end(CommitOutcome outcome) override {
    if (auto* conflict = std::get_if<Conflict>(&outcome)) {
      clean_up();
      if (conflict->version_moved || conflict->winner == steps_->base_version()) {
        conflict->winner = steps_->head_version();
        if (if_version_) conflict->what = fmt::format("the table is no longer at version {}", *if_version_);
      }
    }
    if (auto* committed = std::get_if<Committed>(&outcome)) {
      const std::size_t folder = own_.place_.root.path.size() + 1;
      for (const Location& file : writer_->files()) {
        own_.manifests_written_.push_back(file.path.substr(std::min(file.path.size(), folder)));
      }
      own_.manifest_bytes_ = writer_->bytes_written();
      own_.after_commit(*steps_->made(), committed->version);
      const Version base = own_.base_->version();
      committed->version = new_snapshot_ || own_.restored_ ? snapshot_id_ : base >= 0 ? base : kNoSnapshot;
    }
    return outcome;
  }

  std::optional<Conflict> fail(const Error& error) override {
    // A store that failed in the middle may have more of the commit than it said. A catalog says what is certain.
    const bool out_of_reach = error.code() == ErrorCode::Unavailable && !steps_->mover();
    const bool sure = error.code() != ErrorCode::CommitUnknown && error.code() != ErrorCode::Internal && !out_of_reach;
    if (sure) clean_up();
    return error.code() == ErrorCode::Conflict ? steps_->conflict() : std::nullopt;
  }

 private:
  std::variant<TableMetadataFile, Conflict> make(const IcebergSnapshot* head) {
    TableMetadataFile next = own_.next_metadata(head);
    const auto conflict_with = [&](std::string what) {
      Conflict conflict;
      conflict.winner = head ? head->version() : kNoSnapshot;
      conflict.what = std::move(what);
      return conflict;
    };
    const auto& restored = own_.restored_;
    if (restored && !next.find_snapshot(*restored)) {
      return conflict_with(fmt::format("the snapshot {} has expired", *restored));
    }
    if (restored) point_to(next, own_.base_->branch(), *restored);
    for (const ReferenceChange& change : own_.reference_changes_) iceberg::change_reference(next, change);
    if (own_.expire_) forget(next, find_expired(next, *own_.expire_));
    if (!new_snapshot_) return next;
    auto written = writer_->write(head ? *head : *own_.base_, next, own_.summary(info_, changes_));
    if (const auto* gone = std::get_if<GoneFile>(&written)) {
      return conflict_with(fmt::format("the file {} is no longer in the table", gone->path));
    }
    SnapshotEntry& entry = std::get<SnapshotEntry>(written);
    entry.timestamp_ms = next.last_updated_ms;
    if (next.format_version >= 2) next.last_sequence_number = entry.sequence_number;
    next.snapshots.push_back(std::move(entry));
    point_to(next, own_.base_->branch(), snapshot_id_);
    return next;
  }

  std::optional<Conflict> check(const IcebergSnapshot& head) const {
    Conflict conflict;
    conflict.winner = head.version();
    if (own_.restored_ && head.version() != own_.base_->version()) {
      conflict.what = "the table has changed since it was looked at";
      return conflict;
    }
    if (own_.only_names()) return std::nullopt;
    if (own_.source_ && has_picked(head.table_metadata(), head.entry(), *own_.source_)) {
      conflict.what = fmt::format("somebody else picked the snapshot {}", *own_.source_);
      return conflict;
    }
    if (auto changed = find_changed_partition(head, own_.picked_)) {
      conflict.what = *std::move(changed);
      return conflict;
    }
    return find_conflict(ours_, *own_.base_, head);
  }

  void clean_up() {
    if (steps_) steps_->abandon();
    if (writer_) remove_files(writer_->files());
    remove_files(deletes_.files());
    remove_files(own_.rewritten_deletes_.files);
  }

  IcebergTransaction& own_;
  const CommitInfo info_;
  const std::optional<Version> if_version_;
  DeleteFiles deletes_;
  FileChanges changes_;
  OwnChanges ours_;
  std::int64_t snapshot_id_ = 0;
  bool new_snapshot_ = false;
  bool tried_ = false;
  std::optional<SnapshotWriter> writer_;
  std::unique_ptr<MetadataCommit> steps_;
};

std::shared_ptr<Catalog> IcebergTransaction::commit_catalog() const {
  const auto entry = catalog_table_of(base_->location());
  return entry ? entry->catalog() : nullptr;
}

std::variant<CommitOutcome, std::unique_ptr<PreparedCommit>> IcebergTransaction::prepare(const CommitInfo& info,
                                                                                         const CommitOptions& options) {
  if (empty() || (!creates() && seen())) return CommitOutcome(Committed{.version = base_->version(), .retries = 0});
  if (options.if_version && *options.if_version != base_->version()) {
    Conflict moved;
    moved.winner = base_->version();
    moved.what = fmt::format("the table is no longer at version {}", *options.if_version);
    moved.version_moved = true;
    return CommitOutcome(std::move(moved));
  }
  check();
  const auto catalog = catalog_table_of(base_->location());
  if (creates() && (catalog ? catalog->pointer().has_value() : has_metadata(place_))) {
    throw Error(ErrorCode::AlreadyExists, "there is an Iceberg table at " + base_->location().uri + " already",
                "open it, or choose another location");
  }
  options.cancellation.check();
  auto ready = std::make_unique<Ready>(*this, info, options.if_version);
  ready->write();
  return ready;
}

CommitOutcome IcebergTransaction::commit(const CommitInfo& info, const CommitOptions& options) {
  auto ready = prepare(info, options);
  if (auto* outcome = std::get_if<CommitOutcome>(&ready)) return *std::move(outcome);
  return commit_prepared(*std::get<std::unique_ptr<PreparedCommit>>(ready), options);
}

}  // namespace lakelet::iceberg
