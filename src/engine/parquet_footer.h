// What the footer of a Parquet file says: its columns as they are stored, and what it knows of their values.
#pragma once

#include <memory>
#include <string>

#include "engine/engine.h"
#include "table/tabular_io.h"

namespace lakelet::engine {

// Throws as TabularIo::parquet_footer.
ParquetFooter read_parquet_footer(const std::shared_ptr<Engine::Impl>& engine, const std::string& uri,
                                  bool with_statistics);

}  // namespace lakelet::engine
