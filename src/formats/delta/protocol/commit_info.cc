#include "formats/delta/protocol/commit_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/percent_encoding.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/protocol/operation_metrics.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr std::array<std::string_view, 14> kReserved = {
    "timestamp",     "operation", "operationParameters", "operationMetrics", "readVersion",       "engineInfo",
    "clientVersion", "txnId",     "isBlindAppend",       "isolationLevel",   "inCommitTimestamp", "version",
    "tags",          "userName"};

bool sets_name_only(const CommitFacts& facts) {
  return facts.before.configuration == facts.after.configuration &&
         (facts.before.name != facts.after.name || facts.before.description != facts.after.description);
}

bool clusters_only(const CommitFacts& facts) {
  return facts.clustering && facts.before.configuration == facts.after.configuration;
}

// The fields that the new schema has at its end, if it is the old one plus those; empty otherwise.
std::vector<Field> appended_fields(const CommitFacts& facts) {
  const auto& before = facts.schema_before.fields();
  const auto& after = facts.schema_after.fields();
  if (after.size() <= before.size() || !std::equal(before.begin(), before.end(), after.begin())) return {};
  return {after.begin() + static_cast<std::ptrdiff_t>(before.size()), after.end()};
}

// What became of the columns, in Spark's and deltalake's words.
std::string schema_operation(const CommitFacts& facts) {
  if (!appended_fields(facts).empty()) return "ADD COLUMN";
  bool added = false, dropped = false, renamed = false;
  const auto& before = facts.schema_before.fields();
  const auto& after = facts.schema_after.fields();
  for (const Field& field : after) {
    const Field* old = same_column(before, field);
    added |= old == nullptr;
    renamed |= old && old->name != field.name;
  }
  for (const Field& field : before) dropped |= same_column(after, field) == nullptr;
  if (added + dropped + renamed > 1) return "UPDATE SCHEMA";
  return dropped ? "DROP COLUMNS" : renamed ? "RENAME COLUMN" : added ? "UPDATE SCHEMA" : "CHANGE COLUMN";
}

// Constraints are properties of their own.
std::string property_operation(const CommitFacts& facts) {
  if (sets_name_only(facts)) return "UPDATE TABLE METADATA";
  if (clusters_only(facts)) return "CLUSTER BY";
  const auto& before = facts.before.configuration;
  const auto& after = facts.after.configuration;
  bool set = false, unset = false, constraint = false;
  for (const auto& [key, value] : after) {
    const auto old = before.find(key);
    if (old != before.end() && old->second == value) continue;
    set = true;
    constraint |= key.starts_with("delta.constraints.");
  }
  for (const auto& [key, value] : before) {
    if (after.contains(key)) continue;
    unset = true;
    constraint |= key.starts_with("delta.constraints.");
  }
  if (constraint) return set ? "ADD CONSTRAINT" : "DROP CONSTRAINT";
  return unset && !set ? "UNSET TBLPROPERTIES" : "SET TBLPROPERTIES";
}

std::string operation_name(const CommitInfo& info, const CommitFacts& facts) {
  switch (info.operation) {
    case Operation::Create:
      return "CREATE TABLE";
    case Operation::Append:
    case Operation::Overwrite:
      return "WRITE";
    case Operation::Delete:
      return "DELETE";
    case Operation::Update:
      return "UPDATE";
    case Operation::Merge:
      return "MERGE";
    case Operation::Optimize:
      return facts.reorganization.purge ? "REORG" : "OPTIMIZE";
    case Operation::Vacuum:
      return "VACUUM END";
    case Operation::Restore:
      return "RESTORE";
    case Operation::SetProperties:
      return property_operation(facts);
    case Operation::ChangeSchema:
      return schema_operation(facts);
    case Operation::Clone:
      return "CLONE";
    case Operation::Convert:
      return "CONVERT";
    case Operation::Analyze:
      return "COMPUTE STATS";
    case Operation::RemoveMissingFiles:
      return "FSCK";
    case Operation::Other:
      break;
  }
  return info.other_operation.empty() ? "MANUAL UPDATE" : info.other_operation;
}

