#include "server/row_text.h"

#include <fmt/format.h>

#include "server/reply.h"

namespace lakelet::server {
namespace {

constexpr std::size_t kLongestCell = 1024;
constexpr std::size_t kPiece = 64 << 10;

// Not in the middle of a character.
std::string_view beginning(std::string_view text, std::size_t bytes) {
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

void write_cell(JsonWriter& json, const Rows& rows, std::size_t column) {
  if (rows.is_null(column)) {
    json.null();
    return;
  }
  const std::string text = rows.text(column);
  if (text.size() <= kLongestCell) return write_text(json, text);
  json.begin_object();
  write_text(json.key("cut"), beginning(text, kLongestCell));
  json.key("length").unsigned_integer(text.size());
  json.end_object();
}

std::string csv_field(const std::string& text) {
  // An empty string in quotes: NULL is the empty field.
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

std::string column_kind(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return "boolean";
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Geometry:
      return "binary";
    case TypeKind::Date:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return "time";
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal:
      return "number";
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map:
    case TypeKind::Variant:
      return "nested";
    default:
      return type.integral() ? "number" : "text";
  }
}

void write_columns(JsonWriter& json, const Schema& schema) {
  json.begin_array();
  for (const Field& field : schema.fields()) {
    json.begin_object();
    write_text(json.key("name"), field.name);
    write_text(json.key("type"), to_string(field.type));
    json.key("kind").string(column_kind(field.type));
    json.end_object();
  }
  json.end_array();
}

void write_window(JsonWriter& json, Rows& rows, std::int64_t count) {
  json.begin_array();
  while (count-- > 0 && rows.next()) {
    json.begin_array();
    for (std::size_t i = 0; i < rows.schema().size(); ++i) write_cell(json, rows, i);
    json.end_array();
  }
  json.end_array();
}

std::string RowExporter::cells_as_object() const {
  JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < rows_.schema().size(); ++i) {
    json.key(rows_.schema()[i].name).raw(rows_.json(i));
  }
  json.end_object();
  return json.take();
}

void RowExporter::append_row(std::string& out) {
  if (kind_ != ExportText::Csv) {
    out += cells_as_object();
    return;
  }
  for (std::size_t i = 0; i < rows_.schema().size(); ++i) {
    if (i > 0) out += ',';
    if (!rows_.is_null(i)) out += csv_field(rows_.text(i));
  }
}

bool RowExporter::next(std::string& out) {
  if (ended_) return false;
  const std::size_t start = out.size();
  if (!begun_ && kind_ == ExportText::Csv) {
    for (std::size_t i = 0; i < rows_.schema().size(); ++i) {
      if (i > 0) out += ',';
      out += csv_field(rows_.schema()[i].name);
    }
    out += "\r\n";
  }
  if (!begun_ && kind_ == ExportText::Json) out += "[";
  bool first = !begun_;
  begun_ = true;
  while (out.size() - start < kPiece) {
    if (!rows_.next()) {
      if (kind_ == ExportText::Json) out += "\n]\n";
      ended_ = true;
      break;
    }
    if (kind_ == ExportText::Json) out += first ? "\n" : ",\n";
    first = false;
    append_row(out);
    if (kind_ == ExportText::Csv) out += "\r\n";
    if (kind_ == ExportText::Jsonl) out += '\n';
  }
  return true;
}

}  // namespace lakelet::server
