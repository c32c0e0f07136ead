#include "sql/dialect/spark_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/parser/expression/case_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>
#include <map>

#include "sql/dialect/spark_values.h"

namespace lakelet::sql {

namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using Arguments = std::vector<ParsedPointer>;

class Call {
 public:
  Call(const std::string& name, Arguments arguments, const SparkScope& scope)
      : name_(name), args_(std::move(arguments)), scope_(scope) {}

  const std::string& name() const { return name_; }
  std::size_t count() const { return args_.size(); }
  void need(std::size_t least, std::size_t most) const {
    if (args_.size() < least || args_.size() > most) {
      spark::refuse(fmt::format("the function {} with {} arguments", name_, args_.size()));
    }
  }
  ParsedPointer take(std::size_t i) { return std::move(args_[i]); }
  LogicalType type(std::size_t i) const { return scope_.type_of(*args_[i]); }
  [[noreturn]] void refuse(std::size_t i) const {
    spark::refuse(fmt::format("the function {} of {}", name_, spark::type_name(type(i))));
  }
  [[noreturn]] void refuse() const { spark::refuse("the function " + name_ + " with these arguments"); }

  ParsedPointer text(std::size_t i) {
    if (type(i).id() != LogicalTypeId::VARCHAR) refuse(i);
    return take(i);
  }
  // As Spark's concat takes it: text, or what prints the same.
  ParsedPointer printed(std::size_t i) {
    if (type(i).IsIntegral()) return spark::cast(take(i), LogicalType::VARCHAR);
    return text(i);
  }
  ParsedPointer number(std::size_t i) {
    if (!type(i).IsNumeric()) refuse(i);
    return take(i);
  }
  ParsedPointer whole(std::size_t i) {
    if (!type(i).IsIntegral()) refuse(i);
    return take(i);
  }
  ParsedPointer clock(std::size_t i) { return spark::wall_clock(take(i), scope_); }
  ParsedPointer date(std::size_t i) { return spark::cast(clock(i), LogicalType::DATE); }
  std::int64_t constant(std::size_t i) const {
    const auto value = spark::constant_integer(*args_[i]);
    if (!value) refuse();
    return *value;
  }
  std::string constant_text(std::size_t i) const {
    const auto value = spark::constant_text(*args_[i]);
    if (!value) refuse();
    return *value;
  }
  void align() {
    std::vector<ParsedPointer*> values;
    for (auto& each : args_) values.push_back(&each);
    spark::align(std::move(values), scope_);
  }
  void align(std::size_t from) {
    std::vector<ParsedPointer*> values;
    for (std::size_t i = from; i < args_.size(); ++i) values.push_back(&args_[i]);
    spark::align(std::move(values), scope_);
  }
  ParsedPointer plain(const std::string& name) { return spark::call(name, std::move(args_)); }
  const SparkScope& scope() const { return scope_; }

 private:
  const std::string& name_;
  Arguments args_;
  const SparkScope& scope_;
};

ParsedPointer as_int(ParsedPointer value) {
  return spark::cast(std::move(value), LogicalType::INTEGER);
}

ParsedPointer coalesced(ParsedPointer value, ParsedPointer otherwise) {
  return duckdb::make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::OPERATOR_COALESCE, std::move(value),
                                                       std::move(otherwise));
}

ParsedPointer choice(ParsedPointer when, ParsedPointer then, ParsedPointer otherwise) {
  auto made = duckdb::make_uniq<duckdb::CaseExpression>();
  duckdb::CaseCheck check;
  check.when_expr = std::move(when);
  check.then_expr = std::move(then);
  made->case_checks.push_back(std::move(check));
  made->else_expr = std::move(otherwise);
  return made;
}

// Upper and lower case are the same but for letters that become several, or whose form depends on their neighbours.
ParsedPointer changed_case(Call& call, const char* function, const char* odd_letters) {
  call.need(1, 1);
  auto value = call.text(0);
  auto odd = spark::call("regexp_matches", value->Copy(), spark::text(odd_letters));
  auto refusal = spark::call(
      "error", spark::text(fmt::format("{}() of letters whose case Spark and lakelet change differently", function)));
  return choice(std::move(odd), spark::cast(std::move(refusal), LogicalType::VARCHAR),
                spark::call(function, std::move(value)));
}

