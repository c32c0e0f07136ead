#include "formats/iceberg/manifest/manifest_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/json_writer.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

class RecordWriter {
 public:
  explicit RecordWriter(std::string_view name) {
    out_.begin_object().key("type").string("record").key("name").string(name).key("fields").begin_array();
  }
  // `type`: JSON.
  RecordWriter& required(std::string_view name, std::int32_t id, std::string_view type) {
    begin(name, id).key("type").raw(type);
    out_.end_object();
    return *this;
  }
  RecordWriter& optional(std::string_view name, std::int32_t id, std::string_view type) {
    begin(name, id).key("type").begin_array().string("null").raw(type).end_array().key("default").null();
    out_.end_object();
    return *this;
  }
  RecordWriter& optional_named(std::string_view name, std::int32_t id, std::string_view type) {
    const std::string compatible = avro_name(name);
    begin(compatible, id).key("type").begin_array().string("null").raw(type).end_array().key("default").null();
    if (compatible != name) out_.key("iceberg-field-name").string(name);
    out_.end_object();
    return *this;
  }
  std::string text() {
    out_.end_array().end_object();
    return out_.take();
  }

 private:
  JsonWriter& begin(std::string_view name, std::int32_t id) {
    return out_.begin_object().key("name").string(name).key("field-id").integer(id);
  }
  JsonWriter out_;
};

constexpr const char* kInt = R"("int")";
constexpr const char* kLong = R"("long")";
constexpr const char* kText = R"("string")";
constexpr const char* kByteType = R"("bytes")";
constexpr const char* kBoolean = R"("boolean")";

// Maps with keys that aren't text are lists of pairs (spec.md, "Appendix A", "Avro").
std::string map_type(int key_id, int value_id, std::string_view value) {
  std::string pair = RecordWriter(fmt::format("k{}_v{}", key_id, value_id))
                         .required("key", key_id, kInt)
                         .required("value", value_id, value)
                         .text();
  return fmt::format(R"({{"type":"array","logicalType":"map","items":{}}})", pair);
}

std::string list_type(int element_id, std::string_view element) {
  return fmt::format(R"({{"type":"array","element-id":{},"items":{}}})", element_id, element);
}

std::string moment_type(const char* unit, bool utc) {
  return fmt::format(R"({{"type":"long","logicalType":"{}","adjust-to-utc":{}}})", unit, utc);
}

std::string partition_type(const Type& type, Transform transform, const std::string& field) {
  if (transform == Transform::Day) return R"({"type":"int","logicalType":"date"})";
  switch (type.kind()) {
    case TypeKind::Boolean:
      return kBoolean;
    case TypeKind::Null:  // void: there is never a value
      if (transform == Transform::Void) return kInt;
      break;
    case TypeKind::Int32:
      return kInt;
    case TypeKind::Int64:
      return kLong;
    case TypeKind::Float:
      return R"("float")";
    case TypeKind::Double:
      return R"("double")";
    case TypeKind::Date:
      return R"({"type":"int","logicalType":"date"})";
    case TypeKind::Time:
      return R"({"type":"long","logicalType":"time-micros"})";
    case TypeKind::Timestamp:
      return moment_type("timestamp-micros", false);
    case TypeKind::TimestampTz:
      return moment_type("timestamp-micros", true);
    case TypeKind::TimestampNs:
      return moment_type("timestamp-nanos", false);
    case TypeKind::TimestampNsTz:
      return moment_type("timestamp-nanos", true);
    case TypeKind::String:
      return kText;
    case TypeKind::Binary:
      return kByteType;
    case TypeKind::Uuid:
      return R"({"type":"fixed","name":"uuid_fixed","size":16,"logicalType":"uuid"})";
    case TypeKind::Fixed:
      return fmt::format(R"({{"type":"fixed","name":"fixed_{0}","size":{0}}})", type.length());
    case TypeKind::Decimal:
      return fmt::format(
          R"({{"type":"fixed","name":"decimal_{0}_{1}","size":{2},"logicalType":"decimal","precision":{0},"scale":{1}}})",
          type.precision(), type.scale(), decimal_bytes(type.precision()));
    default:
      break;
  }
  throw Error(
      ErrorCode::UnsupportedFeature,
      fmt::format("files of the partition field '{}' can't be written to a manifest: its column is gone", field));
}

// A named type may be told only once in an Avro schema: later ones go by their name.
std::string partition_record(const PartitionLayout& layout) {
  RecordWriter record("r102");
  std::vector<std::string> told;
  for (std::size_t i = 0; i < layout.spec->fields.size(); ++i) {
    const SpecField& field = layout.spec->fields[i];
    std::string type = partition_type(layout.types[i], field.transform, field.name);
    const std::string_view mark = R"("name":")";
    if (const auto at = type.find(mark); at != std::string::npos) {
      const auto begin = at + mark.size();
      const std::string name = type.substr(begin, type.find('"', begin) - begin);
      if (std::find(told.begin(), told.end(), name) != told.end()) {
        type = json_quote(name);
      } else {
        told.push_back(name);
      }
    }
    record.optional_named(field.name, field.field_id, type);
  }
  return record.text();
}

}  // namespace

