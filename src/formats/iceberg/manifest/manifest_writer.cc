#include "formats/iceberg/manifest/manifest_writer.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/manifest/manifest_schema.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "formats/iceberg/values/single_value.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

using codec::avro::Encoder;

std::string random_mark() {
  std::string mark(16, '\0');
  fill_with_entropy(std::as_writable_bytes(std::span(mark)));
  return mark;
}

std::map<std::string, std::string> metadata_of(const ManifestHeader& header) {
  std::map<std::string, std::string> metadata;
  metadata["schema"] = header.schema;
  metadata["schema-id"] = std::to_string(header.schema_id);
  metadata["partition-spec"] = spec_fields_text(*header.layout.spec);
  metadata["partition-spec-id"] = std::to_string(header.layout.spec->id);
  metadata["format-version"] = std::to_string(header.format_version);
  if (header.format_version >= 2) metadata["content"] = header.deletes ? "deletes" : "data";
  return metadata;
}

void write_optional(Encoder& out, const std::optional<std::int64_t>& value) {
  out.write_long(value ? 1 : 0);
  if (value) out.write_long(*value);
}

void write_optional(Encoder& out, const std::optional<std::string>& value) {
  out.write_long(value ? 1 : 0);
  if (value) out.write_bytes(*value);
}

// A list, or null where it has nothing.
template <typename List, typename Write>
void write_list(Encoder& out, const List& list, const Write& write) {
  out.write_long(list.empty() ? 0 : 1);
  if (list.empty()) return;
  out.write_long(static_cast<std::int64_t>(list.size()));
  for (const auto& each : list) write(each);
  out.write_long(0);
}

std::string padded_decimal(const Value& value, const Type& type) {
  const std::string bytes = write_decimal(value.decimal());
  const std::size_t size = decimal_bytes(type.precision());
  if (bytes.size() > size) throw Error(ErrorCode::InvalidArgument, "a partition value has too many digits");
  const char sign = value.decimal().unscaled < 0 ? '\xFF' : '\0';
  return std::string(size - bytes.size(), sign) + bytes;
}

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.storage());
  return number && std::isnan(*number);
}

void write_partition_value(Encoder& out, const Value& value, const Type& type) {
  out.write_long(1);
  switch (type.kind()) {
    case TypeKind::Boolean:
      out.write_boolean(value.boolean());
      return;
    case TypeKind::Float:
      out.write_float(static_cast<float>(value.number()));
      return;
    case TypeKind::Double:
      out.write_double(value.number());
      return;
    case TypeKind::Decimal:
      out.write_fixed(padded_decimal(value, type));
      return;
    case TypeKind::String:
    case TypeKind::Binary:
      out.write_bytes(value.bytes());
      return;
    case TypeKind::Uuid:
    case TypeKind::Fixed:
      out.write_fixed(value.bytes());
      return;
    default:
      out.write_long(value.integer());
  }
}

}  // namespace

ManifestWriter::ManifestWriter(const ManifestHeader& header, std::int64_t snapshot_id)
    : header_(header),
      container_(manifest_schema(header.format_version, header.layout), metadata_of(header),
                 codec::Compression::Deflate, random_mark()) {
  summary_.spec_id = header.layout.spec->id;
  summary_.deletes = header.deletes;
  summary_.snapshot_id = snapshot_id;
  summary_.sequence_number = kOwnSequenceNumber;
  summary_.added_files = summary_.existing_files = summary_.deleted_files = 0;
  summary_.added_rows = summary_.existing_rows = summary_.deleted_rows = 0;
  summary_.partitions.assign(header.layout.types.size(), FieldSummary{false, false, {}, {}});
  lowest_.resize(header.layout.types.size());
  highest_.resize(header.layout.types.size());
}

void ManifestWriter::add(const ManifestEntry& entry, bool inherits) {
  Encoder& out = container_.record();
  out.write_long(static_cast<std::int64_t>(entry.status));
  if (header_.format_version < 2) {
    out.write_long(entry.snapshot_id.value_or(summary_.snapshot_id));
  } else {
    write_optional(out, entry.snapshot_id);
    // spec.md, "Sequence Number Inheritance": only what is added may go without.
    write_optional(out, inherits ? std::nullopt : std::optional(entry.sequence_number));
    write_optional(out, entry.status == EntryStatus::Added ? std::nullopt : entry.file_sequence_number);
  }
  write_file(entry);
  container_.end_record();
  count(entry, inherits);
  ++entries_;
}

