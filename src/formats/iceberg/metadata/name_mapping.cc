#include "formats/iceberg/metadata/name_mapping.h"

#include <algorithm>

#include "base/json_writer.h"
#include "formats/iceberg/metadata/json_members.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr int kDeepest = 100;
constexpr const char* kWhat = "the name mapping";

std::vector<Field> read_fields(const JsonArray& list, int depth) {
  if (depth > kDeepest) corrupt_member(kWhat, "fields", "is nested too deep");
  std::vector<Field> result;
  for (const JsonElement each : list) {
    const JsonObject mapping = as_object(each, kWhat);
    Field field;
    field.id = int_member(mapping, "field-id", kWhat);
    if (const auto parts = array_member(mapping, "fields", kWhat)) {
      field.type = Type::structure(read_fields(*parts, depth + 1));
    }
    const auto names = required(array_member(mapping, "names", kWhat), "names", kWhat);
    for (const JsonElement name : names) {
      std::string_view text;
      if (name.get(text)) corrupt_member(kWhat, "names", "has one that is no text");
      field.name = text;
      result.push_back(field);
    }
  }
  return result;
}

void write_mapping(JsonWriter& out, const std::vector<Field>& fields, const std::vector<Field>& in_files) {
  out.begin_array();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out.begin_object().key("field-id").integer(fields[i].id.value());
    out.key("names").begin_array().string(in_files.at(i).file_name()).end_array();
    if (fields[i].type.nested()) {
      out.key("fields");
      write_mapping(out, fields[i].type.children(), in_files[i].type.children());
    }
    out.end_object();
  }
  out.end_array();
}

std::optional<std::string> find_unmapped(const std::vector<Field>& mapping, const std::vector<Field>& columns) {
  for (const Field& column : columns) {
    const auto known = std::find_if(mapping.begin(), mapping.end(), [&](const Field& each) {
      return each.name == column.file_name() && each.id == column.id;
    });
    if (known == mapping.end()) return column.file_name();
    if (auto part = find_unmapped(known->type.children(), column.type.children())) {
      return column.file_name() + "." + *part;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_unmapped(const Schema& mapping, const Schema& columns) {
  return find_unmapped(mapping.fields(), columns.fields());
}

std::string write_name_mapping(const Schema& schema, const Schema& in_files) {
  JsonWriter out;
  write_mapping(out, schema.fields(), in_files.fields());
  return out.take();
}

std::shared_ptr<const Schema> read_name_mapping(std::string_view json) {
  simdjson::dom::parser parser;
  JsonArray list;
  if (parser.parse(json.data(), json.size()).get(list)) {
    throw Error(ErrorCode::CorruptTable, "the property schema.name-mapping.default is no JSON list");
  }
  return std::make_shared<const Schema>(read_fields(list, 0));
}

}  // namespace lakelet::iceberg
