#include "formats/iceberg/write/conflict.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "formats/iceberg/scan/file_judge.h"
#include "formats/iceberg/scan/planned_file.h"
#include "formats/iceberg/write/own_properties.h"
#include "formats/iceberg/write/snapshot_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::string who(const SnapshotEntry& winner) {
  const auto part = [&](const char* key) {
    const auto found = winner.summary.find(key);
    return found == winner.summary.end() ? std::string() : found->second;
  };
  const std::string operation = part("operation"), engine = part("engine-name");
  return engine.empty() ? operation : fmt::format("{} by {}", operation, engine);
}

std::string level_property(Operation operation) {
  switch (operation) {
    case Operation::Update:
      return "write.update.isolation-level";
    case Operation::Merge:
      return "write.merge.isolation-level";
    default:
      return "write.delete.isolation-level";
  }
}

// What of the table's metadata commits agree on.
std::optional<std::string> metadata_change(const TableMetadataFile& base, const TableMetadataFile& head) {
  if (base.uuid != head.uuid) return "it is another table now, of another id";
  if (base.format_version != head.format_version) return "it changed the table's format version";
  if (base.current_schema_id != head.current_schema_id) return "it changed the table's columns";
  if (base.default_spec_id != head.default_spec_id) return "it changed how the table is partitioned";
  if (base.default_sort_order_id != head.default_sort_order_id) return "it changed how the table is sorted";
  const auto told = [](const Properties& properties) {
    Properties result;
    for (const auto& [key, value] : properties) {
      if (!key.starts_with(kApplicationPrefix)) result.emplace(key, value);
    }
    return result;
  };
  if (told(base.properties) != told(head.properties)) return "it changed the table's properties";
  if (base.location != head.location) return "it moved the table";
  return std::nullopt;
}

class ConflictSearch {
 public:
  ConflictSearch(const OwnChanges& ours, const IcebergSnapshot& base, const IcebergSnapshot& head)
      : ours_(ours), base_(base), head_(head) {
    for (const Predicate& predicate : ours.reads) {
      judges_.push_back(std::make_unique<FileJudge>(head.fields(), head.schema(), predicate));
    }
  }

  std::optional<Conflict> run() {
    if (auto what = metadata_change(base_.table_metadata(), head_.table_metadata()))
      return conflict(head_.entry(), *what);
    for (const std::string& application : ours_.applications) {
      if (application_version(base_.table_metadata().properties, application) !=
          application_version(head_.table_metadata().properties, application)) {
        return conflict(head_.entry(), fmt::format("both are writes of the application {}", application));
      }
    }
    std::vector<const SnapshotEntry*> winners;
    for (const SnapshotEntry* each = head_.entry(); each && each->id != base_.version();) {
      winners.push_back(each);
      if (!each->parent_id) {
        each = nullptr;
      } else if (*each->parent_id == base_.version()) {
        break;
      } else {
        each = head_.table_metadata().find_snapshot(*each->parent_id);
        if (!each) return conflict(head_.entry(), "what happened to the table meanwhile is no longer known");
      }
    }
    const bool on_top = winners.empty() ? head_.version() == base_.version()
                                        : winners.back()->parent_id.value_or(kNoSnapshot) == base_.version();
    if (!on_top) return conflict(head_.entry(), "it rolled the table back, or put other files in its place");
    for (auto each = winners.rbegin(); each != winners.rend(); ++each) {
      if (auto what = check(**each)) return conflict(*each, *what);
    }
    return std::nullopt;
  }

 private:
  static Conflict conflict(const SnapshotEntry* winner, std::string what) {
    Conflict result;
    result.winner = winner ? winner->id : kNoSnapshot;
    if (winner) result.who = who(*winner);
    result.what = std::move(what);
    return result;
  }

  std::optional<std::string> check(const SnapshotEntry& winner) {
    const auto operation = winner.summary.find("operation");
    const bool replaced = operation != winner.summary.end() && operation->second == "replace";
    const bool only_adds = operation != winner.summary.end() && operation->second == "append";
    if (only_adds && ours_.reads.empty()) return std::nullopt;
    const IcebergSnapshot at(head_.context(), head_.location(), head_.root(), head_.metadata_pointer(), &winner,
                             head_.table_metadata().current_schema_id, std::nullopt);
    for (const ManifestFile& manifest : at.manifests()) {
      if (manifest.snapshot_id != winner.id) continue;
      if (auto what = check(at, manifest, winner, replaced)) return what;
    }
    return std::nullopt;
  }

