#include "formats/iceberg/metadata/table_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "formats/iceberg/metadata/json_members.h"
#include "formats/iceberg/metadata/name_mapping.h"
#include "formats/iceberg/metadata/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr int kNewestVersion = 3;
constexpr std::int32_t kFirstPartitionFieldId = 1000;
constexpr const char* kTable = "the table";

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::CorruptTable, "the table's metadata is damaged: " + what);
}

std::map<std::string, std::string> text_map(const std::optional<JsonObject>& from) {
  std::map<std::string, std::string> result;
  if (!from) return result;
  for (const auto member : *from) {
    std::string_view text;
    result.emplace(member.key, member.value.get(text) ? simdjson::minify(member.value) : std::string(text));
  }
  return result;
}

SpecField read_spec_field(const JsonObject& from, std::int32_t otherwise_id) {
  constexpr const char* kOf = "a partition field";
  SpecField field;
  field.name = required(text_member(from, "name", kOf), "name", kOf);
  field.field_id = int_member(from, "field-id", kOf).value_or(otherwise_id);
  const std::string transform = required(text_member(from, "transform", kOf), "transform", kOf);
  auto source = int_member(from, "source-id", kOf);
  if (const auto sources = array_member(from, "source-ids", kOf)) {
    std::int64_t only = 0;
    if (sources->size() == 1 && !sources->at(0).get(only) && !source) source = static_cast<std::int32_t>(only);
  } else if (!source) {
    corrupt_member(kOf, "source-id", "is missing");
  }
  if (source) {
    field.source_id = *source;
    read_transform(transform, field);
  }
  return field;
}

std::vector<SpecField> read_spec_fields(const JsonArray& list) {
  std::vector<SpecField> fields;
  for (const JsonElement each : list) {
    const auto otherwise = kFirstPartitionFieldId + static_cast<std::int32_t>(fields.size());
    fields.push_back(read_spec_field(as_object(each, "a partition field"), otherwise));
  }
  return fields;
}

SnapshotEntry read_snapshot(const JsonObject& from) {
  constexpr const char* kOf = "a snapshot";
  SnapshotEntry entry;
  entry.id = required(number_member(from, "snapshot-id", kOf), "snapshot-id", kOf);
  entry.parent_id = number_member(from, "parent-snapshot-id", kOf);
  entry.sequence_number = number_member(from, "sequence-number", kOf).value_or(0);
  entry.timestamp_ms = required(number_member(from, "timestamp-ms", kOf), "timestamp-ms", kOf);
  entry.manifest_list = text_member(from, "manifest-list", kOf).value_or("");
  if (const auto manifests = array_member(from, "manifests", kOf); manifests && entry.manifest_list.empty()) {
    for (const JsonElement each : *manifests) {
      std::string_view path;
      if (each.get(path)) corrupt_member(kOf, "manifests", "has one that is no text");
      entry.manifests.emplace_back(path);
    }
  } else if (entry.manifest_list.empty()) {
    corrupt_member(kOf, "manifest-list", "is missing");
  }
  entry.summary = text_map(object_member(from, "summary", kOf));
  entry.schema_id = int_member(from, "schema-id", kOf);
  entry.first_row_id = number_member(from, "first-row-id", kOf);
  entry.added_rows = number_member(from, "added-rows", kOf);
  entry.key_id = text_member(from, "key-id", kOf);
  return entry;
}

class MetadataReader {
 public:
  explicit MetadataReader(const JsonObject& json) : json_(json) {}

  TableMetadataFile run() {
    read_head();
    read_schemas();
    read_specs();
    read_order();
    table_.properties = text_map(object_member(json_, "properties", kTable));
    read_snapshots();
    check_next_row_id();
    read_references();
    read_statistics("statistics");
    read_statistics("partition-statistics");
    read_log();
    read_metadata_log();
    const auto keys = array_member(json_, "encryption-keys", kTable);
    table_.encrypted = keys && keys->size() > 0;
    const auto mapping = table_.properties.find(kNameMappingProperty);
    table_.name_mapping =
        mapping == table_.properties.end() ? std::make_shared<const Schema>() : read_name_mapping(mapping->second);
    return std::move(table_);
  }

