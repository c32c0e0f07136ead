#include "sql/rules/text_length.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

// The text that goes into the column instead; nullopt: as it is.
std::optional<std::string> fitted(const Field& field, const std::string& path, std::string_view text) {
  const auto longest = static_cast<std::size_t>(field.longest);
  if (field.padded_to == 0 && text.size() <= longest) return std::nullopt;
  const std::size_t length = characters(text);
  if (length <= longest) {
    const auto width = static_cast<std::size_t>(field.padded_to);
    if (length >= width) return std::nullopt;
    return std::string(text) + std::string(width - length, ' ');
  }
  const std::size_t excess = length - longest;
  const auto kept = text.substr(0, text.size() - std::min(excess, text.size()));
  if (text.substr(kept.size()).find_first_not_of(' ') != std::string_view::npos) {
    throw Error(ErrorCode::ConstraintViolation,
                fmt::format("column {} is {}({}), and a row has the {} characters '{}' for it", path,
                            field.padded_to > 0 ? "char" : "varchar", field.longest, length, text.substr(0, 80)));
  }
  return std::string(kept);
}

// Of a flat vector that is ours.
void fit_flat(const Field& field, const std::string& path, duckdb::Vector& vector, duckdb::idx_t count);

void fit_parts(const Field& field, const std::string& path, duckdb::Vector& vector, duckdb::idx_t count) {
  const auto& parts = field.type.children();
  if (field.type.kind() == TypeKind::Struct) {
    auto& children = duckdb::StructVector::GetEntries(vector);
    for (std::size_t i = 0; i < parts.size(); ++i) fit_flat(parts[i], path + "." + parts[i].name, *children[i], count);
    return;
  }
  auto& child = duckdb::ListVector::GetEntry(vector);
  const auto elements = duckdb::ListVector::GetListSize(vector);
  if (field.type.kind() == TypeKind::List) return fit_flat(parts[0], path + "." + parts[0].name, child, elements);
  child.Flatten(elements);
  auto& pair = duckdb::StructVector::GetEntries(child);
  for (std::size_t i = 0; i < 2; ++i) fit_flat(parts[i], path + "." + parts[i].name, *pair[i], elements);
}

void fit_flat(const Field& field, const std::string& path, duckdb::Vector& vector, duckdb::idx_t count) {
  if (!has_text_length(field)) return;
  vector.Flatten(count);
  if (field.type.nested()) return fit_parts(field, path, vector, count);
  auto* texts = duckdb::FlatVector::GetData<duckdb::string_t>(vector);
  const auto& validity = duckdb::FlatVector::Validity(vector);
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (!validity.RowIsValid(i)) continue;
    const std::string_view text(texts[i].GetData(), texts[i].GetSize());
    if (auto changed = fitted(field, path, text)) texts[i] = duckdb::StringVector::AddString(vector, *changed);
  }
}

}  // namespace

bool has_text_length(const Field& field) {
  if (field.longest > 0) return true;
  const auto& parts = field.type.children();
  return std::any_of(parts.begin(), parts.end(), has_text_length);
}

void fit_text(const Schema& schema, duckdb::DataChunk& rows) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (!has_text_length(schema[i])) continue;
    duckdb::Vector own(rows.data[i].GetType(), rows.size());
    duckdb::VectorOperations::Copy(rows.data[i], own, rows.size(), 0, 0);
    fit_flat(schema[i], schema[i].name, own, rows.size());
    rows.data[i].Reference(own);
  }
}

}  // namespace lakelet::sql
