#include "formats/iceberg/manifest/manifest_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "formats/iceberg/manifest/avro_values.h"
#include "formats/iceberg/values/single_value.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

using codec::avro::NodeId;
using codec::avro::SchemaField;
using codec::avro::SchemaNode;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::CorruptTable, "a manifest " + what);
}

int spec_id_of(const ManifestFile& manifest, const std::map<std::string, std::string>& metadata) {
  if (manifest.spec_id) return *manifest.spec_id;
  const auto text = metadata.find("partition-spec-id");
  int id = 0;
  if (text != metadata.end()) std::from_chars(text->second.data(), text->second.data() + text->second.size(), id);
  return id;
}

// The value that was read as one of the type.
Value typed(Value value, const Type& type, const std::string& field) {
  if (value.is_null() || type.kind() == TypeKind::Null) return value;
  bool fits = false;
  switch (type.kind()) {
    case TypeKind::Boolean:
      fits = std::holds_alternative<bool>(value.storage());
      break;
    case TypeKind::Float:
    case TypeKind::Double:
      fits = std::holds_alternative<double>(value.storage());
      break;
    case TypeKind::Decimal:
      if (std::holds_alternative<std::string>(value.storage())) {
        if (const auto decimal = read_decimal(value.bytes())) return Value(*decimal);
      }
      break;
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Uuid:
      fits = std::holds_alternative<std::string>(value.storage());
      break;
    default:
      fits = std::holds_alternative<std::int64_t>(value.storage());
  }
  if (!fits) corrupt(fmt::format("has a value of the partition field '{}' that is no {}", field, to_string(type)));
  return value;
}

void append_number(std::string& key, std::int64_t number) {
  char digits[24];
  key.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_key(std::string& key, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value.storage())) {
    key += *flag ? "t" : "f";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.storage())) {
    key += 'i';
    append_number(key, *integer);
    key += ';';
  } else if (const auto* number = std::get_if<double>(&value.storage())) {
    fmt::format_to(std::back_inserter(key), "d{:x};",
                   std::isnan(*number) ? 0 : std::bit_cast<std::uint64_t>(*number) + 1);
  } else if (const auto* decimal = std::get_if<Decimal>(&value.storage())) {
    const std::string bytes = write_decimal(*decimal);
    fmt::format_to(std::back_inserter(key), "D{}:{}", bytes.size(), bytes);
  } else if (const auto* text = std::get_if<std::string>(&value.storage())) {
    key += 's';
    append_number(key, static_cast<std::int64_t>(text->size()));
    key += ':';
    key += *text;
  } else {
    key += "n";
  }
}

std::string lower(std::string_view text) {
  if (text == "PARQUET") return "parquet";
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

}  // namespace

std::string partition_key(int spec_id, const std::vector<Value>& values) {
  std::string key;
  append_number(key, spec_id);
  key += '/';
  for (const Value& value : values) append_key(key, value);
  return key;
}

ManifestReader::ManifestReader(std::span<const std::byte> file, const ManifestFile& manifest, const LayoutOf& layout_of,
                               const std::vector<std::int32_t>& wanted, bool with_details)
    : manifest_(manifest),
      wanted_(wanted),
      with_details_(with_details),
      container_(file),
      spec_id_(spec_id_of(manifest, container_.metadata())),
      layout_(layout_of(spec_id_)),
      next_row_id_(manifest.first_row_id) {}

bool ManifestReader::next(ManifestEntry& entry) {
  while (left_ == 0) {
    if (!container_.next_block()) return false;
    decoder_ = container_.decoder();
    left_ = container_.records();
  }
  --left_;
  read_entry(entry);
  return true;
}

void ManifestReader::read_entry(ManifestEntry& entry) {
  entry = ManifestEntry();
  AvroValues values(container_.schema(), decoder_);
  const SchemaNode* record = values.record(container_.schema().root_id());
  if (!record) corrupt("has an entry that is null");
  bool has_sequence_number = false, has_file = false;
  for (const SchemaField& field : record->fields) {
    switch (field.id.value_or(-1)) {
      case entry_field::kStatus: {
        const std::int64_t status = values.integer(field.type).value_or(-1);
        if (status < 0 || status > 2) corrupt(fmt::format("has an entry of status {}", status));
        entry.status = static_cast<EntryStatus>(status);
        break;
      }
      case entry_field::kSnapshotId:
        entry.snapshot_id = values.integer(field.type);
        break;
      case entry_field::kSequenceNumber:
        if (const auto number = values.integer(field.type)) {
          entry.sequence_number = *number;
          has_sequence_number = true;
        }
        break;
      case entry_field::kFileSequenceNumber:
        entry.file_sequence_number = values.integer(field.type);
        break;
      case entry_field::kDataFile:
        if (const SchemaNode* file = values.record(field.type)) {
          has_file = true;
          read_file(*file, entry);
        }
        break;
      default:
        values.skip(field.type);
    }
  }
  if (!has_file || entry.path.empty()) corrupt("has an entry without a file");
  inherit(entry, has_sequence_number);
}

