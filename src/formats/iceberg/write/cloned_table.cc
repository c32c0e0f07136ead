#include "formats/iceberg/write/cloned_table.h"

#include <fmt/format.h>

#include "base/uuid.h"
#include "formats/iceberg/manifest/manifest_entries.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/write/columns_in_use.h"
#include "formats/iceberg/write/own_properties.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// Places that the source's new files go to, and writes that were made to it.
bool stays_with_the_source(const std::string& property) {
  return property.starts_with(kApplicationPrefix) || property == "write.data.path" ||
         property == "write.metadata.path" || property == "write.object-storage.path" ||
         property == "write.folder-storage.path";
}

}  // namespace

TableMetadataFile cloned_metadata(const IcebergSnapshot& source, const std::string& location) {
  const TableMetadataFile& from = source.table_metadata();
  TableMetadataFile metadata;
  metadata.format_version = from.format_version;
  metadata.uuid = make_uuid_text();
  metadata.location = location;
  metadata.last_column_id = from.last_column_id;
  metadata.last_partition_id = from.last_partition_id;
  metadata.schemas = from.schemas;
  metadata.identifiers = from.identifiers;
  metadata.current_schema_id = from.current_schema_id;
  if (source.entry() && source.entry()->schema_id && from.schemas.contains(*source.entry()->schema_id)) {
    const bool newest = from.current_snapshot_id == source.entry()->id;
    if (!newest) metadata.current_schema_id = *source.entry()->schema_id;
  }
  metadata.specs = from.specs;
  metadata.default_spec_id = from.default_spec_id;
  metadata.sort_orders = from.sort_orders;
  metadata.sort_columns = from.sort_columns;
  metadata.default_sort_order_id = from.default_sort_order_id;
  metadata.properties = from.properties;
  std::erase_if(metadata.properties, [](const auto& property) { return stays_with_the_source(property.first); });
  metadata.next_row_id = from.next_row_id;  // beyond the ids that rows have in files
  metadata.name_mapping = from.name_mapping;
  forget_gone_columns(metadata);
  for (const SpecField& field : metadata.specs.at(metadata.default_spec_id).fields) {
    if (field.transform == Transform::Void) continue;
    if (find_by_id(metadata.current_schema().fields(), field.source_id)) continue;
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("the snapshot has no column for the partition field '{}', which the table got later", field.name),
        "write the snapshot's rows to a new table instead");
  }
  return metadata;
}

std::vector<AddedFile> cloned_files(const IcebergSnapshot& source, const std::map<std::string, std::string>& places,
                                    const TablePaths& paths) {
  std::vector<AddedFile> files;
  if (places.empty()) return files;
  for (const ManifestFile& manifest : source.manifests()) {
    if (manifest.deletes || !manifest.may_have_live_files()) continue;
    read_entries(source, manifest, true, [&](ManifestEntry& entry) {
      const auto place = places.find(entry.path);
      if (entry.status == EntryStatus::Deleted || place == places.end()) return;
      AddedFile& file = files.emplace_back();
      file.spec_id = manifest.spec_id.value_or(0);
      file.entry = std::move(entry);
      file.entry.path = paths.recorded(place->second);
      file.entry.partition_key = partition_key(file.spec_id, file.entry.partition);
      file.entry.sequence_number = 0;
      file.entry.file_sequence_number.reset();
      file.entry.first_row_id.reset();
    });
  }
  if (files.size() == places.size()) return files;
  throw Error(ErrorCode::Internal, fmt::format("{} files to clone, and {} of them in the manifests of {}",
                                               places.size(), files.size(), source.location().uri));
}

}  // namespace lakelet::iceberg
