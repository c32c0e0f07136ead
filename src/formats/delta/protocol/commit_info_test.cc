#include "formats/delta/protocol/commit_info.h"

#include <gtest/gtest.h>

#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

CommitFacts facts() {
  CommitFacts out;
  out.timestamp_ms = 1'700'000'000'000;
  out.read_version = 4;
  out.engine_info = "lakelet/0.1.0";
  out.txn_id = "the-id";
  return out;
}

CommitInfo info_of(Operation operation, std::optional<std::string> predicate = {}) {
  CommitInfo info;
  info.operation = operation;
  info.predicate = std::move(predicate);
  return info;
}

CommitInfoAction parsed(const CommitInfo& info, const CommitFacts& said) {
  const std::string line = "{\"commitInfo\":" + write_commit_info(info, said) + "}\n";
  return std::get<CommitInfoAction>(read_actions(line, "test").at(0));
}

TEST(CommitInfo, WriteAsDeltalakeWritesIt) {
  CommitFacts said = facts();
  said.after.partition_columns = {"p"};
  said.files_added = 3;
  said.rows_added = 3;
  said.blind_append = true;
  CommitInfo info = info_of(Operation::Append);
  info.metrics.seconds = 0.02;
  const CommitInfoAction action = parsed(info, said);
  EXPECT_EQ(action.operation, "WRITE");
  EXPECT_EQ(action.operation_parameters, (StringMap{{"mode", "Append"}, {"partitionBy", "[\"p\"]"}}));
  EXPECT_EQ(action.operation_metrics, (StringMap{{"num_added_files", "3"},
                                                 {"num_removed_files", "0"},
                                                 {"num_partitions", "0"},
                                                 {"num_added_rows", "3"},
                                                 {"execution_time_ms", "20"},
                                                 {"num_retries", "0"}}));
  EXPECT_EQ(action.engine_info, "lakelet/0.1.0");
  EXPECT_EQ(action.txn_id, "the-id");
  EXPECT_EQ(action.is_blind_append, true);
  EXPECT_EQ(action.timestamp_ms, 1'700'000'000'000);
}

TEST(CommitInfo, OverwriteWithAPredicate) {
  CommitInfo info = info_of(Operation::Overwrite, "p = 'a'");
  EXPECT_EQ(parsed(info, facts()).operation_parameters, (StringMap{{"mode", "Overwrite"}, {"predicate", "p = 'a'"}}));
}

// Names with an underscore; the others are Spark's.
StringMap metrics_of_deltalake(StringMap metrics) {
  std::erase_if(metrics, [](const auto& metric) { return metric.first.find('_') == std::string::npos; });
  return metrics;
}

TEST(CommitInfo, DeleteAndUpdate) {
  CommitFacts said = facts();
  said.files_removed = 1;
  said.change_files = 2;
  CommitInfo info = info_of(Operation::Delete, "id = 2");
  info.metrics.rows_deleted = 1;
  info.metrics.stages = {{"scan", 0.004}, {"rewrite", 0.001}};
  CommitInfoAction action = parsed(info, said);
  EXPECT_EQ(action.operation, "DELETE");
  EXPECT_EQ(action.operation_parameters, (StringMap{{"predicate", "id = 2"}}));
  EXPECT_EQ(metrics_of_deltalake(action.operation_metrics), (StringMap{{"num_added_files", "0"},
                                                                       {"num_removed_files", "1"},
                                                                       {"num_deleted_rows", "1"},
                                                                       {"num_copied_rows", "0"},
                                                                       {"execution_time_ms", "0"},
                                                                       {"scan_time_ms", "4"},
                                                                       {"rewrite_time_ms", "1"}}));
  EXPECT_EQ(action.operation_metrics.at("numDeletedRows"), "1");
  EXPECT_EQ(action.operation_metrics.at("numRemovedFiles"), "1");
  EXPECT_EQ(action.operation_metrics.at("numAddedChangeFiles"), "2");
  info = info_of(Operation::Update);
  action = parsed(info, said);
  EXPECT_EQ(action.operation, "UPDATE");
  EXPECT_EQ(action.operation_parameters, (StringMap{{"predicate", "true"}}));
  EXPECT_TRUE(action.operation_metrics.contains("num_updated_rows"));
  EXPECT_FALSE(action.operation_metrics.contains("rewrite_time_ms"));
  // All rows: deltalake leaves the predicate of a delete out.
  EXPECT_EQ(parsed(info_of(Operation::Delete), said).operation_parameters, StringMap{});
}

