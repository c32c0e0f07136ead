// JSON files: how SQL reads them.
#pragma once

#include <string>

#include "lakelet/schema.h"
#include "lakelet/source.h"
#include "sql/sql_session.h"
#include "storage/location.h"

namespace lakelet::operations {

// "read_json(...)" for the file, which the engine opens as `engine_path`. Columns that `table` has take its types,
// others what the values suggest; every line is looked at for names, so that a key that only a late line has isn't
// lost. Throws Error(InvalidArgument) for what isn't JSON, or was cut short.
std::string read_json_call(const Location& file, const std::string& engine_path, FileFormat format, const Schema* table,
                           sql::SqlSession& session);

}  // namespace lakelet::operations
