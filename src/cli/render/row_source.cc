#include "cli/render/row_source.h"

#include "base/json_writer.h"
#include "lakelet/schema.h"

namespace lakelet::cli {
namespace {

bool is_number(const Type& type) {
  return type.integral() || type.kind() == TypeKind::Float || type.kind() == TypeKind::Double ||
         type.kind() == TypeKind::Decimal;
}

}  // namespace

QueryRows::QueryRows(Rows rows) : rows_(std::move(rows)) {
  for (const Field& field : rows_.schema().fields()) columns_.push_back({field.name, is_number(field.type)});
}

Cell::Cell(std::string given) : null(false), text(std::move(given)), json(json_quote(text)) {}
Cell::Cell(std::int64_t number) : null(false), text(std::to_string(number)), json(text) {}
Cell::Cell(std::uint64_t number) : null(false), text(std::to_string(number)), json(text) {}
Cell::Cell(bool truth) : null(false), text(truth ? "true" : "false"), json(text) {}
Cell::Cell(const std::optional<std::int64_t>& number) {
  if (number) *this = Cell(*number);
}
Cell::Cell(const std::optional<std::string>& given) {
  if (given) *this = Cell(*given);
}

Cell Cell::with_json(std::string text, std::string json) {
  Cell cell;
  cell.null = false;
  cell.text = std::move(text);
  cell.json = std::move(json);
  return cell;
}

Cell Cell::timestamp(std::int64_t us) {
  std::string text = to_text(Value(us), TypeKind::TimestampTz);
  // "2025-01-31 12:00:00.5+00" -> "2025-01-31T12:00:00.5Z"
  std::string json = text.substr(0, text.size() - 3) + "Z";
  if (const std::size_t space = json.find(' '); space != std::string::npos) json[space] = 'T';
  return with_json(std::move(text), json_quote(json));
}

Cell Cell::object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text;
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : members) {
    text += (text.empty() ? "" : ", ") + name + ": " + value;
    json.key(name).string(value);
  }
  json.end_object();
  return with_json(std::move(text), json.take());
}

Cell Cell::list(const std::vector<std::string>& items) {
  std::string text;
  JsonWriter json;
  json.begin_array();
  for (const std::string& item : items) {
    text += (text.empty() ? "" : ", ") + item;
    json.string(item);
  }
  json.end_array();
  return with_json(std::move(text), json.take());
}

}  // namespace lakelet::cli
