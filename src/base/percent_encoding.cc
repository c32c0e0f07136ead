#include "base/percent_encoding.h"

namespace lakelet {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool hive_escapes(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x01 && byte <= 0x1F) || byte == 0x7F ||
         (byte != 0 && std::string_view("\"#%'*/:=?\\{[]^").find(c) != std::string_view::npos);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the code at `at` stands for, or -1 if there is none.
int code_at(std::string_view text, std::size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

template <typename Escapes>
std::string encode(std::string_view text, const Escapes& escapes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (escapes(c)) {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 0x0F]});
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view keep) {
  return encode(text, [keep](char c) { return !is_unreserved(c) && keep.find(c) == std::string_view::npos; });
}

std::string percent_encode_path(std::string_view path) {
  return percent_encode(path, "/!$&'()*+,;=:@");
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = code_at(text, i);
    out.push_back(byte < 0 ? text[i] : static_cast<char>(byte));
    if (byte >= 0) i += 2;
  }
  return out;
}

bool has_percent_code(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (code_at(text, i) >= 0) return true;
  }
  return false;
}

std::string hive_escape(std::string_view text) {
  return encode(text, hive_escapes);
}

}  // namespace lakelet
