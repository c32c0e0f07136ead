#include <simdjson.h>

#include <stdexcept>

#include "runner.h"

namespace lakelet::sqltest {
namespace {

std::map<std::string, std::string> text_map(simdjson::dom::element root, const char* key) {
  std::map<std::string, std::string> result;
  simdjson::dom::object object;
  if (root[key].get_object().get(object) != simdjson::SUCCESS) return result;
  for (auto field : object) result[std::string(field.key)] = std::string(std::string_view(field.value.get_string()));
  return result;
}

std::string text(simdjson::dom::element root, const char* key) {
  std::string_view value;
  return root[key].get_string().get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

}  // namespace

Config read_config(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::element root = parser.load(path);
  Config config;
  config.name = text(root, "name");
  config.format = text(root, "format");
  config.test_folder = text(root, "test_folder");
  config.environment = text_map(root, "environment");
  config.skip = text_map(root, "skip");
  for (const auto& [script, reason] : config.skip) {
    if (reason.empty()) throw std::runtime_error(path + ": the skip of " + script + " has no reason");
  }
  simdjson::dom::array init;
  if (root["init"].get_array().get(init) == simdjson::SUCCESS) {
    for (auto statement : init) config.init.emplace_back(std::string_view(statement.get_string()));
  }
  return config;
}

}  // namespace lakelet::sqltest
