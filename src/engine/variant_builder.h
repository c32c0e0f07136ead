// Builds a vector of DuckDB's VARIANT, row by row, each value before its parts.
#pragma once

#include <cstdint>
#include <cstring>
#include <duckdb.hpp>
#include <duckdb/common/types/variant.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet::engine {

class VariantBuilder {
 public:
  void add_null_row();  // SQL's NULL, not the variant null
  void begin_row();     // its value follows: one of the calls below

  void add_null() { begin_value(duckdb::VariantLogicalType::VARIANT_NULL); }
  void add_boolean(bool value);
  // What DuckDB stores as its bytes: numbers, dates, times, UUIDs.
  template <typename T>
  void add_plain(duckdb::VariantLogicalType type, T value) {
    begin_value(type);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    data_.append(bytes, sizeof(T));
  }
  void add_text(std::string_view text) { add_bytes(duckdb::VariantLogicalType::VARCHAR, text); }
  void add_binary(std::string_view bytes) { add_bytes(duckdb::VariantLogicalType::BLOB, bytes); }
  void add_decimal(duckdb::hugeint_t unscaled, std::uint8_t scale);
  void add_timestamp_ns(std::int64_t ns, bool with_zone);  // throws Error where DuckDB has no equal

  // An object or array of `count` parts, whose places are the numbers from the result on. Announce each part with
  // begin_field() or begin_item() and then add its value.
  std::size_t begin_object(std::size_t count) { return begin_nested(duckdb::VariantLogicalType::OBJECT, count); }
  std::size_t begin_array(std::size_t count) { return begin_nested(duckdb::VariantLogicalType::ARRAY, count); }
  void begin_field(std::size_t place, std::string_view name);
  void begin_item(std::size_t place);

  // The rows added so far, as the first rows of `result`; the builder is empty then.
  void finish(duckdb::Vector& result);

 private:
  struct Row {
    bool valid = false;
    std::size_t keys = 0, children = 0, values = 0, data = 0;  // where its parts begin
  };
  struct Child {
    std::int64_t key = -1;  // index among the row's keys; -1: of an array
    std::uint32_t value = 0;
  };
  struct Value {
    duckdb::VariantLogicalType type;
    std::uint32_t offset;
  };

  void begin_value(duckdb::VariantLogicalType type);
  std::size_t begin_nested(duckdb::VariantLogicalType type, std::size_t count);
  void add_bytes(duckdb::VariantLogicalType type, std::string_view bytes);
  void add_varint(std::uint32_t value);
  void add_row(bool valid);

  std::vector<Row> rows_;
  std::vector<std::string> keys_;
  std::vector<Child> children_;
  std::vector<Value> values_;
  std::string data_;
};

}  // namespace lakelet::engine
