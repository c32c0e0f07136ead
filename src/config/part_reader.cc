#include "config/part_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lakelet::config {

PartReader::PartReader(ConfigNode node, std::string what, const Substitution& variables)
    : node_(variables.node(node)), what_(std::move(what)), variables_(variables) {}

void PartReader::fail(const std::string& message) const {
  fail_at(node_.place, message);
}

std::optional<ConfigNode> PartReader::member(const char* key) const {
  const ConfigNode* found = node_.find(key);
  if (!found || found->is_null()) return std::nullopt;
  ConfigNode value = variables_.node(*found);
  return value.is_null() ? std::nullopt : std::optional(std::move(value));
}

std::string PartReader::text_of(const ConfigNode& value, const char* key) const {
  if (!value.is_scalar()) fail_at(value.place, fmt::format("{} must be a text", key));
  const bool from_variable = !node_.find(key)->is_scalar();
  return from_variable ? value.text : variables_.text(value);
}

std::string PartReader::required_text(const char* key) const {
  const auto value = member(key);
  if (!value) fail(fmt::format("{} has no {}", what_, key));
  std::string text = text_of(*value, key);
  if (text.empty()) fail_at(value->place, fmt::format("{} has an empty {}", what_, key));
  return text;
}

std::string PartReader::text(const char* key) const {
  const auto value = member(key);
  return value ? text_of(*value, key) : std::string();
}

bool PartReader::flag(const char* key) const {
  const auto value = member(key);
  if (!value) return false;
  std::string text = text_of(*value, key);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  fail_at(value->place, fmt::format("{} must be true or false", key));
}

std::optional<std::int64_t> PartReader::count(const char* key) const {
  const auto value = member(key);
  if (!value) return std::nullopt;
  const std::string text = text_of(*value, key);
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size() && number > 0) return number;
  fail_at(value->place, fmt::format("{} must be a whole number above 0", key));
}

std::vector<PartReader> parts_of_list(const ConfigNode& document, const char* key, const std::string& what,
                                      const std::string& shape, const Substitution& variables) {
  std::vector<PartReader> parts;
  const ConfigNode* found = document.find(key);
  if (!found) return parts;
  const ConfigNode list = variables.node(*found);
  if (list.is_null()) return parts;
  if (!list.is_list()) fail_at(list.place, fmt::format("{} must be a list: - {}", key, shape));
  for (const ConfigNode& item : list.items) {
    const ConfigNode value = variables.node(item);
    if (!value.is_mapping()) fail_at(value.place, fmt::format("{} is a mapping: {}", what, shape));
    parts.emplace_back(value, what, variables);
  }
  return parts;
}

}  // namespace lakelet::config
