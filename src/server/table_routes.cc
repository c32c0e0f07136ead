#include <algorithm>
#include <map>

#include "lakelet/version.h"
#include "server/reply.h"
#include "server/routes.h"

namespace lakelet::server {
namespace {

using httplib::Request;
using httplib::Response;

constexpr std::size_t kMostFiles = 20'000;

void write_pairs(JsonWriter& json, const std::map<std::string, std::string>& pairs) {
  json.begin_object();
  for (const auto& [key, value] : pairs) write_text(json.key(key), value);
  json.end_object();
}

void write_partition(JsonWriter& json, const PartitionValues& values) {
  json.begin_array();
  for (const auto& [name, value] : values) {
    json.begin_array();
    write_text(json, name);
    value ? write_text(json, *value) : void(json.null());
    json.end_array();
  }
  json.end_array();
}

void write_rows(JsonWriter& json, const std::optional<std::int64_t>& rows) {
  json.key("rows");
  rows ? json.integer(*rows) : json.null();
}

void write_field(JsonWriter& json, const Field& field) {
  json.begin_object();
  write_text(json.key("name"), field.name);
  write_text(json.key("type"), to_string(field.type));
  json.key("nullable").boolean(field.nullable);
  write_text(json.key("comment"), field.doc);
  json.key("metadata");
  write_pairs(json, field.metadata);
  json.key("children").begin_array();
  for (const Field& child : field.type.children()) write_field(json, child);
  json.end_array().end_object();
}

void write_detail(JsonWriter& json, const std::string& name, const Table& table) {
  const TableDetail detail = table.detail();
  json.begin_object();
  write_text(json.key("name"), name);
  write_text(json.key("uri"), detail.uri);
  write_text(json.key("title"), detail.metadata.name);
  write_text(json.key("description"), detail.metadata.description);
  write_text(json.key("id"), detail.metadata.id);
  write_text(json.key("format"), detail.metadata.format);
  json.key("version").integer(detail.version);
  json.key("modified_us").integer(detail.modified_us);
  json.key("created_us");
  detail.metadata.created_us ? json.integer(*detail.metadata.created_us) : json.null();
  json.key("files").integer(detail.files);
  json.key("bytes").unsigned_integer(detail.bytes);
  write_rows(json, detail.rows);
  json.key("partition_columns").begin_array();
  for (const std::string& column : detail.partition_columns) write_text(json, column);
  json.end_array().key("protocol").begin_array();
  for (const auto& [key, value] : detail.metadata.protocol) {
    json.begin_array();
    write_text(json, key);
    write_text(json, value);
    json.end_array();
  }
  json.end_array().key("references").begin_array();
  for (const Reference& reference : table.references()) {
    json.begin_object();
    write_text(json.key("name"), reference.name);
    json.key("branch").boolean(reference.branch).end_object();
  }
  json.end_array().key("properties");
  write_pairs(json, detail.properties);
  json.end_object();
}

void write_history(JsonWriter& json, const std::vector<HistoryEntry>& entries) {
  json.begin_array();
  for (const HistoryEntry& entry : entries) {
    json.begin_object().key("version").integer(entry.version).key("timestamp_us").integer(entry.timestamp_us);
    write_text(json.key("operation"), entry.operation);
    json.key("parameters");
    write_pairs(json, entry.parameters);
    json.key("metrics");
    write_pairs(json, entry.metrics);
    write_text(json.key("user"), entry.user);
    write_text(json.key("engine"), entry.engine);
    json.key("other");
    write_pairs(json, entry.other);
    json.end_object();
  }
  json.end_array();
}

void write_file(JsonWriter& json, const FileInfo& file) {
  json.begin_object();
  write_text(json.key("path"), file.path);
  json.key("bytes").unsigned_integer(file.bytes);
  write_rows(json, file.rows);
  json.key("deleted_rows").integer(file.deleted_rows).key("modified_us").integer(file.modified_us);
  json.key("partition");
  write_partition(json, file.partition);
  json.end_object();
}

// The largest come first, so that those which are left out matter least.
void write_files(JsonWriter& json, std::vector<FileInfo> files) {
  std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  json.begin_object().key("total").unsigned_integer(files.size()).key("files").begin_array();
  for (std::size_t i = 0; i < std::min(files.size(), kMostFiles); ++i) write_file(json, files[i]);
  json.end_array().end_object();
}

// Files of one version that the other doesn't have, or has with other deleted rows.
void write_only_in(JsonWriter& json, const std::vector<FileInfo>& here, const std::vector<FileInfo>& there) {
  std::map<std::pair<std::string, std::int64_t>, bool> others;
  for (const FileInfo& file : there) others[{file.path, file.deleted_rows}] = true;
  std::vector<FileInfo> only;
  for (const FileInfo& file : here) {
    if (!others.contains({file.path, file.deleted_rows})) only.push_back(file);
  }
  write_files(json, std::move(only));
}

void write_diff(JsonWriter& json, const Table& from, const Table& to) {
  const auto before = from.files(), after = to.files();
  json.begin_object().key("from").integer(from.version()).key("to").integer(to.version());
  json.key("schema_before").begin_array();
  for (const Field& field : from.schema().fields()) write_field(json, field);
  json.end_array().key("schema_after").begin_array();
  for (const Field& field : to.schema().fields()) write_field(json, field);
  json.end_array().key("properties_before");
  write_pairs(json, from.properties());
  json.key("properties_after");
  write_pairs(json, to.properties());
  json.key("added");
  write_only_in(json, after, before);
  json.key("removed");
  write_only_in(json, before, after);
  json.end_object();
}

void write_partitions(JsonWriter& json, const std::vector<PartitionInfo>& partitions) {
  json.begin_array();
  for (const PartitionInfo& partition : partitions) {
    json.begin_object().key("values");
    write_partition(json, partition.values);
    json.key("files").integer(partition.files).key("bytes").unsigned_integer(partition.bytes);
    write_rows(json, partition.rows);
    json.end_object();
  }
  json.end_array();
}

void send_session(Workspace& workspace, Response& response) {
  JsonWriter json;
  json.begin_object().key("version").string(kVersion).key("read_only").boolean(workspace.read_only);
  json.key("hide_tables").boolean(workspace.settings.hide_tables);
  write_text(json.key("configuration_file"), workspace.configuration_file->uri());
  json.key("folders").begin_array();
  for (const std::string& folder : workspace.folders) write_text(json, folder);
  json.end_array().end_object();
  send_json(response, json);
}

void send_tables(Workspace& workspace, Response& response) {
  JsonWriter json;
  json.begin_array();
  for (const ShownTable& table : workspace.tables()) {
    json.begin_object();
    write_text(json.key("name"), table.name);
    write_text(json.key("schema"), table.schema);
    write_text(json.key("uri"), table.uri);
    json.key("configured").boolean(table.configured);
    json.end_object();
  }
  json.end_array();
  send_json(response, json);
}

// ?table=NAME, and perhaps &version=V.
Table table_of(Workspace& workspace, const Request& request, const char* version = "version") {
  if (!request.has_param("table")) throw Error(ErrorCode::InvalidArgument, "\"table\" is missing");
  return workspace.open(request.get_param_value("table"), request.get_param_value(version));
}

std::optional<std::int64_t> limit_of(const Request& request) {
  const std::string text = request.get_param_value("limit");
  if (text.empty()) return std::nullopt;
  if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, "\"limit\" has to be a number");
  }
  return std::stoll(text);
}