std::string avro_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && (std::isalpha(static_cast<unsigned char>(c)) || c == '_' ||
                  (i > 0 && std::isdigit(static_cast<unsigned char>(c))))) {
      out += c;
    } else if (ascii && std::isdigit(static_cast<unsigned char>(c))) {
      out += '_';
      out += c;
    } else {
      out += fmt::format("_x{:X}", static_cast<unsigned char>(c));
    }
  }
  return out.empty() ? "_" : out;
}

std::size_t decimal_bytes(int precision) {
  std::size_t bytes = 1;
  // The greatest number of so many digits, and its sign.
  unsigned __int128 greatest = 1;
  for (int i = 0; i < precision; ++i) greatest *= 10;
  greatest -= 1;
  while (bytes < 16 && greatest >= static_cast<unsigned __int128>(1) << (8 * bytes - 1)) ++bytes;
  return bytes;
}

std::string manifest_schema(int format_version, const PartitionLayout& layout) {
  RecordWriter file("r2");
  using namespace file_field;
  if (format_version >= 2) file.required("content", kContent, kInt);
  file.required("file_path", kPath, kText).required("file_format", kFormat, kText);
  file.required("partition", kPartition, partition_record(layout));
  file.required("record_count", kRecords, kLong).required("file_size_in_bytes", file_field::kBytes, kLong);
  if (format_version < 2) file.required("block_size_in_bytes", kBlockBytes, kLong);
  file.optional("column_sizes", kColumnSizes, map_type(117, 118, kLong));
  file.optional("value_counts", kValueCounts, map_type(119, 120, kLong));
  file.optional("null_value_counts", kNullCounts, map_type(121, 122, kLong));
  file.optional("nan_value_counts", kNanCounts, map_type(138, 139, kLong));
  file.optional("lower_bounds", kLowerBounds, map_type(126, 127, kByteType));
  file.optional("upper_bounds", kUpperBounds, map_type(129, 130, kByteType));
  file.optional("key_metadata", kKeyMetadata, kByteType);
  file.optional("split_offsets", kSplitOffsets, list_type(133, kLong));
  if (format_version >= 2) file.optional("equality_ids", kEqualityIds, list_type(136, kInt));
  file.optional("sort_order_id", kSortOrder, kInt);
  if (format_version >= 3) file.optional("first_row_id", kFirstRowId, kLong);
  if (format_version >= 2) file.optional("referenced_data_file", kReferencedFile, kText);
  if (format_version >= 3) {
    file.optional("content_offset", kContentOffset, kLong).optional("content_size_in_bytes", kContentSize, kLong);
  }

  RecordWriter entry("manifest_entry");
  entry.required("status", entry_field::kStatus, kInt);
  if (format_version < 2) {
    entry.required("snapshot_id", entry_field::kSnapshotId, kLong);
  } else {
    entry.optional("snapshot_id", entry_field::kSnapshotId, kLong);
    entry.optional("sequence_number", entry_field::kSequenceNumber, kLong);
    entry.optional("file_sequence_number", entry_field::kFileSequenceNumber, kLong);
  }
  return entry.required("data_file", entry_field::kDataFile, file.text()).text();
}

std::string manifest_list_schema(int format_version) {
  using namespace list_field;
  const std::string summary = RecordWriter("r508")
                                  .required("contains_null", kContainsNull, kBoolean)
                                  .optional("contains_nan", kContainsNan, kBoolean)
                                  .optional("lower_bound", kLowerBound, kByteType)
                                  .optional("upper_bound", kUpperBound, kByteType)
                                  .text();
  RecordWriter manifest("manifest_file");
  manifest.required("manifest_path", kPath, kText).required("manifest_length", kLength, kLong);
  manifest.required("partition_spec_id", kSpecId, kInt);
  if (format_version >= 2) {
    manifest.required("content", kContent, kInt).required("sequence_number", kSequenceNumber, kLong);
    manifest.required("min_sequence_number", kMinSequenceNumber, kLong);
  }
  manifest.required("added_snapshot_id", kSnapshotId, kLong);
  if (format_version >= 2) {
    manifest.required("added_files_count", kAddedFiles, kInt).required("existing_files_count", kExistingFiles, kInt);
    manifest.required("deleted_files_count", kDeletedFiles, kInt).required("added_rows_count", kAddedRows, kLong);
    manifest.required("existing_rows_count", kExistingRows, kLong);
    manifest.required("deleted_rows_count", kDeletedRows, kLong);
  } else {
    manifest.optional("added_files_count", kAddedFiles, kInt).optional("existing_files_count", kExistingFiles, kInt);
    manifest.optional("deleted_files_count", kDeletedFiles, kInt).optional("added_rows_count", kAddedRows, kLong);
    manifest.optional("existing_rows_count", kExistingRows, kLong);
    manifest.optional("deleted_rows_count", kDeletedRows, kLong);
  }
  manifest.optional("partitions", kPartitions, list_type(508, summary));
  manifest.optional("key_metadata", kKeyMetadata, kByteType);
  if (format_version >= 3) manifest.optional("first_row_id", kFirstRowId, kLong);
  return manifest.text();
}

}  // namespace lakelet::iceberg
