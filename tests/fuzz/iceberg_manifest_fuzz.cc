// Manifests and manifest lists of Iceberg tables, as Avro files of any schema. The first byte tells which of them
// follows, and of which types the manifest's partition is. What was read comes back from what is written of it.
#include <optional>
#include <span>
#include <string>

#include "formats/iceberg/manifest/manifest_writer.h"
#include "fuzz/verdict.h"

namespace {

using namespace lakelet;
using namespace lakelet::iceberg;

const std::initializer_list<ErrorCode> kRefusals = {ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature,
                                                    ErrorCode::Exhausted};

struct Partition {
  PartitionSpec spec;
  PartitionLayout layout;
};

void set_up(Partition& partition, unsigned kind) {
  static const Type kTypes[] = {Type(TypeKind::Null),      Type(TypeKind::Int32),  Type(TypeKind::Int64),
                                Type(TypeKind::String),    Type(TypeKind::Binary), Type(TypeKind::Date),
                                Type(TypeKind::Timestamp), Type(TypeKind::Double), Type(TypeKind::Boolean),
                                Type::decimal(9, 2)};
  const unsigned fields = kind % 3;
  for (unsigned i = 0; i < fields; ++i) {
    SpecField& field = partition.spec.fields.emplace_back();
    field.source_id = static_cast<std::int32_t>(i + 1);
    field.field_id = static_cast<std::int32_t>(1000 + i);
    field.name = i == 0 ? "p" : "q";
    field.transform = Transform::Identity;
    partition.layout.types.push_back(kTypes[(kind / 3 + i) % std::size(kTypes)]);
  }
  partition.layout.spec = &partition.spec;
}

std::vector<ManifestEntry> read_all(std::span<const std::byte> file, const ManifestFile& manifest,
                                    const PartitionLayout& layout, const std::vector<std::int32_t>& wanted,
                                    bool with_details) {
  ManifestReader reader(
      file, manifest, [&](int) { return layout; }, wanted, with_details);
  std::vector<ManifestEntry> entries;
  ManifestEntry entry;
  while (reader.next(entry)) entries.push_back(entry);
  return entries;
}

// The key without the number of its specification, which is another one in what is written again.
std::string values_of(const ManifestEntry& entry) {
  return entry.partition_key.substr(entry.partition_key.find('/'));
}

// How much is said of columns; nothing may have been said of one that was named.
std::size_t metrics_of(const ManifestEntry& entry) {
  std::size_t count = 0;
  for (const auto& [id, metrics] : entry.details->metrics) {
    count += metrics.values.has_value() + metrics.nulls.has_value() + metrics.nans.has_value();
    count += metrics.lower.has_value() + metrics.upper.has_value();
  }
  return count;
}

void write_again(const std::vector<ManifestEntry>& entries, const Partition& partition, bool deletes) {
  ManifestHeader header;
  header.format_version = 3;
  header.schema = R"({"type":"struct","schema-id":0,"fields":[]})";
  header.layout = partition.layout;
  header.deletes = deletes;
  ManifestWriter writer(header, 7);
  for (const ManifestEntry& entry : entries) writer.add(entry, false);
  ManifestFile manifest;
  const std::string file = writer.finish(manifest);
  manifest.path = "m";
  const std::vector<std::int32_t> none;
  const auto again = read_all(std::as_bytes(std::span(file)), manifest, partition.layout, none, true);
  if (again.size() != entries.size()) lakelet::fuzz::fail("a manifest that was written has other files");
  for (std::size_t i = 0; i < again.size(); ++i) {
    const ManifestEntry &one = entries[i], &other = again[i];
    const auto same = [](bool is, const char* what) {
      if (!is) lakelet::fuzz::fail(what);
    };
    same(one.path == other.path, "a path isn't what was read");
    same(one.records == other.records, "a number of rows isn't what was read");
    same(one.status == other.status, "a status isn't what was read");
    same(one.content == other.content, "a content isn't what was read");
    same(values_of(one) == values_of(other), "a partition isn't what was read");
    same(metrics_of(one) == metrics_of(other), "metrics aren't what was read");
  }
}

void manifest(std::span<const std::byte> file, unsigned kind) {
  Partition partition;
  set_up(partition, kind / 2);
  ManifestFile described;
  described.path = "m";
  described.deletes = kind % 2 == 1;
  described.sequence_number = 3;
  described.first_row_id = 10;
  lakelet::fuzz::goes_through(kRefusals, [&] { read_all(file, described, partition.layout, {1, 2}, false); });
  std::optional<std::vector<ManifestEntry>> entries;
  const std::vector<std::int32_t> none;
  lakelet::fuzz::goes_through(kRefusals, [&] { entries = read_all(file, described, partition.layout, none, true); });
  if (!entries || entries->size() > 1000) return;
  for (const Type& type : partition.layout.types) {
    if (type.kind() == TypeKind::Null) return;
  }
  // A decimal may have more digits than its type: it isn't written again.
  lakelet::fuzz::goes_through({ErrorCode::InvalidArgument},
                              [&] { write_again(*entries, partition, described.deletes); });
}

void list(std::span<const std::byte> file) {
  std::vector<ManifestFile> manifests;
  lakelet::fuzz::goes_through(kRefusals, [&] { manifests = read_manifest_list(file); });
  if (manifests.empty() || manifests.size() > 1000) return;
  // The files of a manifest are counted before it goes into a list: version 1 may leave that out.
  for (const ManifestFile& each : manifests) {
    for (const auto& count : {each.added_files, each.existing_files, each.deleted_files, each.added_rows,
                              each.existing_rows, each.deleted_rows}) {
      if (!count) return;
    }
  }
  const std::string written = write_manifest_list(manifests, 3, 7, std::nullopt, 5);
  const auto again = read_manifest_list(std::as_bytes(std::span(written)));
  if (again.size() != manifests.size()) lakelet::fuzz::fail("a manifest list that was written has other manifests");
  for (std::size_t i = 0; i < again.size(); ++i) {
    if (again[i].path != manifests[i].path || again[i].spec_id != manifests[i].spec_id ||
        again[i].partitions.size() != manifests[i].partitions.size()) {
      lakelet::fuzz::fail("a manifest list that was written is not what was read");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::byte> file = std::as_bytes(std::span(data + 1, size - 1));
  if (data[0] == 'L') {
    list(file);
  } else {
    manifest(file, data[0]);
  }
  return 0;
}