void ManifestWriter::write_file(const ManifestEntry& entry) {
  static const FileDetails kNothing;
  const FileDetails& details = entry.details ? *entry.details : kNothing;
  const int version = header_.format_version;
  Encoder& out = container_.record();
  if (version >= 2) out.write_long(static_cast<std::int64_t>(entry.content));
  out.write_bytes(entry.path);
  std::string format = entry.format;
  std::transform(format.begin(), format.end(), format.begin(), [](unsigned char c) { return std::toupper(c); });
  out.write_bytes(format);
  write_partition(entry.partition);
  out.write_long(entry.records);
  out.write_long(static_cast<std::int64_t>(entry.bytes));
  if (version < 2) out.write_long(std::int64_t{64} << 20);  // "Always write a default in v1"
  write_list(out, details.column_bytes, [&](const auto& each) {
    out.write_long(each.first);
    out.write_long(each.second);
  });
  write_metrics(details);
  out.write_long(0);  // key metadata
  write_list(out, details.split_offsets, [&](std::int64_t offset) { out.write_long(offset); });
  if (version >= 2) write_list(out, entry.equality_ids, [&](std::int32_t id) { out.write_long(id); });
  write_optional(out, entry.content == FileContent::PositionDeletes ? std::nullopt : entry.sort_order_id);
  if (version >= 3) write_optional(out, entry.content == FileContent::Data ? entry.first_row_id : std::nullopt);
  if (version >= 2) write_optional(out, entry.referenced_file);
  if (version >= 3) {
    write_optional(out, entry.content_offset);
    write_optional(out, entry.content_size);
  }
}

void ManifestWriter::write_partition(const std::vector<Value>& values) {
  Encoder& out = container_.record();
  const PartitionLayout& layout = header_.layout;
  for (std::size_t i = 0; i < layout.types.size(); ++i) {
    if (i >= values.size() || values[i].is_null()) {
      out.write_long(0);
    } else {
      write_partition_value(out, values[i], layout.types[i]);
    }
  }
}

void ManifestWriter::write_metrics(const FileDetails& details) {
  Encoder& out = container_.record();
  const auto counts = [&](std::optional<std::int64_t> ColumnMetrics::*member) {
    std::vector<std::pair<std::int32_t, std::int64_t>> list;
    for (const auto& [id, metrics] : details.metrics) {
      if (metrics.*member) list.emplace_back(id, *(metrics.*member));
    }
    write_list(out, list, [&](const auto& each) {
      out.write_long(each.first);
      out.write_long(each.second);
    });
  };
  const auto bounds = [&](std::optional<std::string> ColumnMetrics::*member) {
    std::vector<std::pair<std::int32_t, const std::string*>> list;
    for (const auto& [id, metrics] : details.metrics) {
      if (metrics.*member) list.emplace_back(id, &*(metrics.*member));
    }
    write_list(out, list, [&](const auto& each) {
      out.write_long(each.first);
      out.write_bytes(*each.second);
    });
  };
  counts(&ColumnMetrics::values);
  counts(&ColumnMetrics::nulls);
  counts(&ColumnMetrics::nans);
  bounds(&ColumnMetrics::lower);
  bounds(&ColumnMetrics::upper);
}

void ManifestWriter::count(const ManifestEntry& entry, bool inherits) {
  const auto add = [&](std::optional<std::int64_t>& files, std::optional<std::int64_t>& rows) {
    ++*files;
    *rows += entry.records;
  };
  if (entry.status == EntryStatus::Added) add(summary_.added_files, summary_.added_rows);
  if (entry.status == EntryStatus::Existing) add(summary_.existing_files, summary_.existing_rows);
  if (entry.status == EntryStatus::Deleted) add(summary_.deleted_files, summary_.deleted_rows);
  // Of live files; one that inherits has the greatest of all.
  if (entry.status != EntryStatus::Deleted && !inherits) {
    least_sequence_number_ = std::min(least_sequence_number_.value_or(entry.sequence_number), entry.sequence_number);
  }
  sum_up(entry.partition);
}

