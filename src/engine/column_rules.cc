#include "engine/column_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/common/string_util.hpp>

#include "engine/type_mapping.h"
#include "engine/variant_column.h"
#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using Kind = Conversion::Kind;

bool is_integer(LogicalTypeId id) {
  switch (id) {
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::UTINYINT:
    case LogicalTypeId::USMALLINT:
    case LogicalTypeId::UINTEGER:
    case LogicalTypeId::UBIGINT:
      return true;
    default:
      return false;
  }
}

bool has_64_bits(LogicalTypeId id) {
  return id == LogicalTypeId::BIGINT || id == LogicalTypeId::UBIGINT;
}

// Integers go into any of as many bits or more (of less than 32 if 32 are stored: Parquet has no smaller ones); a value
// that doesn't fit is an error then. Into decimals with room for them, and those of 32 bits into doubles.
bool integer_goes_into(const LogicalType& stored, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Int64:
    case TypeKind::UInt64:
    case TypeKind::Decimal:
      return true;
    case TypeKind::Double:
      return !has_64_bits(stored.id());
    default:
      return type.integral() && !has_64_bits(stored.id());
  }
}

bool decimal_goes_into(const LogicalType& stored, const Type& type) {
  const int scale = duckdb::DecimalType::GetScale(stored), width = duckdb::DecimalType::GetWidth(stored);
  return type.scale() >= scale && type.precision() - type.scale() >= width - scale;
}

class Planner {
 public:
  Planner(ColumnMatching matching, const StoredFile& file) : matching_(matching), file_(file) {}

  Conversion plan(const Field& field, const std::string& path, StoredColumn& stored) const {
    Conversion result = plan_type(field.type, path, stored);
    if (field.padded_to > 0 && result.kind == Kind::Same) {
      result.kind = Kind::Padded;
      result.width = field.padded_to;
    }
    result.from = stored.type;
    if (result.kind != Kind::Same) result.to = to_engine_type(field.type);
    if (result.kind == Kind::Same) {
      result.to = stored.type;
      if (stored.unsorted_bounds) result.kind = Kind::Unbounded;
    }
    result.column = path;
    return result;
  }

 private:
  Conversion plan_type(const Type& type, const std::string& path, StoredColumn& stored) const {
    switch (type.kind()) {
      case TypeKind::Variant:
        return plan_variant(path, stored);
      case TypeKind::Struct:
        return plan_struct(type, path, stored);
      case TypeKind::List:
        return plan_list(type, path, stored);
      case TypeKind::Map:
        return plan_map(type, path, stored);
      case TypeKind::String:
      case TypeKind::Binary:
      case TypeKind::Fixed:
        return plan_bytes(type, path, stored);
      case TypeKind::Date:
        return plan_date(type, path, stored);
      case TypeKind::Timestamp:
      case TypeKind::TimestampTz:
      case TypeKind::TimestampNs:
      case TypeKind::TimestampNsTz:
        return plan_timestamp(type, path, stored);
      default:
        return plan_number(type, path, stored);
    }
  }

