#include "operations/csv_file.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "lakelet/rows.h"
#include "operations/sql_type.h"

namespace lakelet::operations {
namespace {

using sql::quote_literal;

Rows query(sql::SqlSession& session, const std::string& text) {
  sql::Rows rows = session.query(text);
  return Rows(std::move(rows.schema), std::move(rows.stream));
}

std::string text_or_empty(const Rows& rows, std::size_t column) {
  const std::string text = rows.is_null(column) ? "" : rows.text(column);
  return text == "(empty)" ? "" : text;
}

std::string sniff_call(const CsvFile& file) {
  // Rows that don't fit must not change the dialect that is found (by skipping lines, or by another delimiter).
  std::string call = fmt::format("sniff_csv({}, header = {}, skip = 0, ignore_errors = true, encoding = {}",
                                 quote_literal(file.location), file.header, quote_literal(file.encoding));
  if (!file.delimiter.empty()) call += ", delim = " + quote_literal(file.delimiter);
  return call + ")";
}

// The table's type for the column, if it has it and text can be cast to it.
std::string type_in_table(const Schema* table, const std::string& column) {
  const Field* field = table ? table->find(column) : nullptr;
  return field ? sql_type(field->type) : std::string();
}

// What is left of the engine's message once its first half, which says the column, is gone: `Could not convert ...`.
std::string reject_reason(const std::string& message) {
  const std::size_t line_end = message.find('\n');
  std::string line = message.substr(0, line_end);
  if (line.starts_with("Error when converting column") && line.find("\". ") != std::string::npos) {
    line = line.substr(line.find("\". ") + 3);
  }
  while (!line.empty() && line.back() == '.') line.pop_back();
  return line;
}

}  // namespace

CsvFile inspect_csv(const std::string& path, const std::string& location, FileFormat format, const FileOptions& options,
                    const Schema* table, sql::SqlSession& session) {
  CsvFile file;
  file.path = path;
  file.location = location;
  file.encoding = options.encoding;
  file.header = options.header;
  file.delimiter = options.delimiter.empty() && format == FileFormat::Tsv ? "\t" : options.delimiter;
  try {
    Rows found = query(session,
                       "SELECT c.name, c.type, Delimiter, Quote, Escape, DateFormat, TimestampFormat FROM "
                       "(SELECT *, unnest(Columns) AS c FROM " +
                           sniff_call(file) + ")");
    while (found.next()) {
      std::string name = found.text(0);
      const std::size_t position = file.columns.size();
      if (!file.header && table && position < table->size()) name = (*table)[position].name;
      const std::string type = type_in_table(table, name);
      file.columns.emplace_back(name, type.empty() ? found.text(1) : type);
      if (file.delimiter.empty()) file.delimiter = text_or_empty(found, 2);
      file.quote = text_or_empty(found, 3);
      file.escape = text_or_empty(found, 4);
      file.date_format = text_or_empty(found, 5);
      file.timestamp_format = text_or_empty(found, 6);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::InvalidArgument) throw;
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} can't be read as separated text", path),
                "say what it is: --delimiter, --encoding (utf-8, latin-1, utf-16) or --input-format");
  }
  if (file.delimiter.empty()) file.delimiter.push_back(',');
  // A quote that the first rows don't need may come later.
  if (file.quote.empty()) file.quote.push_back('"');
  if (file.escape.empty()) file.escape = file.quote;
  return file;
}

std::string read_csv_call(const CsvFile& file, bool keep_rejects) {
  std::string columns;
  for (const auto& [name, type] : file.columns) {
    columns += fmt::format("{}{}: {}", columns.empty() ? "" : ", ", quote_literal(name), quote_literal(type));
  }
  std::string call = fmt::format(
      "read_csv({}, auto_detect = false, header = {}, delim = {}, quote = {}, escape = {}, encoding = {}, columns = "
      "{{{}}}",
      quote_literal(file.location), file.header, quote_literal(file.delimiter), quote_literal(file.quote),
      quote_literal(file.escape), quote_literal(file.encoding), columns);
  if (!file.date_format.empty()) call += ", dateformat = " + quote_literal(file.date_format);
  if (!file.timestamp_format.empty()) call += ", timestampformat = " + quote_literal(file.timestamp_format);
  if (keep_rejects) call += ", store_rejects = true, rejects_limit = 1";
  return call + ")";
}

std::optional<std::string> explain_bad_row(const std::vector<CsvFile>& files, sql::SqlSession& session) {
  for (const CsvFile& file : files) {
    Rows rows = query(session, "SELECT * FROM " + read_csv_call(file, true));
    while (rows.next()) {
    }
    Rows rejects = query(session,
                         "SELECT line, column_name, error_message, error_type = 'CAST' FROM reject_errors "
                         "ORDER BY scan_id DESC, line, column_idx LIMIT 1");
    if (!rejects.next()) continue;
    const std::string column = rejects.text(3) == "true" ? fmt::format(", column {}", rejects.text(1)) : "";
    const std::string where = fmt::format("{}, line {}{}", file.path, rejects.text(0), column);
    return fmt::format("{}: {}", where, reject_reason(rejects.text(2)));
  }
  return std::nullopt;
}

}  // namespace lakelet::operations
