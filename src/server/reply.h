// What goes back to the page: JSON, and errors as problem+json (RFC 9457).
#pragma once

#include <httplib.h>

#include <functional>
#include <string>

#include "base/json_writer.h"
#include "lakelet/error.h"

namespace lakelet::server {

void send_json(httplib::Response& response, JsonWriter& json);
void send_problem(httplib::Response& response, const Error& error);
void send_problem(httplib::Response& response, int status, const std::string& title, const std::string& detail);

// {"code": ..., "detail": ..., "hint": ..., "status": ...}
void write_problem(JsonWriter& json, const Error& error);
int http_status(ErrorCode code);

// Text that came from anywhere: what isn't UTF-8 becomes question marks.
void write_text(JsonWriter& json, std::string_view text);

// The handler's exceptions become problems.
httplib::Server::Handler answering(std::function<void(const httplib::Request&, httplib::Response&)> handler);

}  // namespace lakelet::server
