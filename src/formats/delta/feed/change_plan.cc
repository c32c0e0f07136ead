#include "formats/delta/feed/change_plan.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/feed/commit_changes.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/files/partition_value.h"
#include "formats/delta/protocol/features.h"
#include "formats/delta/schema/readable_schema.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// A column that a version is partitioned by: its name and type now, and its name in the log.
struct PartitionedBy {
  std::string name, physical_name;
  Field field;
};

class DeltaChangePlan final : public ChangePlan {
 public:
  DeltaChangePlan(std::shared_ptr<const DeltaChangeFeed> feed, const Predicate& predicate)
      : feed_(std::move(feed)),
        predicate_(predicate),
        schema_(change_schema(feed_->columns().schema)),
        protocol_(feed_->first_protocol()) {
    if (!feed_->commits().empty()) set_metadata(feed_->first_metadata(), feed_->commits().front().version);
  }

  std::optional<ChangeTask> next() override {
    while (true) {
      while (next_change_ < changes_.size()) {
        if (auto task = to_task(changes_[next_change_++])) return task;
      }
      if (next_commit_ == feed_->commits().size()) return std::nullopt;
      read(feed_->commits()[next_commit_++]);
    }
  }

  ScanCounts counts() const override { return counts_; }

 private:
  const Location& table() const { return feed_->read_as().location(); }

  void read(const DeltaChangeFeed::Commit& commit) {
    CommitChanges found;
    const std::string uri = log_uri(table(), commit_name(commit.version));
    reader_.read(table().store->read_all(commit.file.path), uri, found);
    version_ = commit.version;
    timestamp_us_ = micros_of_millis(found.in_commit_timestamp_ms().value_or(commit.file_time_ms));
    // What the first version's own commit says was judged when the feed was opened.
    if (commit.version != feed_->commits().front().version) {
      if (found.protocol()) {
        protocol_ = *found.protocol();
        require_readable(protocol_, table().uri);
      }
      if (found.metadata()) change_metadata(*found.metadata());
    }
    changes_ = found.take_changes();
    next_change_ = 0;
  }

  void change_metadata(const Metadata& metadata) {
    if (!records_changes(metadata)) {
      throw Error(ErrorCode::NotFound,
                  fmt::format("{} records no changes from version {} on: delta.enableChangeDataFeed was switched off",
                              table().uri, version_),
                  fmt::format("end with version {}", version_ - 1));
    }
    set_metadata(metadata, version_);
  }

  void set_metadata(const Metadata& metadata, Version version) {
    const ColumnMappingMode mode = column_mapping_mode(protocol_, metadata);
    const Schema recorded = read_schema_json(metadata.schema_string, mode);
    require_known_type_changes(recorded);
    const FeedSchema columns{version, without_void_columns(recorded), mode};
    require_same_columns(columns, feed_->columns(), table().uri);
    partitioned_by_.clear();
    for (const std::string& name : metadata.partition_columns) {
      const Field* column = columns.schema.find(name);
      const Field* now = column ? feed_->columns().schema.find(column->name) : nullptr;
      if (!now) {
        throw Error(
            ErrorCode::CorruptTable,
            fmt::format("version {} of {} is partitioned by '{}', which isn't a column", version, table().uri, name));
      }
      partitioned_by_.push_back({now->name, column->file_name(), *now});
    }
  }

  void read_partition_values(const FileChange& change, FileTask& task) const {
    if (partitioned_by_.empty()) return;
    if (!change.has_partition_values) {
      throw Error(
          ErrorCode::UnsupportedFeature,
          fmt::format("version {} of {} removed {} without its partition values: what was deleted can't be told",
                      version_, table().uri, change.path),
          fmt::format("begin after version {}, or end before it", version_));
    }
    for (const PartitionedBy& column : partitioned_by_) {
      const auto at = change.partition_values.find(column.physical_name);
      std::optional<std::string_view> text;
      if (at != change.partition_values.end() && at->second) text = *at->second;
      try {
        task.constants.emplace(column.name, read_partition_value(text, column.field));
      } catch (Error& error) {
        error.add_context("column " + column.name);
        throw error.add_context(fmt::format("version {}, file {}", version_, change.path));
      }
    }
  }

  std::shared_ptr<const RowPositions> positions(const std::optional<DeletionVectorDescriptor>& vector) const {
    if (!vector) return nullptr;
    return read_deletion_vector(*feed_->read_as().context().stores, table(), *vector);
  }

  // nullopt: pruned, or no row of it changed.
  std::optional<ChangeTask> to_task(const FileChange& change) {
    ChangeTask task;
    task.type = change.type;
    task.version = version_;
    task.timestamp_us = timestamp_us_;
    DataFile& file = task.file.file;
    file.path = change.path;
    file.uri = resolve_path(change.path, table().uri);
    file.bytes = static_cast<std::uint64_t>(change.size);
    file.format = "parquet";
    read_partition_values(change, task.file);
    ++counts_.files_total;
    counts_.bytes_total += file.bytes;
    if (match_change(predicate_, task, schema_) == Match::None) {
      ++counts_.files_pruned;
      counts_.bytes_pruned += file.bytes;
      return std::nullopt;
    }
    const auto without = positions(change.without);
    if (!change.among) {
      task.file.deletes.positions = without;
      return task;
    }
    RowPositions only = *positions(change.among);
    if (without) only.remove_all(*without);
    if (only.empty()) return std::nullopt;
    task.file.only = std::make_shared<const RowPositions>(std::move(only));
    return task;
  }

  std::shared_ptr<const DeltaChangeFeed> feed_;
  Predicate predicate_;
  Schema schema_;
  Protocol protocol_;
  std::vector<PartitionedBy> partitioned_by_;  // at version_

  ActionReader reader_;
  std::size_t next_commit_ = 0, next_change_ = 0;
  Version version_ = 0;
  std::int64_t timestamp_us_ = 0;
  std::vector<FileChange> changes_;  // of that version
  ScanCounts counts_;
};

}  // namespace

std::unique_ptr<ChangePlan> make_change_plan(std::shared_ptr<const DeltaChangeFeed> feed, const Predicate& predicate) {
  return std::make_unique<DeltaChangePlan>(std::move(feed), predicate);
}

}  // namespace lakelet::delta