TEST(CommitInfo, MergeWithAllItsClauses) {
  CommitInfo info = info_of(Operation::Merge, "target.id = source.id");
  info.merge_clauses = {{MergeMatch::Matched, MergeAction::Update, "source.v > 1"},
                        {MergeMatch::Matched, MergeAction::Delete, std::nullopt},
                        {MergeMatch::NotMatched, MergeAction::Insert, std::nullopt},
                        {MergeMatch::NotMatchedBySource, MergeAction::Update, "target.v > 100"},
                        {MergeMatch::NotMatchedBySource, MergeAction::Delete, std::nullopt}};
  info.metrics.rows_read = 3;
  info.metrics.rows_inserted = 2;
  info.metrics.rows_updated = 1;
  info.metrics.rows_copied = 4;
  const CommitInfoAction action = parsed(info, facts());
  EXPECT_EQ(action.operation, "MERGE");
  EXPECT_EQ(
      action.operation_parameters,
      (StringMap{{"mergePredicate", "target.id = source.id"},
                 {"matchedPredicates",
                  "[{\"actionType\":\"update\",\"predicate\":\"source.v > 1\"},{\"actionType\":\"delete\"}]"},
                 {"notMatchedPredicates", "[{\"actionType\":\"insert\"}]"},
                 {"notMatchedBySourcePredicates",
                  "[{\"actionType\":\"update\",\"predicate\":\"target.v > 100\"},{\"actionType\":\"delete\"}]"}}));
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics_of_deltalake(action.operation_metrics)) names.push_back(name);
  EXPECT_EQ(action.operation_metrics.at("numTargetRowsInserted"), "2");
  EXPECT_EQ(action.operation_metrics.at("numTargetChangeFilesAdded"), "0");
  EXPECT_EQ(names, (std::vector<std::string>{
                       "execution_time_ms", "num_output_rows", "num_source_rows", "num_target_files_added",
                       "num_target_files_removed", "num_target_files_scanned", "num_target_files_skipped_during_scan",
                       "num_target_rows_copied", "num_target_rows_deleted", "num_target_rows_inserted",
                       "num_target_rows_updated", "rewrite_time_ms", "scan_time_ms"}));
  EXPECT_EQ(action.operation_metrics.at("num_output_rows"), "7");
  CommitFacts timed = facts();
  timed.seconds = 1.5;
  EXPECT_EQ(parsed(info, timed).operation_metrics.at("execution_time_ms"), "1500");
}

TEST(CommitInfo, CreateRepeatsProtocolAndMetadata) {
  CommitFacts said = facts();
  said.read_version = -1;
  said.table_uri = "/lake/my table";
  said.after.id = "i";
  said.after.schema_string = "{}";
  const std::string json = write_commit_info(info_of(Operation::Create), said);
  const CommitInfoAction action = parsed(info_of(Operation::Create), said);
  EXPECT_EQ(action.operation, "CREATE TABLE");
  EXPECT_EQ(action.operation_parameters,
            (StringMap{{"mode", "ErrorIfExists"},
                       {"location", "file:///lake/my%20table/"},
                       {"protocol", "{\"minReaderVersion\":1,\"minWriterVersion\":2}"},
                       {"metadata",
                        "{\"id\":\"i\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\"{}\","
                        "\"partitionColumns\":[],\"configuration\":{}}"}}));
  EXPECT_EQ(json.find("readVersion"), std::string::npos);
  EXPECT_EQ(json.find("operationMetrics"), std::string::npos);
}

TEST(CommitInfo, PropertiesSchemaAndName) {
  CommitFacts said = facts();
  said.before.configuration = {{"a", "1"}, {"b", "2"}};
  said.after.configuration = {{"a", "1"}, {"b", "3"}, {"c", "4"}};
  CommitInfoAction action = parsed(info_of(Operation::SetProperties), said);
  EXPECT_EQ(action.operation, "SET TBLPROPERTIES");
  EXPECT_EQ(action.operation_parameters, (StringMap{{"properties", "{\"b\":\"3\",\"c\":\"4\"}"}}));

  said.after.configuration = said.before.configuration;
  said.after.name = "n";
  action = parsed(info_of(Operation::SetProperties), said);
  EXPECT_EQ(action.operation, "UPDATE TABLE METADATA");
  EXPECT_EQ(action.operation_parameters, (StringMap{{"metadataUpdate", "{\"name\":\"n\",\"description\":null}"}}));

  said.schema_before = parse_schema("a int");
  said.schema_after = parse_schema("a int, z int");
  action = parsed(info_of(Operation::ChangeSchema), said);
  EXPECT_EQ(action.operation, "ADD COLUMN");
  EXPECT_EQ(action.operation_parameters,
            (StringMap{{"fields", "[{\"name\":\"z\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]"}}));
}

TEST(CommitInfo, UserMetadataStandsBesideTheRest) {
  CommitInfo info = info_of(Operation::Append);
  info.user_metadata = {{"job", "nightly"}};
  EXPECT_EQ(parsed(info, facts()).other.at("job"), "nightly");
  info.user_metadata = {{"operation", "x"}};
  try {
    write_commit_info(info, facts());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_NE(std::string(error.what()).find("'operation'"), std::string::npos);
  }
}

}  // namespace
}  // namespace lakelet::delta
