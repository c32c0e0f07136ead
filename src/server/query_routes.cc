#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

#include "server/query_kinds.h"
#include "server/reply.h"
#include "server/result_query.h"
#include "server/routes.h"
#include "server/row_text.h"
#include "server/totals.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

constexpr std::int64_t kMostRowsAtOnce = 1'000;

const char* name_of(QueryState state) {
  switch (state) {
    case QueryState::Running:
      return "running";
    case QueryState::Done:
      return "done";
    case QueryState::Failed:
      return "failed";
    case QueryState::Cancelled:
      break;
  }
  return "cancelled";
}

void write_status(JsonWriter& json, const std::string& id, const QueryStatus& status) {
  json.begin_object().key("id").string(id).key("state").string(name_of(status.state));
  json.key("progress").number(status.progress).key("seconds").number(status.seconds);
  json.key("kept").integer(status.kept).key("total").integer(status.total);
  json.key("columns");
  status.schema ? write_columns(json, *status.schema) : void(json.null());
  if (status.error) write_problem(json.key("problem"), *status.error);
  json.end_object();
}

std::int64_t number_of(const Request& request, const char* name, std::int64_t otherwise) {
  const std::string text = request.get_param_value(name);
  if (text.empty()) return otherwise;
  if (text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("\"{}\" has to be a number", name));
  }
  return std::stoll(text);
}

void send_rows(const std::string& id, Query& query, const Request& request, Response& response) {
  const std::int64_t from = number_of(request, "from", 0);
  const QueryStatus status = query.status();
  const std::int64_t count =
      std::min({number_of(request, "count", 200), kMostRowsAtOnce, std::max<std::int64_t>(status.kept - from, 0)});
  JsonWriter json;
  json.begin_object().key("status");
  write_status(json, id, status);
  json.key("from").integer(from).key("rows");
  auto rows = query.rows(from);
  if (rows) {
    write_window(json, *rows, count);
  } else {
    json.begin_array().end_array();
  }
  json.end_object();
  send_json(response, json);
}

void send_cell(Query& query, const Request& request, Response& response) {
  auto rows = query.rows(number_of(request, "row", 0));
  const auto column = static_cast<std::size_t>(number_of(request, "column", 0));
  if (!rows || !rows->next() || column >= rows->schema().size()) {
    throw Error(ErrorCode::NotFound, "there is no such cell");
  }
  JsonWriter json;
  json.begin_object().key("text");
  rows->is_null(column) ? void(json.null()) : write_text(json, rows->text(column));
  json.end_object();
  send_json(response, json);
}

// Sends a file that is removed with the last byte.
void send_file(const std::string& path, const std::string& type, Response& response) {
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(file->tellg());
  ::unlink(path.c_str());
  response.set_content_provider(size, type, [file](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
    std::string bytes(std::min<std::size_t>(length, 256 << 10), '\0');
    file->seekg(static_cast<std::streamoff>(offset));
    file->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file->gcount() > 0 && sink.write(bytes.data(), static_cast<std::size_t>(file->gcount()));
  });
}

void send_text(Rows rows, ExportText kind, const std::string& type, Response& response) {
  auto exporter = std::make_shared<RowExporter>(std::move(rows), kind);
  response.set_chunked_content_provider(type, [exporter](std::size_t, httplib::DataSink& sink) {
    try {
      std::string piece;
      if (!exporter->next(piece)) {
        sink.done();
        return true;
      }
      return sink.write(piece.data(), piece.size());
    } catch (const std::exception&) {
      return false;  // the transfer breaks off: the browser says that the file isn't whole
    }
  });
}

void send_export(Workspace& workspace, Rows rows, const std::string& format, Response& response) {
  static const std::map<std::string, std::pair<ExportText, std::string>> kTexts = {
      {"csv", {ExportText::Csv, "text/csv; charset=utf-8"}},
      {"json", {ExportText::Json, "application/json"}},
      {"jsonl", {ExportText::Jsonl, "application/x-ndjson"}}};
  response.set_header("Content-Disposition", fmt::format("attachment; filename=\"result.{}\"", format));
  if (const auto text = kTexts.find(format); text != kTexts.end()) {
    return send_text(std::move(rows), text->second.first, text->second.second, response);
  }
  const std::string path = workspace.temporary_path(fmt::format(".{}", format));
  if (format == "parquet") {
    workspace.session.write_parquet(std::move(rows), path);
    return send_file(path, "application/vnd.apache.parquet", response);
  }
  workspace.session.write_arrow(std::move(rows), path);
  send_file(path, "application/vnd.apache.arrow.file", response);
}

// Plans of queries, for what has to be run a second time.
class Plans {
 public:
  explicit Plans(Workspace& workspace) : workspace_(workspace) {}

