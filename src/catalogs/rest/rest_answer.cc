#include "catalogs/rest/rest_answer.h"

#include <fmt/format.h>

namespace lakelet::catalogs {

namespace {

constexpr std::size_t kLongestMessage = 400;

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
    case 407:
    case 419:
      return ErrorCode::Permission;
    case 404:
    case 410:
      return ErrorCode::NotFound;
    case 406:
    case 405:
    case 501:
      return ErrorCode::UnsupportedFeature;
    case 409:
      return ErrorCode::AlreadyExists;
    case 429:
      return ErrorCode::Unavailable;
    default:
      return status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidArgument;
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (line.size() <= kLongestMessage) return line;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // whole characters
  return line.substr(0, end) + "...";
}

RestAnswer::RestAnswer(const std::string& body, const std::string& what) {
  if (parser_.parse(body).get(root_)) {
    throw Error(ErrorCode::CorruptTable, fmt::format("{}: the answer is no JSON object", what));
  }
}

std::optional<std::string> RestAnswer::text(const char* name) const {
  std::string_view value;
  if (root_.at_key(name).get(value)) return std::nullopt;
  return std::string(value);
}

std::optional<std::int64_t> RestAnswer::number(const char* name) const {
  std::int64_t value = 0;
  if (root_.at_key(name).get(value)) return std::nullopt;
  return value;
}

std::vector<std::string> RestAnswer::texts(const char* name) const {
  std::vector<std::string> result;
  simdjson::dom::array items;
  if (root_.at_key(name).get(items)) return result;
  for (const auto each : items) {
    std::string_view value;
    if (!each.get(value)) result.emplace_back(value);
  }
  return result;
}

std::map<std::string, std::string> RestAnswer::entries(const char* name) const {
  std::map<std::string, std::string> result;
  simdjson::dom::object members;
  if (root_.at_key(name).get(members)) return result;
  for (const auto member : members) {
    std::string_view value;
    if (!member.value.get(value)) result[std::string(member.key)] = value;
  }
  return result;
}

std::optional<std::string> RestAnswer::json(const char* name) const {
  simdjson::dom::object value;
  if (root_.at_key(name).get(value)) return std::nullopt;
  return simdjson::minify(value);
}

RestFault fault_of(const HttpAnswer& answer, const Hide& hide) {
  RestFault fault;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(answer.body).get(root)) return fault;
  std::string_view text;
  simdjson::dom::object error;
  // Hidden before it is cut: a part of a secret isn't found any more.
  const auto shown = [&] { return one_line(hide(std::string(text))); };
  if (!root["error"].get(error)) {
    if (!error["type"].get(text)) fault.type = shown();
    if (!error["message"].get(text)) fault.message = shown();
  } else if (!root["error"].get(text)) {
    fault.type = shown();
    if (!root["error_description"].get(text)) fault.message = shown();
  }
  return fault;
}

Error error_of(const HttpAnswer& answer, const std::string& what, const Hide& hide) {
  const int status = answer.status;
  if (status >= 300 && status < 400) {
    return Error(
        ErrorCode::InvalidArgument,
        fmt::format("{}: the server sends us elsewhere (status {}), and redirects aren't followed", what, status),
        "name the server that it means");
  }
  const RestFault fault = fault_of(answer, hide);
  std::string said = fault.message.empty() ? fault.type : fault.message;
  if (said.empty()) said = "the server doesn't say why";
  const char* hint = status == 401 || status == 403 ? "give a token, or a credential to get one with" : "";
  return Error(code_of(status), fmt::format("{}: {} (status {})", what, said, status), hint);
}

}  // namespace lakelet::catalogs
