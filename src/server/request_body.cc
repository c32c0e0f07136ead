#include "server/request_body.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "lakelet/error.h"

namespace lakelet::server {
namespace {

[[noreturn]] void refuse(const std::string& name, const char* what) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("\"{}\" {}", name, what));
}

}  // namespace

struct RequestBody::Impl {
  simdjson::dom::parser parser;
  simdjson::dom::object object;

  // Absent: not there, or null.
  std::optional<simdjson::dom::element> find(const std::string& name) const {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) != simdjson::SUCCESS || element.is_null()) return std::nullopt;
    return element;
  }
};

RequestBody::RequestBody(const std::string& text) : impl_(std::make_unique<Impl>()) {
  if (impl_->parser.parse(text).get_object().get(impl_->object) != simdjson::SUCCESS) {
    throw Error(ErrorCode::InvalidArgument, "the request's body is no JSON object");
  }
}

RequestBody::~RequestBody() = default;

std::string RequestBody::text(const std::string& name) const {
  if (!impl_->find(name)) refuse(name, "is missing");
  return text(name, {});
}

std::string RequestBody::text(const std::string& name, const std::string& otherwise) const {
  const auto element = impl_->find(name);
  if (!element) return otherwise;
  std::string_view text;
  if (element->get_string().get(text) != simdjson::SUCCESS) refuse(name, "has to be a string");
  return std::string(text);
}

std::optional<std::int64_t> RequestBody::integer(const std::string& name) const {
  const auto element = impl_->find(name);
  if (!element) return std::nullopt;
  std::int64_t value = 0;
  if (element->get_int64().get(value) != simdjson::SUCCESS) refuse(name, "has to be a whole number");
  return value;
}

bool RequestBody::flag(const std::string& name, bool otherwise) const {
  const auto element = impl_->find(name);
  if (!element) return otherwise;
  bool value = false;
  if (element->get_bool().get(value) != simdjson::SUCCESS) refuse(name, "has to be true or false");
  return value;
}

std::vector<std::string> RequestBody::texts(const std::string& name) const {
  const auto element = impl_->find(name);
  if (!element) return {};
  simdjson::dom::array array;
  if (element->get_array().get(array) != simdjson::SUCCESS) refuse(name, "has to be a list");
  std::vector<std::string> texts;
  for (const simdjson::dom::element each : array) {
    std::string_view text;
    if (each.get_string().get(text) != simdjson::SUCCESS) refuse(name, "has to be a list of strings");
    texts.emplace_back(text);
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> RequestBody::pairs(const std::string& name) const {
  const auto element = impl_->find(name);
  if (!element) return {};
  simdjson::dom::object object;
  if (element->get_object().get(object) != simdjson::SUCCESS) refuse(name, "has to be an object");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [key, value] : object) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) refuse(name, "has to be an object of strings");
    pairs.emplace_back(std::string(key), std::string(text));
  }
  return pairs;
}

}  // namespace lakelet::server
