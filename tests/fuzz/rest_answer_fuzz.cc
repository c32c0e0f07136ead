// What REST catalogs answer: errors, lists, and metadata documents, of which two (a line each) are compared. A document
// doesn't differ from itself, and what is sent of a difference is JSON.
#include <simdjson.h>

#include <string>

#include "catalogs/rest/metadata_updates.h"
#include "catalogs/rest/rest_answer.h"
#include "fuzz/verdict.h"

namespace {

using lakelet::ErrorCode;

const std::initializer_list<ErrorCode> kRefusals = {ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature,
                                                    ErrorCode::InvalidArgument};

void require_array(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(text).get(array)) lakelet::fuzz::fail("what is sent is no JSON array");
}

void compare(const std::optional<std::string>& before, const std::string& after) {
  lakelet::fuzz::goes_through(kRefusals, [&] {
    const auto change = lakelet::catalogs::table_change(before, after);
    require_array(change.requirements);
    require_array(change.updates);
    if (before == after && change.updates != "[]") lakelet::fuzz::fail("a document differs from itself");
  });
}

void read_answer(const std::string& text) {
  for (const int status : {302, 401, 404, 409, 500}) {
    const lakelet::Error error =
        lakelet::catalogs::error_of({status, {}, text}, "asking", [](std::string said) { return said; });
    if (error.message().find('\n') != std::string::npos || error.message().size() > 1000) {
      lakelet::fuzz::fail("an error of more than one line");
    }
  }
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] {
    const lakelet::catalogs::RestAnswer answer(text, "asking");
    answer.text("next-page-token");
    answer.number("expires_in");
    answer.texts("endpoints");
    answer.entries("defaults");
    answer.json("metadata");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(lakelet::fuzz::as_text(data, size));
  read_answer(text);
  const std::size_t line = text.find('\n');
  const std::string before = text.substr(0, line), after = line == std::string::npos ? before : text.substr(line + 1);
  compare(before, after);
  compare(before, before);
  compare(std::nullopt, after);
  return 0;
}
