#include "formats/delta/write/change_files.h"

#include <fmt/format.h>

#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"
#include "table/change_feed.h"

namespace lakelet::delta {

WriteLayout ChangeFiles::layout() const {
  return change_layout(like_.layout());
}

std::string ChangeFiles::new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const {
  // Not every reader undoes the encoding of a cdc action's path (deltalake doesn't): nothing in it needs any.
  std::string folder = like_.folder(partition_values);
  if (folder.find('%') != std::string::npos) folder.clear();
  const std::string compression = like_.layout().compression;
  const bool named = !compression.empty() && compression != "none" && compression != "uncompressed";
  return fmt::format("{}{}_change_data/{}{}cdc-00000-{}.c000{}{}.parquet", table_uri_,
                     table_uri_.ends_with('/') ? "" : "/", folder, folder.empty() ? "" : "/", unique, named ? "." : "",
                     named ? compression : "");
}

std::vector<Cdc> ChangeFiles::actions(const AddRules& rules) const {
  std::vector<Cdc> out;
  for (const DataFile& file : files_) {
    AddFile add = make_add(file, rules);
    out.push_back({.path = std::move(add.path), .partition_values = std::move(add.partition_values), .size = add.size});
  }
  return out;
}

void require_feed_columns_free(const Schema& schema, const StringMap& properties, const std::string& table_uri) {
  if (!property_is_true(properties, "delta.enableChangeDataFeed")) return;
  for (const char* name : {kChangeTypeColumn, kCommitVersionColumn, kCommitTimestampColumn}) {
    if (!schema.find(name)) continue;
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("{} can't record its changes: it has a column '{}', which change data has itself", table_uri, name),
        "rename the column, or leave delta.enableChangeDataFeed out");
  }
}

}  // namespace lakelet::delta
