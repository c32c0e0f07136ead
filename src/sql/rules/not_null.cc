#include "lakelet/error.h"
#include "sql/rules/row_demands.h"

namespace lakelet::sql {
namespace {

bool has_required(const Field& field) {
  if (!field.nullable) return true;
  for (const auto& child : field.type.children()) {
    if (has_required(child)) return true;
  }
  return false;
}

// `rows`: those of `vector` that count, because everything around them is there.
void check(const Field& field, const std::string& path, duckdb::Vector& vector, const std::vector<duckdb::idx_t>& rows);

void check_children(const Field& field, const std::string& path, duckdb::Vector& vector,
                    const std::vector<duckdb::idx_t>& rows) {
  if (field.type.kind() == TypeKind::Struct) {
    auto& children = duckdb::StructVector::GetEntries(vector);
    for (std::size_t i = 0; i < children.size(); ++i) {
      const Field& child = field.type.children()[i];
      if (has_required(child)) check(child, path + "." + child.name, *children[i], rows);
    }
    return;
  }
  // A list, or a map: a list of structs of key and value.
  std::vector<duckdb::idx_t> elements;
  const auto* entries = duckdb::ListVector::GetData(vector);
  for (const auto row : rows) {
    for (duckdb::idx_t i = 0; i < entries[row].length; ++i) elements.push_back(entries[row].offset + i);
  }
  auto& child = duckdb::ListVector::GetEntry(vector);
  child.Flatten(duckdb::ListVector::GetListSize(vector));
  if (field.type.kind() == TypeKind::List) {
    const Field& element = field.type.children()[0];
    if (has_required(element)) check(element, path + "." + element.name, child, elements);
    return;
  }
  auto& parts = duckdb::StructVector::GetEntries(child);
  for (std::size_t i = 0; i < 2; ++i) {
    const Field& part = field.type.children()[i];
    if (has_required(part)) check(part, path + "." + part.name, *parts[i], elements);
  }
}

void check(const Field& field, const std::string& path, duckdb::Vector& vector,
           const std::vector<duckdb::idx_t>& rows) {
  const auto& validity = duckdb::FlatVector::Validity(vector);
  std::vector<duckdb::idx_t> present;
  present.reserve(rows.size());
  for (const auto row : rows) {
    if (validity.RowIsValid(row)) present.push_back(row);
  }
  if (!field.nullable && present.size() != rows.size()) {
    throw Error(ErrorCode::ConstraintViolation, "column " + path + " is NOT NULL, and a row has no value for it");
  }
  if (field.type.nested()) check_children(field, path, vector, present);
}

bool all_valid(duckdb::Vector& vector, duckdb::idx_t count) {
  duckdb::UnifiedVectorFormat data;
  vector.ToUnifiedFormat(count, data);
  if (data.validity.AllValid()) return true;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (!data.validity.RowIsValid(data.sel->get_index(i))) return false;
  }
  return true;
}

}  // namespace

void check_not_null(const Schema& schema, duckdb::DataChunk& rows) {
  std::vector<duckdb::idx_t> every;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const Field& field = schema[i];
    if (!has_required(field)) continue;
    if (!field.type.nested()) {
      if (all_valid(rows.data[i], rows.size())) continue;
      throw Error(ErrorCode::ConstraintViolation,
                  "column " + field.name + " is NOT NULL, and a row has no value for it");
    }
    if (every.empty()) {
      for (duckdb::idx_t row = 0; row < rows.size(); ++row) every.push_back(row);
    }
    rows.data[i].Flatten(rows.size());
    check(field, field.name, rows.data[i], every);
  }
}

}  // namespace lakelet::sql
