#include "cli/shell/sql_completion.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace lakelet::cli {
namespace {

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool begins(const std::string& text, const std::string& with) {
  return text.size() >= with.size() && lower(text.substr(0, with.size())) == lower(with);
}

// Whether a string begins before the end and doesn't end: a path is being typed.
std::size_t open_quote(const std::string& text) {
  std::size_t open = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') open = open == std::string::npos ? i : std::string::npos;
  }
  return open;
}

std::string quoted_if_needed(const std::string& name) {
  const bool plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
                     std::all_of(name.begin(), name.end(), word_character);
  if (plain) return name;
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

// The word before the last one, in small letters: "from" of "select * from wea".
std::string word_before(const std::string& text) {
  std::size_t end = text.find_last_not_of(" \t\n,(");
  if (end == std::string::npos) return {};
  std::size_t begin = end + 1;
  while (begin > 0 && word_character(text[begin - 1])) --begin;
  return lower(text.substr(begin, end + 1 - begin));
}

bool introduces_a_table(const std::string& word) {
  static const std::set<std::string> kWords = {"from", "join", "into", "update", "table", "describe", "summarize"};
  return kWords.contains(word);
}

}  // namespace

std::vector<std::string> tables_named_in(const std::string& statement) {
  std::vector<std::string> tables;
  std::string before;
  for (std::size_t at = 0; at < statement.size();) {
    const char c = statement[at];
    std::size_t end = at + 1;
    std::string word;
    if (c == '\'' || c == '"') {
      end = statement.find(c, at + 1);
      if (end == std::string::npos) break;
      word = statement.substr(at + 1, end - at - 1);
      ++end;
    } else if (word_character(c)) {
      while (end < statement.size() && (word_character(statement[end]) || statement[end] == '.')) ++end;
      word = statement.substr(at, end - at);
    }
    if (!word.empty()) {
      if (introduces_a_table(before)) tables.push_back(word);
      before = c == '\'' || c == '"' ? std::string() : lower(word);
    } else if (c == ',' || c == '(') {
      before.clear();
    }
    at = end;
  }
  return tables;
}

SqlCompletion::SqlCompletion(Session session, std::vector<std::string> names, std::string folder)
    : session_(std::move(session)), names_(std::move(names)), folder_(std::move(folder)) {}

std::vector<std::string> SqlCompletion::table_names() {
  std::vector<std::string> names = names_;
  try {
    Rows rows = session_.sql(
        "SELECT DISTINCT CASE WHEN database_name IN ('memory', 'temp', current_database()) THEN "
        "table_name ELSE database_name || '.' || table_name END FROM duckdb_tables() LIMIT 2000");
    while (rows.next()) names.push_back(rows.text(0));
  } catch (const Error&) {  // a catalog that can't be listed has no names to offer
  }
  return names;
}

std::vector<std::string> SqlCompletion::columns_of(const std::string& statement) {
  std::vector<std::string> all;
  for (const std::string& table : tables_named_in(statement)) {
    auto found = columns_.find(table);
    if (found == columns_.end()) {
      std::vector<std::string> columns;
      try {
        const Rows rows =
            session_.sql("FROM " + (table.find('/') == std::string::npos ? table : "'" + table + "'") + " LIMIT 0");
        for (const Field& field : rows.schema().fields()) columns.push_back(quoted_if_needed(field.name));
      } catch (const Error&) {  // half a name, perhaps
        continue;
      }
      found = columns_.emplace(table, std::move(columns)).first;
    }
    all.insert(all.end(), found->second.begin(), found->second.end());
  }
  return all;
}

// The engine knows its keywords and functions, and what may follow.
void SqlCompletion::add_engine_words(const std::string& before, const std::string& word,
                                     std::vector<std::string>& words) {
  try {
    Rows rows = session_.sql("SELECT suggestion FROM sql_auto_complete($text) LIMIT 40", {{"text", before}});
    while (rows.next()) {
      std::string suggestion = rows.text(0);
      while (!suggestion.empty() && suggestion.back() == ' ') suggestion.pop_back();
      const bool shouts = std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isupper(c); });
      if (shouts) {
        std::transform(suggestion.begin(), suggestion.end(), suggestion.begin(),
                       [](unsigned char c) { return std::toupper(c); });
      }
      words.push_back(std::move(suggestion));
    }
  } catch (const Error&) {  // nothing to offer
  }
}

Completions SqlCompletion::complete(const std::string& before, const std::string& line) {
  Completions found;
  std::vector<std::string> words;
  std::string word;
  if (const std::size_t quote = open_quote(before); quote != std::string::npos) {
    word = before.substr(quote + 1);
    for (const TableName& table : session_.tables(folder_)) {
      const std::string prefix = folder_ + "/";
      words.push_back((table.uri.starts_with(prefix) ? table.uri.substr(prefix.size()) : table.uri) + "'");
    }
  } else {
    std::size_t begin = before.size();
    while (begin > 0 && (word_character(before[begin - 1]) || before[begin - 1] == '.')) --begin;
    word = before.substr(begin);
    const std::string behind = before.substr(0, begin);
    words = introduces_a_table(word_before(behind)) ? table_names() : columns_of(before);
    if (word.find('.') != std::string::npos) {  // "w.temp": the column of a table or of its alias
      const std::size_t dot = word.rfind('.');
      const auto columns = columns_of(before);
      for (const std::string& column : columns) words.push_back(word.substr(0, dot + 1) + column);
    } else if (!word.empty() &&
               std::none_of(words.begin(), words.end(), [&](const auto& one) { return begins(one, word); })) {
      add_engine_words(before, word, words);
    }
  }
  std::set<std::string> seen;
  for (const std::string& each : words) {
    if (begins(each, word) && seen.insert(lower(each)).second) found.words.push_back(each);
  }
  std::sort(found.words.begin(), found.words.end());
  found.start = line.size() - std::min(word.size(), line.size());
  return found;
}

}  // namespace lakelet::cli
