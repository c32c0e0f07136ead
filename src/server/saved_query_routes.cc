#include "server/reply.h"
#include "server/request_body.h"
#include "server/routes.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

void write_query(JsonWriter& json, const SavedQuery& query) {
  json.begin_object();
  write_text(json.key("name"), query.name);
  write_text(json.key("title"), query.title);
  write_text(json.key("description"), query.description);
  write_text(json.key("sql"), query.sql);
  json.key("totals_row").boolean(query.totals_row).key("parameters").begin_array();
  for (const QueryParameter& parameter : query.parameters) {
    json.begin_object();
    write_text(json.key("name"), parameter.name);
    write_text(json.key("default"), parameter.default_value.value_or(""));
    json.end_object();
  }
  json.end_array();
  write_text(json.key("where"), query.where);
  json.end_object();
}

// Read each time: the file is there to be edited.
void send_queries(Workspace& workspace, Response& response) {
  JsonWriter json;
  json.begin_array();
  try {
    for (const SavedQuery& query : workspace.configuration_file->queries()) write_query(json, query);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;  // there is no file yet
  }
  json.end_array();
  send_json(response, json);
}

void save_query(Workspace& workspace, const RequestBody& body, Response& response) {
  workspace.require_writable();
  SavedQuery query;
  query.name = body.text("name");
  query.title = body.text("title", "");
  query.description = body.text("description", "");
  query.sql = body.text("sql");
  query.totals_row = body.flag("totals_row", false);
  for (const auto& [name, value] : body.pairs("parameters")) {
    query.parameters.push_back({name, value.empty() ? std::nullopt : std::optional(value)});
  }
  workspace.configuration_file->save(query, body.flag("replace", false));
  JsonWriter json;
  json.begin_object();
  write_text(json.key("file"), workspace.configuration_file->uri());
  json.end_object();
  send_json(response, json);
}

}  // namespace

void add_saved_query_routes(httplib::Server& server, Workspace& workspace) {
  server.Get("/api/saved", answering([&](const Request&, Response& response) { send_queries(workspace, response); }));
  server.Post("/api/saved", [&](const Request& request, Response& response, const httplib::ContentReader& reader) {
    answering([&](const Request&, Response& to) { save_query(workspace, RequestBody(read_body(reader)), to); })(
        request, response);
  });
}

}  // namespace lakelet::server
