// Reads the files of a scan: partition values, mapped columns, deleted rows.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <memory>

#include "engine/column_match.h"
#include "engine/scan_state.h"

namespace lakelet::engine {

class ScanReader final : public duckdb::MultiFileReader {
 public:
  explicit ScanReader(std::shared_ptr<ScanState> state)
      : state_(std::move(state)), declared_(declare_columns(state_->snapshot()->schema())) {}

  const std::shared_ptr<ScanState>& state() const { return state_; }

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext& context,
                                                           const duckdb::vector<duckdb::string>& paths,
                                                           const duckdb::FileGlobInput& glob) override;
  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files, duckdb::vector<duckdb::LogicalType>& types,
            duckdb::vector<duckdb::string>& names, duckdb::MultiFileReaderBindData& bind_data) override;
  void FinalizeBind(duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileOptions& file_options,
                    const duckdb::MultiFileReaderBindData& options, const ColumnDefinitions& global_columns,
                    const duckdb::vector<duckdb::ColumnIndex>& global_column_ids, duckdb::ClientContext& context,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> global_state) override;
  duckdb::ReaderInitializeType InitializeReader(duckdb::MultiFileReaderData& reader_data,
                                                const duckdb::MultiFileBindData& bind_data,
                                                const ColumnDefinitions& global_columns,
                                                const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
                                                duckdb::optional_ptr<duckdb::TableFilterSet> table_filters,
                                                duckdb::ClientContext& context,
                                                duckdb::MultiFileGlobalState& global_state) override;
  // As DuckDB's, with errors that name the file and keep what they are.
  void FinalizeChunk(duckdb::ClientContext& context, const duckdb::MultiFileBindData& bind_data,
                     duckdb::BaseFileReader& reader, const duckdb::MultiFileReaderData& reader_data,
                     duckdb::DataChunk& stored, duckdb::DataChunk& rows, duckdb::ExpressionExecutor& executor,
                     duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> global_state) override;
  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(duckdb::ClientContext& context,
                                                          duckdb::GlobalTableFunctionState& global_state,
                                                          const duckdb::OpenFileInfo& file, duckdb::idx_t file_index,
                                                          const duckdb::MultiFileBindData& bind_data) override;
  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override;

 private:
  bool unwanted(duckdb::ClientContext& context, const duckdb::OpenFileInfo& file) const;
  const FileTask& task_of(const duckdb::OpenFileInfo& file) const;
  std::shared_ptr<const RowPositions> deleted_rows(duckdb::ClientContext& context, const FileTask& task) const;
  MatchedColumns match(duckdb::MultiFileReaderData& reader_data,
                       const duckdb::vector<duckdb::ColumnIndex>& column_ids) const;

  std::shared_ptr<ScanState> state_;
  ColumnDefinitions declared_;
};

}  // namespace lakelet::engine
