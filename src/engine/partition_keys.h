// The rows of a chunk by the partition that they belong to.
#pragma once

#include <duckdb.hpp>
#include <string_view>
#include <vector>

namespace lakelet::engine {

struct PartitionRows {
  std::string_view key;  // into the vector of keys
  std::vector<duckdb::sel_t> rows;
};

// A BLOB for each row: equal where the columns are equal (NULL equals NULL), and of one order.
void make_partition_keys(duckdb::DataChunk& rows, const std::vector<duckdb::idx_t>& columns, duckdb::Vector& keys);

// The rows of each key that occurs among the first `count` keys, in order of their first row.
std::vector<PartitionRows> group_by_key(duckdb::Vector& keys, duckdb::idx_t count);

}  // namespace lakelet::engine