// spec.md, "Sequence Number Inheritance" and "First Row ID Inheritance".
void ManifestReader::inherit(ManifestEntry& entry, bool has_sequence_number) {
  if (!has_sequence_number) {
    if (entry.status == EntryStatus::Existing && manifest_.sequence_number != 0) {
      corrupt(fmt::format("has the file {} that was there before, without its sequence number", entry.path));
    }
    entry.sequence_number = manifest_.sequence_number;
  }
  if (!entry.snapshot_id) entry.snapshot_id = manifest_.snapshot_id;
  if (entry.content != FileContent::Data || !next_row_id_) {
    entry.first_row_id.reset();
  } else if (!entry.first_row_id && entry.status != EntryStatus::Deleted) {
    entry.first_row_id = *next_row_id_;
    next_row_id_ = *next_row_id_ + entry.records;
  }
}

void ManifestReader::read_file(const SchemaNode& record, ManifestEntry& entry) {
  entry.metrics.resize(wanted_.size());
  if (with_details_) entry.details = std::make_shared<FileDetails>();
  for (const SchemaField& field : record.fields) read_file_field(field, entry);
  if (entry.partition_key.empty()) {  // the record of the partition is missing, as it may be where there is none
    entry.partition.resize(layout_.spec->fields.size());
    finish_partition(std::vector<bool>(entry.partition.size()), entry);
  }
  if (entry.records < 0) corrupt(fmt::format("has the file {} of {} rows", entry.path, entry.records));
  if ((entry.content != FileContent::Data) != manifest_.deletes) {
    corrupt(fmt::format("of {} names {}", manifest_.deletes ? "deletes" : "data", entry.path));
  }
}

void ManifestReader::read_file_field(const SchemaField& field, ManifestEntry& entry) {
  AvroValues values(container_.schema(), decoder_);
  switch (field.id.value_or(-1)) {
    case file_field::kContent: {
      const std::int64_t content = values.integer(field.type).value_or(0);
      if (content < 0 || content > 2) corrupt(fmt::format("has a file of content {}", content));
      entry.content = static_cast<FileContent>(content);
      break;
    }
    case file_field::kPath:
      entry.path = values.bytes(field.type).value_or("");
      break;
    case file_field::kFormat:
      entry.format = lower(values.bytes(field.type).value_or(""));
      break;
    case file_field::kPartition:
      read_partition(field.type, entry);
      break;
    case file_field::kRecords:
      entry.records = values.integer(field.type).value_or(-1);
      break;
    case file_field::kBytes:
      entry.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, values.integer(field.type).value_or(0)));
      break;
    case file_field::kSplitOffsets:
      if (!with_details_) return values.skip(field.type);
      values.list(field.type,
                  [&](NodeId item) { entry.details->split_offsets.push_back(values.integer(item).value_or(0)); });
      break;
    case file_field::kColumnSizes:
      if (!with_details_) return values.skip(field.type);
      read_metrics(field, entry);
      break;
    case file_field::kValueCounts:
    case file_field::kNullCounts:
    case file_field::kNanCounts:
    case file_field::kLowerBounds:
    case file_field::kUpperBounds:
      if (entry.ruled_out) return values.skip(field.type);
      read_metrics(field, entry);
      break;
    case file_field::kKeyMetadata:
      if (values.bytes(field.type)) {
        throw Error(ErrorCode::UnsupportedFeature, fmt::format("the file {} is encrypted", entry.path),
                    "lakelet doesn't read encrypted tables");
      }
      break;
    case file_field::kEqualityIds:
      values.list(field.type, [&](NodeId item) {
        entry.equality_ids.push_back(static_cast<std::int32_t>(values.integer(item).value_or(0)));
      });
      break;
    case file_field::kSortOrder:
      entry.sort_order_id = values.integer(field.type);
      break;
    case file_field::kFirstRowId:
      entry.first_row_id = values.integer(field.type);
      break;
    case file_field::kReferencedFile:
      entry.referenced_file = values.bytes(field.type);
      break;
    case file_field::kContentOffset:
      entry.content_offset = values.integer(field.type);
      break;
    case file_field::kContentSize:
      entry.content_size = values.integer(field.type);
      break;
    default:
      values.skip(field.type);
  }
}

