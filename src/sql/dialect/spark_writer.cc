#include "sql/dialect/spark_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/parser/expression/between_expression.hpp>
#include <duckdb/parser/expression/case_expression.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/conjunction_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>
#include <map>
#include <set>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "lakelet/schema.h"
#include "sql/dialect/spark_values.h"

namespace lakelet::sql {
namespace {

using duckdb::ExpressionClass;
using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::ParsedExpression;

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("{} has no equal in Spark's SQL, in which the table keeps its rules", what), hint);
}

std::string text_literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Words that begin something else where a name may stand.
bool is_keyword(const std::string& lower) {
  static const std::set<std::string> kWords = {
      "and",       "or",   "not",    "in",       "is",           "null",
      "like",      "as",   "false",  "true",     "distinct",     "from",
      "case",      "when", "then",   "else",     "end",          "between",
      "div",       "cast", "date",   "interval", "current_date", "current_timestamp",
      "timestamp", "x",    "r",      "exists",   "current_user", "localtimestamp",
      "rlike",     "anti", "any",    "all",      "some",         "current_timezone",
      "select",    "with", "escape", "ilike",    "extract",      "timestamp_ntz",
      "struct",    "map",  "array",  "trim",     "substring",    "position",
      "overlay",   "cube", "full",   "natural",  "timestamp_ltz"};
  return kWords.contains(lower);
}

std::string name_text(const std::string& name) {
  const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  const bool plain = !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
                     std::all_of(name.begin(), name.end(), in_word);
  if (plain && !is_keyword(duckdb::StringUtil::Lower(name))) return name;
  return fmt::format("`{}`", duckdb::StringUtil::Replace(name, "`", "``"));
}

std::string number_text(const duckdb::Value& value) {
  std::string text = value.ToString();
  if (value.type().IsFloating()) text += value.type().id() == LogicalTypeId::FLOAT ? "F" : "D";
  return text;
}

// DuckDB's functions whose name is another in Spark's SQL, or the same.
const std::map<std::string, const char*>& same_meaning() {
  static const std::map<std::string, const char*> kFunctions = {
      {"year", "year"},
      {"quarter", "quarter"},
      {"month", "month"},
      {"day", "day"},
      {"dayofmonth", "day"},
      {"dayofyear", "dayofyear"},
      {"hour", "hour"},
      {"minute", "minute"},
      {"second", "second"},
      {"week", "weekofyear"},
      {"weekofyear", "weekofyear"},
      {"upper", "upper"},
      {"ucase", "upper"},
      {"lower", "lower"},
      {"lcase", "lower"},
      {"length", "length"},
      {"len", "length"},
      {"char_length", "length"},
      {"abs", "abs"},
      {"character_length", "length"},
      {"floor", "floor"},
      {"ceil", "ceil"},
      {"ceiling", "ceil"},
      {"greatest", "greatest"},
      {"least", "least"},
      {"nullif", "nullif"},
      {"isnan", "isnan"},
      {"round", "round"},
      {"starts_with", "startswith"},
      {"prefix", "startswith"},
      {"^@", "startswith"},
      {"mod", "mod"},
      {"trim", "trim"},
      {"ltrim", "ltrim"},
      {"rtrim", "rtrim"},
      {"substring", "substring"},
      {"substr", "substring"},
      {"coalesce", "coalesce"},
      {"ifnull", "coalesce"},
  };
  return kFunctions;
}

const std::map<std::string, const char*>& moments() {
  static const std::map<std::string, const char*> kMoments = {
      {"now", "current_timestamp()"},
      {"get_current_timestamp", "current_timestamp()"},
      {"current_timestamp", "current_timestamp()"},
      {"transaction_timestamp", "current_timestamp()"},
      {"current_date", "current_date()"},
      {"today", "current_date()"},
      {"current_localtimestamp", "localtimestamp()"},
      {"localtimestamp", "localtimestamp()"},
  };
  return kMoments;
}

