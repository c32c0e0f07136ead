#include "formats/delta/protocol/operation_metrics.h"

#include <algorithm>

namespace lakelet::delta {
namespace {

std::int64_t milliseconds(double seconds) {
  return static_cast<std::int64_t>(seconds * 1000 + 0.5);
}

std::int64_t execution_ms(const Report& report, const CommitFacts& facts) {
  return milliseconds(report.seconds > 0 ? report.seconds : facts.seconds);
}

std::int64_t stage_ms(const Report& report, std::string_view name) {
  double seconds = 0;
  for (const Stage& stage : report.stages) {
    if (stage.name == name) seconds += stage.seconds;
  }
  return milliseconds(seconds);
}

OperationMetrics write_metrics(const Report& report, const CommitFacts& facts) {
  const std::int64_t rows = report.rows_inserted > 0 ? report.rows_inserted : facts.rows_added - report.rows_copied;
  return {{"num_added_files", facts.files_added},
          {"num_removed_files", facts.files_removed},
          {"num_partitions", facts.partitions_added},
          {"num_added_rows", rows},
          {"execution_time_ms", execution_ms(report, facts)},
          {"num_retries", facts.retries}};
}

OperationMetrics merge_metrics(const Report& report, const CommitFacts& facts) {
  return {{"num_source_rows", report.rows_read},
          {"num_target_rows_inserted", report.rows_inserted},
          {"num_target_rows_updated", report.rows_updated},
          {"num_target_rows_deleted", report.rows_deleted},
          {"num_target_rows_copied", report.rows_copied},
          {"num_output_rows", report.rows_inserted + report.rows_updated + report.rows_copied},
          {"num_target_files_scanned", report.files_scanned},
          {"num_target_files_skipped_during_scan", report.files_pruned},
          {"num_target_files_added", facts.files_added},
          {"num_target_files_removed", facts.files_removed},
          {"execution_time_ms", execution_ms(report, facts)},
          {"scan_time_ms", stage_ms(report, "scan")},
          {"rewrite_time_ms", stage_ms(report, "rewrite") + stage_ms(report, "write")}};
}

void append(OperationMetrics& metrics, OperationMetrics more) {
  metrics.insert(metrics.end(), more.begin(), more.end());
}

// Spark's names (DeltaOperationMetrics), beside those of deltalake, which knows no deletion vectors.
OperationMetrics change_metrics_of_spark(const Report& report, const CommitFacts& facts) {
  return {{"numAddedFiles", facts.files_added},
          {"numRemovedFiles", facts.files_removed},
          {"numAddedBytes", facts.bytes_added},
          {"numRemovedBytes", facts.bytes_removed},
          {"numDeletionVectorsAdded", facts.vectors_added},
          {"numDeletionVectorsRemoved", facts.vectors_removed},
          {"numDeletionVectorsUpdated", facts.vectors_updated},
          {"numAddedChangeFiles", facts.change_files},
          {"numCopiedRows", report.rows_copied},
          {"executionTimeMs", execution_ms(report, facts)},
          {"scanTimeMs", stage_ms(report, "scan")},
          {"rewriteTimeMs", stage_ms(report, "rewrite") + stage_ms(report, "write")}};
}

OperationMetrics merge_metrics_of_spark(const Report& report, const CommitFacts& facts) {
  return {{"numSourceRows", report.rows_read},
          {"numTargetRowsInserted", report.rows_inserted},
          {"numTargetRowsUpdated", report.rows_updated},
          {"numTargetRowsDeleted", report.rows_deleted},
          {"numTargetRowsCopied", report.rows_copied},
          {"numOutputRows", report.rows_inserted + report.rows_updated + report.rows_copied},
          {"numTargetFilesAdded", facts.files_added},
          {"numTargetFilesRemoved", facts.files_removed},
          {"numTargetBytesAdded", facts.bytes_added},
          {"numTargetBytesRemoved", facts.bytes_removed},
          {"numTargetDeletionVectorsAdded", facts.vectors_added},
          {"numTargetDeletionVectorsRemoved", facts.vectors_removed},
          {"numTargetDeletionVectorsUpdated", facts.vectors_updated},
          {"numTargetChangeFilesAdded", facts.change_files},
          {"numTargetChangeFileBytes", facts.change_bytes},
          {"executionTimeMs", execution_ms(report, facts)},
          {"scanTimeMs", stage_ms(report, "scan")},
          {"rewriteTimeMs", stage_ms(report, "rewrite") + stage_ms(report, "write")}};
}

OperationMetrics delete_metrics(const Report& report, const CommitFacts& facts) {
  OperationMetrics metrics = {{"num_added_files", facts.files_added},
                              {"num_removed_files", facts.files_removed},
                              {"num_deleted_rows", report.rows_deleted},
                              {"num_copied_rows", report.rows_copied},
                              {"execution_time_ms", execution_ms(report, facts)},
                              {"scan_time_ms", stage_ms(report, "scan")},
                              {"rewrite_time_ms", stage_ms(report, "rewrite") + stage_ms(report, "write")},
                              {"numDeletedRows", report.rows_deleted}};
  append(metrics, change_metrics_of_spark(report, facts));
  return metrics;
}

OperationMetrics clone_metrics(const CloneOrigin& origin) {
  return {{"sourceTableSize", static_cast<std::int64_t>(origin.bytes)},
          {"sourceNumOfFiles", origin.files},
          {"numRemovedFiles", 0},
          {"numCopiedFiles", origin.copied_files},
          {"removedFilesSize", 0},
          {"copiedFilesSize", static_cast<std::int64_t>(origin.copied_bytes)}};
}

OperationMetrics update_metrics(const Report& report, const CommitFacts& facts) {
  OperationMetrics metrics = {{"num_added_files", facts.files_added},
                              {"num_removed_files", facts.files_removed},
                              {"num_updated_rows", report.rows_updated},
                              {"num_copied_rows", report.rows_copied},
                              {"execution_time_ms", execution_ms(report, facts)},
                              {"scan_time_ms", stage_ms(report, "scan")},
                              {"numUpdatedRows", report.rows_updated}};
  append(metrics, change_metrics_of_spark(report, facts));
  return metrics;
}

// Of sizes in ascending order, as Spark takes it: the one at a share of their number, counted down.
std::int64_t size_at(const std::vector<std::int64_t>& sizes, std::size_t hundredths) {
  return sizes.empty() ? 0 : sizes[std::min(sizes.size() - 1, sizes.size() * hundredths / 100)];
}

OperationMetrics optimize_metrics(const Report& report, const CommitFacts& facts) {
  return {{"numFilesAdded", facts.files_added},
          {"numFilesRemoved", facts.files_removed},
          {"numAddedFiles", facts.files_added},
          {"numRemovedFiles", facts.files_removed},
          {"numAddedBytes", facts.bytes_added},
          {"numRemovedBytes", facts.bytes_removed},
          {"minFileSize", size_at(facts.added_sizes, 0)},
          {"p25FileSize", size_at(facts.added_sizes, 25)},
          {"p50FileSize", size_at(facts.added_sizes, 50)},
          {"p75FileSize", size_at(facts.added_sizes, 75)},
          {"maxFileSize", size_at(facts.added_sizes, 100)},
          {"numDeletionVectorsRemoved", facts.vectors_removed},
          {"executionTimeMs", execution_ms(report, facts)}};
}

// Of several statements together, and of what has no word of its own.
OperationMetrics transaction_metrics(const Report& report, const CommitFacts& facts) {
  OperationMetrics metrics = {{"numInsertedRows", report.rows_inserted},
                              {"numUpdatedRows", report.rows_updated},
                              {"numDeletedRows", report.rows_deleted}};
  append(metrics, change_metrics_of_spark(report, facts));
  return metrics;
}

}  // namespace

OperationMetrics operation_metrics(const CommitInfo& info, const CommitFacts& facts) {
  const Report& report = info.metrics;
  switch (info.operation) {
    case Operation::Append:
    case Operation::Overwrite:
      return write_metrics(report, facts);
    case Operation::Delete:
      return delete_metrics(report, facts);
    case Operation::Update:
      return update_metrics(report, facts);
    case Operation::Merge: {
      OperationMetrics metrics = merge_metrics(report, facts);
      append(metrics, merge_metrics_of_spark(report, facts));
      return metrics;
    }
    case Operation::Optimize:
      return optimize_metrics(report, facts);
    case Operation::Restore:
      return {{"numRemovedFile", facts.files_removed}, {"numRestoredFile", facts.files_added}};
    case Operation::Clone:
      return clone_metrics(info.clone.value_or(CloneOrigin()));
    case Operation::Convert:
      return {{"numConvertedFiles", facts.files_added}};
    case Operation::RemoveMissingFiles:
      return {{"numRemovedFiles", facts.files_removed}, {"numRemovedBytes", facts.bytes_removed}};
    case Operation::Other:
      return transaction_metrics(report, facts);
    default:
      return {};
  }
}

}  // namespace lakelet::delta
