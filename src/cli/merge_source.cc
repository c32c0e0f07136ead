#include "cli/merge_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "lakelet/error.h"

namespace lakelet::cli {

bool looks_like_query(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n(");
  if (begin == std::string::npos) return false;
  std::size_t end = begin;
  while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
  std::string word = text.substr(begin, end - begin);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool keyword = word == "select" || word == "with" || word == "from" || word == "values";
  // A file may be called "select"; a query goes on behind its first word.
  return keyword && end < text.size() && (std::isspace(static_cast<unsigned char>(text[end])) != 0 || text[end] == '(');
}

Source merge_source(Session& session, const std::string& text, const FileOptions& options) {
  if (looks_like_query(text)) return Source::sql(text);
  std::error_code problem;
  const auto status = std::filesystem::status(text, problem);
  const bool file = std::filesystem::exists(status) && !std::filesystem::is_directory(status);
  if (file) return Source::file(text, options);
  if (session.exists(text)) return Source::table(text);
  throw Error(ErrorCode::NotFound, fmt::format("{} is neither a file nor a table", text),
              "give a file, the path of a table, or a query that begins with select");
}

}  // namespace lakelet::cli
