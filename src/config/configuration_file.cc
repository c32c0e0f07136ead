#include "config/configuration_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

#include "lakelet/error.h"

namespace lakelet::config {
namespace {

class Reader {
 public:
  explicit Reader(const ConfigurationSource& source) : source_(source) {}

  void read(const std::string& name, const std::string& text, bool included) {
    file_ = name;
    const YAML::Node root = parse(text);
    if (!root || root.IsNull()) return;
    if (!root.IsMap()) fail(root, "a configuration is a mapping with keys such as tables:");
    if (const YAML::Node files = root["include"]) {
      if (included) fail(files, "an included file can't include others");
      read_included(files);
      file_ = name;
    }
    const YAML::Node tables = substituted(root["tables"]);
    if (!tables || tables.IsNull()) return;
    if (!tables.IsSequence()) fail(tables, "tables must be a list: - name: ..., uri: ...");
    for (const YAML::Node& table : tables) read_table(substituted(table));
  }

  ConfigurationFile take() { return std::move(out_); }

 private:
  std::string place(const YAML::Node& node) const {
    const YAML::Mark mark = node ? node.Mark() : YAML::Mark::null_mark();
    return mark.is_null() ? file_ : fmt::format("{}:{}", file_, mark.line + 1);
  }
  [[noreturn]] void fail(const YAML::Node& node, const std::string& message) const {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{}: {}", place(node), message));
  }

  YAML::Node parse(const std::string& text) const {
    try {
      return YAML::Load(text);
    } catch (const YAML::Exception& error) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{}:{}: {}", file_, error.mark.line + 1, error.msg));
    }
  }

  void read_included(const YAML::Node& files) {
    if (!files.IsSequence()) fail(files, "include must be a list of files");
    for (const YAML::Node& file : files) {
      if (!file.IsScalar()) fail(file, "include must be a list of files");
      if (!source_.include) fail(file, "files can't be included here");
      std::string text;
      try {
        text = source_.include(file.Scalar());
      } catch (const Error& error) {
        fail(file, error.message());
      }
      const std::string own = file_;
      read(file.Scalar(), text, true);
      file_ = own;
    }
  }

  std::string variable(const YAML::Node& node, const std::string& name) const {
    auto value = source_.variable ? source_.variable(name) : std::nullopt;
    if (!value) fail(node, fmt::format("the environment variable {} is not set", name));
    return *std::move(value);
  }

  // {env: NAME}: the variable's text, or what it says if that is a JSON list, object or text.
  YAML::Node substituted(const YAML::Node& node) const {
    if (!node || !node.IsMap() || node.size() != 1 || !node["env"] || !node["env"].IsScalar()) return node;
    const std::string value = variable(node, node["env"].Scalar());
    const auto first = value.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && std::string_view("[{\"").find(value[first]) != std::string_view::npos) {
      try {
        return YAML::Load(value);
      } catch (const YAML::Exception&) {  // a text that begins like JSON
      }
    }
    return YAML::Node(value);
  }

  std::string text_of(const YAML::Node& node, const std::string& key) const {
    const YAML::Node value = substituted(node);
    if (!value.IsScalar()) fail(node, fmt::format("{} must be a text", key));
    const std::string text = value.Scalar();
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = text.find("${", at);
      const auto end = begin == std::string::npos ? begin : text.find('}', begin);
      if (end == std::string::npos || end == begin + 2) return out + text.substr(at);
      out.append(text, at, begin - at).append(variable(node, text.substr(begin + 2, end - begin - 2)));
      at = end + 1;
    }
    return out;
  }

  std::string required(const YAML::Node& table, const char* key) const {
    const YAML::Node value = table[key];
    if (!value || value.IsNull()) fail(table, fmt::format("a table has no {}", key));
    std::string text = text_of(value, key);
    if (text.empty()) fail(value, fmt::format("a table has an empty {}", key));
    return text;
  }

  void read_table(const YAML::Node& table) {
    if (!table.IsMap()) fail(table, "a table is a mapping: name: ..., uri: ...");
    TableEntry entry{required(table, "name"), required(table, "uri"), {}, place(table)};
    if (const YAML::Node format = table["format"]) entry.format = text_of(format, "format");
    const auto [found, fresh] = lines_.try_emplace(entry.name, entry.where);
    if (!fresh) fail(table, fmt::format("there is a table '{}' already ({})", entry.name, found->second));
    out_.tables.push_back(std::move(entry));
  }

  const ConfigurationSource& source_;
  std::string file_;
  std::map<std::string, std::string> lines_;
  ConfigurationFile out_;
};

}  // namespace

ConfigurationFile read_configuration(const ConfigurationSource& source) {
  Reader reader(source);
  reader.read(source.name, source.text, false);
  return reader.take();
}

}  // namespace lakelet::config
