// The actions of Delta's log as values (PROTOCOL.md, "Actions"). Field names follow the protocol's; an optional that is
// absent was absent or null in the log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lakelet::delta {

using StringMap = std::map<std::string, std::string>;
// Partition column (its physical name under column mapping) -> serialised value; nullopt is the null value.
using PartitionValues = std::map<std::string, std::optional<std::string>>;

struct Protocol {
  int reader_version = 1;
  int writer_version = 2;
  std::vector<std::string> reader_features = {};  // only with reader version 3
  std::vector<std::string> writer_features = {};  // only with writer version 7
  friend bool operator==(const Protocol&, const Protocol&) = default;
};

struct Metadata {
  std::string id = {};
  std::optional<std::string> name = {};
  std::optional<std::string> description = {};
  std::string format_provider = "parquet";
  StringMap format_options = {};
  std::string schema_string = {};
  std::vector<std::string> partition_columns = {};  // logical names
  std::optional<std::int64_t> created_time_ms = {};
  StringMap configuration = {};
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

struct DeletionVectorDescriptor {
  char storage_type = 'u';  // 'u' file named by UUID, 'p' absolute path, 'i' inline
  std::string path_or_inline_dv = {};
  std::optional<std::int64_t> offset = {};
  std::int64_t size_in_bytes = 0;
  std::int64_t cardinality = 0;
  // "Derived Fields": part of a logical file's key.
  std::string unique_id() const;
  friend bool operator==(const DeletionVectorDescriptor&, const DeletionVectorDescriptor&) = default;
};

struct AddFile {
  std::string path = {};  // as in the log: percent-encoded, relative to the table or absolute
  PartitionValues partition_values = {};
  std::int64_t size = 0;
  std::int64_t modification_time_ms = 0;
  bool data_change = true;
  std::optional<std::string> stats = {};  // JSON text
  StringMap tags = {};
  std::optional<DeletionVectorDescriptor> deletion_vector = {};
  std::optional<std::int64_t> base_row_id = {};
  std::optional<std::int64_t> default_row_commit_version = {};
  std::optional<std::string> clustering_provider = {};
  friend bool operator==(const AddFile&, const AddFile&) = default;
};

struct RemoveFile {
  std::string path = {};
  std::optional<std::int64_t> deletion_timestamp_ms = {};
  bool data_change = true;
  bool extended_file_metadata = false;  // partition_values, size and tags are given
  PartitionValues partition_values = {};
  std::optional<std::int64_t> size = {};
  std::optional<std::string> stats = {};
  StringMap tags = {};
  std::optional<DeletionVectorDescriptor> deletion_vector = {};
  std::optional<std::int64_t> base_row_id = {};
  std::optional<std::int64_t> default_row_commit_version = {};
  friend bool operator==(const RemoveFile&, const RemoveFile&) = default;
};

// Not lakelet::CommitInfo: this is what a commit in the log says of itself. Any JSON is allowed in it.
struct CommitInfoAction {
  std::string json = {};  // the whole commitInfo object
  std::optional<std::int64_t> timestamp_ms = {};
  std::optional<std::int64_t> in_commit_timestamp_ms = {};
  std::string operation = {};
  StringMap operation_parameters = {};  // values as text: strings as they are, all else as JSON
  StringMap operation_metrics = {};
  std::string engine_info = {};
  std::string user_name = {};
  std::string txn_id = {};
  std::optional<bool> is_blind_append = {};
  std::optional<std::string> isolation_level = {};
  StringMap other = {};  // the remaining top-level fields, as text
};

struct Txn {
  std::string app_id = {};
  std::int64_t version = 0;
  std::optional<std::int64_t> last_updated_ms = {};
  friend bool operator==(const Txn&, const Txn&) = default;
};

struct DomainMetadata {
  std::string domain = {};
  std::string configuration = {};
  bool removed = false;
  friend bool operator==(const DomainMetadata&, const DomainMetadata&) = default;
};

// A change data file ("cdc").
struct Cdc {
  std::string path = {};
  PartitionValues partition_values = {};
  std::int64_t size = 0;
  StringMap tags = {};
  friend bool operator==(const Cdc&, const Cdc&) = default;
};

// The two actions of v2 checkpoints.
struct CheckpointMetadata {
  std::int64_t version = 0;
  StringMap tags = {};
};
struct Sidecar {
  std::string path = {};
  std::int64_t size_in_bytes = 0;
  std::int64_t modification_time_ms = 0;
  StringMap tags = {};
};

using Action = std::variant<Protocol, Metadata, AddFile, RemoveFile, CommitInfoAction, Txn, DomainMetadata, Cdc,
                            CheckpointMetadata, Sidecar>;

}  // namespace lakelet::delta
