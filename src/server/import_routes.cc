#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "server/reply.h"
#include "server/routes.h"
#include "server/upload.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

// Straight to disk, however big it is.
std::uint64_t store_upload(const std::string& path, const httplib::ContentReader& reader) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  std::uint64_t bytes = 0;
  const bool whole = reader([&](const char* data, std::size_t size) {
    bytes += size;
    return static_cast<bool>(file.write(data, static_cast<std::streamsize>(size)));
  });
  file.close();
  if (whole && file) return bytes;
  ::unlink(path.c_str());
  if (!file) throw Error(ErrorCode::Exhausted, std::string("the file can't be stored: ") + std::strerror(errno));
  throw Error(ErrorCode::InvalidArgument, "the upload broke off", "send the file again");
}

WriteMode write_mode(const std::string& name) {
  static const std::map<std::string, WriteMode> kModes = {
      {"append", WriteMode::Append}, {"overwrite", WriteMode::Overwrite}, {"create", WriteMode::ErrorIfExists}};
  const auto found = kModes.find(name);
  if (found == kModes.end()) {
    throw Error(ErrorCode::InvalidArgument, "\"mode\" has to be append, overwrite or create");
  }
  return found->second;
}

void write_report(JsonWriter& json, const Report& report) {
  json.begin_object().key("version").integer(report.version).key("rows_read").integer(report.rows_read);
  json.key("rows_inserted").integer(report.rows_inserted).key("rows_deleted").integer(report.rows_deleted);
  json.key("files_added").integer(report.files_added).key("files_removed").integer(report.files_removed);
  json.key("seconds").number(report.seconds).end_object();
}

void import_upload(Workspace& workspace, const RequestBody& body, Response& response) {
  const std::string upload = body.text("upload");
  const std::string path = upload_path(workspace, upload);
  const WriteMode mode = write_mode(body.text("mode", "append"));
  WriteOptions options;
  if (body.flag("new_columns", false)) options.schema_mode = SchemaMode::Merge;
  CreateOptions create;
  create.partition_by = body.texts("partition_by");
  const Report report = workspace.session.write(body.text("table"), Source::file(path, file_options(body)), mode, {},
                                                options, mode == WriteMode::ErrorIfExists ? &create : nullptr);
  ::unlink(path.c_str());
  JsonWriter json;
  write_report(json, report);
  send_json(response, json);
}

}  // namespace

void add_import_routes(httplib::Server& server, Workspace& workspace) {
  server.Post("/api/uploads", [&](const Request& request, Response& response, const httplib::ContentReader& reader) {
    answering([&](const Request& from, Response& to) {
      workspace.require_writable();
      const auto [id, path] = new_upload(workspace, from.get_param_value("name"));
      const std::uint64_t bytes = store_upload(path, reader);
      JsonWriter json;
      json.begin_object().key("upload").string(id).key("bytes").unsigned_integer(bytes).end_object();
      send_json(to, json);
    })(request, response);
  });
  server.Get("/api/uploads/sheets", answering([&](const Request& request, Response& response) {
               FileOptions options;
               const std::string format = request.get_param_value("format");
               if (!format.empty()) options.format = parse_file_format(format);
               options.shown_as = request.get_param_value("name");
               const std::string path = upload_path(workspace, request.get_param_value("upload"));
               JsonWriter json;
               json.begin_object().key("sheets").begin_array();
               for (const std::string& name : workspace.session.sheets(path, options)) json.string(name);
               json.end_array().end_object();
               send_json(response, json);
             }));
  server.Post("/api/import", [&](const Request& request, Response& response, const httplib::ContentReader& reader) {
    answering([&](const Request&, Response& to) {
      workspace.require_writable();
      import_upload(workspace, RequestBody(read_body(reader)), to);
    })(request, response);
  });
}

}  // namespace lakelet::server
