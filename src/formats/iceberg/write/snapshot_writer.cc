#include "formats/iceberg/write/snapshot_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/uuid.h"
#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "formats/iceberg/values/single_value.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// Reads all entries of a manifest, with all that it tells of them.
void read_entries(const IcebergSnapshot& head, const ManifestFile& manifest,
                  const std::function<void(ManifestEntry&)>& take) {
  const std::string uri = head.paths().resolve(manifest.path);
  try {
    const Location file = head.context().stores->resolve(uri);
    const std::string bytes = file.store->read_all(file.path);
    const std::vector<std::int32_t> none;
    ManifestReader reader(
        std::as_bytes(std::span(bytes)), manifest, [&](int spec) { return head.fields().layout_of(spec); }, none, true);
    ManifestEntry entry;
    while (reader.next(entry)) take(entry);
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the manifest {} is missing", uri));
    }
    throw error.add_context("manifest " + uri);
  }
}

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

SnapshotWriter::SnapshotWriter(const IcebergSnapshot& base, const FileChanges& changes, std::int64_t snapshot_id)
    : context_(base.context()),
      root_(base.root()),
      paths_(base.paths()),
      changes_(changes),
      snapshot_id_(snapshot_id),
      unique_(make_uuid_text()) {}

std::string SnapshotWriter::put(const std::string& name, const std::string& bytes) {
  const Location file = root_.child("metadata/" + name);
  files_.push_back(file);
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
  return may_have(changes_.removed) || (manifest.deletes && may_have(changes_.told_anew));
}

// Manifests whose files stay are kept as they are; of the others those that stay become EXISTING.
const SnapshotWriter::Rewritten& SnapshotWriter::without_removed(const IcebergSnapshot& head,
                                                                 const TableMetadataFile& next,
                                                                 const ManifestFile& manifest) {
  const auto [known, fresh] = rewritten_.try_emplace(manifest.path);
  if (!fresh) return known->second;
  Rewritten& result = known->second;
  std::vector<ManifestEntry> entries;
  read_entries(head, manifest, [&](ManifestEntry& entry) {
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
  read_entries(head, manifest, [&](ManifestEntry& entry) {
    const auto add = [&](std::optional<std::int64_t>& files, std::optional<std::int64_t>& rows) {
      ++*files;
      *rows += entry.records;
    };
    if (entry.status == EntryStatus::Added) add(manifest.added_files, manifest.added_rows);
    if (entry.status == EntryStatus::Existing) add(manifest.existing_files, manifest.existing_rows);
    if (entry.status == EntryStatus::Deleted) add(manifest.deleted_files, manifest.deleted_rows);
  });
}

std::variant<SnapshotEntry, GoneFile> SnapshotWriter::write(const IcebergSnapshot& head, TableMetadataFile& next,
                                                            std::map<std::string, std::string> summary) {
  // Neither columns nor specs change between two attempts.
  if (!fields_) {
    fields_ = std::make_unique<KnownFields>(std::make_shared<const TableMetadataFile>(next), next.current_schema());
  }
  SummaryCounts counts;
  std::vector<ManifestFile> manifests = added_manifests(next, false);
  for (const AddedFile& file : changes_.added) counts.add(file.entry, file.entry.partition_key);
  for (const AddedFile& file : changes_.added_deletes) counts.add(file.entry, file.entry.partition_key);
  std::set<std::string> missing;
  for (const auto& [path, file] : changes_.removed) missing.insert(path);
  for (const ManifestFile& manifest : head.manifests()) {
    if (!may_have_removed(head, manifest)) {
      // What only tells of files that went before is of no more use, as in the reference implementation.
      if (manifest.may_have_live_files()) manifests.push_back(manifest);
      continue;
    }
    const Rewritten& rewritten = without_removed(head, next, manifest);
    for (const ManifestEntry& entry : rewritten.removed) {
      counts.remove(entry, entry.partition_key);
      missing.erase(entry.path);
    }
    manifests.push_back(rewritten.manifest ? *rewritten.manifest : manifest);
  }
  if (!missing.empty()) return GoneFile{*missing.begin()};
  for (ManifestFile& manifest : added_manifests(next, true)) manifests.push_back(std::move(manifest));

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
