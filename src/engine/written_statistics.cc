#include "engine/written_statistics.h"

#include <algorithm>
#include <optional>

#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

using Reported = duckdb::case_insensitive_map_t<duckdb::Value>;

std::optional<std::string> text(const Reported& reported, const char* name) {
  const auto entry = reported.find(name);
  if (entry == reported.end() || entry->second.IsNull()) return std::nullopt;
  return entry->second.ToString();
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// A bound as DuckDB prints it. It says "" for the empty string, and for a type that it has no bounds of.
std::optional<Value> bound(const std::optional<std::string>& printed, const Type& type) {
  if (!printed) return std::nullopt;
  if (type.kind() == TypeKind::String) return Value(*printed);
  if (type.kind() == TypeKind::Binary || type.kind() == TypeKind::Fixed) return Value(from_hex(*printed));
  if (printed->empty()) return std::nullopt;
  duckdb::Value value(*printed);
  if (type.kind() == TypeKind::Boolean) value = duckdb::Value::BOOLEAN(*printed != "0" && *printed != "false");
  if (!value.DefaultTryCastAs(to_engine_type(type))) return std::nullopt;
  return from_engine_value(value, type);
}

// Whether bounds go through text and into the file's footer as they are.
bool printed_exactly(const Type& type) {
  return type.integral() || type.kind() == TypeKind::Boolean || type.kind() == TypeKind::Date ||
         type.kind() == TypeKind::Decimal;
}

// DuckDB tells of a NaN in the last row group only; of top-level columns we know ourselves.
bool may_have_nan(const FileLayout& layout, const StatisticsColumn& column, const Reported& reported,
                  const std::vector<bool>& has_nan, int row_groups) {
  if (column.type.kind() != TypeKind::Float && column.type.kind() != TypeKind::Double) return false;
  const auto& floats = layout.float_columns();
  const auto own = std::find(floats.begin(), floats.end(), static_cast<duckdb::idx_t>(column.top_level));
  if (own != floats.end()) return has_nan[static_cast<std::size_t>(own - floats.begin())];
  const auto entry = reported.find("has_nan");
  return row_groups > 1 || entry == reported.end() || duckdb::BooleanValue::Get(entry->second);
}

}  // namespace

std::map<ColumnPath, ColumnStatistics> written_statistics(const FileLayout& layout,
                                                          const duckdb::CopyFunctionFileStatistics& written,
                                                          const std::vector<bool>& has_nan, int row_groups) {
  std::map<ColumnPath, ColumnStatistics> result;
  for (const StatisticsColumn& column : layout.statistics_columns()) {
    const auto entry = written.column_statistics.find(column.written_name);
    if (entry == written.column_statistics.end()) continue;
    const Reported& reported = entry->second;
    ColumnStatistics statistics;
    if (const auto nulls = text(reported, "null_count")) statistics.null_count = std::stoll(*nulls);
    statistics.min = bound(text(reported, "min"), column.type);
    statistics.max = bound(text(reported, "max"), column.type);
    statistics.has_nan = may_have_nan(layout, column, reported, has_nan, row_groups);
    statistics.exact = printed_exactly(column.type);
    result.emplace(column.path, std::move(statistics));
  }
  return result;
}

}  // namespace lakelet::engine
