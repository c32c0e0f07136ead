#include "formats/delta/files/file_path.h"

#include "base/percent_encoding.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// "s3:", "file:": a letter, then letters, digits, '+', '-', '.', then a colon
// (RFC 2396, 3.1). A colon after a slash, or in a Hive-style folder
// ("t=12:00"), makes no scheme.
bool has_scheme(std::string_view path) {
  const std::size_t colon = path.find(':');
  if (colon == std::string_view::npos || colon < 2) return false;
  for (std::size_t i = 0; i < colon; ++i) {
    const char c = path[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) return false;
  }
  return colon + 1 < path.size() && path[colon + 1] == '/';
}

// "file:/a", "file:///a" and "file://localhost/a" are all "/a".
std::string_view without_file_scheme(std::string_view path) {
  if (!path.starts_with("file:/")) return path;
  path.remove_prefix(5);
  if (path.starts_with("//localhost/")) return path.substr(11);
  while (path.starts_with("//")) path.remove_prefix(1);
  return path;
}

}  // namespace

std::string canonical_path(std::string_view path) {
  path = without_file_scheme(path);
  return path.find('%') == std::string_view::npos ? std::string(path) : percent_decode(path);
}

bool is_canonical(std::string_view path) {
  return path.find('%') == std::string_view::npos && !path.starts_with("file:");
}

std::string resolve_path(std::string_view path, const std::string& table_uri) {
  const std::string decoded = canonical_path(path);
  if (decoded.find('\0') != std::string::npos) {
    throw Error(ErrorCode::CorruptTable, table_uri + ": the log names a file with a zero byte in its path");
  }
  if (decoded.starts_with('/') || has_scheme(decoded)) return decoded;
  return table_uri.ends_with('/') ? table_uri + decoded : table_uri + "/" + decoded;
}

}  // namespace lakelet::delta