  std::optional<std::string> check(const IcebergSnapshot& at, const ManifestFile& manifest, const SnapshotEntry& winner,
                                   bool replaced) {
    const std::string uri = at.paths().resolve(manifest.path);
    const Location file = at.context().stores->resolve(uri);
    const std::string bytes = file.store->read_all(file.path);
    const std::vector<std::int32_t> none;
    ManifestReader reader(
        std::as_bytes(std::span(bytes)), manifest, [&](int spec) { return at.fields().layout_of(spec); }, none, true);
    ManifestEntry entry;
    while (reader.next(entry)) {
      if (entry.snapshot_id != winner.id) continue;
      std::optional<std::string> what;
      if (entry.content != FileContent::Data) {
        if (entry.status == EntryStatus::Added) what = removed_rows(entry, replaced);
      } else if (entry.status == EntryStatus::Added) {
        if (!replaced) what = added(reader.spec_id(), entry);
      } else if (entry.status == EntryStatus::Deleted) {
        what = removed(entry, replaced);
      }
      if (what) return what;
    }
    return std::nullopt;
  }

  std::optional<std::string> added(int spec_id, const ManifestEntry& entry) {
    if (ours_.isolation == Isolation::Snapshot) return std::nullopt;
    for (const auto& judge : judges_) {
      if (matches(*judge, spec_id, entry)) {
        return fmt::format("it added {}, which may have rows that matter here", entry.path);
      }
    }
    return std::nullopt;
  }

  // The judge looks at the metrics of its own columns.
  static bool matches(const FileJudge& judge, int spec_id, const ManifestEntry& entry) {
    ManifestEntry own = entry;
    own.metrics.clear();
    for (const std::int32_t id : judge.ids()) {
      const auto found = entry.details->metrics.find(id);
      own.metrics.push_back(found == entry.details->metrics.end() ? ColumnMetrics() : found->second);
    }
    return judge.file_may_match(spec_id, own, judge.ids());
  }

  std::optional<std::string> removed(const ManifestEntry& entry, bool replaced) {
    if (ours_.touched.contains(entry.path)) return fmt::format("both change {}", entry.path);
    if (replaced) return std::nullopt;  // its rows are still there
    if (ours_.read.contains(entry.path) || in_reach().contains(entry.path)) {
      return fmt::format("it removed {}, which was read here", entry.path);
    }
    return std::nullopt;
  }

  std::optional<std::string> removed_rows(const ManifestEntry& deletes, bool replaced) {
    if (replaced) return std::nullopt;
    const auto refuse = [](const std::string& path) {
      return fmt::format("it removed rows of {}, which was read or changed here", path);
    };
    if (const auto file = only_data_file(deletes)) {
      const bool ours = ours_.touched.contains(*file) || ours_.read.contains(*file) || in_reach().contains(*file);
      return ours ? std::optional(refuse(*file)) : std::nullopt;
    }
    // Files that are compacted keep the age of their rows, by which equality deletes still apply to them.
    if (ours_.replaces && deletes.content == FileContent::EqualityDeletes) return std::nullopt;
    const auto may_apply = [&](const PlacedFile& file) {
      const PartitionSpec& spec = head_.fields().spec(file.spec_id);
      return deletes.partition_key == file.partition_key || spec.unpartitioned() ||
             (deletes.content == FileContent::EqualityDeletes && deletes.partition.empty());
    };
    for (const auto* files : {&ours_.touched, &ours_.read, &in_reach()}) {
      for (const auto& [path, file] : *files) {
        if (may_apply(file)) return refuse(path);
      }
    }
    return std::nullopt;
  }

  // The files of the base in which what was read may lie.
  const std::map<std::string, PlacedFile>& in_reach() {
    if (in_reach_) return *in_reach_;
    in_reach_.emplace();
    for (const Predicate& predicate : ours_.reads) {
      ScanRequest request;
      request.predicate = predicate;
      const auto plan = base_.plan(request);
      while (const auto task = plan->next()) {
        const PlannedFile& planned = planned_file(task->file);
        in_reach_->emplace(planned.entry.path,
                           PlacedFile{planned.spec_id, planned.entry.partition, planned.entry.partition_key});
      }
    }
    return *in_reach_;
  }

  const OwnChanges& ours_;
  const IcebergSnapshot& base_;
  const IcebergSnapshot& head_;
  std::vector<std::unique_ptr<FileJudge>> judges_;
  std::optional<std::map<std::string, PlacedFile>> in_reach_;
};

}  // namespace

Isolation isolation_of(const Properties& properties, Operation operation) {
  const std::string key = level_property(operation);
  const auto found = properties.find(key);
  if (found == properties.end() || found->second == "serializable") return Isolation::Serializable;
  if (found->second == "snapshot") return Isolation::Snapshot;
  throw Error(ErrorCode::InvalidArgument, fmt::format("the property {} is '{}'", key, found->second),
              "serializable or snapshot");
}

std::optional<Conflict> find_conflict(const OwnChanges& ours, const IcebergSnapshot& base,
                                      const IcebergSnapshot& head) {
  return ConflictSearch(ours, base, head).run();
}

}  // namespace lakelet::iceberg
