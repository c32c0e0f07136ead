// What DuckDB's Parquet writer has to be told about the data files of a table.
#pragma once

#include <duckdb.hpp>
#include <duckdb/function/copy_function.hpp>
#include <duckdb/function/create_sort_key.hpp>
#include <string>
#include <vector>

#include "engine/data_file_writer.h"

namespace lakelet::engine {

// A primitive column of the files, at any depth of structs, whose statistics are wanted.
struct StatisticsColumn {
  ColumnPath path;           // in the table
  std::string written_name;  // as DuckDB names it in what it reports: "\"a\".\"b\""
  Type type;
  int top_level = 0;  // index into FileLayout::types
};

class FileLayout {
 public:
  // Throws Error(UnsupportedFeature) for what can't be written.
  FileLayout(duckdb::ClientContext& context, DataFileWriterOptions options);

  const DataFileWriterOptions& options() const { return options_; }
  const duckdb::vector<duckdb::LogicalType>& row_types() const { return row_types_; }    // of the rows that come in
  const duckdb::vector<duckdb::LogicalType>& file_types() const { return file_types_; }  // of the columns of a file
  // As file_types(), with variants encoded.
  const duckdb::vector<duckdb::LogicalType>& encoded_types() const { return encoded_types_; }
  const std::vector<StatisticsColumn>& statistics_columns() const { return statistics_columns_; }
  // The columns of a file of some rows; refers to the rows' data.
  void select_file_columns(duckdb::DataChunk& rows, duckdb::DataChunk& file_rows) const;
  // The columns that the table is partitioned by, as indexes into the rows, and their types.
  const std::vector<duckdb::idx_t>& partition_columns() const { return partition_columns_; }
  std::vector<Value> partition_values(duckdb::DataChunk& rows, duckdb::idx_t row) const;
  // A BLOB for each row: equal where the partition values are.
  void make_keys(duckdb::DataChunk& rows, duckdb::Vector& keys) const;
  // Whether rows are to be sorted, and a BLOB for each row that is ordered as they are to be.
  bool ordered() const { return !order_.empty(); }
  void make_order_keys(duckdb::DataChunk& rows, duckdb::Vector& keys) const;
  // Indexes of the file's top-level floating-point columns.
  const std::vector<duckdb::idx_t>& float_columns() const { return float_columns_; }
  bool has_variants() const { return encoded_types_ != file_types_; }

  // How much of the rows' memory makes a row group, if it isn't enough rows before.
  std::uint64_t row_group_bytes() const { return row_group_bytes_; }

  const duckdb::CopyFunction& function() const { return function_; }
  duckdb::FunctionData& bind_data() const { return *bind_data_; }

 private:
  void find_columns();
  void find_partitions();
  void find_statistics();
  void find_order();
  void bind(duckdb::ClientContext& context);

  DataFileWriterOptions options_;
  duckdb::vector<duckdb::LogicalType> row_types_;
  duckdb::vector<duckdb::LogicalType> file_types_, encoded_types_;
  duckdb::vector<duckdb::string> file_names_;
  std::vector<duckdb::idx_t> sources_;  // for each column of a file: which of the rows
  Value value_of(duckdb::DataChunk& rows, duckdb::idx_t row, duckdb::idx_t column, const PartitionField& field) const;
  Value partition_value(duckdb::DataChunk& rows, duckdb::idx_t row, std::size_t field) const;

  // What rows are partitioned or ordered by.
  struct KeyColumn {
    duckdb::idx_t column;
    PartitionField value;
    Type type;  // of the value
    duckdb::OrderModifiers direction;
  };
  void make_value(duckdb::DataChunk& rows, const KeyColumn& key, duckdb::Vector& out) const;

  std::vector<KeyColumn> order_;
  std::vector<duckdb::idx_t> partition_columns_;
  std::vector<duckdb::idx_t> float_columns_;
  std::vector<StatisticsColumn> statistics_columns_;
  std::uint64_t row_group_bytes_ = 0;
  duckdb::CopyFunction function_;
  duckdb::unique_ptr<duckdb::FunctionData> bind_data_;
};

}  // namespace lakelet::engine
