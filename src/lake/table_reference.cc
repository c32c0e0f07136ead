#include "lake/table_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "base/time.h"
#include "lakelet/error.h"
#include "lakelet/table.h"

namespace lakelet {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::optional<Version> parse_version(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('v') || digits.starts_with('V')) digits.remove_prefix(1);
  if (!all_digits(digits)) return std::nullopt;
  Version version = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (problem != std::errc()) throw Error(ErrorCode::InvalidArgument, fmt::format("no table has a version {}", text));
  return version;
}

// A branch or tag: anything that can't be a part of a longer path.
bool is_reference_name(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c == '/' || c == '\\' || std::isspace(c) != 0 || std::iscntrl(c) != 0;
  });
}

std::optional<VersionSelector> parse_selector(const std::string& text) {
  if (const auto version = parse_version(text)) return VersionSelector(*version);
  if (const auto timestamp = parse_timestamp(text)) return VersionSelector(AtTimestamp{timestamp->us});
  if (is_reference_name(text)) return VersionSelector(AtReference{text});
  return std::nullopt;
}

}  // namespace

TableReference parse_table_reference(const std::string& text,
                                     const std::function<bool(const std::string& path)>& exists) {
  if (text.empty()) throw Error(ErrorCode::InvalidArgument, "the path of a table is empty");
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || text[at - 1] == '/' || exists(text)) return {text};
  const std::optional<VersionSelector> selector = parse_selector(text.substr(at + 1));
  return selector ? TableReference{text.substr(0, at), *selector} : TableReference{text};
}

VersionSelector parse_version_selector(const std::string& text) {
  const std::optional<VersionSelector> selector = parse_selector(text);
  if (selector) return *selector;
  throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no version", text),
              "write a version (12) or a time (2025-01-31T12:00:00Z)");
}

std::string to_string(const VersionSelector& selector) {
  if (const auto* version = std::get_if<Version>(&selector)) return fmt::format("@v{}", *version);
  if (const auto* timestamp = std::get_if<AtTimestamp>(&selector)) {
    return fmt::format("@{}", format_iso8601(timestamp->us, timestamp->us % kMicrosPerSecond == 0 ? 0 : 6));
  }
  if (const auto* reference = std::get_if<AtReference>(&selector)) return fmt::format("@{}", reference->name);
  return {};
}

}  // namespace lakelet
