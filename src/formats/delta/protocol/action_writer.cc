#include "formats/delta/protocol/action_writer.h"

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

void write_strings(const std::vector<std::string>& strings, JsonWriter& json) {
  json.begin_array();
  for (const std::string& text : strings) json.string(text);
  json.end_array();
}

void write_map(const StringMap& map, JsonWriter& json) {
  json.begin_object();
  for (const auto& [key, value] : map) json.key(key).string(value);
  json.end_object();
}

void write_partition_values(const PartitionValues& values, JsonWriter& json) {
  json.begin_object();
  for (const auto& [column, value] : values) {
    json.key(column);
    value ? json.string(*value) : json.null();
  }
  json.end_object();
}

void write_optional(std::string_view key, const std::optional<std::int64_t>& value, JsonWriter& json) {
  if (value) json.key(key).integer(*value);
}

void write_optional(std::string_view key, const std::optional<std::string>& value, JsonWriter& json) {
  if (value) json.key(key).string(*value);
}

void write_deletion_vector(const std::optional<DeletionVectorDescriptor>& vector, JsonWriter& json) {
  if (!vector) return;
  json.key("deletionVector").begin_object();
  json.key("storageType").string(std::string(1, vector->storage_type));
  json.key("pathOrInlineDv").string(vector->path_or_inline_dv);
  write_optional("offset", vector->offset, json);
  json.key("sizeInBytes").integer(vector->size_in_bytes);
  json.key("cardinality").integer(vector->cardinality);
  json.end_object();
}

void write_body(const Protocol& protocol, JsonWriter& json) {
  json.begin_object();
  json.key("minReaderVersion").integer(protocol.reader_version);
  json.key("minWriterVersion").integer(protocol.writer_version);
  // "exist only when": an empty list with version 3 or 7 has to be there, any list otherwise must not.
  if (protocol.reader_version >= 3) write_strings(protocol.reader_features, json.key("readerFeatures"));
  if (protocol.writer_version >= 7) write_strings(protocol.writer_features, json.key("writerFeatures"));
  json.end_object();
}

void write_body(const Metadata& metadata, JsonWriter& json) {
  json.begin_object();
  json.key("id").string(metadata.id);
  write_optional("name", metadata.name, json);
  write_optional("description", metadata.description, json);
  json.key("format").begin_object();
  json.key("provider").string(metadata.format_provider);
  write_map(metadata.format_options, json.key("options"));
  json.end_object();
  json.key("schemaString").string(metadata.schema_string);
  write_strings(metadata.partition_columns, json.key("partitionColumns"));
  write_optional("createdTime", metadata.created_time_ms, json);
  write_map(metadata.configuration, json.key("configuration"));
  json.end_object();
}

void write_body(const AddFile& add, JsonWriter& json) {
  json.begin_object();
  json.key("path").string(add.path);
  write_partition_values(add.partition_values, json.key("partitionValues"));
  json.key("size").integer(add.size);
  json.key("modificationTime").integer(add.modification_time_ms);
  json.key("dataChange").boolean(add.data_change);
  write_optional("stats", add.stats, json);
  if (!add.tags.empty()) write_map(add.tags, json.key("tags"));
  write_deletion_vector(add.deletion_vector, json);
  write_optional("baseRowId", add.base_row_id, json);
  write_optional("defaultRowCommitVersion", add.default_row_commit_version, json);
  write_optional("clusteringProvider", add.clustering_provider, json);
  json.end_object();
}

void write_body(const RemoveFile& remove, JsonWriter& json) {
  json.begin_object();
  json.key("path").string(remove.path);
  write_optional("deletionTimestamp", remove.deletion_timestamp_ms, json);
  json.key("dataChange").boolean(remove.data_change);
  if (remove.extended_file_metadata) {
    json.key("extendedFileMetadata").boolean(true);
    write_partition_values(remove.partition_values, json.key("partitionValues"));
    write_optional("size", remove.size, json);
    if (!remove.tags.empty()) write_map(remove.tags, json.key("tags"));
  }
  write_optional("stats", remove.stats, json);
  write_deletion_vector(remove.deletion_vector, json);
  write_optional("baseRowId", remove.base_row_id, json);
  write_optional("defaultRowCommitVersion", remove.default_row_commit_version, json);
  json.end_object();
}

void write_body(const CommitInfoAction& info, JsonWriter& json) {
  json.raw(info.json);
}

void write_body(const Txn& txn, JsonWriter& json) {
  json.begin_object();
  json.key("appId").string(txn.app_id);
  json.key("version").integer(txn.version);
  write_optional("lastUpdated", txn.last_updated_ms, json);
  json.end_object();
}

void write_body(const DomainMetadata& domain, JsonWriter& json) {
  json.begin_object();
  json.key("domain").string(domain.domain);
  json.key("configuration").string(domain.configuration);
  json.key("removed").boolean(domain.removed);
  json.end_object();
}

void write_body(const Cdc& cdc, JsonWriter& json) {
  json.begin_object();
  json.key("path").string(cdc.path);
  write_partition_values(cdc.partition_values, json.key("partitionValues"));
  json.key("size").integer(cdc.size);
  json.key("dataChange").boolean(false);
  if (!cdc.tags.empty()) write_map(cdc.tags, json.key("tags"));
  json.end_object();
}

void write_body(const CheckpointMetadata&, JsonWriter&) {
  throw Error(ErrorCode::Internal, "a checkpointMetadata action has no place in a commit");
}

void write_body(const Sidecar&, JsonWriter&) {
  throw Error(ErrorCode::Internal, "a sidecar action has no place in a commit");
}

// In the order of Action's alternatives.
constexpr std::string_view kActionNames[] = {
    "protocol", "metaData",           "add",    "remove", "commitInfo", "txn", "domainMetadata",
    "cdc",      "checkpointMetadata", "sidecar"};
static_assert(std::size(kActionNames) == std::variant_size_v<Action>);

}  // namespace

void write_action(const Action& action, JsonWriter& json) {
  json.begin_object().key(kActionNames[action.index()]);
  std::visit([&](const auto& body) { write_body(body, json); }, action);
  json.end_object().end_line();
}

std::string write_actions(const std::vector<Action>& actions) {
  JsonWriter json;
  for (const Action& action : actions) write_action(action, json);
  return json.take();
}

std::string protocol_json(const Protocol& protocol) {
  JsonWriter json;
  write_body(protocol, json);
  return json.take();
}

std::string metadata_json(const Metadata& metadata) {
  JsonWriter json;
  write_body(metadata, json);
  return json.take();
}

}  // namespace lakelet::delta
