#include "formats/delta/protocol/action_json.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

using simdjson::dom::array;
using simdjson::dom::object;

[[noreturn]] void corrupt(std::string_view action, std::string_view field, std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the {} action's '{}' {}", action, field, what));
}

// One action's object: looked through once, field by field.
struct Reader {
  std::string_view action;

  object members(JsonElement json) const {
    object result;
    if (json.get(result)) throw Error(ErrorCode::CorruptTable, fmt::format("the {} action is no object", action));
    return result;
  }
  std::string_view text(std::string_view field, JsonElement json) const {
    std::string_view result;
    if (json.get(result)) corrupt(action, field, "is no text");
    return result;
  }
  std::int64_t integer(std::string_view field, JsonElement json) const {
    std::int64_t result = 0;
    if (!json.get(result)) return result;
    // Some writers put times and counts as 1.5e12 or 123.0.
    double number = 0;
    if (json.get(number) || !(number >= -9.2e18 && number <= 9.2e18)) corrupt(action, field, "is no integer");
    return static_cast<std::int64_t>(number);
  }
  bool boolean(std::string_view field, JsonElement json) const {
    bool result = false;
    if (json.get(result)) corrupt(action, field, "is neither true nor false");
    return result;
  }
  StringMap string_map(std::string_view field, JsonElement json) const {
    StringMap result;
    object entries;
    if (json.get(entries)) corrupt(action, field, "is no object");
    for (const auto& [key, value] : entries) {
      std::string_view entry;
      if (value.is_null()) continue;
      if (value.get(entry)) corrupt(action, field, "holds what is no text");
      result.emplace(key, entry);
    }
    return result;
  }
  std::vector<std::string> strings(std::string_view field, JsonElement json) const {
    std::vector<std::string> result;
    array entries;
    if (json.get(entries)) corrupt(action, field, "is no array");
    for (JsonElement entry : entries) result.emplace_back(text(field, entry));
    return result;
  }
  DeletionVectorDescriptor deletion_vector(JsonElement json) const {
    DeletionVectorDescriptor dv;
    bool storage = false, path = false;
    for (const auto& [key, value] : members(json)) {
      if (value.is_null()) continue;
      if (key == "storageType") {
        const std::string_view type = text(key, value);
        if (type != "u" && type != "i" && type != "p") corrupt(action, key, "is none of u, i and p");
        dv.storage_type = type[0];
        storage = true;
      } else if (key == "pathOrInlineDv") {
        dv.path_or_inline_dv = text(key, value);
        path = true;
      } else if (key == "offset") {
        dv.offset = integer(key, value);
      } else if (key == "sizeInBytes") {
        dv.size_in_bytes = integer(key, value);
      } else if (key == "cardinality") {
        dv.cardinality = integer(key, value);
      }
    }
    if (!storage || !path) corrupt(action, "deletionVector", "lacks storageType or pathOrInlineDv");
    return dv;
  }
  void require(bool there, std::string_view field) const {
    if (!there) corrupt(action, field, "is missing");
  }
};

void read_partition_values(const Reader& reader, JsonElement json, FileActionView& out) {
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) {
      out.partition_values.emplace_back(key, std::nullopt);
    } else {
      out.partition_values.emplace_back(key, reader.text("partitionValues", value));
    }
  }
}

// Text as it is, anything else as JSON: Spark puts parameters that are JSON in text, others put objects.
std::string as_text(JsonElement json) {
  std::string_view text;
  if (!json.get(text)) return std::string(text);
  return simdjson::minify(json);
}

StringMap as_text_map(JsonElement json) {
  StringMap result;
  object entries;
  if (json.get(entries)) return result;
  for (const auto& [key, value] : entries) {
    if (!value.is_null()) result.emplace(key, as_text(value));
  }
  return result;
}

}  // namespace

void read_file_action(JsonElement json, std::string_view name, FileActionView& out) {
  auto partition_values = std::move(out.partition_values);
  auto tags = std::move(out.tags);
  partition_values.clear();
  tags.clear();
  out = FileActionView{};
  out.partition_values = std::move(partition_values);
  out.tags = std::move(tags);

  const Reader reader{name};
  bool has_path = false;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "path") {
      out.path = reader.text(key, value);
      has_path = true;
    } else if (key == "partitionValues") {
      read_partition_values(reader, value, out);
    } else if (key == "size") {
      out.size = reader.integer(key, value);
    } else if (key == "modificationTime") {
      out.modification_time_ms = reader.integer(key, value);
    } else if (key == "dataChange") {
      out.data_change = reader.boolean(key, value);
    } else if (key == "stats") {
      std::string_view stats;
      if (!value.get(stats)) out.stats = stats;  // only decorates: what isn't text tells nothing
    } else if (key == "tags") {
      for (const auto& [tag, text] : reader.members(value)) {
        if (!text.is_null()) out.tags.emplace_back(tag, reader.text("tags", text));
      }
    } else if (key == "deletionVector") {
      out.deletion_vector = reader.deletion_vector(value);
    } else if (key == "baseRowId") {
      out.base_row_id = reader.integer(key, value);
    } else if (key == "defaultRowCommitVersion") {
      out.default_row_commit_version = reader.integer(key, value);
    } else if (key == "clusteringProvider") {
      out.clustering_provider = reader.text(key, value);
    } else if (key == "deletionTimestamp") {
      out.deletion_timestamp_ms = reader.integer(key, value);
    } else if (key == "extendedFileMetadata") {
      out.extended_file_metadata = reader.boolean(key, value);
    }
  }
  reader.require(has_path, "path");
}

