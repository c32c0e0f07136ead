// Rows as csv, JSON, JSON Lines and Markdown, streamed. Each returns how many rows there were.
#pragma once

#include <cstdint>

#include "cli/byte_sink.h"
#include "cli/render/row_source.h"

namespace lakelet::cli {

// RFC 4180 with "\n": a header line, quotes where they are needed, nothing for NULL and "" for an empty text.
std::int64_t write_csv(RowSource& rows, ByteSink& out);
// One array of objects, an object a line.
std::int64_t write_json(RowSource& rows, ByteSink& out);
// A single row as one object, over several lines.
std::int64_t write_json_object(RowSource& rows, ByteSink& out);
std::int64_t write_jsonl(RowSource& rows, ByteSink& out);
std::int64_t write_markdown(RowSource& rows, ByteSink& out);

}  // namespace lakelet::cli
