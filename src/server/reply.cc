#include "server/reply.h"

#include <simdjson.h>

#include <new>

namespace lakelet::server {

void send_json(httplib::Response& response, JsonWriter& json) {
  response.set_content(json.take(), "application/json");
}

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict:
    case ErrorCode::Cancelled:
      return 409;
    case ErrorCode::InvalidArgument:
      return 400;
    case ErrorCode::UnsupportedFeature:
    case ErrorCode::CorruptTable:
    case ErrorCode::ConstraintViolation:
      return 422;
    case ErrorCode::Permission:
      return 403;
    case ErrorCode::Unavailable:
      return 503;
    case ErrorCode::Exhausted:
      return 507;
    case ErrorCode::CommitUnknown:
    case ErrorCode::Internal:
      break;
  }
  return 500;
}

void write_text(JsonWriter& json, std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) {
    json.string(text);
    return;
  }
  std::string plain(text);
  for (char& c : plain) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  json.string(plain);
}

void write_problem(JsonWriter& json, const Error& error) {
  json.begin_object().key("type").string("about:blank");
  json.key("title").string(to_string(error.code()));
  json.key("status").integer(http_status(error.code()));
  json.key("code").string(to_string(error.code()));
  write_text(json.key("detail"), error.what());
  write_text(json.key("hint"), error.hint());
  json.end_object();
}

void send_problem(httplib::Response& response, const Error& error) {
  JsonWriter json;
  write_problem(json, error);
  response.status = http_status(error.code());
  response.set_content(json.take(), "application/problem+json");
}

void send_problem(httplib::Response& response, int status, const std::string& title, const std::string& detail) {
  JsonWriter json;
  json.begin_object().key("type").string("about:blank").key("title").string(title).key("status").integer(status);
  json.key("code").string(title);
  write_text(json.key("detail"), detail);
  json.end_object();
  response.status = status;
  response.set_content(json.take(), "application/problem+json");
}

httplib::Server::Handler answering(std::function<void(const httplib::Request&, httplib::Response&)> handler) {
  return [handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
    try {
      handler(request, response);
    } catch (const Error& error) {
      send_problem(response, error);
    } catch (const std::bad_alloc&) {
      send_problem(response, Error(ErrorCode::Exhausted, "out of memory"));
    } catch (const std::exception& error) {
      send_problem(response, Error(ErrorCode::Internal, error.what()));
    }
  };
}

}  // namespace lakelet::server
