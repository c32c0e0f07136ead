// The neutral type system: the union of what the table formats can hold, none of their spellings.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/value.h"

namespace lakelet {

enum class TypeKind : std::uint8_t {
  Null,
  Boolean,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float,
  Double,
  Decimal,
  String,
  Binary,
  Fixed,
  Uuid,
  Date,
  Time,
  Timestamp,    // microseconds, no time zone (wall clock)
  TimestampTz,  // microseconds, an instant in UTC
  TimestampNs,
  TimestampNsTz,
  Variant,
  Geometry,
  Struct,
  List,
  Map,
};

struct Field;

// An immutable value, cheap to copy.
class Type {
 public:
  Type() = default;
  Type(TypeKind kind) : kind_(kind) {}
  static Type decimal(int precision, int scale);  // 1..38, 0..precision; else Error(InvalidArgument)
  static Type fixed(int length);
  static Type structure(std::vector<Field> fields);
  static Type list(Field element);
  static Type list(Type element);  // a nullable element named "element"
  static Type map(Field key, Field value);
  static Type map(Type key, Type value);  // "key" not null, "value" nullable

  TypeKind kind() const { return kind_; }
  int precision() const { return precision_; }
  int scale() const { return scale_; }
  int length() const { return precision_; }
  bool nested() const { return kind_ == TypeKind::Struct || kind_ == TypeKind::List || kind_ == TypeKind::Map; }
  bool integral() const { return kind_ >= TypeKind::Int8 && kind_ <= TypeKind::UInt64; }
  // Struct: its fields. List: one field "element". Map: "key", "value". Otherwise empty.
  const std::vector<Field>& children() const;

  // Types, names and nullability, not ids or metadata.
  friend bool operator==(const Type& a, const Type& b);

 private:
  TypeKind kind_ = TypeKind::Null;
  int precision_ = 0;
  int scale_ = 0;
  std::shared_ptr<const std::vector<Field>> children_;
};

// A column, or a part of a nested one.
struct Field {
  std::string name;  // as people call it
  Type type;
  bool nullable = true;
  std::optional<std::int32_t> id{};  // the format's stable id, where it has one
  std::string physical_name{};       // its name in data files; empty: the same as name
  std::string doc{};
  // The value in files that lack the column; absent: null. Of a struct, true: made of its fields' own.
  std::optional<Value> initial_default{};
  std::map<std::string, std::string> metadata{};  // what else the format keeps: key -> JSON text
  std::int32_t padded_to = 0;  // of a string: shorter ones have spaces up to so many characters (SQL's char(n)); 0: no
  std::int32_t longest = 0;    // of a string: it can't have more characters (SQL's varchar(n)); 0: no limit

  const std::string& file_name() const { return physical_name.empty() ? name : physical_name; }
  friend bool operator==(const Field& a, const Field& b);
};

class Schema {
 public:
  Schema() = default;
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}

  const std::vector<Field>& fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  const Field& operator[](std::size_t i) const { return fields_[i]; }
  // Exact name first, then without regard to ASCII case (names are unique that way in every format); -1 if absent.
  int index_of(std::string_view name) const;
  const Field* find(std::string_view name) const;
  friend bool operator==(const Schema& a, const Schema& b) { return a.fields_ == b.fields_; }

 private:
  std::vector<Field> fields_;
};

// "boolean tinyint smallint int bigint float double decimal(p,s) string binary date time timestamp timestamp_ntz
// timestamp_ns timestamptz_ns uuid fixed(n) variant geometry utinyint usmallint uint ubigint",
// "struct<a: int not null, b: list<string>>", "map<string, int>". Timestamp kinds: "timestamp" is an instant
// (TimestampTz), "timestamp_ntz" a wall clock (Timestamp), as in Delta and Spark.
std::string to_string(const Type& type);
std::string to_string(const Schema& schema);  // "time timestamp, city string not null"

// Parses what to_string writes, and the common SQL spellings (integer, long, bool, varchar, text, real, array<...>,
// timestamptz, "timestamp without time zone", numeric(p,s), struct<...> or row(...), "comment '...'").
// Throws Error(InvalidArgument) naming the position.
Type parse_type(std::string_view text);
Schema parse_schema(std::string_view text);

}  // namespace lakelet
