#include "formats/iceberg/metadata/json_members.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::optional<JsonElement> find(const JsonObject& from, const char* key) {
  JsonElement element;
  if (from[key].get(element) || element.is_null()) return std::nullopt;
  return element;
}

template <typename T>
std::optional<T> typed(const JsonObject& from, const char* key, std::string_view of, const char* type) {
  const auto element = find(from, key);
  if (!element) return std::nullopt;
  T value;
  if (element->get(value)) corrupt_member(of, key, fmt::format("is no {}", type));
  return value;
}

}  // namespace

void corrupt_member(std::string_view of, const char* key, std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the table's metadata is damaged: '{}' of {} {}", key, of, what));
}

std::optional<std::string> text_member(const JsonObject& from, const char* key, std::string_view of) {
  const auto text = typed<std::string_view>(from, key, of, "text");
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<std::int64_t> number_member(const JsonObject& from, const char* key, std::string_view of) {
  const auto element = find(from, key);
  if (!element) return std::nullopt;
  std::uint64_t large = 0;
  if (element->is_uint64() && !element->get(large)) return static_cast<std::int64_t>(large);
  return typed<std::int64_t>(from, key, of, "whole number");
}

std::optional<std::int32_t> int_member(const JsonObject& from, const char* key, std::string_view of) {
  const auto number = typed<std::int64_t>(from, key, of, "whole number");
  if (!number) return std::nullopt;
  if (*number < INT32_MIN || *number > INT32_MAX) corrupt_member(of, key, fmt::format("is {}", *number));
  return static_cast<std::int32_t>(*number);
}

std::optional<bool> bool_member(const JsonObject& from, const char* key, std::string_view of) {
  return typed<bool>(from, key, of, "boolean");
}

std::optional<JsonArray> array_member(const JsonObject& from, const char* key, std::string_view of) {
  return typed<JsonArray>(from, key, of, "list");
}

std::optional<JsonObject> object_member(const JsonObject& from, const char* key, std::string_view of) {
  return typed<JsonObject>(from, key, of, "object");
}

JsonObject as_object(const JsonElement& element, std::string_view of) {
  JsonObject object;
  if (element.get(object)) {
    throw Error(ErrorCode::CorruptTable, fmt::format("the table's metadata is damaged: {} is no object", of));
  }
  return object;
}

}  // namespace lakelet::iceberg
