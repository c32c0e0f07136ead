// A Delta table at one version.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "formats/delta/log/table_state.h"
#include "formats/delta/protocol/actions.h"
#include "formats/delta/schema/column_mapping.h"
#include "table/snapshot.h"
#include "table/table_format.h"

namespace lakelet::delta {

class DeltaSnapshot final : public Snapshot {
 public:
  // Throws Error(CorruptTable) for metadata that contradicts itself,
  // Error(UnsupportedFeature) naming a feature that we can't read. `make` for a
  // table that is being created: version -1, no files.
  static std::shared_ptr<const DeltaSnapshot> make(const FormatContext& context, const Location& location,
                                                   TableState state);

  const Location& location() const override { return location_; }
  Version version() const override { return state_.version; }
  std::int64_t timestamp_us() const override;  // lists the log once where commits give no time of their own
  const Schema& schema() const override { return schema_; }
  const Partitioning& partitioning() const override { return partitioning_; }
  const Properties& properties() const override { return state_.metadata.configuration; }
  const TableMetadata& metadata() const override { return table_metadata_; }
  ColumnMatching column_matching() const override;
  bool widens(const Type& from, const Type& to) const override;
  WriteLayout write_layout() const override;
  RowRules row_rules() const override;
  RowTracking row_tracking() const override;
  void require(Access access) const override;
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override;  // reads the checkpoint once, and remembers
  TableSize size_estimate() const override;

  std::map<std::string, std::string> domains() const override;
  std::optional<std::int64_t> application_version(const std::string& application) const override;

  // For the writing half.
  const TableState& state() const { return state_; }
  const Protocol& protocol() const { return state_.protocol; }
  const Metadata& metadata_action() const { return state_.metadata; }
  ColumnMappingMode mapping_mode() const { return mapping_mode_; }
  const FileList& files() const { return state_.files; }
  // Whether planning reads a checkpoint that is too large to be kept.
  bool lists_files_in_large_checkpoint() const;
  // No fewer than there are, without reading the checkpoint; a few that are
  // gone may be counted.
  std::int64_t file_estimate() const;
  // How many live files there are; reads what of the checkpoint that takes,
  // once.
  std::int64_t file_count() const;
  // Goes through the checkpoint if no commit after it has the file.
  std::optional<AddFile> find_file(std::string_view path, std::string_view dv_id) const;
  // Every live file with all that the log has of it; stops when visit returns
  // false. Streams.
  void for_each_file(const std::function<bool(const AddFile&)>& visit) const;
  // The removed files that the log still remembers: reads the log again. For
  // checkpoints and vacuum.
  std::vector<RemoveFile> tombstones() const;
  const FormatContext& context() const { return context_; }

 private:
  DeltaSnapshot(const FormatContext& context, const Location& location, TableState state);

  FormatContext context_;
  Location location_;
  TableState state_;
  ColumnMappingMode mapping_mode_ = ColumnMappingMode::None;
  Schema schema_;
  Partitioning partitioning_;
  TableMetadata table_metadata_;
  mutable std::once_flag size_once_, count_once_;
  mutable TableSize size_;
  mutable std::int64_t count_ = 0;
  mutable std::atomic<bool> size_known_ = false;
  mutable std::once_flag timestamp_once_;
  mutable std::int64_t timestamp_us_ = 0;
};

// What DataFile::origin of a Delta file points to.
struct FileOrigin {
  std::shared_ptr<const FileBlock> block;
  std::size_t row = 0;
};
// The add action behind a file that a DeltaSnapshot's plan gave. Throws
// Error(Internal) for any other.
AddFile add_file_of(const DataFile& file);

}  // namespace lakelet::delta