void ManifestWriter::sum_up(const std::vector<Value>& values) {
  for (std::size_t i = 0; i < summary_.partitions.size(); ++i) {
    FieldSummary& field = summary_.partitions[i];
    if (i >= values.size() || values[i].is_null()) {
      field.contains_null = true;
    } else if (is_nan(values[i])) {
      field.contains_nan = true;
    } else {
      if (!lowest_[i] || compare_values(values[i], *lowest_[i]) < 0) lowest_[i] = values[i];
      if (!highest_[i] || compare_values(values[i], *highest_[i]) > 0) highest_[i] = values[i];
    }
  }
}

std::string ManifestWriter::finish(ManifestFile& summary) {
  for (std::size_t i = 0; i < summary_.partitions.size(); ++i) {
    const Type& type = header_.layout.types[i];
    if (lowest_[i]) summary_.partitions[i].lower = write_lower_bound(*lowest_[i], type);
    if (highest_[i]) summary_.partitions[i].upper = write_upper_bound(*highest_[i], type);
  }
  summary_.min_sequence_number = least_sequence_number_.value_or(kOwnSequenceNumber);
  std::string file = container_.finish();
  summary_.bytes = file.size();
  summary = summary_;
  return file;
}

namespace {

void write_summary(Encoder& out, const FieldSummary& field) {
  out.write_boolean(field.contains_null);
  out.write_long(1);
  out.write_boolean(field.contains_nan);
  write_optional(out, field.lower);
  write_optional(out, field.upper);
}

void write_manifest_file(Encoder& out, const ManifestFile& manifest, int format_version, std::int64_t sequence_number) {
  const auto own = [&](std::int64_t number) { return number == kOwnSequenceNumber ? sequence_number : number; };
  out.write_bytes(manifest.path);
  out.write_long(static_cast<std::int64_t>(manifest.bytes));
  out.write_long(manifest.spec_id.value_or(0));
  if (format_version >= 2) {
    out.write_long(manifest.deletes ? 1 : 0);
    out.write_long(own(manifest.sequence_number));
    out.write_long(own(manifest.min_sequence_number));
  }
  out.write_long(manifest.snapshot_id);
  for (const auto* count : {&manifest.added_files, &manifest.existing_files, &manifest.deleted_files,
                            &manifest.added_rows, &manifest.existing_rows, &manifest.deleted_rows}) {
    if (format_version < 2) {
      write_optional(out, *count);
    } else if (*count) {
      out.write_long(**count);
    } else {
      throw Error(ErrorCode::Internal, "a manifest whose files nobody counted: " + manifest.path);
    }
  }
  write_list(out, manifest.partitions, [&](const FieldSummary& field) { write_summary(out, field); });
  out.write_long(0);  // key metadata
  if (format_version >= 3) write_optional(out, manifest.deletes ? std::nullopt : manifest.first_row_id);
}

}  // namespace

std::string write_manifest_list(const std::vector<ManifestFile>& manifests, int format_version,
                                std::int64_t snapshot_id, std::optional<std::int64_t> parent_id,
                                std::int64_t sequence_number) {
  std::map<std::string, std::string> metadata;
  metadata["snapshot-id"] = std::to_string(snapshot_id);
  metadata["parent-snapshot-id"] = parent_id ? std::to_string(*parent_id) : "null";
  if (format_version >= 2) metadata["sequence-number"] = std::to_string(sequence_number);
  metadata["format-version"] = std::to_string(format_version);
  codec::avro::ContainerWriter container(manifest_list_schema(format_version), metadata, codec::Compression::Deflate,
                                         random_mark());
  for (const ManifestFile& manifest : manifests) {
    write_manifest_file(container.record(), manifest, format_version, sequence_number);
    container.end_record();
  }
  return container.finish();
}

}  // namespace lakelet::iceberg
