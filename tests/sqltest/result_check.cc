#include "result_check.h"

#include <algorithm>
#include <duckdb/common/crypto/md5.hpp>
#include <regex>
#include <sstream>

namespace lakelet::sqltest {
namespace {

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> parts;
  std::string part;
  for (char c : line) {
    if (c == '\t') {
      parts.push_back(part);
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  return parts;
}

void sort_result(SortMode mode, std::size_t columns, std::vector<std::string>& values) {
  if (mode == SortMode::Values) {
    std::sort(values.begin(), values.end());
  } else if (mode == SortMode::Rows && columns > 0) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i + columns <= values.size(); i += columns) {
      rows.emplace_back(values.begin() + i, values.begin() + i + columns);
    }
    std::sort(rows.begin(), rows.end());
    values.clear();
    for (auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  }
}

bool is_number(const std::string& text, double& number) {
  if (text.empty()) return false;
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size();
}

bool same_value(char type, const std::string& expected, const std::string& actual) {
  if (expected == actual) return true;
  if (expected.rfind("<REGEX>:", 0) == 0) return std::regex_match(actual, std::regex(expected.substr(8)));
  if (expected.rfind("<!REGEX>:", 0) == 0) return !std::regex_match(actual, std::regex(expected.substr(9)));
  // Numbers may be spelled in several ways (1.50 and 1.5); a column of type R allows for rounding.
  double a = 0;
  double b = 0;
  if (type == 'T' || !is_number(expected, a) || !is_number(actual, b)) return false;
  return a == b || (type == 'R' && std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)));
}

// Row-wise when every line has as many tab-separated parts as there are columns; else one value a line.
std::vector<std::string> expected_values(const std::vector<std::string>& lines, std::size_t columns) {
  bool row_wise = true;
  for (const auto& line : lines) row_wise = row_wise && split_tabs(line).size() == columns;
  std::vector<std::string> values;
  for (const auto& line : lines) {
    if (row_wise) {
      for (auto& part : split_tabs(line)) values.push_back(part);
    } else {
      values.push_back(line);
    }
  }
  return values;
}

std::string shown(const ResultText& result) {
  std::ostringstream out;
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    out << result.values[i] << ((i + 1) % result.columns == 0 ? '\n' : '\t');
    if (i > 400) return out.str() + "...\n";
  }
  return out.str();
}

}  // namespace

std::string hash_of(const std::vector<std::string>& values) {
  duckdb::MD5Context md5;
  for (const auto& value : values) {
    md5.Add(value);
    md5.Add("\n");
  }
  return md5.FinishHex();
}

std::string check_result(const Command& query, ResultText result) {
  if (query.types.size() != result.columns) {
    return "expected " + std::to_string(query.types.size()) + " columns, got " + std::to_string(result.columns);
  }
  sort_result(query.sort, result.columns, result.values);
  if (query.expected.size() == 1 && query.expected[0].find(" values hashing to ") != std::string::npos) {
    const std::string actual = std::to_string(result.values.size()) + " values hashing to " + hash_of(result.values);
    return actual == query.expected[0] ? "" : "expected " + query.expected[0] + ", got " + actual;
  }
  auto expected = expected_values(query.expected, result.columns);
  if (query.sort != SortMode::None) sort_result(query.sort, result.columns, expected);
  if (expected.size() != result.values.size()) {
    return "expected " + std::to_string(expected.size()) + " values, got " + std::to_string(result.values.size()) +
           ":\n" + shown(result);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!same_value(query.types[i % result.columns], expected[i], result.values[i])) {
      return "row " + std::to_string(i / result.columns + 1) + ", column " + std::to_string(i % result.columns + 1) +
             ": expected " + expected[i] + ", got " + result.values[i] + "; the whole result:\n" + shown(result);
    }
  }
  return "";
}

bool matches_error(const std::vector<std::string>& expected, const std::string& error) {
  if (expected.empty()) return true;
  std::string text = expected[0];
  for (std::size_t i = 1; i < expected.size(); ++i) text += "\n" + expected[i];
  if (text.rfind("<REGEX>:", 0) == 0) return std::regex_search(error, std::regex(text.substr(8)));
  return error.find(text) != std::string::npos;
}

}  // namespace lakelet::sqltest