// Of yyyy-MM-dd HH:mm:ss, in any order and with anything that is no letter between them.
std::string strftime_format(const Call& call, const std::string& pattern) {
  static const std::map<std::string, std::string> kFields = {{"yyyy", "%Y"}, {"MM", "%m"}, {"dd", "%d"},
                                                             {"HH", "%H"},   {"mm", "%M"}, {"ss", "%S"}};
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (std::isalpha(static_cast<unsigned char>(c))) {
      std::size_t end = pattern.find_first_not_of(c, at);
      if (end == std::string::npos) end = pattern.size();
      const auto known = kFields.find(pattern.substr(at, end - at));
      if (known == kFields.end()) spark::refuse(fmt::format("{} with the pattern {}", call.name(), pattern));
      out += known->second;
      at = end;
    } else if (std::string_view(" -/:._,").find(c) != std::string_view::npos) {
      out += c;
      ++at;
    } else {
      spark::refuse(fmt::format("{} with the pattern {}", call.name(), pattern));
    }
  }
  return out;
}

std::string time_unit(const Call& call, std::string unit) {
  static const std::map<std::string, std::string> kUnits = {
      {"year", "year"}, {"yyyy", "year"},     {"yy", "year"},      {"quarter", "quarter"}, {"month", "month"},
      {"mon", "month"}, {"mm", "month"},      {"week", "week"},    {"day", "day"},         {"dd", "day"},
      {"hour", "hour"}, {"minute", "minute"}, {"second", "second"}};
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto known = kUnits.find(unit);
  if (known == kUnits.end()) spark::refuse(fmt::format("{} by {}", call.name(), unit));
  return known->second;
}

// Where no session's zone is asked, times have the one of lakelet: UTC.
ParsedPointer now(const Call& call) {
  if (!call.scope().constant) spark::refuse("the function " + call.name() + " outside of a default");
  return spark::call("now", std::vector<ParsedPointer>());
}

ParsedPointer part(Call& call, const char* name) {
  call.need(1, 1);
  return as_int(spark::call(name, call.clock(0)));
}

ParsedPointer negated(Call& call) {
  call.need(1, 2);
  for (std::size_t i = 0; i < call.count(); ++i) {
    if (!call.type(i).IsNumeric()) call.refuse(i);
  }
  if (call.count() == 2) call.align();
  return call.plain("-");
}

ParsedPointer arithmetic(Call& call, const char* sign) {
  call.need(2, 2);
  for (std::size_t i = 0; i < 2; ++i) {
    if (!call.type(i).IsNumeric()) call.refuse(i);
  }
  call.align();
  return call.plain(sign);
}

// Spark divides as DOUBLEs; decimals by rules of their own.
ParsedPointer quotient(Call& call) {
  call.need(2, 2);
  const bool floating = call.type(0).IsFloating() || call.type(1).IsFloating();
  for (std::size_t i = 0; i < 2; ++i) {
    if (!call.type(i).IsNumeric() || (!floating && !call.type(i).IsIntegral())) call.refuse(i);
  }
  return spark::call("/", spark::cast(call.take(0), LogicalType::DOUBLE),
                     spark::cast(call.take(1), LogicalType::DOUBLE));
}

ParsedPointer concatenated(Call& call) {
  call.need(1, 1000);
  auto all = call.printed(0);
  for (std::size_t i = 1; i < call.count(); ++i) all = spark::call("||", std::move(all), call.printed(i));
  return all;
}

ParsedPointer substring(Call& call) {
  call.need(2, 3);
  std::vector<ParsedPointer> arguments;
  arguments.push_back(call.text(0));
  const auto position = call.constant(1);
  if (position < 0 || (call.count() == 3 && call.constant(2) < 0)) call.refuse();
  arguments.push_back(spark::integer(std::max<std::int64_t>(position, 1)));
  if (call.count() == 3) arguments.push_back(spark::integer(call.constant(2)));
  return spark::call("substring", std::move(arguments));
}

ParsedPointer rounded(Call& call) {
  call.need(1, 2);
  const auto digits = call.count() == 2 ? call.constant(1) : 0;
  const bool exact = call.type(0).IsIntegral() || call.type(0).id() == LogicalTypeId::DECIMAL;
  if (digits < 0 || (digits > 0 && !exact)) call.refuse();
  if (call.type(0).IsIntegral()) return call.take(0);
  if (!exact) return spark::call("round", call.number(0));
  return spark::call("round", call.number(0), as_int(spark::integer(digits)));
}

ParsedPointer like(Call& call, const char* sign) {
  call.need(2, 2);
  const std::string pattern = call.constant_text(1);
  if (pattern.find('\\') != std::string::npos) spark::refuse("LIKE with a backslash");
  auto value = call.text(0);
  return spark::call(sign, std::move(value), spark::text(pattern));
}

using Handler = ParsedPointer (*)(Call&);