  [[noreturn]] static void mismatch(const Type& type, const std::string& path, const StoredColumn& stored) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("column '{}' is stored as {}, which can't be read as {}", path,
                            stored.variant ? "VARIANT" : stored.type.ToString(), to_string(type)),
                "the file doesn't fit the table's schema");
  }

  static Conversion of(Kind kind) {
    Conversion result;
    result.kind = kind;
    return result;
  }
  static Conversion cast_unless_same(const Type& type, const StoredColumn& stored) {
    return of(stored.type == to_engine_type(type) ? Kind::Same : Kind::Cast);
  }

  Conversion plan_variant(const std::string& path, StoredColumn& stored) const {
    duckdb::child_list_t<LogicalType> children;
    for (const StoredColumn& child : stored.children) children.emplace_back(child.name, child.type);
    if (!stored.is_struct() || !holds_variant(LogicalType::STRUCT(children))) {
      mismatch(Type(TypeKind::Variant), path, stored);
    }
    stored.type = LogicalType::STRUCT(std::move(children));
    return of(Kind::Variant);
  }

  Conversion plan_struct(const Type& type, const std::string& path, StoredColumn& stored) const {
    if (stored.variant || stored.type.id() != LogicalTypeId::STRUCT) mismatch(type, path, stored);
    Conversion result = of(Kind::Struct);
    for (const Field& field : type.children()) {
      const auto at = find_stored(field, matching_, stored.children);
      result.sources.push_back(at.value_or(0));
      if (at) {
        result.parts.push_back(plan(field, path + "." + field.name, stored.children[*at]));
      } else {
        Conversion absent = of(Kind::Constant);
        absent.constant = absent_value(field);
        absent.to = to_engine_type(field.type);
        result.parts.push_back(std::move(absent));
      }
    }
    duckdb::child_list_t<LogicalType> children;
    for (const StoredColumn& child : stored.children) children.emplace_back(child.name, child.type);
    stored.type = LogicalType::STRUCT(std::move(children));
    return result;
  }

  // In lists of two levels the repeated group is the element itself, even if it has but one field.
  static bool is_element_group(const Type& element, const StoredColumn& stored) {
    return element.kind() == TypeKind::Struct && element.children().size() == 1 && !stored.is_struct() &&
           (stored.name == "array" || stored.name.ends_with("_tuple"));
  }

  Conversion plan_list(const Type& type, const std::string& path, StoredColumn& stored) const {
    if (stored.type.id() != LogicalTypeId::LIST || stored.children.size() != 1) mismatch(type, path, stored);
    Conversion result = of(Kind::List);
    const Field& element = type.children()[0];
    StoredColumn& child = stored.children[0];
    if (is_element_group(element.type, child)) {
      Conversion wrapped = of(Kind::OneFieldOf);
      wrapped.parts.push_back(plan(element.type.children()[0], path + ".element", child));
      wrapped.from = child.type;
      wrapped.to = to_engine_type(element.type);
      result.parts.push_back(std::move(wrapped));
    } else {
      result.parts.push_back(plan(element, path + ".element", child));
    }
    stored.type = LogicalType::LIST(child.type);
    return result;
  }

  Conversion plan_map(const Type& type, const std::string& path, StoredColumn& stored) const {
    if (stored.type.id() != LogicalTypeId::MAP || stored.children.size() != 1 ||
        stored.children[0].children.size() != 2) {
      mismatch(type, path, stored);
    }
    auto& parts = stored.children[0].children;
    Conversion entry = of(Kind::Struct);
    entry.sources = {0, 1};
    entry.parts.push_back(plan(type.children()[0], path + ".key", parts[0]));
    entry.parts.push_back(plan(type.children()[1], path + ".value", parts[1]));
    Conversion result = of(Kind::List);
    result.parts.push_back(std::move(entry));
    stored.type = LogicalType::MAP(parts[0].type, parts[1].type);
    return result;
  }

  // Text and binary differ in an annotation that not every writer makes: the bytes count.
  Conversion plan_bytes(const Type& type, const std::string& path, StoredColumn& stored) const {
    const LogicalTypeId id = stored.type.id();
    const bool plain = id == LogicalTypeId::VARCHAR || id == LogicalTypeId::BLOB;
    const bool as_bytes = type.kind() != TypeKind::String && (stored.geometry || id == LogicalTypeId::UUID);
    if (!stored.bytes || !(plain || as_bytes)) mismatch(type, path, stored);
    stored.type = to_engine_type(type);
    return of(Kind::Same);
  }

  Conversion plan_date(const Type& type, const std::string& path, StoredColumn& stored) const {
    if (stored.type.id() == LogicalTypeId::INTEGER) stored.type = LogicalType::DATE;
    if (stored.type.id() != LogicalTypeId::DATE) mismatch(type, path, stored);
    return of(file_.julian ? Kind::JulianDays : Kind::Same);
  }

  // A clock's time and an instant differ in an annotation too, which old writers left out.
  Conversion plan_timestamp(const Type& type, const std::string& path, StoredColumn& stored) const {
    const bool wall_clock = type.kind() == TypeKind::Timestamp || type.kind() == TypeKind::TimestampNs;
    if (stored.type.id() == LogicalTypeId::DATE && wall_clock) {
      if (!file_.julian) return of(Kind::Cast);
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("column '{}' was widened from dates that an old Spark wrote", path));
    }
    if (stored.unit == StoredUnit::None) mismatch(type, path, stored);
    if (type.kind() != TypeKind::TimestampNs && stored.unit == StoredUnit::Nanos) {
      stored.type = LogicalType::TIMESTAMP_NS;
      return of(Kind::NanosToMicros);
    }
    stored.type = to_engine_type(type);
    const bool julian = stored.unit == StoredUnit::Int96 ? file_.julian_int96 : file_.julian;
    if (type.kind() != TypeKind::TimestampTz || !julian) return of(Kind::Same);
    return of(in_utc() ? Kind::JulianMicros : Kind::OldMicrosRefused);
  }

  bool in_utc() const {
    static const char* const kNames[] = {"UTC",       "Etc/UTC",   "Z",         "GMT",          "Etc/GMT",
                                         "Zulu",      "Etc/Zulu",  "UCT",       "Etc/UCT",      "+00:00",
                                         "UTC+00:00", "GMT+00:00", "Universal", "Etc/Universal"};
    return std::any_of(std::begin(kNames), std::end(kNames),
                       [this](const char* name) { return file_.writer_time_zone == name; });
  }

  Conversion plan_number(const Type& type, const std::string& path, StoredColumn& stored) const {
    // Times of day differ from those "adjusted to UTC" in an annotation alone.
    if (type.kind() == TypeKind::Time && stored.type.id() == LogicalTypeId::TIME_TZ) stored.type = LogicalType::TIME;
    if (type.kind() == TypeKind::Uuid && stored.type.id() == LogicalTypeId::BLOB && stored.fixed_length == 16) {
      stored.type = LogicalType::UUID;
    }
    const LogicalTypeId id = stored.type.id();
    const bool goes = id == to_engine_type(type).id()
                          ? id != LogicalTypeId::DECIMAL || decimal_goes_into(stored.type, type)
                          : (is_integer(id) && integer_goes_into(stored.type, type)) ||
                                (id == LogicalTypeId::FLOAT && type.kind() == TypeKind::Double);
    if (!goes) mismatch(type, path, stored);
    return cast_unless_same(type, stored);
  }

  ColumnMatching matching_;
  const StoredFile& file_;
};

}  // namespace