 private:
  bool since(int version) const { return table_.format_version >= version; }

  // What is required from `version` on, and has a default before.
  template <typename T>
  T from_version(int version, std::optional<T> value, const char* key, T otherwise) const {
    if (!value && since(version)) corrupt_member(kTable, key, "is missing");
    return value ? *std::move(value) : std::move(otherwise);
  }

  void read_head() {
    table_.format_version = required(int_member(json_, "format-version", kTable), "format-version", kTable);
    if (table_.format_version < 1) corrupt(fmt::format("format-version {}", table_.format_version));
    if (since(kNewestVersion + 1)) {
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("the table has format-version {}", table_.format_version),
                  "lakelet reads versions 1 to 3");
    }
    table_.uuid = from_version<std::string>(2, text_member(json_, "table-uuid", kTable), "table-uuid", "");
    table_.location = required(text_member(json_, "location", kTable), "location", kTable);
    table_.last_sequence_number =
        from_version<std::int64_t>(2, number_member(json_, "last-sequence-number", kTable), "last-sequence-number", 0);
    table_.last_updated_ms = required(number_member(json_, "last-updated-ms", kTable), "last-updated-ms", kTable);
    table_.last_column_id = required(int_member(json_, "last-column-id", kTable), "last-column-id", kTable);
    table_.next_row_id = number_member(json_, "next-row-id", kTable);
  }

  // DuckDB leaves it out where no row has an id yet.
  void check_next_row_id() {
    if (!since(3) || table_.next_row_id) return;
    if (!table_.snapshots.empty()) corrupt_member(kTable, "next-row-id", "is missing");
    table_.next_row_id = 0;
  }

  void read_schemas() {
    if (const auto schemas = array_member(json_, "schemas", kTable)) {
      for (const JsonElement each : *schemas) {
        const JsonObject schema = as_object(each, "a schema");
        const int id = required(int_member(schema, "schema-id", "a schema"), "schema-id", "a schema");
        if (!table_.schemas.emplace(id, read_schema(schema)).second)
          corrupt(fmt::format("two schemas have the id {}", id));
        read_identifiers(id, schema);
      }
      const auto current = int_member(json_, "current-schema-id", kTable);
      const auto schema = object_member(json_, "schema", kTable);
      // Optional in version 1, whose `schema` is the current one.
      const bool told_whole = !since(2) && !current && schema;
      table_.current_schema_id = told_whole ? int_member(*schema, "schema-id", "the schema").value_or(0)
                                            : required(current, "current-schema-id", kTable);
      if (told_whole) table_.schemas[table_.current_schema_id] = read_schema(*schema);
    } else {
      if (since(2)) corrupt_member(kTable, "schemas", "is missing");
      const auto schema = required(object_member(json_, "schema", kTable), "schema", kTable);
      table_.current_schema_id = int_member(schema, "schema-id", "the schema").value_or(0);
      table_.schemas.emplace(table_.current_schema_id, read_schema(schema));
      read_identifiers(table_.current_schema_id, schema);
    }
    if (!table_.schemas.contains(table_.current_schema_id)) {
      corrupt(fmt::format("current-schema-id {} names no schema", table_.current_schema_id));
    }
  }

  void read_identifiers(int schema_id, const JsonObject& schema) {
    const auto ids = array_member(schema, "identifier-field-ids", "a schema");
    if (!ids) return;
    for (const JsonElement each : *ids) {
      std::int64_t id = 0;
      if (each.get(id)) corrupt_member("a schema", "identifier-field-ids", "has one that is no number");
      table_.identifiers[schema_id].push_back(static_cast<std::int32_t>(id));
    }
  }

  void read_specs() {
    if (const auto specs = array_member(json_, "partition-specs", kTable)) {
      for (const JsonElement each : *specs) {
        const JsonObject from = as_object(each, "a partition spec");
        PartitionSpec spec;
        spec.id = required(int_member(from, "spec-id", "a partition spec"), "spec-id", "a partition spec");
        spec.fields =
            read_spec_fields(required(array_member(from, "fields", "a partition spec"), "fields", "a partition spec"));
        table_.specs[spec.id] = std::move(spec);
      }
      table_.default_spec_id = required(int_member(json_, "default-spec-id", kTable), "default-spec-id", kTable);
    } else {
      if (since(2)) corrupt_member(kTable, "partition-specs", "is missing");
      PartitionSpec& spec = table_.specs[0];
      spec.fields = read_spec_fields(required(array_member(json_, "partition-spec", kTable), "partition-spec", kTable));
    }
    if (!table_.specs.contains(table_.default_spec_id)) {
      corrupt(fmt::format("default-spec-id {} names no partition spec", table_.default_spec_id));
    }
    table_.last_partition_id =
        from_version<std::int32_t>(2, int_member(json_, "last-partition-id", kTable), "last-partition-id", 0);
  }

  // Sort orders bind writers alone; that they are there is required.
  void read_order() {
    const auto orders = array_member(json_, "sort-orders", kTable);
    if (!orders && since(2)) corrupt_member(kTable, "sort-orders", "is missing");
    table_.default_sort_order_id =
        from_version<std::int32_t>(2, int_member(json_, "default-sort-order-id", kTable), "default-sort-order-id", 0);
    if (!orders) return;
    constexpr const char* kOf = "a sort order";
    for (const JsonElement each : *orders) {
      const JsonObject order = as_object(each, kOf);
      const auto id = int_member(order, "order-id", kOf);
      const auto fields = array_member(order, "fields", kOf);
      if (!id || !fields) continue;
      std::vector<SortOrderField>& known = table_.sort_orders[*id];
      for (const JsonElement field : *fields) known.push_back(read_sort_field(as_object(field, kOf)));
    }
    const auto current = table_.sort_orders.find(table_.default_sort_order_id);
    if (current == table_.sort_orders.end()) return;
    for (const SortOrderField& field : current->second) {
      if (field.source_id != 0) table_.sort_columns.push_back(field.source_id);
    }
  }

  static SortOrderField read_sort_field(const JsonObject& from) {
    constexpr const char* kOf = "a sort order";
    SortOrderField field;
    field.source_id = int_member(from, "source-id", kOf).value_or(0);
    SpecField transform;
    read_transform(text_member(from, "transform", kOf).value_or(""), transform);
    field.transform = transform.transform;
    field.argument = transform.argument;
    field.descending = text_member(from, "direction", kOf) == "desc";
    field.nulls_first = text_member(from, "null-order", kOf) == "nulls-first";
    return field;
  }

  void read_snapshots() {
    if (const auto snapshots = array_member(json_, "snapshots", kTable)) {
      for (const JsonElement each : *snapshots)
        table_.snapshots.push_back(read_snapshot(as_object(each, "a snapshot")));
    }
    const auto current = number_member(json_, "current-snapshot-id", kTable);
    if (!current || *current == -1) return;
    table_.current_snapshot_id = current;
    if (!table_.find_snapshot(*current)) corrupt(fmt::format("current-snapshot-id {} names no snapshot", *current));
  }

  void read_references() {
    if (const auto references = object_member(json_, "refs", kTable)) {
      for (const auto member : *references) {
        const std::string name(member.key), of = "the reference '" + name + "'";
        const JsonObject from = as_object(member.value, of);
        const std::string type = required(text_member(from, "type", of), "type", of);
        if (type != "branch" && type != "tag") corrupt_member(of, "type", "is neither branch nor tag");
        const auto id = required(number_member(from, "snapshot-id", of), "snapshot-id", of);
        if (!table_.find_snapshot(id)) corrupt_member(of, "snapshot-id", "names no snapshot");
        ReferenceRetention retention;
        retention.reference_age_ms = number_member(from, "max-ref-age-ms", of);
        retention.version_age_ms = number_member(from, "max-snapshot-age-ms", of);
        retention.versions = int_member(from, "min-snapshots-to-keep", of);
        table_.references[name] = {id, type == "branch", retention};
      }
    }
    const auto main = table_.references.find(kMainBranch);
    if (main == table_.references.end()) {
      if (table_.current_snapshot_id) table_.references[kMainBranch] = {*table_.current_snapshot_id, true, {}};
    } else if (!table_.current_snapshot_id) {
      table_.current_snapshot_id = main->second.snapshot_id;
    } else if (main->second.snapshot_id != *table_.current_snapshot_id) {
      corrupt("current-snapshot-id isn't that of the branch main");
    }
  }

  void read_statistics(const char* key) {
    const auto files = array_member(json_, key, kTable);
    if (!files) return;
    for (const JsonElement each : *files) {
      const JsonObject from = as_object(each, key);
      table_.statistics.push_back({required(number_member(from, "snapshot-id", key), "snapshot-id", key),
                                   required(text_member(from, "statistics-path", key), "statistics-path", key)});
    }
  }

  void read_log() {
    const auto log = array_member(json_, "snapshot-log", kTable);
    if (!log) return;
    constexpr const char* kOf = "the snapshot log";
    for (const JsonElement each : *log) {
      const JsonObject from = as_object(each, kOf);
      table_.snapshot_log.push_back({required(number_member(from, "timestamp-ms", kOf), "timestamp-ms", kOf),
                                     required(number_member(from, "snapshot-id", kOf), "snapshot-id", kOf)});
    }
  }

  void read_metadata_log() {
    const auto log = array_member(json_, "metadata-log", kTable);
    if (!log) return;
    constexpr const char* kOf = "the metadata log";
    for (const JsonElement each : *log) {
      const JsonObject from = as_object(each, kOf);
      table_.metadata_log.push_back({number_member(from, "timestamp-ms", kOf).value_or(0),
                                     required(text_member(from, "metadata-file", kOf), "metadata-file", kOf)});
    }
  }

  const JsonObject& json_;
  TableMetadataFile table_;
};

}  // namespace

