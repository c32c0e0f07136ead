#include "formats/iceberg/scan/scan_tasks_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/iceberg/metadata/json_members.h"
#include "formats/iceberg/metadata/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kOf = "a file of the catalog's plan";

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::CorruptTable, "the catalog's plan: " + what);
}

template <typename Take>
void for_each_of(const std::optional<JsonArray>& items, const Take& take) {
  if (!items) return;
  for (const JsonElement each : *items) take(each);
}

// Older writers have capitals and underscores.
std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  return text;
}

FileContent content_of(const std::string& path, const std::string& text) {
  if (text == "data") return FileContent::Data;
  if (text == "position-deletes") return FileContent::PositionDeletes;
  if (text == "equality-deletes") return FileContent::EqualityDeletes;
  corrupt(fmt::format("{} has the content '{}'", path, text));
}

// Days are dates in JSON, and numbers in manifests.
std::optional<Value> partition_value(const JsonElement& json, const SpecField& field, const Type& type) {
  if (auto value = find_json_value(json, type)) return value;
  return field.transform == Transform::Day ? find_json_value(json, Type(TypeKind::Date)) : std::nullopt;
}

// A list by the spec's fields, or an object by their ids, which leaves out nulls.
void read_partition(const JsonObject& from, const PartitionLayout& layout, ManifestEntry& entry) {
  entry.partition.resize(layout.types.size());
  JsonElement partition;
  JsonArray list;
  JsonObject object;
  const bool there = !from["partition"].get(partition) && !partition.is_null();
  const bool listed = there && !partition.get(list);
  if (there && !listed && partition.get(object)) corrupt(entry.path + " has a partition that is none");
  const auto matters = [&](std::size_t i) { return layout.types[i].kind() != TypeKind::Null; };
  if (listed && list.size() != layout.types.size()) {
    corrupt(fmt::format("{} has {} partition values, its spec {}", entry.path, list.size(), layout.types.size()));
  }
  for (std::size_t i = 0; i < layout.types.size(); ++i) {
    if (!matters(i)) continue;
    const SpecField& field = layout.spec->fields[i];
    if (!there) corrupt(entry.path + " has no partition");
    JsonElement value;
    if (listed ? list.at(i).get(value) : object[std::to_string(field.field_id)].get(value)) continue;
    if (value.is_null()) continue;
    auto read = partition_value(value, field, layout.types[i]);
    if (!read)
      corrupt(fmt::format("{} has a value of {} that is none: {}", entry.path, field.name, simdjson::minify(value)));
    entry.partition[i] = *std::move(read);
  }
}

ManifestEntry read_file(const JsonElement& json, const KnownFields& fields, int& spec_id) {
  const JsonObject from = as_object(json, kOf);
  ManifestEntry entry;
  entry.path = required(text_member(from, "file-path", kOf), "file-path", kOf);
  JsonElement key;
  if (!from["key-metadata"].get(key) && !key.is_null()) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} is encrypted, which isn't supported", entry.path));
  }
  entry.content = content_of(entry.path, in_small_letters(required(text_member(from, "content", kOf), "content", kOf)));
  entry.format = in_small_letters(required(text_member(from, "file-format", kOf), "file-format", kOf));
  entry.records = required(number_member(from, "record-count", kOf), "record-count", kOf);
  const std::int64_t bytes = required(number_member(from, "file-size-in-bytes", kOf), "file-size-in-bytes", kOf);
  if (entry.records < 0 || bytes < 0) corrupt(entry.path + " has a negative size");
  entry.bytes = static_cast<std::uint64_t>(bytes);
  spec_id = required(int_member(from, "spec-id", kOf), "spec-id", kOf);
  read_partition(from, fields.layout_of(spec_id), entry);
  entry.partition_key = partition_key(spec_id, entry.partition);
  entry.first_row_id = number_member(from, "first-row-id", kOf);
  entry.sort_order_id = number_member(from, "sort-order-id", kOf);
  return entry;
}

ManifestEntry read_deletes(const JsonElement& json, const KnownFields& fields) {
  int spec_id = 0;
  ManifestEntry entry = read_file(json, fields, spec_id);
  const JsonObject from = as_object(json, kOf);
  if (entry.content == FileContent::Data) corrupt(entry.path + " is no delete file");
  entry.referenced_file = text_member(from, "referenced-data-file", kOf);
  entry.content_offset = number_member(from, "content-offset", kOf);
  entry.content_size = number_member(from, "content-size-in-bytes", kOf);
  if (entry.content_offset.has_value() != entry.content_size.has_value() ||
      (entry.format == "puffin") != entry.content_offset.has_value()) {
    corrupt(entry.path + " doesn't say where its deletion vector is, or is no file of them");
  }
  for_each_of(array_member(from, "equality-ids", kOf), [&](const JsonElement& id) {
    std::int64_t number = 0;
    if (id.get(number) || number < 0 || number > INT32_MAX) corrupt(entry.path + " has an equality id that is none");
    entry.equality_ids.push_back(static_cast<std::int32_t>(number));
  });
  if ((entry.content == FileContent::EqualityDeletes) == entry.equality_ids.empty()) {
    corrupt(entry.path + " has equality-ids, and is no equality delete file, or the other way round");
  }
  return entry;
}

PlannedTask read_task(const JsonElement& json, const KnownFields& fields, std::size_t deletes) {
  const JsonObject from = as_object(json, kOf);
  PlannedTask task;
  JsonElement file;
  if (from["data-file"].get(file)) corrupt("a task has no data-file");
  task.entry = read_file(file, fields, task.spec_id);
  if (task.entry.content != FileContent::Data) corrupt(task.entry.path + " is no data file");
  for_each_of(array_member(from, "delete-file-references", kOf), [&](const JsonElement& reference) {
    std::int64_t index = 0;
    if (reference.get(index) || index < 0 || static_cast<std::uint64_t>(index) >= deletes) {
      corrupt(fmt::format("{} refers to a delete file that isn't there", task.entry.path));
    }
    task.deletes.push_back(static_cast<std::size_t>(index));
  });
  return task;
}

}  // namespace

ScanTasks read_scan_tasks(const std::string& document, const KnownFields& fields) {
  simdjson::dom::parser parser;
  JsonElement root;
  if (parser.parse(document).get(root)) corrupt("it is no JSON");
  const JsonObject from = as_object(root, "the catalog's plan");
  ScanTasks tasks;
  for_each_of(array_member(from, "delete-files", "the catalog's plan"),
              [&](const JsonElement& each) { tasks.deletes.push_back(read_deletes(each, fields)); });
  for_each_of(array_member(from, "file-scan-tasks", "the catalog's plan"),
              [&](const JsonElement& each) { tasks.files.push_back(read_task(each, fields, tasks.deletes.size())); });
  return tasks;
}

}  // namespace lakelet::iceberg
