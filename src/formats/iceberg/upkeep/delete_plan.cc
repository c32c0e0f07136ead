#include "formats/iceberg/upkeep/delete_plan.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "formats/iceberg/scan/delete_index.h"
#include "formats/iceberg/scan/manifest_stream.h"
#include "formats/iceberg/scan/removed_positions.h"
#include "formats/iceberg/write/own_properties.h"
#include "formats/iceberg/write/snapshot_writer.h"

namespace lakelet::iceberg {

namespace {

struct LiveDeletes {
  std::unique_ptr<ManifestEntry> entry;
  int spec_id = 0;
  bool used = false;     // some data file may be under it
  bool foreign = false;  // it is of data files of other partitions: left as it is
};

class DeletePlanner {
 public:
  DeletePlanner(const IcebergSnapshot& snapshot, const Cancellation& cancellation)
      : snapshot_(snapshot),
        cancellation_(cancellation),
        vectors_(snapshot.table_metadata().format_version >= 3),
        target_bytes_(delete_target_bytes(snapshot)),
        index_(snapshot.fields(), {kDeletedPathId}) {}

  DeletePlan run() {
    read_deletes();
    if (deletes_.empty()) return {};
    read_data();
    for (auto& [key, group] : groups_) {
      cancellation_.check();
      vectors_ ? plan_conversion(std::move(group)) : plan_files(group);
    }
    if (vectors_) plan_vectors();
    for (const LiveDeletes& each : deletes_) {
      if (!each.used) remove(each);
    }
    list_files();
    for (LiveDeletes& each : deletes_) plan_.entries.push_back(std::move(each.entry));
    return std::move(plan_);
  }

 private:
  ManifestStream stream(bool deletes, ManifestRead read) const {
    std::vector<const ManifestFile*> manifests;
    for (const ManifestFile& manifest : snapshot_.manifests()) {
      if (manifest.deletes == deletes && manifest.may_have_live_files()) manifests.push_back(&manifest);
    }
    read.stores = snapshot_.context().stores;
    read.paths = &snapshot_.paths();
    read.fields = &snapshot_.fields();
    return ManifestStream(std::move(manifests), std::move(read));
  }

  void read_deletes() {
    ManifestRead read;
    read.wanted = {kDeletedPathId};
    read.keep = [](int, const ManifestEntry&) { return true; };
    ManifestStream manifests = stream(true, std::move(read));
    while (auto contents = manifests.next()) {
      cancellation_.check();
      for (ManifestEntry& entry : contents->entries) {
        by_key_.emplace(delete_key(entry), deletes_.size());
        if (entry.content == FileContent::EqualityDeletes) {
          note_equality(entry, contents->spec_id);
        } else {
          index_.add(entry, contents->spec_id);
        }
        deletes_.push_back({std::make_unique<ManifestEntry>(std::move(entry)), contents->spec_id});
      }
    }
  }

  void note_equality(const ManifestEntry& entry, int spec_id) {
    if (snapshot_.fields().spec(spec_id).unpartitioned()) {
      everywhere_ = true;
    } else {
      equality_partitions_.insert(entry.partition_key);
    }
  }

  // Only data files that deletes may be of.
  void read_data() {
    static const std::vector<std::int32_t> kNone;
    ManifestRead read;
    read.keep = [this](int, const ManifestEntry& entry) {
      if (everywhere_ || equality_partitions_.contains(entry.partition_key)) return true;
      const ApplyingDeletes deletes = index_.find(entry, kNone);
      return deletes.vector || !deletes.positions.empty();
    };
    ManifestStream manifests = stream(false, std::move(read));
    while (auto contents = manifests.next()) {
      cancellation_.check();
      for (const ManifestEntry& entry : contents->entries) take_data(entry, contents->spec_id);
    }
    const auto least = [&](const std::string& partition) {
      const auto found = least_sequence_.find(partition);
      return found == least_sequence_.end() ? std::numeric_limits<std::int64_t>::max() : found->second;
    };
    for (LiveDeletes& each : deletes_) {
      if (each.entry->content != FileContent::EqualityDeletes) continue;
      const bool unpartitioned = snapshot_.fields().spec(each.spec_id).unpartitioned();
      each.used = (unpartitioned ? least_of_all_ : least(each.entry->partition_key)) < each.entry->sequence_number;
    }
  }