Protocol read_protocol(JsonElement json) {
  const Reader reader{"protocol"};
  Protocol result;
  bool has_reader = false, has_writer = false;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "minReaderVersion") {
      result.reader_version = static_cast<int>(reader.integer(key, value));
      has_reader = true;
    } else if (key == "minWriterVersion") {
      result.writer_version = static_cast<int>(reader.integer(key, value));
      has_writer = true;
    } else if (key == "readerFeatures") {
      result.reader_features = reader.strings(key, value);
    } else if (key == "writerFeatures") {
      result.writer_features = reader.strings(key, value);
    }
  }
  reader.require(has_reader, "minReaderVersion");
  reader.require(has_writer, "minWriterVersion");
  return result;
}

Metadata read_metadata(JsonElement json) {
  const Reader reader{"metaData"};
  Metadata result;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "id") {
      result.id = reader.text(key, value);
    } else if (key == "name") {
      result.name = reader.text(key, value);
    } else if (key == "description") {
      result.description = reader.text(key, value);
    } else if (key == "schemaString") {
      result.schema_string = reader.text(key, value);  // may be missing in a version that nobody reads
    } else if (key == "partitionColumns") {
      result.partition_columns = reader.strings(key, value);
    } else if (key == "createdTime") {
      result.created_time_ms = reader.integer(key, value);
    } else if (key == "configuration") {
      result.configuration = reader.string_map(key, value);
    } else if (key == "format") {
      for (const auto& [option, setting] : reader.members(value)) {
        if (option == "provider") result.format_provider = reader.text("format", setting);
        if (option == "options" && !setting.is_null()) result.format_options = reader.string_map("format", setting);
      }
    }
  }
  return result;
}

CommitInfoAction read_commit_info(JsonElement json) {
  // Anything goes in a commitInfo: what isn't as expected is only kept as text.
  CommitInfoAction result;
  result.json = simdjson::minify(json);
  object members;
  if (json.get(members)) return result;
  for (const auto& [key, value] : members) {
    std::int64_t number = 0;
    bool flag = false;
    if (value.is_null()) continue;
    if (key == "timestamp" && !value.get(number)) {
      result.timestamp_ms = number;
    } else if (key == "inCommitTimestamp" && !value.get(number)) {
      result.in_commit_timestamp_ms = number;
    } else if (key == "operation") {
      result.operation = as_text(value);
    } else if (key == "operationParameters") {
      result.operation_parameters = as_text_map(value);
    } else if (key == "operationMetrics") {
      result.operation_metrics = as_text_map(value);
    } else if (key == "engineInfo") {
      result.engine_info = as_text(value);
    } else if (key == "userName") {
      result.user_name = as_text(value);
    } else if (key == "txnId") {
      result.txn_id = as_text(value);
    } else if (key == "isBlindAppend" && !value.get(flag)) {
      result.is_blind_append = flag;
    } else if (key == "isolationLevel") {
      result.isolation_level = as_text(value);
    } else {
      result.other.emplace(key, as_text(value));
    }
  }
  return result;
}

Txn read_txn(JsonElement json) {
  const Reader reader{"txn"};
  Txn result;
  bool has_id = false, has_version = false;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "appId") {
      result.app_id = reader.text(key, value);
      has_id = true;
    } else if (key == "version") {
      result.version = reader.integer(key, value);
      has_version = true;
    } else if (key == "lastUpdated") {
      result.last_updated_ms = reader.integer(key, value);
    }
  }
  reader.require(has_id, "appId");
  reader.require(has_version, "version");
  return result;
}

DomainMetadata read_domain_metadata(JsonElement json) {
  const Reader reader{"domainMetadata"};
  DomainMetadata result;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "domain") result.domain = reader.text(key, value);
    if (key == "configuration") result.configuration = reader.text(key, value);
    if (key == "removed") result.removed = reader.boolean(key, value);
  }
  reader.require(!result.domain.empty(), "domain");
  return result;
}

Cdc read_cdc(JsonElement json) {
  FileActionView view;
  read_file_action(json, "cdc", view);
  AddFile file = to_add_file(view);
  return Cdc{std::move(file.path), std::move(file.partition_values), file.size, std::move(file.tags)};
}

CheckpointMetadata read_checkpoint_metadata(JsonElement json) {
  const Reader reader{"checkpointMetadata"};
  CheckpointMetadata result;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "version") result.version = reader.integer(key, value);
    if (key == "tags") result.tags = reader.string_map(key, value);
  }
  return result;
}

Sidecar read_sidecar(JsonElement json) {
  const Reader reader{"sidecar"};
  Sidecar result;
  for (const auto& [key, value] : reader.members(json)) {
    if (value.is_null()) continue;
    if (key == "path") result.path = reader.text(key, value);
    if (key == "sizeInBytes") result.size_in_bytes = reader.integer(key, value);
    if (key == "modificationTime") result.modification_time_ms = reader.integer(key, value);
    if (key == "tags") result.tags = reader.string_map(key, value);
  }
  reader.require(!result.path.empty(), "path");
  return result;
}

}  // namespace lakelet::delta
