// Members of a JSON object, by the types that the specification gives them.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet::iceberg {

using JsonElement = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// Each throws Error(CorruptTable) naming `of` and the member where it is there with another type; nullopt where it is
// absent or null.
std::optional<std::string> text_member(const JsonObject& from, const char* key, std::string_view of);
// Numbers above those of 64 signed bits, which some writers give as ids, become those of the same bits.
std::optional<std::int64_t> number_member(const JsonObject& from, const char* key, std::string_view of);
std::optional<std::int32_t> int_member(const JsonObject& from, const char* key, std::string_view of);
std::optional<bool> bool_member(const JsonObject& from, const char* key, std::string_view of);
std::optional<JsonArray> array_member(const JsonObject& from, const char* key, std::string_view of);
std::optional<JsonObject> object_member(const JsonObject& from, const char* key, std::string_view of);

JsonObject as_object(const JsonElement& element, std::string_view of);

[[noreturn]] void corrupt_member(std::string_view of, const char* key, std::string_view what);

// The value, or Error(CorruptTable) that the member is missing.
template <typename T>
T required(std::optional<T> value, const char* key, std::string_view of) {
  if (!value) corrupt_member(of, key, "is missing");
  return *std::move(value);
}

}  // namespace lakelet::iceberg