  void take_data(const ManifestEntry& data, int spec_id) {
    static const std::vector<std::int32_t> kNone;
    least_of_all_ = std::min(least_of_all_, data.sequence_number);
    if (equality_partitions_.contains(data.partition_key)) {
      std::int64_t& least = least_sequence_.try_emplace(data.partition_key, data.sequence_number).first->second;
      least = std::min(least, data.sequence_number);
    }
    const ApplyingDeletes applying = index_.find(data, kNone);
    if (applying.vector) deletes_[by_key_.at(delete_key(*applying.vector))].used = true;
    if (applying.positions.empty()) return;
    PositionGroup& group = groups_[data.partition_key];
    group.place = {spec_id, data.partition, data.partition_key};
    std::vector<const ManifestEntry*>& files = group.deletes[data.path];
    for (const ManifestEntry* each : applying.positions) {
      LiveDeletes& deletes = deletes_[by_key_.at(delete_key(*each))];
      deletes.used = true;
      deletes.foreign = deletes.foreign || deletes.entry->partition_key != data.partition_key;
      files.push_back(deletes.entry.get());
    }
  }

  void remove(const LiveDeletes& deletes) {
    const ManifestEntry& entry = *deletes.entry;
    plan_.removed.emplace(delete_key(entry), PlacedFile{deletes.spec_id, entry.partition, entry.partition_key});
  }
  void remove(const ManifestEntry& entry) { remove(deletes_[by_key_.at(delete_key(entry))]); }

  std::vector<const ManifestEntry*> files_of(const PositionGroup& group) const {
    std::set<const ManifestEntry*> files;
    for (const auto& [path, deletes] : group.deletes) files.insert(deletes.begin(), deletes.end());
    std::vector<const ManifestEntry*> result(files.begin(), files.end());
    std::sort(result.begin(), result.end(), [](const ManifestEntry* a, const ManifestEntry* b) {
      return std::pair(a->sequence_number, a->path) < std::pair(b->sequence_number, b->path);
    });
    return result;
  }

  bool small(std::uint64_t bytes) const { return bytes < target_bytes_ - target_bytes_ / 4; }

  // Version 2: small files together, up to the target and to what memory carries.
  void plan_files(const PositionGroup& group) {
    const std::uint64_t limit = snapshot_.context().memory_limit_bytes;
    const std::uint64_t most_rows = limit == 0 ? std::numeric_limits<std::uint64_t>::max() : limit / 16 + 1;
    std::vector<const ManifestEntry*> bin;
    std::uint64_t bytes = 0, rows = 0;
    const auto close = [&] {
      if (bin.size() > 1) {
        add_group(group, bin);
      } else if (bin.size() == 1) {
        remove_if_dangling(group, *bin.front());
      }
      bin.clear();
      bytes = rows = 0;
    };
    for (const ManifestEntry* each : files_of(group)) {
      if (each->format != "parquet" || deletes_[by_key_.at(delete_key(*each))].foreign) continue;
      if (!small(each->bytes)) {
        remove_if_dangling(group, *each);
        continue;
      }
      const auto more = static_cast<std::uint64_t>(each->records);
      if (bytes + each->bytes > target_bytes_ || rows + more > most_rows) close();
      bin.push_back(each);
      bytes += each->bytes;
      rows += more;
    }
    close();
  }

  void add_group(const PositionGroup& group, const std::vector<const ManifestEntry*>& bin) {
    const std::set<const ManifestEntry*> chosen(bin.begin(), bin.end());
    PositionGroup& part = plan_.groups.emplace_back();
    part.place = group.place;
    for (const auto& [path, deletes] : group.deletes) {
      std::vector<const ManifestEntry*> own;
      std::copy_if(deletes.begin(), deletes.end(), std::back_inserter(own),
                   [&](const ManifestEntry* each) { return chosen.contains(each); });
      if (!own.empty()) part.deletes.emplace(path, std::move(own));
    }
    for (const ManifestEntry* each : bin) remove(*each);
  }

