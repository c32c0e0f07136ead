#include "server/job.h"
#include "server/reply.h"
#include "server/request_body.h"
#include "server/routes.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

const char* name_of(JobState state) {
  switch (state) {
    case JobState::Running:
      return "running";
    case JobState::Done:
      return "done";
    case JobState::Failed:
      return "failed";
    case JobState::Cancelled:
      break;
  }
  return "cancelled";
}

void write_texts(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) write_text(json, text);
  json.end_array();
}

void write_result(JsonWriter& json, const MaintenanceResult& result) {
  json.begin_object();
  write_text(json.key("summary"), result.summary);
  json.key("nothing").boolean(result.nothing).key("version").integer(result.version);
  write_texts(json.key("columns"), result.columns);
  json.key("rows").begin_array();
  for (const auto& row : result.rows) write_texts(json, row);
  json.end_array().key("rows_total").unsigned_integer(result.rows_total).end_object();
}

void send_status(const std::string& id, const JobStatus& status, Response& response) {
  JsonWriter json;
  json.begin_object().key("id").string(id).key("state").string(name_of(status.state));
  json.key("verb").string(status.verb);
  write_text(json.key("table"), status.table);
  json.key("dry_run").boolean(status.dry_run);
  write_text(json.key("stage"), status.stage);
  json.key("progress").number(status.progress).key("seconds").number(status.seconds);
  if (status.result) write_result(json.key("result"), *status.result);
  if (status.error) write_problem(json.key("problem"), *status.error);
  json.end_object();
  send_json(response, json);
}

}  // namespace

void add_maintenance_routes(httplib::Server& server, Workspace& workspace) {
  const auto jobs = std::make_shared<JobList>();
  const std::string one = "/api/jobs/([0-9a-f]{32})";
  server.Post("/api/jobs",
              [&workspace, jobs](const Request& request, Response& response, const httplib::ContentReader& reader) {
                answering([&](const Request&, Response& to) {
                  MaintenanceRequest wanted{RequestBody(read_body(reader))};
                  if (!wanted.dry_run) workspace.require_writable();
                  const std::string id = jobs->start(workspace.configuration, std::move(wanted));
                  send_status(id, jobs->find(id)->status(), to);
                })(request, response);
              });
  server.Get(one, answering([jobs](const Request& request, Response& response) {
               send_status(request.matches[1], jobs->find(request.matches[1])->status(), response);
             }));
  server.Post(one + "/cancel", answering([jobs](const Request& request, Response& response) {
                jobs->find(request.matches[1])->cancel();
                response.status = 204;
              }));
}

}  // namespace lakelet::server
