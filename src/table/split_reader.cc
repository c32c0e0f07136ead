#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cstdlib>

#include "lakelet/error.h"
#include "table/split_format.h"
#include "table/split_text.h"

namespace lakelet {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::uint64_t kMostRows = std::uint64_t{1} << 40;  // of a file

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("this isn't a split of a scan: {}", what),
              "hand the text on as the scan gave it");
}

// By value: a loop over simdjson's own result would outlive it.
array array_of(const element& json) {
  return json.get_array().value();
}
array array_at(const object& json, std::string_view key) {
  return json.at_key(key).get_array().value();
}
object object_of(const element& json) {
  return json.get_object().value();
}
std::string text_at(const object& json, std::string_view key) {
  return std::string(json.at_key(key).get_string().value());
}
std::int64_t integer_at(const object& json, std::string_view key) {
  return json.at_key(key).get_int64().value();
}
std::optional<std::int64_t> find_integer(const object& json, std::string_view key) {
  std::int64_t value = 0;
  if (json.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) refuse("a value of half a byte");
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) refuse("a value that isn't hexadecimal");
    bytes += static_cast<char>(value);
  }
  return bytes;
}

Value decimal_value(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 39) refuse("a decimal of no size");
  unsigned __int128 digits = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') refuse("a decimal that isn't a number");
    digits = digits * 10 + static_cast<unsigned>(c - '0');
  }
  return Value(Decimal{static_cast<__int128>(negative ? -digits : digits)});
}

Value double_value(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) refuse("a number that isn't one");
  return Value(number);
}

Value read_value(const element& json) {
  if (json.is_null()) return {};
  for (const auto& [kind, value] : object_of(json)) {
    if (kind == "bool") return Value(value.get_bool().value());
    if (kind == "int") return Value(value.get_int64().value());
    if (kind == "double") return double_value(std::string(value.get_string().value()));
    if (kind == "decimal") return decimal_value(value.get_string().value());
    if (kind == "hex") return Value(from_hex(value.get_string().value()));
  }
  refuse("a value of no kind");
}

std::vector<Field> read_fields(const array& json);

Type read_type(const element& json) {
  if (json.is_string()) return parse_type(json.get_string().value());
  const object nested = object_of(json);
  const std::string kind = text_at(nested, "kind");
  std::vector<Field> fields = read_fields(array_at(nested, "fields"));
  if (kind == "struct") return Type::structure(std::move(fields));
  if (kind == "list" && fields.size() == 1) return Type::list(std::move(fields[0]));
  if (kind == "map" && fields.size() == 2) return Type::map(std::move(fields[0]), std::move(fields[1]));
  refuse("a type of no kind");
}

Field read_field(const object& json) {
  Field field;
  field.name = text_at(json, "name");
  field.type = read_type(json.at_key("type").value());
  field.nullable = json.at_key("nullable").get_bool().value();
  if (const auto id = find_integer(json, "id")) field.id = static_cast<std::int32_t>(*id);
  if (const auto width = find_integer(json, "padded")) field.padded_to = static_cast<std::int32_t>(*width);
  element given;
  if (json.at_key("physical").get(given) == simdjson::SUCCESS) field.physical_name = given.get_string().value();
  if (json.at_key("default").get(given) == simdjson::SUCCESS) field.initial_default = read_value(given);
  if (json.at_key("metadata").get(given) == simdjson::SUCCESS) {
    for (const auto& [key, text] : object_of(given)) {
      field.metadata.emplace(std::string(key), std::string(text.get_string().value()));
    }
  }
  return field;
}

std::vector<Field> read_fields(const array& json) {
  std::vector<Field> fields;
  for (const element field : json) fields.push_back(read_field(object_of(field)));
  return fields;
}

Partitioning read_partitioning(const object& json) {
  Partitioning partitioning;
  partitioning.id = static_cast<int>(integer_at(json, "id"));
  for (const element each : array_at(json, "fields")) {
    const object field = object_of(each);
    const std::int64_t transform = integer_at(field, "transform");
    if (transform < 0 || transform > static_cast<std::int64_t>(Transform::Unknown)) refuse("a transform of no kind");
    partitioning.fields.push_back({text_at(field, "column"), static_cast<Transform>(transform),
                                   static_cast<int>(integer_at(field, "argument")), text_at(field, "name")});
  }
  return partitioning;
}

std::shared_ptr<const RowPositions> read_positions(const element& json) {
  auto positions = std::make_shared<RowPositions>();
  std::uint64_t end = 0;
  bool is_gap = true;
  for (const element each : array_of(json)) {
    const std::uint64_t number = each.get_uint64().value();
    if (number > kMostRows || end > kMostRows) refuse("a position beyond all rows");
    if (!is_gap) positions->add_range(end, number);
    end += number;
    is_gap = !is_gap;
  }
  if (!is_gap) refuse("half a run of positions");
  return positions;
}

