#include "formats/delta/schema/column_uses.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cctype>

#include "table/column_path.h"

namespace lakelet::delta {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// A JSON string as its text; anything else as it is.
std::string text_of(const std::string& json) {
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(simdjson::padded_string(json)).get(text)) return json;
  return std::string(text);
}

}  // namespace

bool mentions(std::string_view sql, std::string_view name) {
  const bool escapes = sql.find('\\') != std::string_view::npos;  // where literals end isn't certain then
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' && !escapes) {
      const auto end = sql.find('\'', i + 1);
      i = end == std::string_view::npos ? sql.size() : end + 1;
    } else if (c == '`' || c == '"') {
      const auto end = std::min(sql.find(c, i + 1), sql.size());
      if (same_name(sql.substr(i + 1, end - i - 1), name)) return true;
      i = end + 1;
    } else if (is_word(c)) {
      std::size_t end = i;
      while (end < sql.size() && is_word(sql[end])) ++end;
      if (same_name(sql.substr(i, end - i), name)) return true;
      i = end;
    } else {
      ++i;
    }
  }
  return false;
}

std::optional<std::string> use_of(const std::string& column, const std::string& part, const Schema& schema,
                                  const StringMap& properties) {
  const auto used = [&](const std::string& sql) {
    return mentions(sql, column) && (part.empty() || mentions(sql, part));
  };
  constexpr std::string_view kConstraint = "delta.constraints.";
  for (const auto& [key, value] : properties) {
    if (key.starts_with(kConstraint) && used(value)) {
      return fmt::format("the constraint {} ({})", key.substr(kConstraint.size()), value);
    }
  }
  for (const Field& field : schema.fields()) {
    if (const auto found = field.metadata.find("delta.generationExpression"); found != field.metadata.end()) {
      if (same_name(field.name, column)) return fmt::format("its own expression {}", text_of(found->second));
      if (used(text_of(found->second))) return fmt::format("the generated column {}", field.name);
    }
    if (const auto found = field.metadata.find("delta.invariants"); found != field.metadata.end()) {
      if (used(text_of(found->second))) return fmt::format("the invariant of {}", field.name);
    }
  }
  return std::nullopt;
}

}  // namespace lakelet::delta
