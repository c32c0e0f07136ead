// "512MB" as a number of bytes.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>

#include "lakelet/configuration.h"
#include "lakelet/error.h"

namespace lakelet {

std::uint64_t parse_byte_size(const std::string& text) {
  static const std::map<std::string, double> kUnits = {
      {"", 1},         {"b", 1},        {"kb", 1e3},     {"mb", 1e6},   {"gb", 1e9},   {"tb", 1e12},  {"kib", 0x1p10},
      {"mib", 0x1p20}, {"gib", 0x1p30}, {"tib", 0x1p40}, {"k", 0x1p10}, {"m", 0x1p20}, {"g", 0x1p30}, {"t", 0x1p40},
  };
  const Error refusal(ErrorCode::InvalidArgument, fmt::format("'{}' is not a number of bytes", text),
                      "write for example 512MB, 4GiB or 1048576");
  const std::size_t digits = text.find_first_not_of("0123456789.");
  std::string unit = digits == std::string::npos ? "" : text.substr(digits);
  unit.erase(std::remove(unit.begin(), unit.end(), ' '), unit.end());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string number = text.substr(0, digits);
  const auto factor = kUnits.find(unit);
  if (number.empty() || number == "." || std::count(number.begin(), number.end(), '.') > 1 || factor == kUnits.end()) {
    throw refusal;
  }
  const double bytes = std::strtod(number.c_str(), nullptr) * factor->second;
  if (!(bytes >= 1) || bytes >= 0x1p63) throw refusal;
  return static_cast<std::uint64_t>(std::llround(bytes));
}

}  // namespace lakelet
