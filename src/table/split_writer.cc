#include <fmt/format.h>

#include "base/json_writer.h"
#include "lakelet/error.h"
#include "table/split_format.h"
#include "table/split_text.h"

namespace lakelet {
namespace {

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string decimal_text(__int128 value) {
  const bool negative = value < 0;
  auto rest = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  return negative ? "-" + digits : digits;
}

// One member whose name says the kind; null is null.
void write_value(JsonWriter& json, const Value& value) {
  if (value.is_null()) {
    json.null();
    return;
  }
  json.begin_object();
  if (const auto* flag = std::get_if<bool>(&value.storage())) {
    json.key("bool").boolean(*flag);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.storage())) {
    json.key("int").integer(*integer);
  } else if (const auto* number = std::get_if<double>(&value.storage())) {
    json.key("double").string(fmt::format("{:a}", *number));
  } else if (const auto* decimal = std::get_if<Decimal>(&value.storage())) {
    json.key("decimal").string(decimal_text(decimal->unscaled));
  } else {
    json.key("hex").string(to_hex(value.bytes()));
  }
  json.end_object();
}

void write_field(JsonWriter& json, const Field& field);

void write_type(JsonWriter& json, const Type& type) {
  if (!type.nested()) {
    json.string(to_string(type));
    return;
  }
  json.begin_object();
  json.key("kind").string(type.kind() == TypeKind::Struct ? "struct" : type.kind() == TypeKind::List ? "list" : "map");
  json.key("fields").begin_array();
  for (const Field& child : type.children()) write_field(json, child);
  json.end_array().end_object();
}

void write_field(JsonWriter& json, const Field& field) {
  json.begin_object().key("name").string(field.name).key("type");
  write_type(json, field.type);
  json.key("nullable").boolean(field.nullable);
  if (field.id) json.key("id").integer(*field.id);
  if (!field.physical_name.empty()) json.key("physical").string(field.physical_name);
  if (field.padded_to > 0) json.key("padded").integer(field.padded_to);
  if (field.initial_default) {
    json.key("default");
    write_value(json, *field.initial_default);
  }
  if (!field.metadata.empty()) {
    json.key("metadata").begin_object();
    for (const auto& [key, text] : field.metadata) json.key(key).string(text);
    json.end_object();
  }
  json.end_object();
}

void write_schema(JsonWriter& json, const std::vector<Field>& fields) {
  json.begin_array();
  for (const Field& field : fields) write_field(json, field);
  json.end_array();
}

void write_partitioning(JsonWriter& json, const Partitioning& partitioning) {
  json.begin_object().key("id").integer(partitioning.id).key("fields").begin_array();
  for (const PartitionField& field : partitioning.fields) {
    json.begin_object().key("column").string(field.column);
    json.key("transform").integer(static_cast<std::int64_t>(field.transform));
    json.key("argument").integer(field.argument).key("name").string(field.name).end_object();
  }
  json.end_array().end_object();
}

// Runs of positions: how many lie between the last run and this one, and how long it is.
void write_positions(JsonWriter& json, const RowPositions& positions) {
  json.begin_array();
  std::uint64_t end = 0;
  const auto all = positions.to_vector();
  for (std::size_t i = 0; i < all.size();) {
    std::size_t next = i + 1;
    while (next < all.size() && all[next] == all[next - 1] + 1) ++next;
    json.unsigned_integer(all[i] - end).unsigned_integer(next - i);
    end = all[next - 1] + 1;
    i = next;
  }
  json.end_array();
}

void write_equality(JsonWriter& json, const Deletes::Equality& deletes) {
  json.begin_object().key("uri").string(deletes.uri).key("format").string(deletes.format);
  json.key("sequence").integer(deletes.sequence_number).key("ids").begin_array();
  for (const std::int32_t id : deletes.field_ids) json.integer(id);
  json.end_array().key("columns");
  write_schema(json, deletes.columns);
  json.end_object();
}

void write_deletes(JsonWriter& json, const Deletes& deletes) {
  if (deletes.positions) {
    json.key("deleted");
    write_positions(json, *deletes.positions);
  }
  if (!deletes.equality.empty()) {
    json.key("equality").begin_array();
    for (const auto& each : deletes.equality) write_equality(json, each);
    json.end_array();
  }
}

void write_file(JsonWriter& json, const FileTask& task) {
  const DataFile& file = task.file;
  if (task.rows || task.merge || !task.deletes.merge_logs.empty()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{} has rows that no file holds: they can't be handed on in a split", file.path));
  }
  json.begin_object().key("path").string(file.path).key("uri").string(file.uri);
  json.key("bytes").unsigned_integer(file.bytes).key("format").string(file.format);
  json.key("modified_us").integer(file.modified_us).key("partitioning").integer(file.partitioning_id);
  if (file.rows) json.key("rows").integer(*file.rows);
  if (file.first_row_id) json.key("first_row_id").integer(*file.first_row_id);
  if (file.row_version) json.key("row_version").integer(*file.row_version);
  if (file.sequence_number) json.key("sequence").integer(*file.sequence_number);
  json.key("values").begin_array();
  for (const Value& value : file.partition_values) write_value(json, value);
  json.end_array();
  if (file.columns) {
    json.key("columns");
    write_schema(json, file.columns->fields());
  }
  write_deletes(json, task.deletes);
  if (task.only) {
    json.key("only");
    write_positions(json, *task.only);
  }
  if (!task.constants.empty()) {
    json.key("constants").begin_object();
    for (const auto& [column, value] : task.constants) {
      json.key(column);
      write_value(json, value);
    }
    json.end_object();
  }
  json.end_object();
}

void write_texts(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

std::string plan_text(const SplitContent& content) {
  JsonWriter json;
  const SnapshotFacts& facts = content.snapshot;
  json.begin_object().key("table").string(facts.location.uri).key("version").integer(facts.version);
  json.key("timestamp_us").integer(facts.timestamp_us);
  json.key("matching").string(facts.matching == ColumnMatching::ById ? "id" : "name").key("schema");
  write_schema(json, facts.schema.fields());
  json.key("partitionings").begin_array();
  for (const auto& [id, partitioning] : facts.partitionings) write_partitioning(json, partitioning);
  json.end_array().key("columns");
  write_texts(json, content.columns);
  json.key("predicates");
  write_texts(json, content.predicates);
  json.key("files").begin_array();
  for (const FileTask& task : content.files) write_file(json, task);
  json.end_array().end_object();
  return json.take();
}

}  // namespace

std::string to_split_text(const SplitContent& content) {
  const std::string plan = plan_text(content);
  JsonWriter json;
  json.begin_object().key(split::kVersionKey).integer(split::kVersion);
  json.key(split::kCheckKey).string(split::check_of(plan));
  json.key(split::kPlanKey).raw(plan).end_object();
  return json.take();
}

}  // namespace lakelet
