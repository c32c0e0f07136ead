#include <algorithm>

#include "server/reply.h"
#include "server/request_body.h"
#include "server/routes.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

OptimizeOptions optimize_options(const RequestBody& body) {
  OptimizeOptions options;
  options.where = body.text("where", "");
  options.z_order = body.texts("z_order");
  options.purge = body.flag("purge", false);
  return options;
}

void write_plan(JsonWriter& json, const OptimizePlan& plan) {
  std::int64_t files = 0, after = 0, deleted = 0;
  std::uint64_t bytes = 0;
  for (const OptimizeGroup& group : plan.groups) {
    files += group.files;
    after += group.files_after;
    bytes += group.bytes;
    deleted += std::max<std::int64_t>(group.deleted_rows, 0);
  }
  json.begin_object().key("version").integer(plan.version).key("groups").unsigned_integer(plan.groups.size());
  json.key("files_considered").integer(plan.files_considered).key("files").integer(files);
  json.key("files_after").integer(after).key("bytes").unsigned_integer(bytes).key("deleted_rows").integer(deleted);
  json.key("target_bytes").unsigned_integer(plan.target_bytes);
  write_text(json.key("placement"), plan.placement);
  json.end_object();
}

void write_report(JsonWriter& json, const OptimizeReport& report) {
  json.begin_object().key("version").integer(report.version).key("commits").integer(report.commits);
  json.key("files_removed").integer(report.files_removed).key("files_added").integer(report.files_added);
  json.key("bytes_removed").integer(report.bytes_removed).key("bytes_added").integer(report.bytes_added);
  json.key("rows_purged").integer(report.rows_purged).key("seconds").number(report.seconds).end_object();
}

// "dry_run": what would be done, and nothing is.
void optimize(Workspace& workspace, const RequestBody& body, Response& response) {
  const OptimizeOptions options = optimize_options(body);
  Table table = workspace.session.open(body.text("table"));
  JsonWriter json;
  if (body.flag("dry_run", true)) {
    write_plan(json, table.plan_optimize(options));
  } else {
    write_report(json, table.optimize(options));
  }
  send_json(response, json);
}

}  // namespace

void add_maintenance_routes(httplib::Server& server, Workspace& workspace) {
  server.Post(
      "/api/table/optimize", [&](const Request& request, Response& response, const httplib::ContentReader& reader) {
        answering([&](const Request&, Response& to) { optimize(workspace, RequestBody(read_body(reader)), to); })(
            request, response);
      });
}

}  // namespace lakelet::server
