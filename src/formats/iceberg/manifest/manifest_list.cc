#include "formats/iceberg/manifest/manifest_list.h"

#include <fmt/format.h>

#include "codec/avro/container_reader.h"
#include "formats/iceberg/manifest/avro_values.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

using codec::avro::NodeId;
using codec::avro::SchemaField;
using codec::avro::SchemaNode;

FieldSummary read_summary(AvroValues& values, const SchemaNode& record) {
  FieldSummary summary;
  for (const SchemaField& field : record.fields) {
    switch (field.id.value_or(-1)) {
      case list_field::kContainsNull:
        summary.contains_null = values.boolean(field.type).value_or(true);
        break;
      case list_field::kContainsNan:
        summary.contains_nan = values.boolean(field.type).value_or(true);
        break;
      case list_field::kLowerBound:
        summary.lower = values.bytes(field.type);
        break;
      case list_field::kUpperBound:
        summary.upper = values.bytes(field.type);
        break;
      default:
        values.skip(field.type);
    }
  }
  return summary;
}

void read_field(AvroValues& values, const SchemaField& field, ManifestFile& manifest) {
  const NodeId type = field.type;
  switch (field.id.value_or(-1)) {
    case list_field::kPath:
      manifest.path = values.bytes(type).value_or("");
      break;
    case list_field::kLength:
      manifest.bytes = static_cast<std::uint64_t>(values.integer(type).value_or(0));
      break;
    case list_field::kSpecId:
      manifest.spec_id = static_cast<int>(values.integer(type).value_or(0));
      break;
    case list_field::kContent: {
      const std::int64_t content = values.integer(type).value_or(0);
      if (content != 0 && content != 1) {
        throw Error(ErrorCode::CorruptTable, fmt::format("a manifest has the content {}", content));
      }
      manifest.deletes = content == 1;
      break;
    }
    case list_field::kSequenceNumber:
      manifest.sequence_number = values.integer(type).value_or(0);
      break;
    case list_field::kMinSequenceNumber:
      manifest.min_sequence_number = values.integer(type).value_or(0);
      break;
    case list_field::kSnapshotId:
      manifest.snapshot_id = values.integer(type).value_or(0);
      break;
    case list_field::kAddedFiles:
      manifest.added_files = values.integer(type);
      break;
    case list_field::kExistingFiles:
      manifest.existing_files = values.integer(type);
      break;
    case list_field::kDeletedFiles:
      manifest.deleted_files = values.integer(type);
      break;
    case list_field::kAddedRows:
      manifest.added_rows = values.integer(type);
      break;
    case list_field::kExistingRows:
      manifest.existing_rows = values.integer(type);
      break;
    case list_field::kDeletedRows:
      manifest.deleted_rows = values.integer(type);
      break;
    case list_field::kPartitions:
      values.list(type, [&](NodeId item) {
        const SchemaNode* record = values.record(item);
        manifest.partitions.push_back(record ? read_summary(values, *record) : FieldSummary());
      });
      break;
    case list_field::kKeyMetadata:
      if (values.bytes(type)) {
        throw Error(ErrorCode::UnsupportedFeature, "the table's manifests are encrypted",
                    "lakelet doesn't read encrypted tables");
      }
      break;
    case list_field::kFirstRowId:
      manifest.first_row_id = values.integer(type);
      break;
    default:
      values.skip(type);
  }
}

}  // namespace

std::vector<ManifestFile> read_manifest_list(std::span<const std::byte> file) {
  codec::avro::ContainerReader reader(file);
  std::vector<ManifestFile> manifests;
  while (reader.next_block()) {
    codec::avro::Decoder decoder = reader.decoder();
    AvroValues values(reader.schema(), decoder);
    for (std::int64_t i = 0; i < reader.records(); ++i) {
      const SchemaNode* record = values.record(reader.schema().root_id());
      ManifestFile manifest;
      if (record) {
        for (const SchemaField& field : record->fields) read_field(values, field, manifest);
      }
      if (manifest.path.empty() || !manifest.spec_id) {
        throw Error(ErrorCode::CorruptTable, "a manifest list has a manifest without path or partition spec");
      }
      manifests.push_back(std::move(manifest));
    }
  }
  return manifests;
}

}  // namespace lakelet::iceberg
