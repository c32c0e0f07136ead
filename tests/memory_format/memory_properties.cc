#include "memory_format/memory_properties.h"

#include <algorithm>
#include <string_view>

#include "lakelet/error.h"

namespace lakelet {
namespace {

constexpr Support kYes{true, "", ""};
constexpr Support kNo{false, "it is here to be refused", "use a table without it"};
constexpr Capability kCapabilities[] = {
    {"table", kYes, kYes, kYes, kYes, kNo},
    {"readOnly", kYes, kNo, kNo, kNo, kNo},
    {"appendOnly", kYes, kYes, kNo, kYes, kNo},
};

std::string value_of(const Properties& properties, const std::string& key) {
  const auto found = properties.find(key);
  return found == properties.end() ? "" : found->second;
}

[[noreturn]] void refuse(const std::string& key, const std::string& value) {
  throw Error(ErrorCode::InvalidArgument, "the property " + key + " can't be '" + value + "'");
}

}  // namespace

Transaction::RowRemoval row_removal_policy(const Properties& properties) {
  return value_of(properties, "memory.rowRemoval") == "positions" ? Transaction::RowRemoval::Positions
                                                                  : Transaction::RowRemoval::Rewrite;
}

ColumnNaming column_naming(const Properties& properties) {
  const std::string value = value_of(properties, "memory.columns");
  return value == "id" ? ColumnNaming::Id : (value == "physical" ? ColumnNaming::Physical : ColumnNaming::Name);
}

bool partition_columns_in_files(const Properties& properties) {
  return value_of(properties, "memory.partitionColumnsInFiles") == "true";
}

std::optional<std::string> stored_row_ids(const Properties& properties) {
  const std::string value = value_of(properties, "memory.rowIds");
  return value.empty() ? std::nullopt : std::optional(value);
}

std::vector<std::string> cluster_by(const Properties& properties) {
  const std::string value = value_of(properties, "memory.clusterBy");
  std::vector<std::string> columns;
  for (std::size_t start = 0; start < value.size();) {
    const std::size_t end = std::min(value.find(',', start), value.size());
    columns.push_back(value.substr(start, end - start));
    start = end + 1;
  }
  return columns;
}

bool tells_changes_in_files(const Properties& properties) {
  return value_of(properties, "memory.changeFeed") == "files";
}

std::uint64_t target_file_bytes(const Properties& properties, std::uint64_t otherwise) {
  const std::string value = value_of(properties, "memory.targetFileBytes");
  return value.empty() ? otherwise : std::stoull(value);
}

Capabilities memory_capabilities() {
  return kCapabilities;
}

void require_features(const Properties& properties, Access access, const std::string& table_uri) {
  require_capability(kCapabilities, "table", access, table_uri);
  const std::string features = value_of(properties, "memory.features");
  for (std::size_t start = 0; start < features.size();) {
    const std::size_t end = std::min(features.find(',', start), features.size());
    require_capability(kCapabilities, features.substr(start, end - start), access, table_uri);
    start = end + 1;
  }
}

void check_properties(const Properties& properties) {
  for (const auto& [key, value] : properties) {
    if (!key.starts_with("memory.")) continue;
    const auto one_of = [&](std::initializer_list<std::string_view> allowed) {
      if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) refuse(key, value);
    };
    if (key == "memory.rowRemoval") {
      one_of({"rewrite", "positions"});
    } else if (key == "memory.changeFeed") {
      one_of({"files"});
    } else if (key == "memory.columns") {
      one_of({"name", "id", "physical"});
    } else if (key == "memory.partitionColumnsInFiles") {
      one_of({"true", "false"});
    } else if (key == "memory.targetFileBytes") {
      const bool digits = value.find_first_not_of("0123456789") == std::string::npos;
      if (value.empty() || !digits || value.size() > 18) refuse(key, value);
    } else if (key == "memory.dialect") {
      one_of({"engine", "spark"});
    } else if (key == "memory.nullPasses") {
      one_of({"true", "false"});
    } else if (key.starts_with("memory.check.") || key.starts_with("memory.default.") ||
               key.starts_with("memory.generated.") || key.starts_with("memory.identity.") ||
               key.starts_with("memory.identityMark.") || key.starts_with("memory.longest.")) {
      if (value.empty()) refuse(key, value);
    } else if (key != "memory.features" && key != "memory.rowIds" && key != "memory.clusterBy") {
      throw Error(ErrorCode::InvalidArgument, "there is no property " + key);
    }
  }
}

}  // namespace lakelet
