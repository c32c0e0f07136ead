#include "formats/iceberg/write/own_properties.h"

#include <fmt/format.h>

#include <charconv>

#include "lakelet/error.h"

namespace lakelet::iceberg {

bool is_own_property(const std::string& key) {
  return key == kNameProperty || key.starts_with(kApplicationPrefix);
}

Properties without_own_properties(const Properties& properties) {
  Properties result;
  for (const auto& [key, value] : properties) {
    if (!is_own_property(key)) result.emplace(key, value);
  }
  return result;
}

Properties with_own_properties(Properties properties, const Properties& before) {
  for (const auto& [key, value] : before) {
    if (is_own_property(key)) properties[key] = value;
  }
  return properties;
}

std::optional<std::int64_t> application_version(const Properties& properties, const std::string& application) {
  const auto found = properties.find(kApplicationPrefix + application);
  if (found == properties.end()) return std::nullopt;
  std::int64_t version = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, version).ptr != end) return std::nullopt;
  return version;
}

std::int64_t positive_number(const Properties& properties, const char* key, std::int64_t otherwise) {
  const auto found = properties.find(key);
  if (found == properties.end()) return otherwise;
  std::int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end || value < 1) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} is '{}', which is no number above 0", key, found->second),
                fmt::format("`lakelet alter TABLE unset-property {}` brings the usual value back", key));
  }
  return value;
}

std::optional<int> take_format_version(Properties& properties) {
  std::optional<int> version;
  for (const char* key : {"format-version", "format_version"}) {
    const auto found = properties.find(key);
    if (found == properties.end()) continue;
    const std::string& text = found->second;
    if (text == "1" || text == "2" || text == "3") {
      version = text[0] - '0';
    } else {
      throw Error(text == "4" ? ErrorCode::UnsupportedFeature : ErrorCode::InvalidArgument,
                  fmt::format("the format version {} isn't one that can be written", text),
                  "format-version: 1, 2 or 3");
    }
    properties.erase(found);
  }
  return version;
}

}  // namespace lakelet::iceberg