bool PartitionSpec::unpartitioned() const {
  return std::all_of(fields.begin(), fields.end(),
                     [](const SpecField& field) { return field.transform == Transform::Void; });
}

const SnapshotEntry* TableMetadataFile::find_snapshot(std::int64_t id) const {
  const auto found =
      std::find_if(snapshots.begin(), snapshots.end(), [id](const SnapshotEntry& entry) { return entry.id == id; });
  return found == snapshots.end() ? nullptr : &*found;
}

void read_transform(std::string_view text, SpecField& field) {
  static constexpr std::pair<std::string_view, Transform> kNames[] = {
      {"identity", Transform::Identity}, {"year", Transform::Year}, {"month", Transform::Month},
      {"day", Transform::Day},           {"hour", Transform::Hour}, {"void", Transform::Void},
  };
  for (const auto& [name, transform] : kNames) {
    if (name == text) field.transform = transform;
  }
  for (const auto& [name, transform] : {std::pair{"bucket[", Transform::Bucket}, {"truncate[", Transform::Truncate}}) {
    if (!text.starts_with(name) || !text.ends_with(']')) continue;
    const char* const first = text.data() + std::string_view(name).size();
    const char* const last = text.data() + text.size() - 1;
    int argument = 0;
    const auto [end, error] = std::from_chars(first, last, argument);
    if (error != std::errc() || end != last || argument < 1) continue;
    field.transform = transform;
    field.argument = argument;
  }
}

TableMetadataFile read_table_metadata(std::string json) {
  simdjson::dom::parser parser;
  JsonObject root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    throw Error(ErrorCode::CorruptTable, fmt::format("the table's metadata is no JSON object of {} bytes: {}",
                                                     json.size(), simdjson::error_message(error)));
  }
  TableMetadataFile metadata = MetadataReader(root).run();
  metadata.text = std::make_shared<const std::string>(std::move(json));
  return metadata;
}

}  // namespace lakelet::iceberg
