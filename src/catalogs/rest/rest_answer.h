// What a REST catalog answers: JSON, or an error in the specification's form (IcebergErrorResponse, OAuthError).
#pragma once

#include <simdjson.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/http_client.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

// An answer's body as a JSON object. Throws Error(CorruptTable), naming `what`, for anything else.
class RestAnswer {
 public:
  RestAnswer(const std::string& body, const std::string& what);

  std::optional<std::string> text(const char* name) const;  // nullopt: not there, null or no text
  std::optional<std::int64_t> number(const char* name) const;
  std::vector<std::string> texts(const char* name) const;              // of an array
  std::map<std::string, std::string> entries(const char* name) const;  // of an object of texts
  std::optional<std::string> json(const char* name) const;             // an object, as it stands
  const simdjson::dom::object& object() const { return root_; }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::object root_;
};

// A text that people are shown: without line breaks, and cut where it is long.
std::string one_line(std::string_view text);

// A text without anything secret.
using Hide = std::function<std::string(std::string)>;

struct RestFault {
  std::string type, message;  // as the server says; may be empty
};
// Of an answer that isn't 2xx. In one line, and not too long.
RestFault fault_of(const HttpAnswer& answer, const Hide& hide);

// The error to throw for such an answer; `what`: "loading the table ns.t".
Error error_of(const HttpAnswer& answer, const std::string& what, const Hide& hide);

}  // namespace lakelet::catalogs