  // A file of several data files: metadata doesn't say which.
  void remove_if_dangling(const PositionGroup& group, const ManifestEntry& deletes) {
    if (index_of_one_file(deletes)) return;
    RemovedPositions removed(snapshot_.context(), snapshot_.paths());
    for (const auto& [path, files] : group.deletes) {
      if (std::find(files.begin(), files.end(), &deletes) == files.end()) continue;
      if (removed.of(path, {.vector = nullptr, .positions = {&deletes}, .equality = {}})) return;
    }
    remove(deletes);
  }

  static bool index_of_one_file(const ManifestEntry& deletes) {
    if (deletes.referenced_file) return true;
    return !deletes.metrics.empty() && deletes.metrics.front().lower &&
           deletes.metrics.front().lower == deletes.metrics.front().upper;
  }

  // Version 3: "Writers ... must produce deletion vectors"; position delete files are left over from version 2. A
  // vector has all rows of its data file that are gone, so none of its files may be left out.
  void plan_conversion(PositionGroup group) {
    const std::vector<const ManifestEntry*> files = files_of(group);
    const auto readable = [](const ManifestEntry* each) { return each->format == "parquet"; };
    if (!std::all_of(files.begin(), files.end(), readable)) return;
    bool any = false;
    for (const ManifestEntry* each : files) {
      if (deletes_[by_key_.at(delete_key(*each))].foreign) continue;
      remove(*each);
      any = true;
    }
    if (any) plan_.groups.push_back(std::move(group));
  }

  void plan_vectors() {
    std::map<std::string, std::vector<const LiveDeletes*>> files;
    for (const LiveDeletes& each : deletes_) {
      if (each.used && each.entry->format == "puffin") files[each.entry->path].push_back(&each);
    }
    std::erase_if(files, [&](const auto& file) {
      std::uint64_t bytes = 0;
      for (const LiveDeletes* each : file.second) bytes += static_cast<std::uint64_t>(*each->entry->content_size);
      return !small(bytes);
    });
    if (files.size() + (plan_.groups.empty() ? 0 : 1) < 2) return;
    for (auto& [path, vectors] : files) {
      std::sort(vectors.begin(), vectors.end(), [](const LiveDeletes* a, const LiveDeletes* b) {
        return *a->entry->content_offset < *b->entry->content_offset;
      });
      for (const LiveDeletes* each : vectors) {
        const ManifestEntry& entry = *each->entry;
        plan_.vectors.push_back({{each->spec_id, entry.partition, entry.partition_key}, &entry});
        remove(*each);
      }
    }
  }

  void list_files() {
    std::set<std::string> gone, kept;
    for (const LiveDeletes& each : deletes_) {
      (plan_.removed.contains(delete_key(*each.entry)) ? gone : kept).insert(each.entry->path);
    }
    std::set_difference(gone.begin(), gone.end(), kept.begin(), kept.end(), std::back_inserter(plan_.files));
  }

  const IcebergSnapshot& snapshot_;
  const Cancellation& cancellation_;
  const bool vectors_;
  const std::uint64_t target_bytes_;
  DeleteIndex index_;
  std::vector<LiveDeletes> deletes_;
  std::unordered_map<std::string, std::size_t> by_key_;
  bool everywhere_ = false;  // some equality deletes are of all partitions
  std::unordered_set<std::string> equality_partitions_;
  std::int64_t least_of_all_ = std::numeric_limits<std::int64_t>::max();
  std::unordered_map<std::string, std::int64_t> least_sequence_;  // of data files, by partition
  std::map<std::string, PositionGroup> groups_;                   // by partition
  DeletePlan plan_;
};

}  // namespace

std::uint64_t delete_target_bytes(const IcebergSnapshot& snapshot) {
  constexpr std::int64_t kUsual = std::int64_t{64} << 20;
  return static_cast<std::uint64_t>(
      positive_number(snapshot.properties(), "write.delete.target-file-size-bytes", kUsual));
}

DeletePlan plan_deletes(const IcebergSnapshot& snapshot, const Cancellation& cancellation) {
  return DeletePlanner(snapshot, cancellation).run();
}

}  // namespace lakelet::iceberg