const std::map<std::string, Handler>& operators() {
  static const std::map<std::string, Handler> kOperators = {
      {"+", [](Call& c) { return c.count() == 1 ? c.number(0) : arithmetic(c, "+"); }},
      {"-", negated},
      {"*", [](Call& c) { return arithmetic(c, "*"); }},
      {"/", quotient},
      {"%", [](Call& c) { return arithmetic(c, "%"); }},
      {"mod", [](Call& c) { return arithmetic(c, "%"); }},
      {"//",
       [](Call& c) {
         c.need(2, 2);
         auto a = spark::cast(c.whole(0), LogicalType::BIGINT);
         return spark::call("//", std::move(a), spark::cast(c.whole(1), LogicalType::BIGINT));
       }},
      {"||", concatenated},
      {"~~", [](Call& c) { return like(c, "~~"); }},
      {"!~~", [](Call& c) { return like(c, "!~~"); }},
  };
  return kOperators;
}

const std::map<std::string, Handler>& times() {
  static const std::map<std::string, Handler> kTimes = {
      {"year", [](Call& c) { return part(c, "year"); }},
      {"quarter", [](Call& c) { return part(c, "quarter"); }},
      {"month", [](Call& c) { return part(c, "month"); }},
      {"day", [](Call& c) { return part(c, "day"); }},
      {"dayofmonth", [](Call& c) { return part(c, "day"); }},
      {"dayofyear", [](Call& c) { return part(c, "dayofyear"); }},
      {"weekofyear", [](Call& c) { return part(c, "week"); }},
      {"hour", [](Call& c) { return part(c, "hour"); }},
      {"minute", [](Call& c) { return part(c, "minute"); }},
      {"second", [](Call& c) { return part(c, "second"); }},
      {"dayofweek", [](Call& c) { return spark::call("+", part(c, "dayofweek"), as_int(spark::integer(1))); }},
      {"weekday", [](Call& c) { return spark::call("-", part(c, "isodow"), as_int(spark::integer(1))); }},
      {"date_format",
       [](Call& c) {
         c.need(2, 2);
         const std::string format = strftime_format(c, c.constant_text(1));
         return spark::call("strftime", c.clock(0), spark::text(format));
       }},
      {"date_trunc",
       [](Call& c) {
         c.need(2, 2);
         const std::string unit = time_unit(c, c.constant_text(0));
         auto start = spark::call("date_trunc", spark::text(unit), c.clock(1));
         return spark::cast(std::move(start), LogicalType::TIMESTAMP_TZ);
       }},
      {"trunc",
       [](Call& c) {
         c.need(2, 2);
         const std::string unit = time_unit(c, c.constant_text(1));
         if (unit != "year" && unit != "quarter" && unit != "month" && unit != "week") c.refuse();
         auto start = spark::call("date_trunc", spark::text(unit), c.clock(0));
         return spark::cast(std::move(start), LogicalType::DATE);
       }},
      {"to_date", [](Call& c) { return c.need(1, 1), c.date(0); }},
      {"date", [](Call& c) { return c.need(1, 1), c.date(0); }},
      {"date_add", [](Call& c) { return c.need(2, 2), spark::call("+", c.date(0), as_int(c.whole(1))); }},
      {"date_sub", [](Call& c) { return c.need(2, 2), spark::call("-", c.date(0), as_int(c.whole(1))); }},
      {"datediff", [](Call& c) { return c.need(2, 2), as_int(spark::call("-", c.date(0), c.date(1))); }},
      {"current_timestamp", [](Call& c) { return c.need(0, 0), now(c); }},
      {"now", [](Call& c) { return c.need(0, 0), now(c); }},
      {"current_date",
       [](Call& c) {
         c.need(0, 0);
         return spark::cast(spark::wall_clock(now(c), c.scope()), LogicalType::DATE);
       }},
      {"localtimestamp", [](Call& c) { return c.need(0, 0), spark::wall_clock(now(c), c.scope()); }},
  };
  return kTimes;
}

constexpr const char* kOddUpper =
    "[\\x{DF}\\x{149}\\x{1F0}\\x{390}\\x{3B0}\\x{587}\\x{1C4}-\\x{1CC}\\x{1F1}-\\x{1F3}\\x{345}\\x{10D0}-\\x{10FF}"
    "\\x{1E96}-\\x{1E9E}\\x{1F50}-\\x{1FFF}\\x{A640}-\\x{ABFF}\\x{FB00}-\\x{FB17}]";
