#include "formats/iceberg/write/snapshot_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/uuid.h"
#include "formats/iceberg/manifest/manifest_entries.h"
#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "formats/iceberg/values/single_value.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

bool may_hold(const FieldSummary& summary, const Value& value, const Type& type) {
  if (value.is_null()) return summary.contains_null;
  const auto lower = summary.lower ? read_bound(*summary.lower, type) : std::nullopt;
  const auto upper = summary.upper ? read_bound(*summary.upper, type) : std::nullopt;
  const auto differs = [&](const std::optional<Value>& bound, int side) {
    return bound && bound->storage().index() == value.storage().index() && compare_values(value, *bound) == side;
  };
  return !differs(lower, -1) && !differs(upper, 1);
}

}  // namespace

std::optional<std::string> only_data_file(const ManifestEntry& deletes) {
  if (deletes.content != FileContent::PositionDeletes) return std::nullopt;
  if (deletes.referenced_file) return deletes.referenced_file;
  if (!deletes.details) return std::nullopt;
  const auto paths = deletes.details->metrics.find(kDeletedPathId);
  if (paths == deletes.details->metrics.end() || !paths->second.lower) return std::nullopt;
  return paths->second.lower == paths->second.upper ? paths->second.lower : std::nullopt;
}

SnapshotWriter::SnapshotWriter(const IcebergSnapshot& base, const FileChanges& changes, std::int64_t snapshot_id,
                               const ManifestMerging& merging)
    : context_(base.context()),
      root_(base.root()),
      paths_(base.paths()),
      changes_(changes),
      snapshot_id_(snapshot_id),
      merging_(merging),
      unique_(make_uuid_text()) {}

std::string SnapshotWriter::put(const std::string& name, const std::string& bytes) {
  const Location file = root_.child("metadata/" + name);
  files_.push_back(file);
  bytes_ += bytes.size();
  const auto writer = file.store->create(file.path);
  writer->append(std::as_bytes(std::span(bytes)));
  writer->finish();
  return paths_.recorded(file.uri);
}

ManifestFile SnapshotWriter::put(ManifestWriter& writer) {
  ManifestFile manifest;
  const std::string bytes = writer.finish(manifest);
  manifest.path = put(fmt::format("{}-m{}.avro", unique_, manifests_++), bytes);
  return manifest;
}

ManifestHeader SnapshotWriter::header(const TableMetadataFile& next, int spec_id, bool deletes) const {
  ManifestHeader header;
  header.format_version = next.format_version;
  header.schema = schema_text(next.current_schema(), next.current_schema_id, {});
  header.schema_id = next.current_schema_id;
  header.deletes = deletes;
  header.layout = fields_->layout_of(spec_id);
  return header;
}

std::vector<ManifestFile> SnapshotWriter::added_manifests(const TableMetadataFile& next, bool deletes) {
  std::optional<std::vector<ManifestFile>>& known = deletes ? added_deletes_ : added_data_;
  if (known) return *known;
  constexpr std::size_t kTargetBytes = std::size_t{8} << 20;
  known.emplace();
  const std::vector<AddedFile>& files = deletes ? changes_.added_deletes : changes_.added;
  std::set<int> specs;
  for (const AddedFile& file : files) specs.insert(file.spec_id);
  for (const int spec : specs) {
    const ManifestHeader header = this->header(next, spec, deletes);
    auto writer = std::make_unique<ManifestWriter>(header, snapshot_id_);
    for (const AddedFile& file : files) {
      if (file.spec_id != spec) continue;
      ManifestEntry entry = file.entry;
      entry.status = EntryStatus::Added;
      entry.snapshot_id = snapshot_id_;
      writer->add(entry, file.inherits);
      if (writer->size_estimate() < kTargetBytes) continue;
      known->push_back(put(*writer));
      writer = std::make_unique<ManifestWriter>(header, snapshot_id_);
    }
    if (!writer->empty()) known->push_back(put(*writer));
  }
  return *known;
}

bool SnapshotWriter::goes(const ManifestEntry& entry) const {
  if (entry.content == FileContent::Data) return changes_.removed.contains(entry.path);
  if (changes_.removed_deletes.contains(delete_key(entry))) return true;
  // "When removing a data file, writers must also remove any deletion vector that applies to that data file".
  const auto file = only_data_file(entry);
  return file && (changes_.removed.contains(*file) || changes_.told_anew.contains(*file));
}