void ManifestReader::read_partition(NodeId type, ManifestEntry& entry) {
  AvroValues values(container_.schema(), decoder_);
  const PartitionSpec& spec = *layout_.spec;
  entry.partition.resize(spec.fields.size());
  std::vector<bool> found(spec.fields.size());
  if (const SchemaNode* record = values.record(type)) {
    for (const SchemaField& field : record->fields) {
      const auto at = std::find_if(spec.fields.begin(), spec.fields.end(), [&](const SpecField& known) {
        return field.id ? known.field_id == *field.id : known.name == field.name;
      });
      if (at == spec.fields.end()) {
        values.skip(field.type);
        continue;
      }
      const auto index = static_cast<std::size_t>(at - spec.fields.begin());
      entry.partition[index] = typed(values.any(field.type), layout_.types[index], at->name);
      found[index] = true;
    }
  }
  finish_partition(found, entry);
}

void ManifestReader::finish_partition(const std::vector<bool>& found, ManifestEntry& entry) {
  const PartitionSpec& spec = *layout_.spec;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i] && spec.fields[i].transform != Transform::Void) {
      corrupt(fmt::format("has no values of the partition field '{}'", spec.fields[i].name));
    }
  }
  entry.partition_key = partition_key(spec_id_, entry.partition);
  entry.ruled_out = keep_partition_ && !keep_partition_(spec_id_, entry.partition);
}

// Where the metrics of a column go; null: nobody asked for them.
ColumnMetrics* ManifestReader::metrics_of(std::int64_t id, ManifestEntry& entry) const {
  if (with_details_) return &entry.details->metrics[static_cast<std::int32_t>(id)];
  const auto at = std::lower_bound(wanted_.begin(), wanted_.end(), id);
  return at != wanted_.end() && *at == id ? &entry.metrics[static_cast<std::size_t>(at - wanted_.begin())] : nullptr;
}

// The fields of a pair of a map, which is written as a list; the same for all of its items.
struct ManifestReader::PairShape {
  enum class Role { Key, Value, Other };
  const SchemaNode* pair = nullptr;
  std::vector<Role> roles;

  void be(const SchemaNode& node) {
    if (pair == &node) return;
    pair = &node;
    roles.clear();
    for (const SchemaField& field : node.fields) {
      roles.push_back(field.name == "key" ? Role::Key : field.name == "value" ? Role::Value : Role::Other);
    }
  }
};

void ManifestReader::read_metrics(const SchemaField& field, ManifestEntry& entry) {
  AvroValues values(container_.schema(), decoder_);
  if (wanted_.empty() && !with_details_) return values.skip(field.type);
  PairShape shape;
  values.list(field.type, [&](NodeId item) {
    const SchemaNode* pair = values.record(item);
    if (!pair) return;
    shape.be(*pair);
    ColumnMetrics* column = nullptr;
    std::int64_t id = -1;
    for (std::size_t i = 0; i < pair->fields.size(); ++i) {
      const NodeId type = pair->fields[i].type;
      if (shape.roles[i] == PairShape::Role::Key) {
        id = values.integer(type).value_or(-1);
        column = metrics_of(id, entry);
      } else if (shape.roles[i] == PairShape::Role::Other || !column) {
        values.skip(type);
      } else {
        read_metric(*field.id, id, type, *column, entry);
      }
    }
  });
}

void ManifestReader::read_metric(std::int32_t kind, std::int64_t id, NodeId type, ColumnMetrics& column,
                                 ManifestEntry& entry) {
  AvroValues values(container_.schema(), decoder_);
  switch (kind) {
    case file_field::kLowerBounds:
      column.lower = values.bytes(type);
      break;
    case file_field::kUpperBounds:
      column.upper = values.bytes(type);
      break;
    case file_field::kColumnSizes:
      entry.details->column_bytes[static_cast<std::int32_t>(id)] = values.integer(type).value_or(0);
      break;
    case file_field::kValueCounts:
      column.values = values.integer(type);
      break;
    case file_field::kNullCounts:
      column.nulls = values.integer(type);
      break;
    default:
      column.nans = values.integer(type);
  }
}

}  // namespace lakelet::iceberg
