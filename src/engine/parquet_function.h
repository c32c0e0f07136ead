// DuckDB's Parquet scan as the base of our table functions: the same code, with errors that name the file.
#pragma once

#include <duckdb.hpp>
#include <duckdb/function/table_function.hpp>
#include <string>

#include "lakelet/error.h"

namespace lakelet::engine {

// The scan under another name. What it throws while it opens and reads files is passed through as Error: CorruptTable
// for what isn't a Parquet file or breaks off, NotFound and the other errors of the store as they are.
duckdb::TableFunction parquet_function(const std::string& name);

// "lakelet_parquet(list of engine paths)": reads exactly these files, whose names are never taken for patterns.
void register_parquet_files(duckdb::DatabaseInstance& instance);

// What went wrong with the Parquet file at `uri`, from the exception that is being handled.
Error to_file_error(const std::exception_ptr& exception, const std::string& uri);

}  // namespace lakelet::engine