// The parameters are strings; what is structured is JSON inside the string.
class Parameters {
 public:
  explicit Parameters(JsonWriter& json) : json_(json) { json_.key("operationParameters").begin_object(); }
  ~Parameters() { json_.end_object(); }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  void put(std::string_view name, std::string_view text) { json_.key(name).string(text); }
  void put(std::string_view name, std::int64_t number) { json_.key(name).integer(number); }
  void put_flag(std::string_view name, bool value) { json_.key(name).boolean(value); }
  void put_if(std::string_view name, const std::optional<std::string>& text) {
    if (text) put(name, *text);
  }

 private:
  JsonWriter& json_;
};

std::string json_of(const std::vector<std::string>& strings) {
  JsonWriter json;
  json.begin_array();
  for (const std::string& text : strings) json.string(text);
  json.end_array();
  return json.take();
}

std::string json_of(MergeMatch match, const std::vector<MergeClause>& clauses) {
  JsonWriter json;
  json.begin_array();
  for (const MergeClause& clause : clauses) {
    if (clause.match != match) continue;
    const char* action = clause.action == MergeAction::Update   ? "update"
                         : clause.action == MergeAction::Insert ? "insert"
                                                                : "delete";
    json.begin_object().key("actionType").string(action);
    if (clause.condition) json.key("predicate").string(*clause.condition);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string changed_properties(const CommitFacts& facts) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] : facts.after.configuration) {
    const auto old = facts.before.configuration.find(key);
    if (old == facts.before.configuration.end() || old->second != value) json.key(key).string(value);
  }
  json.end_object();
  return json.take();
}

std::string changed_description(const CommitFacts& facts) {
  JsonWriter json;
  json.begin_object();
  const auto put = [&](std::string_view key, const auto& before, const auto& after) {
    json.key(key);
    before != after&& after ? json.string(*after) : json.null();
  };
  put("name", facts.before.name, facts.after.name);
  put("description", facts.before.description, facts.after.description);
  json.end_object();
  return json.take();
}

// The array of field objects, cut out of the schema's own text: {"type":"struct","fields":[...]}.
std::string fields_json(const std::vector<Field>& fields) {
  const std::string schema = write_schema_json(Schema(fields));
  const std::size_t begin = schema.find('[');
  return schema.substr(begin, schema.rfind(']') - begin + 1);
}

std::string location_uri(const std::string& table_uri) {
  const std::string folder = table_uri.ends_with('/') ? table_uri : table_uri + "/";
  return folder.starts_with('/') ? "file://" + percent_encode_path(folder) : folder;
}

// targetSize is deltalake's, the others are Spark's.
void write_reorganization(const CommitInfo& info, const CommitFacts& facts, Parameters& parameters) {
  const Reorganization& how = facts.reorganization;
  parameters.put("targetSize", std::to_string(facts.target_file_bytes));
  parameters.put("predicate", info.predicate ? json_of(std::vector{*info.predicate}) : "[]");
  if (how.purge) {
    parameters.put("applyPurge", "true");
    return;
  }
  parameters.put("zOrderBy", json_of(how.z_order_by));
  parameters.put("clusterBy", json_of(how.cluster_by));
  parameters.put("auto", "false");
  if (!how.cluster_by.empty()) parameters.put("isFull", how.full ? "true" : "false");
}

// Spark names a table that has only a path by its format and that.
void put_clone(const CloneOrigin& origin, Parameters& parameters) {
  parameters.put("source", fmt::format("delta.`{}`", origin.source));
  parameters.put("sourceVersion", origin.version);
  parameters.put_flag("isShallow", origin.shallow);
}

