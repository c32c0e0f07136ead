#include "cli/render/row_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/json_writer.h"

namespace lakelet::cli {
namespace {

void append_csv(ByteSink& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos && text.front() != ' ' &&
      text.back() != ' ') {
    out.append(text);
    return;
  }
  out.append("\"");
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t quote = std::min(text.find('"', begin), text.size());
    out.append(text.substr(begin, quote - begin));
    if (quote < text.size()) out.append("\"\"");
    begin = quote + 1;
  }
  out.append("\"");
}

std::string object(const RowSource& rows, const std::vector<std::string>& keys, const char* between) {
  std::string text = "{";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) text += between;
    text += keys[i] + rows.json(i);
  }
  return text + "}";
}

std::vector<std::string> quoted_keys(const RowSource& rows, const char* after) {
  std::vector<std::string> keys;
  for (const Column& column : rows.columns()) keys.push_back(json_quote(column.name) + after);
  return keys;
}

std::string markdown_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') {
      cell += "\\|";
    } else if (c == '\n') {
      cell += "<br>";
    } else if (c != '\r') {
      cell += c;
    }
  }
  return cell;
}

}  // namespace

std::int64_t write_csv(RowSource& rows, ByteSink& out) {
  const std::size_t columns = rows.columns().size();
  for (std::size_t i = 0; i < columns; ++i) {
    if (i > 0) out.append(",");
    append_csv(out, rows.columns()[i].name);
  }
  out.append("\n");
  std::int64_t count = 0;
  for (; rows.next(); ++count) {
    for (std::size_t i = 0; i < columns; ++i) {
      if (i > 0) out.append(",");
      if (!rows.is_null(i)) append_csv(out, rows.text(i));
    }
    out.append("\n");
  }
  return count;
}

std::int64_t write_json(RowSource& rows, ByteSink& out) {
  const std::vector<std::string> keys = quoted_keys(rows, ":");
  std::int64_t count = 0;
  for (; rows.next(); ++count) {
    out.append(count == 0 ? "[\n" : ",\n");
    out.append(object(rows, keys, ","));
  }
  out.append(count == 0 ? "[]\n" : "\n]\n");
  return count;
}

std::int64_t write_json_object(RowSource& rows, ByteSink& out) {
  if (!rows.next()) return 0;
  const std::vector<std::string> keys = quoted_keys(rows, ": ");
  std::string text = "{\n  ";
  for (std::size_t i = 0; i < keys.size(); ++i) text += (i > 0 ? ",\n  " : "") + keys[i] + rows.json(i);
  out.append(text + "\n}\n");
  return 1;
}

std::int64_t write_jsonl(RowSource& rows, ByteSink& out) {
  const std::vector<std::string> keys = quoted_keys(rows, ":");
  std::int64_t count = 0;
  for (; rows.next(); ++count) {
    out.append(object(rows, keys, ","));
    out.append("\n");
  }
  return count;
}

std::int64_t write_markdown(RowSource& rows, ByteSink& out) {
  out.append("|");
  for (const Column& column : rows.columns()) out.append(fmt::format(" {} |", markdown_cell(column.name)));
  out.append("\n|");
  for (const Column& column : rows.columns()) out.append(column.right ? " ---: |" : " --- |");
  out.append("\n");
  std::int64_t count = 0;
  for (; rows.next(); ++count) {
    out.append("|");
    for (std::size_t i = 0; i < rows.columns().size(); ++i) {
      out.append(fmt::format(" {} |", rows.is_null(i) ? "NULL" : markdown_cell(rows.text(i))));
    }
    out.append("\n");
  }
  return count;
}

}  // namespace lakelet::cli