class Writer {
 public:
  explicit Writer(const SparkScope& scope) : scope_(scope) {}

  std::string write(const ParsedExpression& expression) const {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::CONSTANT:
        return constant(expression.Cast<duckdb::ConstantExpression>().value);
      case ExpressionClass::COLUMN_REF:
        return column(expression.Cast<duckdb::ColumnRefExpression>());
      case ExpressionClass::COMPARISON:
        return comparison(expression.Cast<duckdb::ComparisonExpression>());
      case ExpressionClass::CONJUNCTION: {
        const char* word = expression.GetExpressionType() == ExpressionType::CONJUNCTION_AND ? " AND " : " OR ";
        return joined(expression.Cast<duckdb::ConjunctionExpression>().children, word);
      }
      case ExpressionClass::BETWEEN: {
        const auto& range = expression.Cast<duckdb::BetweenExpression>();
        return fmt::format("{} BETWEEN {} AND {}", part(*range.input), part(*range.lower), part(*range.upper));
      }
      case ExpressionClass::CASE:
        return cases(expression.Cast<duckdb::CaseExpression>());
      case ExpressionClass::CAST:
        return cast(expression.Cast<duckdb::CastExpression>());
      case ExpressionClass::OPERATOR:
        return operation(expression.Cast<duckdb::OperatorExpression>());
      case ExpressionClass::FUNCTION:
        return function(expression.Cast<duckdb::FunctionExpression>());
      default:
        refuse(expression.ToString());
    }
  }

 private:
  using Children = duckdb::vector<ParsedPointer>;

  LogicalType type_of(const ParsedExpression& expression) const { return scope_.type_of(expression); }

  // In parentheses unless nothing around it can group it otherwise.
  std::string part(const ParsedExpression& expression) const {
    const std::string text = write(expression);
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::CONSTANT:
      case ExpressionClass::COLUMN_REF:
      case ExpressionClass::CAST:
      case ExpressionClass::CASE:
        return text.starts_with("-") ? fmt::format("({})", text) : text;
      case ExpressionClass::FUNCTION:
        return expression.Cast<duckdb::FunctionExpression>().is_operator ? fmt::format("({})", text) : text;
      default:
        return fmt::format("({})", text);
    }
  }

  std::string joined(const Children& children, const char* word) const {
    std::string out;
    for (const auto& child : children) out.append(out.empty() ? "" : word).append(part(*child));
    return out;
  }

  std::string list(const Children& children, std::size_t from = 0) const {
    std::string out;
    for (std::size_t i = from; i < children.size(); ++i) out.append(i > from ? ", " : "").append(write(*children[i]));
    return out;
  }

  static std::string constant(const duckdb::Value& value) {
    if (value.IsNull()) return "NULL";
    if (value.type().id() == LogicalTypeId::BOOLEAN) return value.GetValue<bool>() ? "TRUE" : "FALSE";
    if (value.type().IsNumeric()) return number_text(value);
    if (value.type().id() == LogicalTypeId::VARCHAR) return text_literal(duckdb::StringValue::Get(value));
    refuse(value.ToSQLString());
  }

  std::string column(const duckdb::ColumnRefExpression& reference) const {
    if (scope_.constant) refuse(fmt::format("the column {} in a default", std::string(reference.ToString())));
    std::string out;
    for (const auto& name : reference.column_names) out.append(out.empty() ? "" : ".").append(name_text(name));
    return out;
  }

  std::string comparison(const duckdb::ComparisonExpression& compared) const {
    const std::string left = part(*compared.left), right = part(*compared.right);
    switch (compared.GetExpressionType()) {
      case ExpressionType::COMPARE_EQUAL:
        return left + " = " + right;
      case ExpressionType::COMPARE_NOTEQUAL:
        return left + " <> " + right;
      case ExpressionType::COMPARE_LESSTHAN:
        return left + " < " + right;
      case ExpressionType::COMPARE_GREATERTHAN:
        return left + " > " + right;
      case ExpressionType::COMPARE_LESSTHANOREQUALTO:
        return left + " <= " + right;
      case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
        return left + " >= " + right;
      case ExpressionType::COMPARE_NOT_DISTINCT_FROM:
        return left + " <=> " + right;
      case ExpressionType::COMPARE_DISTINCT_FROM:
        return fmt::format("NOT ({} <=> {})", left, right);
      default:
        refuse(compared.ToString());
    }
  }

  std::string cases(const duckdb::CaseExpression& choice) const {
    std::string out = "CASE";
    for (const auto& check : choice.case_checks) {
      out += fmt::format(" WHEN {} THEN {}", write(*check.when_expr), write(*check.then_expr));
    }
    if (choice.else_expr) out += " ELSE " + write(*choice.else_expr);
    return out + " END";
  }

  std::string operation(const duckdb::OperatorExpression& known) const {
    switch (known.GetExpressionType()) {
      case ExpressionType::OPERATOR_NOT:
        return "NOT " + part(*known.children[0]);
      case ExpressionType::OPERATOR_IS_NULL:
        return part(*known.children[0]) + " IS NULL";
      case ExpressionType::OPERATOR_IS_NOT_NULL:
        return part(*known.children[0]) + " IS NOT NULL";
      case ExpressionType::COMPARE_IN:
        return fmt::format("{} IN ({})", part(*known.children[0]), list(known.children, 1));
      case ExpressionType::COMPARE_NOT_IN:
        return fmt::format("{} NOT IN ({})", part(*known.children[0]), list(known.children, 1));
      case ExpressionType::OPERATOR_COALESCE:
        return fmt::format("coalesce({})", list(known.children));
      default:
        refuse(known.ToString());
    }
  }

  std::string cast(const duckdb::CastExpression& expression) const {
    if (expression.try_cast) refuse(expression.ToString());
    const LogicalType to = type_of(expression), from = type_of(*expression.child);
    if (const auto literal = spark::constant_text(*expression.child)) {
      if (to.id() == LogicalTypeId::BOOLEAN) return boolean(*literal, expression);
      const char* word = to.id() == LogicalTypeId::DATE           ? "DATE"
                         : to.id() == LogicalTypeId::TIMESTAMP    ? "TIMESTAMP_NTZ"
                         : to.id() == LogicalTypeId::TIMESTAMP_TZ ? "TIMESTAMP"
                                                                  : nullptr;
      if (word) return fmt::format("{} {}", word, text_literal(*literal));
    }
    const bool fraction = from.IsFloating() || from.id() == LogicalTypeId::DECIMAL;
    if (fraction && to.IsIntegral()) {
      refuse(expression.ToString(), "Spark cuts where DuckDB rounds: write floor(), ceil() or round()");
    }
    if (from.id() == LogicalTypeId::TIMESTAMP_TZ && to.id() == LogicalTypeId::VARCHAR) refuse(expression.ToString());
    const Type type = engine::from_engine_type(to);
    return fmt::format("CAST({} AS {})", write(*expression.child), to_string(type));
  }

  // The parser's TRUE is a cast of 't'.
  static std::string boolean(const std::string& literal, const duckdb::CastExpression& expression) {
    const std::string lower = duckdb::StringUtil::Lower(literal);
    if (lower == "t" || lower == "true") return "TRUE";
    if (lower == "f" || lower == "false") return "FALSE";
    refuse(expression.ToString());
  }

  std::string function(const duckdb::FunctionExpression& called) const {
    const bool plain = !called.distinct && !called.filter && !called.export_state &&
                       (!called.order_bys || called.order_bys->orders.empty());
    if (!plain) refuse(called.ToString());
    const std::string name = duckdb::StringUtil::Lower(called.function_name);
    if (called.children.empty()) {
      if (const auto moment = moments().find(name); moment != moments().end()) return moment->second;
    }
    if (auto text = sign(called, name)) return *std::move(text);
    if (auto text = time(called, name)) return *std::move(text);
    const auto known = same_meaning().find(name);
    if (known == same_meaning().end()) refuse(fmt::format("the function {}", name));
    const bool trims = name == "trim" || name == "ltrim" || name == "rtrim";
    if (trims && called.children.size() != 1) refuse(name + " of other characters than spaces");
    if (name.starts_with("substr")) {
      const auto begin = called.children.size() > 1 ? spark::constant_integer(*called.children[1]) : std::nullopt;
      if (!begin || *begin < 1) refuse(called.ToString(), "begin at a position above 0");
    }
    return fmt::format("{}({})", known->second, list(called.children));
  }

  std::optional<std::string> sign(const duckdb::FunctionExpression& called, const std::string& name) const {
    static const std::map<std::string, const char*> kSigns = {{"+", "+"},   {"-", "-"},     {"*", "*"},
                                                              {"/", "/"},   {"%", "%"},     {"//", "DIV"},
                                                              {"||", "||"}, {"~~", "LIKE"}, {"!~~", "NOT LIKE"}};
    const auto known = kSigns.find(name);
    if (known == kSigns.end()) return std::nullopt;
    if (called.children.size() == 1 && (name == "-" || name == "+")) return name + part(*called.children[0]);
    if (called.children.size() != 2) refuse(called.ToString());
    return fmt::format("{} {} {}", part(*called.children[0]), known->second, part(*called.children[1]));
  }

  std::optional<std::string> time(const duckdb::FunctionExpression& called, const std::string& name) const {
    if (called.children.size() != 2) return std::nullopt;
    const auto& children = called.children;
    if (name == "date_part" || name == "datepart") return time_part(called);
    if (name == "date_trunc" || name == "datetrunc") {
      const auto unit = spark::constant_text(*children[0]);
      const auto type = type_of(*children[1]).id();
      if (!unit || (type != LogicalTypeId::DATE && type != LogicalTypeId::TIMESTAMP_TZ)) refuse(called.ToString());
      const std::string value = write(*children[1]), word = text_literal(duckdb::StringUtil::Upper(*unit));
      return type == LogicalTypeId::DATE ? fmt::format("trunc({}, {})", value, word)
                                         : fmt::format("date_trunc({}, {})", word, value);
    }
    if (name == "strftime") {
      const auto format = spark::constant_text(*children[1]);
      if (!format) refuse(called.ToString());
      return fmt::format("date_format({}, {})", write(*children[0]), text_literal(pattern_of(*format)));
    }
    return std::nullopt;
  }

  std::string time_part(const duckdb::FunctionExpression& called) const {
    static const std::map<std::string, const char*> kParts = {
        {"year", "year"}, {"quarter", "quarter"}, {"month", "month"},   {"day", "day"},        {"doy", "dayofyear"},
        {"hour", "hour"}, {"minute", "minute"},   {"second", "second"}, {"week", "weekofyear"}};
    const auto unit = spark::constant_text(*called.children[0]);
    const auto known = kParts.find(unit ? duckdb::StringUtil::Lower(*unit) : std::string());
    if (known == kParts.end()) refuse(called.ToString());
    return fmt::format("{}({})", known->second, write(*called.children[1]));
  }

  // "%Y-%m" is yyyy-MM.
  static std::string pattern_of(const std::string& format) {
    static const std::map<char, const char*> kFields = {{'Y', "yyyy"}, {'m', "MM"}, {'d', "dd"},
                                                        {'H', "HH"},   {'M', "mm"}, {'S', "ss"}};
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        out += format[i];
        continue;
      }
      const auto known = i + 1 < format.size() ? kFields.find(format[++i]) : kFields.end();
      if (known == kFields.end()) refuse(fmt::format("strftime with '{}'", format));
      out += known->second;
    }
    return out;
  }

  const SparkScope& scope_;
};

}  // namespace

std::string engine_to_spark_text(const duckdb::ParsedExpression& expression, const SparkScope& scope) {
  return Writer(scope).write(expression);
}

}  // namespace lakelet::sql