using Write = std::function<void(JsonWriter&, const Request&)>;

void add(httplib::Server& server, const std::string& path, Write write) {
  server.Get(path, answering([write = std::move(write)](const Request& request, Response& response) {
               JsonWriter json;
               write(json, request);
               send_json(response, json);
             }));
}

}  // namespace

void add_table_routes(httplib::Server& server, Workspace& workspace) {
  server.Get("/api/session", answering([&](const Request&, Response& response) { send_session(workspace, response); }));
  server.Get("/api/tables", answering([&](const Request&, Response& response) { send_tables(workspace, response); }));
  add(server, "/api/table/detail", [&](JsonWriter& json, const Request& request) {
    write_detail(json, request.get_param_value("table"), table_of(workspace, request));
  });
  add(server, "/api/table/schema", [&](JsonWriter& json, const Request& request) {
    const Table table = table_of(workspace, request);
    json.begin_array();
    for (const Field& field : table.schema().fields()) write_field(json, field);
    json.end_array();
  });
  add(server, "/api/table/history", [&](JsonWriter& json, const Request& request) {
    write_history(json, table_of(workspace, request).history(limit_of(request)));
  });
  add(server, "/api/table/files",
      [&](JsonWriter& json, const Request& request) { write_files(json, table_of(workspace, request).files()); });
  add(server, "/api/table/partitions", [&](JsonWriter& json, const Request& request) {
    write_partitions(json, table_of(workspace, request).partitions());
  });
  add(server, "/api/table/diff", [&](JsonWriter& json, const Request& request) {
    write_diff(json, table_of(workspace, request, "from"), table_of(workspace, request, "to"));
  });
}

}  // namespace lakelet::server
