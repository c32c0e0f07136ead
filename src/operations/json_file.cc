#include "operations/json_file.h"

#include <fmt/format.h>

#include <array>

#include "lakelet/error.h"
#include "operations/sql_type.h"

namespace lakelet::operations {
namespace {

using sql::quote_literal;

constexpr const char* kSpace = " \t\r\n";

std::string call(const std::string& engine_path, FileFormat format, const std::string& columns) {
  const char* layout = format == FileFormat::Jsonl ? "newline_delimited" : "auto";
  return fmt::format("read_json({}, format = '{}', hive_partitioning = false, {})", quote_literal(engine_path), layout,
                     columns);
}

// The engine takes an array that ends behind a comma for a whole one, so we look for its end ourselves.
void require_whole_array(const Location& file) {
  const auto reader = file.store->open(file.path);
  const std::uint64_t size = reader->info().size;
  std::array<char, 4096> bytes;
  const auto part = [&](std::uint64_t offset) {
    return std::string_view(bytes.data(), reader->read(offset, std::as_writable_bytes(std::span(bytes))));
  };
  const std::string_view head = part(0);
  const std::size_t first = head.find_first_not_of(kSpace);
  if (first == std::string_view::npos || head[first] != '[') return;
  const std::string_view tail = part(size > bytes.size() ? size - bytes.size() : 0);
  const std::size_t last = tail.find_last_not_of(kSpace);
  if (last != std::string_view::npos && tail[last] != ']') {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is cut short: its array has no end", file.uri));
  }
}

}  // namespace

std::string read_json_call(const Location& file, const std::string& engine_path, FileFormat format, const Schema* table,
                           sql::SqlSession& session) {
  const bool compressed = file.path.ends_with(".gz") || file.path.ends_with(".zst");
  if (format == FileFormat::Json && !compressed) require_whole_array(file);
  const std::string all = "SELECT * FROM " + call(engine_path, format, "sample_size = -1") + " LIMIT 0";
  const Schema found = session.query(all).schema;
  std::string columns;
  for (const Field& field : found.fields()) {
    const Field* wanted = table ? table->find(field.name) : nullptr;
    std::string type = wanted ? sql_type(wanted->type) : std::string();
    if (type.empty()) type = sql_type(field.type);
    if (type.empty()) type = "JSON";
    columns += fmt::format("{}{}: {}", columns.empty() ? "" : ", ", quote_literal(field.name), quote_literal(type));
  }
  return call(engine_path, format, "columns = {" + columns + "}");
}

}  // namespace lakelet::operations
