#include "formats/iceberg/scan/expression_json.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json_writer.h"
#include "formats/iceberg/metadata/schema_writer.h"

namespace lakelet::iceberg {

namespace {

constexpr std::size_t kMostValues = 1'000;

struct Written {
  std::string json;
  bool exact = true;  // it doesn't hold elsewhere, so that it can be negated
};
using Found = std::optional<Written>;

class ExpressionWriter {
 public:
  ExpressionWriter(const Schema& schema, const Schema* other) : schema_(schema), other_(other) {}

  Found write(const Predicate& predicate) const {
    switch (predicate.kind()) {
      case PredicateKind::And:
        return all_of(predicate);
      case PredicateKind::Or:
        return any_of(predicate);
      case PredicateKind::Not:
        return negation(predicate);
      case PredicateKind::Compare:
        return with_value(predicate, word(predicate.comparison()));
      case PredicateKind::StartsWith:
        return with_value(predicate, "starts-with");
      case PredicateKind::In:
        return in(predicate);
      case PredicateKind::IsNull:
      case PredicateKind::IsNotNull:
        return of_nulls(predicate);
      default:
        return std::nullopt;
    }
  }

 private:
  static const char* word(Comparison comparison) {
    switch (comparison) {
      case Comparison::Equal:
        return "eq";
      case Comparison::NotEqual:
        return "not-eq";
      case Comparison::Less:
        return "lt";
      case Comparison::LessOrEqual:
        return "lt-eq";
      case Comparison::Greater:
        return "gt";
      case Comparison::GreaterOrEqual:
        return "gt-eq";
    }
    return "";
  }

  static Written join(const char* type, const Written& left, const Written& right) {
    return {fmt::format(R"({{"type":"{}","left":{},"right":{}}})", type, left.json, right.json),
            left.exact && right.exact};
  }

  Found all_of(const Predicate& predicate) const {
    Found result;
    bool whole = true;
    for (const Predicate& part : predicate.parts()) {
      const Found written = write(part);
      whole = whole && written;
      if (written) result = result ? join("and", *result, *written) : *written;
    }
    if (result) result->exact = result->exact && whole;
    return result;
  }

  Found any_of(const Predicate& predicate) const {
    Found result;
    for (const Predicate& part : predicate.parts()) {
      const Found written = write(part);
      if (!written) return std::nullopt;
      result = result ? join("or", *result, *written) : *written;
    }
    return result;
  }

  Found negation(const Predicate& predicate) const {
    const Found part = write(predicate.parts().at(0));
    if (!part || !part->exact) return std::nullopt;
    return Written{fmt::format(R"({{"type":"not","child":{}}})", part->json)};
  }

  // A column whose values everybody orders alike. Null: it isn't one, or can't be named.
  const Field* column(const Predicate& predicate) const {
    for (const std::string& name : predicate.column()) {
      if (name.find('.') != std::string::npos) return nullptr;
    }
    const Field* field = find_field(schema_, predicate.column());
    if (!field || !field->id || field->type.nested()) return nullptr;
    const Field* same = other_ ? find_field(*other_, predicate.column()) : field;
    return same && same->id == field->id && same->type == field->type ? field : nullptr;
  }

  static std::string name_of(const Predicate& predicate) {
    return json_quote(fmt::format("{}", fmt::join(predicate.column(), ".")));
  }

  // Whether the value can be written so that others read the same.
  static bool is_plain(const Value& value, const Type& type) {
    const Value::Storage& held = value.storage();
    switch (type.kind()) {
      case TypeKind::Boolean:
        return std::holds_alternative<bool>(held);
      case TypeKind::Int32:
      case TypeKind::Int64:
      case TypeKind::Date:
      case TypeKind::Timestamp:
      case TypeKind::TimestampTz:
        return std::holds_alternative<std::int64_t>(held);
      case TypeKind::Float:
      case TypeKind::Double:
        return std::holds_alternative<double>(held) && std::isfinite(value.number()) && value.number() != 0;
      case TypeKind::Decimal:
        return std::holds_alternative<Decimal>(held);
      case TypeKind::String:
        return std::holds_alternative<std::string>(held);
      default:
        return false;
    }
  }

  static bool is_floating(const Type& type) {
    return type.kind() == TypeKind::Float || type.kind() == TypeKind::Double;
  }

  Found with_value(const Predicate& predicate, const std::string& type) const {
    const Field* field = column(predicate);
    const Value& value = predicate.values().at(0);
    if (!field || !is_plain(value, field->type)) return std::nullopt;
    if (type == "starts-with" && field->type.kind() != TypeKind::String) return std::nullopt;
    JsonWriter out;
    out.begin_object().key("type").string(type).key("term").raw(name_of(predicate)).key("value");
    write_json_value(out, value, field->type);
    out.end_object();
    Written written{out.take()};
    if (!is_floating(field->type)) return written;
    written.exact = false;
    if (!type.starts_with("gt")) return written;
    return join("or", written, {fmt::format(R"({{"type":"is-nan","term":{}}})", name_of(predicate)), false});
  }

  Found in(const Predicate& predicate) const {
    const Field* field = column(predicate);
    if (!field || predicate.values().size() > kMostValues) return std::nullopt;
    bool exact = !is_floating(field->type), any = false;
    JsonWriter out;
    out.begin_object().key("type").string("in").key("term").raw(name_of(predicate)).key("values").begin_array();
    for (const Value& value : predicate.values()) {
      if (value.is_null()) {
        exact = false;
        continue;
      }
      if (!is_plain(value, field->type)) return std::nullopt;
      write_json_value(out, value, field->type);
      any = true;
    }
    out.end_array().end_object();
    return any ? Found(Written{out.take(), exact}) : std::nullopt;
  }

  Found of_nulls(const Predicate& predicate) const {
    if (!column(predicate)) return std::nullopt;
    const char* type = predicate.kind() == PredicateKind::IsNull ? "is-null" : "not-null";
    return Written{fmt::format(R"({{"type":"{}","term":{}}})", type, name_of(predicate))};
  }

  const Schema& schema_;
  const Schema* other_;
};

}  // namespace

std::optional<std::string> expression_json(const Predicate& predicate, const Schema& schema, const Schema* other) {
  auto written = ExpressionWriter(schema, other).write(predicate);
  return written ? std::optional(std::move(written->json)) : std::nullopt;
}

}  // namespace lakelet::iceberg
