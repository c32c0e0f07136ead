#include "config/config_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace lakelet::config {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

// What a plain text may be made of without a second thought, and isn't another type's word.
bool is_plain_text(const std::string& text) {
  static constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  if (text.empty() || !printable(text) || text.back() == ' ' || text.back() == ':') return false;
  const auto first = static_cast<unsigned char>(text.front());
  if (!std::isalpha(first) && first != '/' && first != '_' && first < 0x80) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80 || std::isalnum(c) || std::string_view(" _-./@$+()=").find(text[i]) != std::string_view::npos)
      continue;
    if (text[i] == ':' && i + 1 < text.size() && text[i + 1] != ' ') continue;
    return false;
  }
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(std::begin(kWords), std::end(kWords), lower) == std::end(kWords) && lower != ".nan" &&
         lower != ".inf";
}

// A number, a truth value or the like, which were written without quotes.
bool is_plain_word(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '+' || c == '_' || c == '-';
  }) && text.front() != '-';
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool fits_a_block(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.front() == ' ' || text.front() == '\n' || text.front() == '\t') {
    return false;
  }
  if (text.ends_with("\n\n") || text.find(" \n") != std::string::npos) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\n'; });
}

std::string block(const std::string& text, int indent) {
  std::string out = text.ends_with('\n') ? "|\n" : "|-\n";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    out += line.empty() ? "\n" : fmt::format("{:{}}{}\n", "", indent, line);
    at = end + 1;
  }
  return out;
}

std::string scalar_text(const ConfigNode& node, int indent) {
  if (fits_a_block(node.text)) return block(node.text, indent);
  const bool plain = is_plain_text(node.text) || (!node.quoted && is_plain_word(node.text));
  return (plain ? node.text : quoted(node.text)) + "\n";
}

std::string key_text(const std::string& key) {
  return is_plain_text(key) ? key : quoted(key);
}

}  // namespace

std::string yaml_text(const ConfigNode& node, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  switch (node.kind) {
    case ConfigNode::Kind::Null:
      return margin + "null\n";
    case ConfigNode::Kind::Scalar:
      return margin + scalar_text(node, indent + 2);
    case ConfigNode::Kind::List: {
      if (node.items.empty()) return margin + "[]\n";
      std::string out;
      for (const ConfigNode& item : node.items)
        out += margin + "- " + yaml_text(item, indent + 2).substr(margin.size() + 2);
      return out;
    }
    case ConfigNode::Kind::Mapping:
      break;
  }
  if (node.members.empty()) return margin + "{}\n";
  std::string out;
  for (const auto& [key, value] : node.members) {
    const bool beneath = (value.is_mapping() && !value.members.empty()) || (value.is_list() && !value.items.empty());
    const std::string head = margin + key_text(key) + ":";
    out += beneath ? head + "\n" + yaml_text(value, indent + 2)
                   : head + " " + yaml_text(value, indent).substr(margin.size());
  }
  return out;
}

}  // namespace lakelet::config