bool SnapshotWriter::may_have_removed(const IcebergSnapshot& head, const ManifestFile& manifest) const {
  if (!manifest.may_have_live_files()) return false;
  const auto may_have = [&](const std::map<std::string, PlacedFile>& files) {
    if (files.empty()) return false;
    if (!manifest.spec_id || manifest.partitions.empty()) return true;
    const PartitionLayout layout = head.fields().layout_of(*manifest.spec_id);
    return std::any_of(files.begin(), files.end(), [&](const auto& each) {
      const PlacedFile& file = each.second;
      if (file.spec_id != *manifest.spec_id) return false;
      const std::size_t fields = std::min(manifest.partitions.size(), file.partition.size());
      for (std::size_t i = 0; i < fields; ++i) {
        if (!may_hold(manifest.partitions[i], file.partition[i], layout.types[i])) return false;
      }
      return true;
    });
  };
  return may_have(changes_.removed) ||
         (manifest.deletes && (may_have(changes_.told_anew) || may_have(changes_.removed_deletes)));
}

// Manifests whose files stay are kept as they are; of the others those that stay become EXISTING.
const SnapshotWriter::Rewritten& SnapshotWriter::without_removed(const IcebergSnapshot& head,
                                                                 const TableMetadataFile& next,
                                                                 const ManifestFile& manifest) {
  const auto [known, fresh] = rewritten_.try_emplace(manifest.path);
  if (!fresh) return known->second;
  Rewritten& result = known->second;
  std::vector<ManifestEntry> entries;
  read_entries(head, manifest, true, [&](ManifestEntry& entry) {
    if (entry.status == EntryStatus::Deleted) return;
    if (!entry.file_sequence_number) entry.file_sequence_number = manifest.sequence_number;
    entry.status = goes(entry) ? EntryStatus::Deleted : EntryStatus::Existing;
    if (entry.status == EntryStatus::Deleted) {
      entry.snapshot_id = snapshot_id_;
      result.removed.push_back(entry);
    }
    entries.push_back(std::move(entry));
  });
  if (result.removed.empty()) return result;
  ManifestWriter writer(header(next, manifest.spec_id.value_or(0), manifest.deletes), snapshot_id_);
  for (const ManifestEntry& entry : entries) writer.add(entry, false);
  result.manifest = put(writer);
  return result;
}

// Version 1 may leave the counts out, later ones need them.
void SnapshotWriter::count_files(const IcebergSnapshot& head, ManifestFile& manifest) const {
  manifest.added_files = manifest.existing_files = manifest.deleted_files = 0;
  manifest.added_rows = manifest.existing_rows = manifest.deleted_rows = 0;
  read_entries(head, manifest, true, [&](ManifestEntry& entry) {
    const auto add = [&](std::optional<std::int64_t>& files, std::optional<std::int64_t>& rows) {
      ++*files;
      *rows += entry.records;
    };
    if (entry.status == EntryStatus::Added) add(manifest.added_files, manifest.added_rows);
    if (entry.status == EntryStatus::Existing) add(manifest.existing_files, manifest.existing_rows);
    if (entry.status == EntryStatus::Deleted) add(manifest.deleted_files, manifest.deleted_rows);
  });
}

std::vector<ManifestFile> SnapshotWriter::merged(const IcebergSnapshot& head, const TableMetadataFile& next,
                                                 std::vector<ManifestFile> manifests) {
  const auto groups = merge_groups(manifests, merging_);
  if (groups.empty()) return manifests;
  std::vector<std::optional<ManifestFile>> places(manifests.begin(), manifests.end());
  for (const std::vector<std::size_t>& group : groups) {
    std::vector<ManifestFile> parts;
    std::vector<std::string> paths;
    for (const std::size_t place : group) {
      paths.push_back(manifests[place].path);
      parts.push_back(std::move(manifests[place]));
      places[place].reset();
    }
    const auto [known, fresh] = merged_.try_emplace(std::move(paths));
    if (fresh) known->second = merge(head, next, parts);
    places[group.front()] = known->second;
  }
  std::vector<ManifestFile> result;
  for (std::optional<ManifestFile>& manifest : places) {
    if (manifest) result.push_back(*std::move(manifest));
  }
  return result;
}

std::optional<ManifestFile> SnapshotWriter::merge(const IcebergSnapshot& head, const TableMetadataFile& next,
                                                  const std::vector<ManifestFile>& manifests) {
  // A manifest of this commit has no first row id yet: what would be given by it stays open.
  constexpr std::int64_t kOpen = std::int64_t{1} << 62;
  ManifestWriter writer(header(next, manifests.front().spec_id.value_or(0), manifests.front().deletes), snapshot_id_);
  for (const ManifestFile& manifest : manifests) {
    const bool own = manifest.sequence_number == kOwnSequenceNumber;
    ManifestFile read = manifest;
    if (own && next.format_version >= 3 && !manifest.deletes) read.first_row_id = kOpen;
    read_entries(head, read, true, [&](ManifestEntry& entry) {
      const bool of_now = entry.snapshot_id == snapshot_id_;
      if (entry.status == EntryStatus::Deleted && !of_now) return;
      if (entry.status == EntryStatus::Added && !of_now) entry.status = EntryStatus::Existing;
      if (!entry.file_sequence_number && !own) entry.file_sequence_number = manifest.sequence_number;
      if (entry.first_row_id && *entry.first_row_id >= kOpen) entry.first_row_id.reset();
      const bool inherits = own && entry.status == EntryStatus::Added && entry.sequence_number == kOwnSequenceNumber;
      writer.add(entry, inherits);
    });
  }
  if (writer.empty()) return std::nullopt;
  return put(writer);
}