std::optional<std::size_t> find_stored(const Field& field, ColumnMatching matching,
                                       const std::vector<StoredColumn>& columns) {
  const bool by_id = matching == ColumnMatching::ById && field.id;
  std::optional<std::size_t> alike;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const StoredColumn& column = columns[i];
    if (by_id ? column.field_id == field.id : column.stored_name == field.file_name()) return i;
    if (by_id || !duckdb::StringUtil::CIEquals(column.stored_name, field.file_name())) continue;
    if (alike) {
      throw Error(ErrorCode::CorruptTable, fmt::format("column '{}' could be '{}' or '{}' of the file", field.name,
                                                       columns[*alike].stored_name, column.stored_name));
    }
    alike = i;
  }
  return alike;
}

Conversion plan_conversion(const Field& field, ColumnMatching matching, const StoredFile& file, StoredColumn& stored) {
  return Planner(matching, file).plan(field, field.name, stored);
}

namespace {

// Every part is in its place and as it is to be.
bool is_identity(const Conversion& conversion) {
  if (conversion.kind == Kind::Same) return true;
  if (conversion.kind != Kind::Struct && conversion.kind != Kind::List) return false;
  for (std::size_t i = 0; i < conversion.sources.size(); ++i) {
    if (conversion.sources[i] != i) return false;
  }
  return conversion.from == conversion.to && std::all_of(conversion.parts.begin(), conversion.parts.end(), is_identity);
}

}  // namespace

bool is_plain(const Conversion& conversion) {
  switch (conversion.kind) {
    case Kind::Same:
    case Kind::Constant:
      return true;
    case Kind::Cast:
      // DuckDB casts a filter's constant instead, which is right where no digits can be lost by it.
      return is_integer(conversion.from.id()) && is_integer(conversion.to.id());
    case Kind::Struct:
      return std::all_of(conversion.parts.begin(), conversion.parts.end(), is_plain);
    case Kind::List:
      // DuckDB finds the fields of elements by the names that today's writers give to the levels in between.
      return is_identity(conversion);
    default:
      return false;
  }
}

duckdb::Value absent_value(const Field& field) {
  if (field.initial_default && field.type.kind() == TypeKind::Struct) {
    duckdb::child_list_t<duckdb::Value> values;
    for (const Field& child : field.type.children()) values.emplace_back(child.name, absent_value(child));
    return duckdb::Value::STRUCT(std::move(values));
  }
  if (field.initial_default && !field.type.nested()) return to_engine_value(*field.initial_default, field.type);
  return duckdb::Value(to_engine_type(field.type));
}

}  // namespace lakelet::engine
