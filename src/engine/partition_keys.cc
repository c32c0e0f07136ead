#include "engine/partition_keys.h"

#include <duckdb/function/create_sort_key.hpp>
#include <unordered_map>

namespace lakelet::engine {

void make_partition_keys(duckdb::DataChunk& rows, const std::vector<duckdb::idx_t>& columns, duckdb::Vector& keys) {
  duckdb::DataChunk values;
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::vector<duckdb::OrderModifiers> order;
  for (const duckdb::idx_t column : columns) {
    types.push_back(rows.data[column].GetType());
    order.emplace_back(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST);
  }
  values.InitializeEmpty(types);
  for (std::size_t i = 0; i < columns.size(); ++i) values.data[i].Reference(rows.data[columns[i]]);
  values.SetCardinality(rows.size());
  duckdb::CreateSortKeyHelpers::CreateSortKey(values, order, keys);
  keys.Flatten(rows.size());
}

std::vector<PartitionRows> group_by_key(duckdb::Vector& keys, duckdb::idx_t count) {
  const auto* values = duckdb::FlatVector::GetData<duckdb::string_t>(keys);
  std::vector<PartitionRows> groups;
  std::unordered_map<std::string_view, std::size_t> found;
  std::size_t last = 0;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const std::string_view key(values[row].GetData(), values[row].GetSize());
    // Neighbours are often of one partition.
    if (groups.empty() || groups[last].key != key) {
      const auto [entry, added] = found.emplace(key, groups.size());
      if (added) groups.push_back({key, {}});
      last = entry->second;
    }
    groups[last].rows.push_back(static_cast<duckdb::sel_t>(row));
  }
  return groups;
}

}  // namespace lakelet::engine
