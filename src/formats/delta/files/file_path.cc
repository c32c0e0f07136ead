#include "formats/delta/files/file_path.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

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

// Beyond ASCII, what java.net.URI puts into codes: controls, spaces, separators of lines and paragraphs.
bool is_coded_beyond_ascii(char32_t letter) {
  constexpr std::array<char32_t, 7> kSpaces = {0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  if (letter < 0xA0 || (letter >= 0x2000 && letter <= 0x200A)) return true;
  return std::find(kSpaces.begin(), kSpaces.end(), letter) != kSpaces.end();
}

// The letter that begins with this byte of valid UTF-8, and how many bytes it has.
std::pair<char32_t, std::size_t> letter_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t letter = size == 1 ? first : first & (0x7F >> size);
  for (std::size_t i = 1; i < size; ++i) letter = letter << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
  return {letter, size};
}

std::string encode_as_hadoop(std::string_view path) {
  if (!simdjson::validate_utf8(path.data(), path.size())) return percent_encode_path(path);
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const auto [letter, size] = letter_at(path, at);
    const std::string_view bytes = path.substr(at, size);
    const bool stays = size > 1 && !is_coded_beyond_ascii(letter);
    out += stays ? std::string(bytes) : percent_encode_path(bytes);
    at += size;
  }
  return out;
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

std::string absolute_log_path(std::string_view uri) {
  return (uri.starts_with('/') ? "file:" : "") + encode_as_hadoop(uri);
}

}  // namespace lakelet::delta