void write_parameters(const CommitInfo& info, const CommitFacts& facts, JsonWriter& json) {
  Parameters parameters(json);
  switch (info.operation) {
    case Operation::Create:
      parameters.put("mode", "ErrorIfExists");
      parameters.put("location", location_uri(facts.table_uri));
      parameters.put("protocol", protocol_json(facts.protocol));
      parameters.put("metadata", metadata_json(facts.after));
      return;
    case Operation::Append:
    case Operation::Overwrite:
      parameters.put("mode", info.operation == Operation::Append ? "Append" : "Overwrite");
      if (!facts.after.partition_columns.empty()) parameters.put("partitionBy", json_of(facts.after.partition_columns));
      parameters.put_if("predicate", info.predicate);
      return;
    case Operation::Update:
      parameters.put("predicate", info.predicate.value_or("true"));
      return;
    case Operation::Merge:
      parameters.put_if("mergePredicate", info.predicate);
      parameters.put("matchedPredicates", json_of(MergeMatch::Matched, info.merge_clauses));
      parameters.put("notMatchedPredicates", json_of(MergeMatch::NotMatched, info.merge_clauses));
      parameters.put("notMatchedBySourcePredicates", json_of(MergeMatch::NotMatchedBySource, info.merge_clauses));
      return;
    case Operation::Optimize:
      write_reorganization(info, facts, parameters);
      return;
    case Operation::SetProperties:
      if (sets_name_only(facts)) {
        parameters.put("metadataUpdate", changed_description(facts));
      } else if (clusters_only(facts)) {
        parameters.put("oldClusteringColumns", fmt::format("{}", fmt::join(facts.clustering->before, ",")));
        parameters.put("newClusteringColumns", fmt::format("{}", fmt::join(facts.clustering->after, ",")));
      } else {
        parameters.put("properties", changed_properties(facts));
      }
      return;
    case Operation::ChangeSchema:
      if (const auto fields = appended_fields(facts); !fields.empty()) {
        parameters.put("fields", fields_json(fields));
      } else {
        parameters.put("oldSchema", facts.before.schema_string);
        parameters.put("newSchema", facts.after.schema_string);
      }
      return;
    case Operation::Vacuum:
      parameters.put("status", "COMPLETED");
      return;
    case Operation::Clone:
      put_clone(info.clone.value_or(CloneOrigin()), parameters);
      return;
    case Operation::Convert:
      parameters.put("numFiles", facts.files_added);
      parameters.put("partitionedBy", json_of(facts.after.partition_columns));
      parameters.put_flag("collectStats", info.conversion && info.conversion->statistics);
      if (info.conversion) parameters.put("sourceFormat", info.conversion->format);
      return;
    case Operation::Analyze:
      parameters.put("predicate", "[]");
      return;
    case Operation::RemoveMissingFiles:
      return;
    case Operation::Delete:
    case Operation::Restore:
    case Operation::Other:
      parameters.put_if("predicate", info.predicate);
      return;
  }
}

void write_said_parameters(const SaidOperation& said, JsonWriter& json) {
  json.key("operationParameters").begin_object();
  for (const auto& [name, value] : said.parameters) json.key(name).raw(value);
  json.end_object();
}

}  // namespace

std::string write_commit_info(const CommitInfo& info, const CommitFacts& facts) {
  JsonWriter json;
  json.begin_object();
  if (facts.in_commit_timestamp_ms) json.key("inCommitTimestamp").integer(*facts.in_commit_timestamp_ms);
  json.key("timestamp").integer(facts.timestamp_ms);
  json.key("operation").string(facts.said ? facts.said->name : operation_name(info, facts));
  facts.said ? write_said_parameters(*facts.said, json) : write_parameters(info, facts, json);
  if (facts.read_version >= 0) json.key("readVersion").integer(facts.read_version);
  json.key("isBlindAppend").boolean(facts.blind_append);
  json.key("engineInfo").string(facts.engine_info);
  for (const auto& [key, value] : info.user_metadata) {
    if (std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' can't be used as commit metadata: Delta uses it", key),
                  "choose another name for the entry");
    }
    json.key(key).string(value);
  }
  const auto put_metrics = [&json](const auto& metrics) {
    if (metrics.empty()) return;
    json.key("operationMetrics").begin_object();
    for (const auto& [name, value] : metrics) json.key(name).integer(value);
    json.end_object();
  };
  facts.said ? put_metrics(facts.said->metrics) : put_metrics(operation_metrics(info, facts));
  if (facts.rows_stay_known) {
    json.key("tags").begin_object();
    json.key("delta.rowTracking.preserved").string(*facts.rows_stay_known ? "true" : "false");
    json.end_object();
  }
  std::string client = facts.engine_info;
  if (const auto slash = client.find('/'); slash != std::string::npos) client[slash] = '.';
  json.key("clientVersion").string(client);
  json.key("txnId").string(facts.txn_id);
  json.end_object();
  return json.take();
}

std::string describe_author(const CommitInfoAction& info) {
  std::string text = info.operation.empty() ? "a commit" : info.operation;
  if (!info.engine_info.empty()) text += " by " + info.engine_info;
  if (!info.user_name.empty()) text += " (" + info.user_name + ")";
  return text;
}

}  // namespace lakelet::delta