  std::string start(QueryPlan plan) {
    std::string id = workspace_.queries.start(plan.start, plan.limits);
    const std::lock_guard lock(mutex_);
    if (again_.size() > 1'000) again_.clear();  // those queries are long gone
    again_[id] = std::move(plan.again);
    return id;
  }

  Rows all_rows(const std::string& id, const QueryControl& control) {
    if (auto rows = workspace_.queries.find(id)->all_rows()) return std::move(*rows);
    std::unique_lock lock(mutex_);
    const auto found = again_.find(id);
    if (found == again_.end()) throw Error(ErrorCode::NotFound, "this result isn't kept any more", "run it again");
    const Query::Start again = found->second;
    lock.unlock();
    return again(control);
  }

 private:
  Workspace& workspace_;
  std::mutex mutex_;
  std::map<std::string, Query::Start> again_;
};

// The sum of each column of numbers, over all rows.
void send_totals(Workspace& workspace, Plans& plans, const std::string& id, Response& response) {
  const auto schema = workspace.queries.find(id)->status().schema;
  if (!schema || schema->empty()) throw Error(ErrorCode::NotFound, "there are no rows to be summed");
  Rows totals =
      totals_of(workspace.reading_session(), *schema, [&] { return plans.all_rows(id, QueryControl()).into_stream(); });
  JsonWriter json;
  json.begin_object().key("totals");
  write_window(json, totals, 1);
  json.end_object();
  send_json(response, json);
}

QueryPlan plan(Workspace& workspace, const std::shared_ptr<Plans>& plans, const RequestBody& body) {
  if (body.text("kind") != "result") return plan_query(workspace, body);
  const std::string of = body.text("of");
  workspace.queries.find(of);  // it has to be there
  // The plans hold this one, and it doesn't hold them.
  const auto rows = [known = std::weak_ptr(plans), of](const QueryControl& control) {
    const auto held = known.lock();
    if (!held) throw Error(ErrorCode::Cancelled, "the console has ended");
    return held->all_rows(of, control);
  };
  return plan_result(workspace, rows, body);
}

std::string known_format(const Request& request) {
  const std::string format = request.get_param_value("format");
  for (const char* known : {"csv", "json", "jsonl", "parquet", "arrow"}) {
    if (format == known) return format;
  }
  throw Error(ErrorCode::InvalidArgument, "\"format\" has to be csv, json, jsonl, parquet or arrow");
}

}  // namespace

std::string read_body(const httplib::ContentReader& reader) {
  constexpr std::size_t kMost = 4 << 20;
  std::string body;
  const bool whole = reader([&](const char* data, std::size_t size) {
    if (body.size() + size > kMost) return false;
    body.append(data, size);
    return true;
  });
  if (!whole) throw Error(ErrorCode::InvalidArgument, "the request's body is too long, or broke off");
  return body;
}

void add_query_routes(httplib::Server& server, Workspace& workspace) {
  const auto plans = std::make_shared<Plans>(workspace);
  const std::string one = "/api/queries/([0-9a-f]{32})";
  server.Post("/api/queries",
              [&workspace, plans](const Request& request, Response& response, const httplib::ContentReader& reader) {
                answering([&](const Request&, Response& to) {
                  const RequestBody body(read_body(reader));
                  const std::string id = plans->start(plan(workspace, plans, body));
                  JsonWriter json;
                  write_status(json, id, workspace.queries.find(id)->status());
                  send_json(to, json);
                })(request, response);
              });
  server.Get(one, answering([&](const Request& request, Response& response) {
               JsonWriter json;
               write_status(json, request.matches[1], workspace.queries.find(request.matches[1])->status());
               send_json(response, json);
             }));
  server.Get(one + "/rows", answering([&](const Request& request, Response& response) {
               send_rows(request.matches[1], *workspace.queries.find(request.matches[1]), request, response);
             }));
  server.Get(one + "/cell", answering([&](const Request& request, Response& response) {
               send_cell(*workspace.queries.find(request.matches[1]), request, response);
             }));
  server.Get(one + "/totals", answering([&workspace, plans](const Request& request, Response& response) {
               send_totals(workspace, *plans, request.matches[1], response);
             }));
  server.Get(one + "/export", answering([&workspace, plans](const Request& request, Response& response) {
               const std::string format = known_format(request);
               send_export(workspace, plans->all_rows(request.matches[1], QueryControl()), format, response);
             }));
  server.Post(one + "/cancel", answering([&](const Request& request, Response& response) {
                workspace.queries.find(request.matches[1])->cancel();
                response.status = 204;
              }));
  server.Delete(one, answering([&](const Request& request, Response& response) {
                  workspace.queries.remove(request.matches[1]);
                  response.status = 204;
                }));
}

}  // namespace lakelet::server