std::variant<SnapshotEntry, GoneFile> SnapshotWriter::write(const IcebergSnapshot& head, TableMetadataFile& next,
                                                            std::map<std::string, std::string> summary) {
  // Neither columns nor specs change between two attempts.
  if (!fields_) {
    fields_ = std::make_unique<KnownFields>(std::make_shared<const TableMetadataFile>(next), next.current_schema());
  }
  SummaryCounts counts;
  std::vector<ManifestFile> manifests = added_manifests(next, false);
  const auto own = static_cast<std::ptrdiff_t>(manifests.size());
  for (const AddedFile& file : changes_.added) counts.add(file.entry, file.entry.partition_key);
  for (const AddedFile& file : changes_.added_deletes) counts.add(file.entry, file.entry.partition_key);
  std::set<std::string> missing;
  for (const auto& [path, file] : changes_.removed) missing.insert(path);
  for (const auto& [key, file] : changes_.removed_deletes) missing.insert(key);
  for (const ManifestFile& manifest : head.manifests()) {
    if (!may_have_removed(head, manifest)) {
      // What only tells of files that went before is of no more use, as in the reference implementation.
      if (manifest.may_have_live_files()) manifests.push_back(manifest);
      continue;
    }
    const Rewritten& rewritten = without_removed(head, next, manifest);
    for (const ManifestEntry& entry : rewritten.removed) {
      counts.remove(entry, entry.partition_key);
      missing.erase(entry.content == FileContent::Data ? entry.path : delete_key(entry));
    }
    manifests.push_back(rewritten.manifest ? *rewritten.manifest : manifest);
  }
  if (!missing.empty()) return GoneFile{*missing.begin()};
  // Before those that were there: merging takes the first of a kind for the newest.
  std::vector<ManifestFile> deletes = added_manifests(next, true);
  manifests.insert(manifests.begin() + own, std::make_move_iterator(deletes.begin()),
                   std::make_move_iterator(deletes.end()));
  const std::size_t before = manifests.size();
  manifests = merged(head, next, std::move(manifests));
  if (merging_.asked_for) {
    summary["manifests-created"] = std::to_string(merged_.size());
    summary["manifests-replaced"] = std::to_string(before + merged_.size() - manifests.size());
    summary["manifests-kept"] = std::to_string(manifests.size() - merged_.size());
  }

  SnapshotEntry entry;
  entry.id = snapshot_id_;
  if (head.entry()) entry.parent_id = head.entry()->id;
  if (next.format_version >= 2) entry.sequence_number = next.last_sequence_number + 1;
  entry.schema_id = next.current_schema_id;
  // spec.md, "First Row ID Assignment": the simple way, by the manifests' counts.
  std::int64_t next_row_id = next.next_row_id.value_or(0);
  if (next.format_version >= 3) entry.first_row_id = next_row_id;
  for (ManifestFile& manifest : manifests) {
    if (next.format_version < 2) continue;
    const bool counted = manifest.added_files && manifest.existing_files && manifest.deleted_files &&
                         manifest.added_rows && manifest.existing_rows && manifest.deleted_rows;
    if (!counted) count_files(head, manifest);
    if (next.format_version < 3 || manifest.deletes || manifest.first_row_id) continue;
    manifest.first_row_id = next_row_id;
    next_row_id += *manifest.added_rows + *manifest.existing_rows;
  }
  if (next.format_version >= 3) {
    entry.added_rows = next_row_id - next.next_row_id.value_or(0);
    next.next_row_id = next_row_id;
  }
  counts.write(summary, head.entry() ? &head.entry()->summary : nullptr);
  entry.summary = std::move(summary);
  const std::string list =
      write_manifest_list(manifests, next.format_version, snapshot_id_, entry.parent_id, entry.sequence_number);
  entry.manifest_list = put(fmt::format("snap-{}-{}-{}.avro", snapshot_id_, ++attempts_, unique_), list);
  return entry;
}

}  // namespace lakelet::iceberg