Deletes::Equality read_equality(const object& json) {
  Deletes::Equality deletes;
  deletes.uri = text_at(json, "uri");
  deletes.format = text_at(json, "format");
  deletes.sequence_number = integer_at(json, "sequence");
  for (const element id : array_at(json, "ids")) {
    deletes.field_ids.push_back(static_cast<std::int32_t>(id.get_int64().value()));
  }
  deletes.columns = read_fields(array_at(json, "columns"));
  return deletes;
}

FileTask read_file(const object& json) {
  FileTask task;
  DataFile& file = task.file;
  file.path = text_at(json, "path");
  file.uri = text_at(json, "uri");
  file.bytes = json.at_key("bytes").get_uint64().value();
  file.format = text_at(json, "format");
  file.modified_us = integer_at(json, "modified_us");
  file.partitioning_id = static_cast<int>(integer_at(json, "partitioning"));
  file.rows = find_integer(json, "rows");
  file.first_row_id = find_integer(json, "first_row_id");
  file.row_version = find_integer(json, "row_version");
  file.sequence_number = find_integer(json, "sequence");
  for (const element value : array_at(json, "values")) {
    file.partition_values.push_back(read_value(value));
  }
  element given;
  if (json.at_key("columns").get(given) == simdjson::SUCCESS) {
    file.columns = std::make_shared<const Schema>(read_fields(array_of(given)));
  }
  if (json.at_key("deleted").get(given) == simdjson::SUCCESS) task.deletes.positions = read_positions(given);
  if (json.at_key("equality").get(given) == simdjson::SUCCESS) {
    for (const element each : array_of(given)) {
      task.deletes.equality.push_back(read_equality(object_of(each)));
    }
  }
  if (json.at_key("only").get(given) == simdjson::SUCCESS) task.only = read_positions(given);
  if (json.at_key("constants").get(given) == simdjson::SUCCESS) {
    for (const auto& [column, value] : object_of(given)) {
      task.constants.emplace(std::string(column), read_value(value));
    }
  }
  return task;
}

std::vector<std::string> read_texts(const object& json, std::string_view key) {
  std::vector<std::string> texts;
  for (const element text : array_at(json, key)) {
    texts.emplace_back(std::string(text.get_string().value()));
  }
  return texts;
}

SplitContent read_plan(const object& json) {
  SplitContent content;
  SnapshotFacts& facts = content.snapshot;
  facts.location.uri = text_at(json, "table");
  facts.version = integer_at(json, "version");
  facts.timestamp_us = integer_at(json, "timestamp_us");
  const std::string matching = text_at(json, "matching");
  if (matching != "id" && matching != "name") refuse("an unknown way to match columns");
  facts.matching = matching == "id" ? ColumnMatching::ById : ColumnMatching::ByName;
  facts.schema = Schema(read_fields(array_at(json, "schema")));
  for (const element each : array_at(json, "partitionings")) {
    Partitioning partitioning = read_partitioning(object_of(each));
    const int id = partitioning.id;
    facts.partitionings.emplace(id, std::move(partitioning));
  }
  content.columns = read_texts(json, "columns");
  content.predicates = read_texts(json, "predicates");
  for (const element file : array_at(json, "files")) {
    content.files.push_back(read_file(object_of(file)));
  }
  return content;
}

// The bytes of the plan, which come last.
std::string_view plan_bytes(const std::string& text) {
  const std::string key = fmt::format("\"{}\":", split::kPlanKey);
  const std::size_t at = text.find(key);
  if (at == std::string::npos || text.back() != '}') refuse("it has no plan");
  const std::size_t begin = at + key.size();
  return std::string_view(text).substr(begin, text.size() - 1 - begin);
}

}  // namespace

SplitContent parse_split_text(const std::string& text) {
  try {
    simdjson::dom::parser parser;
    const object json = parser.parse(text).get_object().value();
    const std::int64_t version = integer_at(json, split::kVersionKey);
    if (version < 1 || version > split::kVersion) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the split is of version {}, this lakelet reads {}", version, split::kVersion),
                  "read it with the lakelet that made it");
    }
    if (text_at(json, split::kCheckKey) != split::check_of(plan_bytes(text))) refuse("its bytes were changed");
    return read_plan(json.at_key(split::kPlanKey).get_object().value());
  } catch (const simdjson::simdjson_error& error) {
    refuse(error.what());
  }
}

}  // namespace lakelet
