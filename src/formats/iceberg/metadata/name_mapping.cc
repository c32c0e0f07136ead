#include "formats/iceberg/metadata/name_mapping.h"

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

}  // namespace

std::shared_ptr<const Schema> read_name_mapping(std::string_view json) {
  simdjson::dom::parser parser;
  JsonArray list;
  if (parser.parse(json.data(), json.size()).get(list)) {
    throw Error(ErrorCode::CorruptTable, "the property schema.name-mapping.default is no JSON list");
  }
  return std::make_shared<const Schema>(read_fields(list, 0));
}

}  // namespace lakelet::iceberg