constexpr const char* kOddLower =
    "[\\x{130}\\x{3A3}\\x{1C4}-\\x{1CC}\\x{1F1}-\\x{1F3}\\x{10A0}-\\x{10FF}\\x{1C90}-\\x{1CBF}\\x{1E9E}"
    "\\x{1F80}-\\x{1FFF}\\x{A640}-\\x{ABFF}]";

const std::map<std::string, Handler>& texts_and_numbers() {
  static const std::map<std::string, Handler> kFunctions = {
      {"upper", [](Call& c) { return changed_case(c, "upper", kOddUpper); }},
      {"ucase", [](Call& c) { return changed_case(c, "upper", kOddUpper); }},
      {"lower", [](Call& c) { return changed_case(c, "lower", kOddLower); }},
      {"lcase", [](Call& c) { return changed_case(c, "lower", kOddLower); }},
      {"trim", [](Call& c) { return c.need(1, 1), spark::call("trim", c.text(0), spark::text(" ")); }},
      {"ltrim", [](Call& c) { return c.need(1, 1), spark::call("ltrim", c.text(0), spark::text(" ")); }},
      {"rtrim", [](Call& c) { return c.need(1, 1), spark::call("rtrim", c.text(0), spark::text(" ")); }},
      {"length", [](Call& c) { return c.need(1, 1), as_int(spark::call("length", c.text(0))); }},
      {"len", [](Call& c) { return c.need(1, 1), as_int(spark::call("length", c.text(0))); }},
      {"char_length", [](Call& c) { return c.need(1, 1), as_int(spark::call("length", c.text(0))); }},
      {"character_length", [](Call& c) { return c.need(1, 1), as_int(spark::call("length", c.text(0))); }},
      {"concat", concatenated},
      {"substring", substring},
      {"substr", substring},
      {"startswith",
       [](Call& c) {
         c.need(2, 2);
         auto value = c.text(0);
         return spark::call("starts_with", std::move(value), c.text(1));
       }},
      {"if",
       [](Call& c) {
         c.need(3, 3);
         c.align(1);
         auto when = c.take(0), then = c.take(1);
         return choice(std::move(when), std::move(then), c.take(2));
       }},
      {"coalesce",
       [](Call& c) {
         c.need(1, 1000);
         c.align();
         auto made = duckdb::make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::OPERATOR_COALESCE);
         for (std::size_t i = 0; i < c.count(); ++i) made->children.push_back(c.take(i));
         return ParsedPointer(std::move(made));
       }},
      {"ifnull", [](Call& c) { return c.need(2, 2), c.align(), coalesced(c.take(0), c.take(1)); }},
      {"nvl", [](Call& c) { return c.need(2, 2), c.align(), coalesced(c.take(0), c.take(1)); }},
      {"nullif", [](Call& c) { return c.need(2, 2), c.align(), c.plain("nullif"); }},
      {"greatest", [](Call& c) { return c.need(2, 1000), c.align(), c.plain("greatest"); }},
      {"least", [](Call& c) { return c.need(2, 1000), c.align(), c.plain("least"); }},
      {"isnull",
       [](Call& c) {
         c.need(1, 1);
         return ParsedPointer(
             duckdb::make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::OPERATOR_IS_NULL, c.take(0)));
       }},
      {"isnotnull",
       [](Call& c) {
         c.need(1, 1);
         return ParsedPointer(
             duckdb::make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::OPERATOR_IS_NOT_NULL, c.take(0)));
       }},
      {"isnan",
       [](Call& c) {
         c.need(1, 1);
         if (!c.type(0).IsFloating()) c.refuse(0);
         auto otherwise = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::BOOLEAN(false));
         return coalesced(spark::call("isnan", c.take(0)), std::move(otherwise));
       }},
      {"abs", [](Call& c) { return c.need(1, 1), spark::call("abs", c.number(0)); }},
      {"round", rounded},
      {"floor",
       [](Call& c) {
         c.need(1, 1);
         return spark::cast(spark::call("floor", c.number(0)), LogicalType::BIGINT);
       }},
      {"ceil",
       [](Call& c) {
         c.need(1, 1);
         return spark::cast(spark::call("ceil", c.number(0)), LogicalType::BIGINT);
       }},
  };
  return kFunctions;
}

}  // namespace

ParsedPointer spark_function(const std::string& name, std::vector<ParsedPointer> arguments, const SparkScope& scope) {
  Call call(name, std::move(arguments), scope);
  for (const auto* table : {&operators(), &times(), &texts_and_numbers()}) {
    const auto found = table->find(name);
    if (found != table->end()) return found->second(call);
  }
  spark::refuse("the function " + name);
}

}  // namespace lakelet::sql
