#include "formats/delta/checkpoint/checkpoint_columns.h"

namespace lakelet::delta {

namespace {

// The places of the columns below; the order is that of the lists.
enum FileColumn : std::size_t {
  kPath,
  kPartitionValues,
  kSize,
  kModificationTime,
  kDataChange,
  kStats,
  kTags,
  kDvStorage,
  kDvPath,
  kDvOffset,
  kDvSize,
  kDvCardinality,
  kBaseRowId,
  kDefaultRowCommitVersion,
  kClusteringProvider,
  kDeletionTimestamp,
  kExtended
};
constexpr const char* kFileColumns[] = {"path",
                                        "partitionValues",
                                        "size",
                                        "modificationTime",
                                        "dataChange",
                                        "stats",
                                        "tags",
                                        "deletionVector.storageType",
                                        "deletionVector.pathOrInlineDv",
                                        "deletionVector.offset",
                                        "deletionVector.sizeInBytes",
                                        "deletionVector.cardinality",
                                        "baseRowId",
                                        "defaultRowCommitVersion",
                                        "clusteringProvider",
                                        "deletionTimestamp",
                                        "extendedFileMetadata"};

enum OtherColumn : std::size_t {
  kReaderVersion,
  kWriterVersion,
  kReaderFeatures,
  kWriterFeatures,
  kId,
  kName,
  kDescription,
  kProvider,
  kOptions,
  kSchema,
  kPartitionColumns,
  kCreated,
  kConfiguration,
  kAppId,
  kAppVersion,
  kLastUpdated,
  kDomain,
  kDomainConfiguration,
  kDomainRemoved,
  kSidecarPath,
  kSidecarSize,
  kSidecarTime,
  kCheckpointVersion
};
constexpr const char* kOtherColumns[] = {"protocol.minReaderVersion",
                                         "protocol.minWriterVersion",
                                         "protocol.readerFeatures",
                                         "protocol.writerFeatures",
                                         "metaData.id",
                                         "metaData.name",
                                         "metaData.description",
                                         "metaData.format.provider",
                                         "metaData.format.options",
                                         "metaData.schemaString",
                                         "metaData.partitionColumns",
                                         "metaData.createdTime",
                                         "metaData.configuration",
                                         "txn.appId",
                                         "txn.version",
                                         "txn.lastUpdated",
                                         "domainMetadata.domain",
                                         "domainMetadata.configuration",
                                         "domainMetadata.removed",
                                         "sidecar.path",
                                         "sidecar.sizeInBytes",
                                         "sidecar.modificationTime",
                                         "checkpointMetadata.version"};

struct Cells {
  const ArrowRows& rows;
  std::size_t first;
  std::int64_t row;

