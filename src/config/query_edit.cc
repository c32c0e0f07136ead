#include "config/query_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/config_text.h"
#include "lakelet/error.h"

namespace lakelet::config {
namespace {

ConfigNode mapping() {
  ConfigNode node;
  node.kind = ConfigNode::Kind::Mapping;
  return node;
}

std::string trimmed(const std::string& sql) {
  std::string out;
  for (std::size_t at = 0; at < sql.size();) {  // spaces at the ends of lines would forbid the readable form
    const std::size_t end = std::min(sql.find('\n', at), sql.size());
    std::string line = sql.substr(at, end - at);
    line.erase(line.find_last_not_of(" \t\r") + 1);
    out += line + "\n";
    at = end + 1;
  }
  out.erase(0, out.find_first_not_of(" \t\n"));
  out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

ConfigNode node_of(const SavedQuery& query) {
  ConfigNode node = mapping();
  const auto text = [&](const char* key, const std::string& value) {
    node.members.emplace_back(key, ConfigNode::scalar(value, true));
  };
  text("name", query.name);
  if (!query.title.empty()) text("title", query.title);
  if (!query.description.empty()) text("description", query.description);
  if (query.totals_row) node.members.emplace_back("totals_row", ConfigNode::scalar("true", false));
  if (!query.parameters.empty()) {
    ConfigNode parameters = mapping();
    for (const QueryParameter& parameter : query.parameters) {
      ConfigNode inside = mapping();
      if (parameter.default_value)
        inside.members.emplace_back("default", ConfigNode::scalar(*parameter.default_value, true));
      parameters.members.emplace_back(parameter.name, std::move(inside));
    }
    node.members.emplace_back("parameters", std::move(parameters));
  }
  const std::string sql = trimmed(query.sql);
  text("sql", sql.find('\n') == std::string::npos ? sql : sql + "\n");
  return node;
}

void require_keepable(const SavedQuery& query) {
  if (query.name.empty()) throw Error(ErrorCode::InvalidArgument, "a saved query needs a name");
  if (trimmed(query.sql).empty()) throw Error(ErrorCode::InvalidArgument, "a saved query needs SQL");
  const auto check = [](const std::string& text) {
    const auto begin = text.find("${");
    if (begin == std::string::npos || text.find('}', begin) == std::string::npos) return;
    throw Error(ErrorCode::InvalidArgument, "${...} in a configuration file is the value of an environment variable",
                "write $name for a parameter");
  };
  for (const std::string* text : {&query.name, &query.title, &query.description, &query.sql}) check(*text);
  for (const QueryParameter& parameter : query.parameters) check(parameter.default_value.value_or(""));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

bool says_something(const std::string& line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first != std::string::npos && line[first] != '#';
}

class Edit {
 public:
  Edit(const std::string& name, const std::string& text, const ConfigNode& query)
      : name_(name), lines_(lines_of(text)), document_(parse_yaml(name, text_of(lines_))), query_(query) {}

  std::string run(bool replace) {
    if (document_.is_null()) document_ = mapping();
    if (!document_.is_mapping()) fail_at(document_.place, "a configuration is a mapping with keys such as tables:");
    ConfigNode expected = document_;
    ConfigNode* queries = expected.find("queries");
    if (!queries) {
      append_key();
      expected.members.emplace_back("queries", ConfigNode());
      queries = &expected.members.back().second;
    } else if (queries->is_null() || (queries->is_list() && queries->items.empty())) {
      replace_empty_list();
    } else if (!queries->is_list()) {
      refuse();
    } else if (const auto at = position(*queries)) {
      if (!replace) {
        throw Error(ErrorCode::AlreadyExists,
                    fmt::format("there is a saved query '{}' already", query_.find("name")->text),
                    "choose another name, or replace it");
      }
      replace_item(*queries, *at);
      queries->items[*at] = query_;
      return checked(expected);
    } else {
      append_item(*queries);
    }
    if (!queries->is_list()) *queries = ConfigNode();
    queries->kind = ConfigNode::Kind::List;
    queries->items.push_back(query_);
    return checked(expected);
  }

 private:
  std::optional<std::size_t> position(const ConfigNode& queries) const {
    for (std::size_t i = 0; i < queries.items.size(); ++i) {
      const ConfigNode* name = queries.items[i].find("name");
      if (name && name->text == query_.find("name")->text) return i;
    }
    return std::nullopt;
  }

  // Whatever was done to the lines: the file has to say what it said, and the query.
  std::string checked(const ConfigNode& expected) const {
    const std::string text = text_of(lines_);
    try {
      if (same_values(parse_yaml(name_, text), expected)) return text;
    } catch (const Error&) {  // refused below
    }
    refuse();
  }

  [[noreturn]] void refuse() const {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the queries of {} can't be edited as they are written there", name_),
                "put this in by hand:\n" + item_text(2));
  }

  std::string item_text(int indent) const {
    ConfigNode list;
    list.kind = ConfigNode::Kind::List;
    list.items.push_back(query_);
    return yaml_text(list, indent);
  }

  void insert(std::size_t at, const std::string& text) {
    const auto more = lines_of(text);
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
  }

  void append_key() {
    if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
    insert(lines_.size(), "queries:\n" + item_text(2));
  }

  void replace_empty_list() {
    const auto line =
        std::find_if(lines_.begin(), lines_.end(), [](const auto& one) { return one.starts_with("queries:"); });
    if (line == lines_.end()) refuse();
    *line = "queries:";
    insert(static_cast<std::size_t>(line - lines_.begin()) + 1, item_text(2));
  }

  // The line of "- " that the item begins with, from 0, and how far it is from the margin.
  std::pair<std::size_t, int> begin_of(const ConfigNode& item) const {
    const auto line = static_cast<std::size_t>(std::max(item.place.line, 1) - 1);
    if (line >= lines_.size()) refuse();
    const auto dash = lines_[line].find_first_not_of(' ');
    if (dash == std::string::npos || lines_[line][dash] != '-') refuse();
    return {line, static_cast<int>(dash)};
  }

  // Behind the last line that says something of what begins there.
  std::size_t end_of(std::size_t begin, int margin) const {
    std::size_t end = begin + 1;
    for (std::size_t at = begin + 1; at < lines_.size(); ++at) {
      const auto first = lines_[at].find_first_not_of(" \r");
      if (first == std::string::npos) continue;
      if (static_cast<int>(first) <= margin) {
        if (says_something(lines_[at])) break;
        continue;
      }
      end = at + 1;
    }
    return end;
  }

  void replace_item(const ConfigNode& queries, std::size_t index) {
    const auto [begin, margin] = begin_of(queries.items[index]);
    const std::size_t end = end_of(begin, margin);
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(begin),
                 lines_.begin() + static_cast<std::ptrdiff_t>(end));
    insert(begin, item_text(margin));
  }

  void append_item(const ConfigNode& queries) {
    const auto [begin, margin] = begin_of(queries.items.back());
    insert(end_of(begin, margin), item_text(margin));
  }

  const std::string& name_;
  std::vector<std::string> lines_;
  ConfigNode document_;
  const ConfigNode& query_;
};

}  // namespace

std::string with_query(const std::string& name, const std::string& text, const SavedQuery& query, bool replace) {
  require_keepable(query);
  const ConfigNode node = node_of(query);
  return Edit(name, text, node).run(replace);
}

}  // namespace lakelet::config
