#include "formats/delta/write/adopted_files.h"

#include <fmt/format.h>

#include "base/time.h"
#include "base/uuid.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/file_action.h"
#include "formats/delta/protocol/row_tracking.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "formats/delta/write/removed_rows.h"
#include "formats/delta/write/row_numbers.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr const char* kClusteringDomain = "delta.clustering";

std::string vector_id(const AddFile& file) {
  return file.deletion_vector ? file.deletion_vector->unique_id() : "";
}

// Of a file that stays where it is. In the log itself a vector needs no place.
DeletionVectorDescriptor seen_from_elsewhere(DeletionVectorDescriptor vector, const Location& table) {
  if (vector.storage_type != 'u') return vector;
  vector.path_or_inline_dv = absolute_log_path(table.child(deletion_vector_path(vector.path_or_inline_dv)).uri);
  vector.storage_type = 'p';
  return vector;
}

// That belong to the source's history, its catalog or the names of its hidden columns.
bool stays_with_the_source(const std::string& property) {
  return property == kRowIdColumn || property == kRowVersionColumn ||
         property == "delta.inCommitTimestampEnablementVersion" ||
         property == "delta.inCommitTimestampEnablementTimestamp" ||
         property == "delta.requireCheckpointProtectionBeforeVersion" || property == "io.unitycatalog.tableId" ||
         property == "ucTableId" || property.starts_with("delta.coordinatedCommits.");
}

}  // namespace

void AdoptedFiles::add(const FileTask& file, const std::string& uri) {
  const AddFile known = add_file_of(file.file);
  files_[{known.path, vector_id(known)}] = Adopted{uri, uri != file.file.uri, file.deletes.positions};
}

AddFile AdoptedFiles::adopt(const AddFile& file, const Adopted& adopted, const Location& table, bool count_rows,
                            DeletionVectorWriter& vectors) const {
  AddFile add = file;
  add.path = log_path_of(adopted.uri, table);
  add.data_change = true;
  add.base_row_id.reset();
  add.default_row_commit_version.reset();
  if (add.deletion_vector) {
    if (!adopted.copied) {
      add.deletion_vector = seen_from_elsewhere(*std::move(add.deletion_vector), source_->location());
    } else if (adopted.deleted && !adopted.deleted->empty()) {
      add.deletion_vector = vectors.add(*adopted.deleted);
    } else {
      add.deletion_vector.reset();
    }
  }
  if (!count_rows && !add.deletion_vector) return add;
  if (add.stats && StatisticsReader({}).read(*add.stats).rows) return add;
  const auto& tabular = source_->context().tabular;
  const auto rows = tabular ? tabular->row_count({resolve_path(file.path, source_->location().uri)}) : std::nullopt;
  if (!rows) throw Error(ErrorCode::UnsupportedFeature, "nothing tells how many rows there are in " + file.path);
  add.stats = loosened_statistics(add.stats, *rows);
  return add;
}

std::vector<AddFile> AdoptedFiles::settle(const Location& table, bool count_rows, DeletionVectorWriter& vectors) const {
  std::vector<AddFile> adds;
  if (files_.empty()) return adds;
  source_->for_each_file([&](const AddFile& file) {
    const auto adopted = files_.find({file.path, vector_id(file)});
    if (adopted != files_.end()) adds.push_back(adopt(file, adopted->second, table, count_rows, vectors));
    return true;
  });
  if (adds.size() == files_.size()) return adds;
  throw Error(ErrorCode::Internal,
              fmt::format("{} of {} files to clone are no files of {} at version {}", files_.size() - adds.size(),
                          files_.size(), source_->location().uri, source_->version()));
}

TableState cloned_state(const DeltaSnapshot& source) {
  source.require(Access::Append);
  TableState state;
  state.protocol = source.protocol();
  state.metadata = source.metadata_action();
  state.metadata.id = make_uuid_text();
  state.metadata.created_time_ms = now_us() / 1000;
  std::erase_if(state.metadata.configuration,
                [](const auto& property) { return stays_with_the_source(property.first); });
  name_row_tracking_columns(state.metadata.configuration);
  const auto& domains = source.state().domains;
  if (const auto clustering = domains.find(kClusteringDomain); clustering != domains.end()) {
    state.domains.insert(*clustering);
  }
  return state;
}

}  // namespace lakelet::delta
