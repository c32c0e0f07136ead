#include "formats/delta/schema/listed_columns.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "formats/delta/schema/column_ids.h"
#include "lakelet/alteration.h"
#include "lakelet/error.h"
#include "table/schema_alteration.h"

namespace lakelet::delta {
namespace {

std::vector<std::string> entries_of(const std::string& list) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : list) {
    quoted ^= c == '`';
    if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string written(const ColumnPath& path) {
  std::string out;
  for (const std::string& name : path) {
    const bool plain = name.find_first_of(",.` ") == std::string::npos;
    out += fmt::format("{}{}", out.empty() ? "" : ".", plain ? name : fmt::format("`{}`", name));
  }
  return out;
}

// nullopt: the column is gone.
std::optional<ColumnPath> followed(const ColumnPath& path, const Schema& before, const Schema& after) {
  ColumnPath out, reached;
  const std::vector<Field>* fields = &after.fields();
  for (const std::string& name : path) {
    reached.push_back(name);
    const Field* now = same_column(*fields, *find_part(before, reached));
    if (!now) return std::nullopt;
    out.push_back(now->name);
    fields = &now->type.children();
  }
  return out;
}

// As the schema spells it: people may write other letters large.
ColumnPath spelled(const ColumnPath& path, const Schema& schema) {
  ColumnPath out, reached;
  for (const std::string& name : path) {
    reached.push_back(name);
    out.push_back(find_part(schema, reached)->name);
  }
  return out;
}

std::optional<ColumnPath> path_of(const std::string& entry, const Schema& schema) {
  try {
    ColumnPath path = parse_column_path(entry);
    return find_part(schema, path) ? std::optional(std::move(path)) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string follow_columns(const std::string& list, const Schema& before, const Schema& after) {
  std::string out;
  bool changed = false, first = true;
  for (const std::string& entry : entries_of(list)) {
    std::string text = trimmed(entry);
    if (const auto path = path_of(text, before)) {
      const auto now = followed(*path, before, after);
      const std::string name = now ? written(*now) : std::string();
      if (!now || name != written(spelled(*path, before))) {
        changed = true;
        if (!now) continue;
        text = name;
      }
    }
    out.append(first ? "" : ",").append(text);
    first = false;
  }
  return changed ? out : list;
}

std::vector<ColumnPath> listed_paths(const std::string& list) {
  std::vector<ColumnPath> out;
  for (const std::string& entry : entries_of(list)) {
    const std::string name = trimmed(entry);
    if (!name.empty()) out.push_back(parse_column_path(name));
  }
  return out;
}

}  // namespace lakelet::delta