  std::optional<std::string_view> text(std::size_t column) const { return rows.text(first + column, row); }
  std::optional<std::int64_t> integer(std::size_t column) const { return rows.integer(first + column, row); }
  std::optional<bool> boolean(std::size_t column) const { return rows.boolean(first + column, row); }
  std::string string(std::size_t column) const { return std::string(text(column).value_or("")); }
  std::optional<std::string> optional_string(std::size_t column) const {
    const auto value = text(column);
    return value ? std::optional<std::string>(*value) : std::nullopt;
  }
  std::vector<std::string> strings(std::size_t column) const {
    std::vector<std::string> result;
    rows.each_text(first + column, row, [&result](std::string_view entry) { result.emplace_back(entry); });
    return result;
  }
  StringMap map(std::size_t column) const {
    StringMap result;
    rows.each_entry(first + column, row, [&result](std::string_view key, std::optional<std::string_view> value) {
      if (value) result.emplace(key, *value);
    });
    return result;
  }
};

void read_metadata(const Cells& cells, ActionVisitor& visitor) {
  if (!cells.text(kSchema)) return;
  Metadata metadata;
  metadata.id = cells.string(kId);
  metadata.name = cells.optional_string(kName);
  metadata.description = cells.optional_string(kDescription);
  if (const auto provider = cells.text(kProvider)) metadata.format_provider = *provider;
  metadata.format_options = cells.map(kOptions);
  metadata.schema_string = cells.string(kSchema);
  metadata.partition_columns = cells.strings(kPartitionColumns);
  metadata.created_time_ms = cells.integer(kCreated);
  metadata.configuration = cells.map(kConfiguration);
  visitor.on_metadata(std::move(metadata));
}

}  // namespace

std::vector<std::string> file_action_columns(const std::string& action) {
  std::vector<std::string> result;
  for (const char* column : kFileColumns) result.push_back(action + "." + column);
  return result;
}

std::vector<std::string> other_action_columns() {
  return {std::begin(kOtherColumns), std::end(kOtherColumns)};
}

bool read_file_action(const ArrowRows& rows, std::size_t first, std::int64_t row, FileActionView& out) {
  const Cells cells{rows, first, row};
  const auto path = cells.text(kPath);
  if (!path) return false;
  out.path = *path;
  out.partition_values.clear();
  rows.each_entry(first + kPartitionValues, row, [&out](std::string_view key, std::optional<std::string_view> value) {
    out.partition_values.emplace_back(key, value);
  });
  out.size = cells.integer(kSize);
  out.modification_time_ms = cells.integer(kModificationTime).value_or(0);
  out.data_change = cells.boolean(kDataChange).value_or(false);
  out.stats = cells.text(kStats);
  out.tags.clear();
  rows.each_entry(first + kTags, row, [&out](std::string_view key, std::optional<std::string_view> value) {
    if (value) out.tags.emplace_back(key, *value);
  });
  out.deletion_vector.reset();
  if (const auto storage = cells.text(kDvStorage); storage && !storage->empty()) {
    DeletionVectorDescriptor dv;
    dv.storage_type = (*storage)[0];
    dv.path_or_inline_dv = cells.string(kDvPath);
    dv.offset = cells.integer(kDvOffset);
    dv.size_in_bytes = cells.integer(kDvSize).value_or(0);
    dv.cardinality = cells.integer(kDvCardinality).value_or(0);
    out.deletion_vector = std::move(dv);
  }
  out.base_row_id = cells.integer(kBaseRowId);
  out.default_row_commit_version = cells.integer(kDefaultRowCommitVersion);
  out.clustering_provider = cells.text(kClusteringProvider);
  out.deletion_timestamp_ms = cells.integer(kDeletionTimestamp);
  out.extended_file_metadata = cells.boolean(kExtended).value_or(false);
  return true;
}

void read_other_actions(const ArrowRows& rows, std::size_t first, std::int64_t row, ActionVisitor& visitor) {
  const Cells cells{rows, first, row};
  if (const auto version = cells.integer(kReaderVersion)) {
    visitor.on_protocol({static_cast<int>(*version), static_cast<int>(cells.integer(kWriterVersion).value_or(0)),
                         cells.strings(kReaderFeatures), cells.strings(kWriterFeatures)});
  }
  read_metadata(cells, visitor);
  if (cells.text(kAppId)) {
    visitor.on_txn({cells.string(kAppId), cells.integer(kAppVersion).value_or(0), cells.integer(kLastUpdated)});
  }
  if (cells.text(kDomain)) {
    visitor.on_domain_metadata(
        {cells.string(kDomain), cells.string(kDomainConfiguration), cells.boolean(kDomainRemoved).value_or(false)});
  }
  if (cells.text(kSidecarPath)) {
    visitor.on_sidecar({cells.string(kSidecarPath),
                        cells.integer(kSidecarSize).value_or(0),
                        cells.integer(kSidecarTime).value_or(0),
                        {}});
  }
  if (const auto version = cells.integer(kCheckpointVersion)) visitor.on_checkpoint_metadata({*version, {}});
}

}  // namespace lakelet::delta
