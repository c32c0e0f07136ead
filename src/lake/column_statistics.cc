#include "lake/column_statistics.h"

#include <fmt/format.h>

#include "sql/sql_session.h"

namespace lakelet {
namespace {

bool is_number(const Type& type) {
  return type.integral() || type.kind() == TypeKind::Float || type.kind() == TypeKind::Double ||
         type.kind() == TypeKind::Decimal;
}

bool has_mean(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return true;
    default:
      return is_number(type);
  }
}

// The engine gives up the whole query where the square of a value has no room.
std::string deviation(const Type& type, const std::string& name) {
  if (!is_number(type)) return "NULL";
  if (type.kind() != TypeKind::Float && type.kind() != TypeKind::Double) {
    return fmt::format("CAST(stddev({}) AS VARCHAR)", name);
  }
  return fmt::format("CASE WHEN max(abs({0})) < 1e150 THEN CAST(stddev({0}) FILTER (abs({0}) < 1e150) AS VARCHAR) END",
                     name);
}

}  // namespace

std::string column_statistics_text(const std::vector<Field>& columns, const std::string& query) {
  std::vector<std::string> names, types, rows, nulls, distinct, least, greatest, means, deviations;
  for (const Field& field : columns) {
    const std::string name = sql::quote_identifier(field.name);
    names.push_back(sql::quote_literal(field.name));
    types.push_back(fmt::format("typeof(any_value({}))", name));
    rows.push_back("count(*)");
    nulls.push_back(fmt::format("count(*) - count({})", name));
    distinct.push_back(fmt::format("least(approx_count_distinct({0}), count({0}))", name));
    least.push_back(fmt::format("CAST(min({}) AS VARCHAR)", name));
    greatest.push_back(fmt::format("CAST(max({}) AS VARCHAR)", name));
    means.push_back(has_mean(field.type) ? fmt::format("CAST(avg({}) AS VARCHAR)", name) : "NULL");
    deviations.push_back(deviation(field.type, name));
  }
  const auto list = [](const std::vector<std::string>& items, const char* type, const char* name) {
    return fmt::format("unnest(CAST([{}] AS {}[])) AS \"{}\"", fmt::join(items, ", "), type, name);
  };
  return fmt::format("SELECT {}, {}, {}, {}, {}, {}, {}, {}, {} FROM ({})", list(names, "VARCHAR", "column"),
                     list(types, "VARCHAR", "type"), list(rows, "BIGINT", "rows"), list(nulls, "BIGINT", "nulls"),
                     list(distinct, "BIGINT", "distinct"), list(least, "VARCHAR", "least"),
                     list(greatest, "VARCHAR", "greatest"), list(means, "VARCHAR", "mean"),
                     list(deviations, "VARCHAR", "deviation"), query);
}

}  // namespace lakelet
