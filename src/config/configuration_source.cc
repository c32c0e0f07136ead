#include "config/configuration_source.h"

#include <fmt/format.h>

#include <string_view>

#include "lakelet/error.h"

namespace lakelet::config {
namespace {

ConfigNode document(const std::string& name, const std::string& text) {
  ConfigNode root = parse_yaml(name, text);
  if (!root.is_null() && !root.is_mapping())
    fail_at(root.place, "a configuration is a mapping with keys such as tables:");
  if (root.is_null()) root.kind = ConfigNode::Kind::Mapping;
  return root;
}

ConfigNode included_document(const ConfigurationSource& source, const ConfigNode& file) {
  if (!file.is_scalar()) fail_at(file.place, "include must be a list of files");
  if (!source.include) fail_at(file.place, "files can't be included here");
  std::string text;
  try {
    text = source.include(file.text);
  } catch (const Error& error) {
    fail_at(file.place, error.message());
  }
  ConfigNode root = document(file.text, text);
  if (const ConfigNode* nested = root.find("include")) fail_at(nested->place, "an included file can't include others");
  return root;
}

}  // namespace

ConfigNode merged_document(const ConfigurationSource& source) {
  ConfigNode root = document(source.name, source.text);
  const ConfigNode* files = root.find("include");
  if (!files) return root;
  if (!files->is_list() && !files->is_null()) fail_at(files->place, "include must be a list of files");
  ConfigNode base;
  base.kind = ConfigNode::Kind::Mapping;
  base.place = root.place;
  for (const ConfigNode& file : files->items) base = deep_merge(std::move(base), included_document(source, file));
  std::erase_if(root.members, [](const auto& member) { return member.first == "include"; });
  return deep_merge(std::move(base), std::move(root));
}

std::string Substitution::value(const Place& place, const std::string& name) const {
  auto found = variable_ ? variable_(name) : std::nullopt;
  if (!found) fail_at(place, fmt::format("the environment variable {} is not set", name));
  return *std::move(found);
}

ConfigNode Substitution::node(const ConfigNode& given) const {
  const ConfigNode* name = given.members.size() == 1 ? given.find("env") : nullptr;
  if (!name || !name->is_scalar()) return given;
  const std::string text = value(given.place, name->text);
  ConfigNode out = ConfigNode::scalar(text, false);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && std::string_view("[{\"").find(text[first]) != std::string_view::npos) {
    try {
      out = parse_yaml(given.place.file, text);
    } catch (const Error&) {  // a text that begins like JSON
    }
  }
  const auto stand = [&](ConfigNode& node, const auto& self) -> void {
    node.place = given.place;
    for (ConfigNode& item : node.items) self(item, self);
    for (auto& member : node.members) self(member.second, self);
  };
  stand(out, stand);
  return out;
}

std::string Substitution::text(const ConfigNode& scalar) const {
  const std::string& text = scalar.text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find("${", at);
    const auto end = begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos || end == begin + 2) return out + text.substr(at);
    out.append(text, at, begin - at).append(value(scalar.place, text.substr(begin + 2, end - begin - 2)));
    at = end + 1;
  }
  return out;
}

ConfigNode Substitution::everywhere(const ConfigNode& given) const {
  ConfigNode out = node(given);
  // What a variable says is taken as it is.
  if (given.members.size() == 1 && given.find("env") && given.find("env")->is_scalar()) return out;
  if (out.is_scalar()) out.text = text(out);
  for (ConfigNode& item : out.items) item = everywhere(item);
  for (auto& member : out.members) member.second = everywhere(member.second);
  return out;
}

}  // namespace lakelet::config
