#include "sql/dialect/spark_values.h"

#include <algorithm>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>

#include "engine/type_mapping.h"
#include "lakelet/error.h"

namespace lakelet::sql::spark {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

void refuse(const std::string& what) {
  throw Error(ErrorCode::UnsupportedFeature, what + " isn't known to mean the same here as in Spark");
}

ParsedPointer call(const std::string& name, std::vector<ParsedPointer> arguments) {
  duckdb::vector<ParsedPointer> children;
  for (auto& argument : arguments) children.push_back(std::move(argument));
  return duckdb::make_uniq<duckdb::FunctionExpression>(name, std::move(children));
}
ParsedPointer call(const std::string& name, ParsedPointer a) {
  std::vector<ParsedPointer> arguments;
  arguments.push_back(std::move(a));
  return call(name, std::move(arguments));
}
ParsedPointer call(const std::string& name, ParsedPointer a, ParsedPointer b) {
  std::vector<ParsedPointer> arguments;
  arguments.push_back(std::move(a));
  arguments.push_back(std::move(b));
  return call(name, std::move(arguments));
}
ParsedPointer cast(ParsedPointer value, const LogicalType& type) {
  return duckdb::make_uniq<duckdb::CastExpression>(type, std::move(value));
}
ParsedPointer text(const std::string& value) {
  return duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(value));
}
ParsedPointer integer(std::int64_t value) {
  return duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::BIGINT(value));
}

namespace {
const duckdb::ParsedExpression& under_casts(const duckdb::ParsedExpression& value) {
  const auto* at = &value;
  while (at->GetExpressionClass() == duckdb::ExpressionClass::CAST) at = at->Cast<duckdb::CastExpression>().child.get();
  return *at;
}
}  // namespace

std::optional<std::int64_t> constant_integer(const duckdb::ParsedExpression& value) {
  const auto& inner = under_casts(value);
  if (inner.GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) return std::nullopt;
  const auto& constant = inner.Cast<duckdb::ConstantExpression>().value;
  if (constant.IsNull() || !constant.type().IsIntegral()) return std::nullopt;
  return constant.GetValue<std::int64_t>();
}

std::optional<std::string> constant_text(const duckdb::ParsedExpression& value) {
  if (value.GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) return std::nullopt;
  const auto& constant = value.Cast<duckdb::ConstantExpression>().value;
  if (constant.IsNull() || constant.type().id() != LogicalTypeId::VARCHAR) return std::nullopt;
  return duckdb::StringValue::Get(constant);
}

std::string type_name(const LogicalType& type) {
  try {
    return to_string(engine::from_engine_type(type));
  } catch (const Error&) {
    return duckdb::StringUtil::Lower(type.ToString());
  }
}

// By the microseconds, so that no session's time zone has a part in it.
ParsedPointer wall_clock(ParsedPointer value, const SparkScope& scope) {
  const LogicalType type = scope.type_of(*value);
  switch (type.id()) {
    case LogicalTypeId::TIMESTAMP:
      return value;
    case LogicalTypeId::TIMESTAMP_TZ:
      return call("make_timestamp", call("epoch_us", std::move(value)));
    case LogicalTypeId::DATE:
      return cast(std::move(value), LogicalType::TIMESTAMP);
    case LogicalTypeId::VARCHAR:
      if (constant_text(*value)) return cast(std::move(value), LogicalType::TIMESTAMP);
      [[fallthrough]];
    default:
      refuse("a time of " + type_name(type));
  }
}

namespace {

enum class Kind { Null, Boolean, Number, Text, Binary, Date, Clock, Other };

Kind kind_of(const LogicalType& type) {
  if (type.id() == LogicalTypeId::SQLNULL) return Kind::Null;
  if (type.IsNumeric()) return Kind::Number;
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
      return Kind::Boolean;
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::STRING_LITERAL:
      return Kind::Text;
    case LogicalTypeId::BLOB:
      return Kind::Binary;
    case LogicalTypeId::DATE:
      return Kind::Date;
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_TZ:
      return Kind::Clock;
    default:
      return Kind::Other;
  }
}

// Spark compares a FLOAT with an integer as FLOATs, with anything else as DOUBLEs.
void align_numbers(const std::vector<ParsedPointer*>& values, const std::vector<LogicalType>& types) {
  bool single = false, exact = false, other = false;
  for (const auto& type : types) {
    single |= type.id() == LogicalTypeId::FLOAT;
    exact |= type.IsIntegral();
    other |= type.id() == LogicalTypeId::DOUBLE || type.id() == LogicalTypeId::DECIMAL;
  }
  if (!single || (!exact && !other)) return;
  for (auto* value : values) *value = cast(std::move(*value), other ? LogicalType::DOUBLE : LogicalType::FLOAT);
}

}  // namespace

void align(std::vector<ParsedPointer*> values, const SparkScope& scope) {
  std::vector<LogicalType> types;
  std::vector<ParsedPointer*> present;
  for (auto* value : values) {
    const LogicalType type = scope.type_of(**value);
    if (kind_of(type) == Kind::Null) continue;
    types.push_back(type);
    present.push_back(value);
  }
  Kind all = Kind::Null;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Kind kind = kind_of(types[i]);
    // A text that stands there takes the type of the others; between a date and a time, both become times.
    if (kind == Kind::Text && constant_text(**present[i]) && all != Kind::Null) continue;
    const bool clocks = (kind == Kind::Date || kind == Kind::Clock) && (all == Kind::Date || all == Kind::Clock);
    const bool literals = all == Kind::Text && std::all_of(present.begin(), present.begin() + i, [](const auto* each) {
                            return constant_text(**each).has_value();
                          });
    if (all == Kind::Null || literals) {
      all = kind;
    } else if (clocks) {
      all = kind == all ? kind : Kind::Clock;
    } else if (kind != all) {
      refuse("a comparison of " + type_name(types[0]) + " with " + type_name(types[i]));
    }
  }
  if (all == Kind::Other) refuse("a comparison of " + type_name(types[0]) + "s");
  if (all == Kind::Number) align_numbers(present, types);
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool literal = kind_of(types[i]) == Kind::Text && all != Kind::Text;
    if (literal && all != Kind::Date && all != Kind::Clock) {
      refuse("a comparison of text with " + std::string(all == Kind::Number ? "numbers" : "another type"));
    }
    if (all == Kind::Clock) {
      // With the zone that it may have: as an instant.
      if (literal) *present[i] = cast(std::move(*present[i]), LogicalType::TIMESTAMP_TZ);
      *present[i] = wall_clock(std::move(*present[i]), scope);
    } else if (all == Kind::Date && literal) {
      *present[i] = cast(std::move(*present[i]), LogicalType::DATE);
    }
  }
}

}  // namespace lakelet::sql::spark
