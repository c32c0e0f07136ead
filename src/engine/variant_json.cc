#include "engine/variant_json.h"

#include <cstring>
#include <duckdb/common/types/blob.hpp>
#include <duckdb/common/types/hugeint.hpp>
#include <duckdb/common/types/uuid.hpp>
#include <duckdb/common/types/variant.hpp>
#include <duckdb/function/scalar/variant_utils.hpp>
#include <string>

#include "base/json_writer.h"
#include "base/time.h"

namespace lakelet::engine {

namespace {

using duckdb::VariantLogicalType;
using duckdb::VariantUtils;

std::string decimal_text(duckdb::hugeint_t unscaled, std::uint32_t scale) {
  std::string digits = unscaled.ToString();
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) {
    digits.insert(digits.size() - scale, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return negative ? "-" + digits : digits;
}

class Writer {
 public:
  Writer(const duckdb::UnifiedVariantVectorData& variants, JsonWriter& out) : variants_(variants), out_(out) {}

  void write(duckdb::idx_t row, std::uint32_t index) {
    const VariantLogicalType type = variants_.GetTypeId(row, index);
    switch (type) {
      case VariantLogicalType::VARIANT_NULL:
        out_.null();
        return;
      case VariantLogicalType::BOOL_TRUE:
      case VariantLogicalType::BOOL_FALSE:
        out_.boolean(type == VariantLogicalType::BOOL_TRUE);
        return;
      case VariantLogicalType::INT8:
        return write_integer<std::int8_t>(row, index);
      case VariantLogicalType::INT16:
        return write_integer<std::int16_t>(row, index);
      case VariantLogicalType::INT32:
        return write_integer<std::int32_t>(row, index);
      case VariantLogicalType::INT64:
        return write_integer<std::int64_t>(row, index);
      case VariantLogicalType::UINT8:
        return write_integer<std::uint8_t>(row, index);
      case VariantLogicalType::UINT16:
        return write_integer<std::uint16_t>(row, index);
      case VariantLogicalType::UINT32:
        return write_integer<std::uint32_t>(row, index);
      case VariantLogicalType::UINT64:
        return write_integer<std::uint64_t>(row, index);
      case VariantLogicalType::INT128:
        out_.raw(at<duckdb::hugeint_t>(row, index).ToString());
        return;
      case VariantLogicalType::FLOAT:
        out_.number(at<float>(row, index));
        return;
      case VariantLogicalType::DOUBLE:
        out_.number(at<double>(row, index));
        return;
      case VariantLogicalType::DECIMAL:
        return write_decimal(row, index);
      case VariantLogicalType::VARCHAR:
        out_.string(VariantUtils::DecodeStringData(variants_, row, index).GetString());
        return;
      case VariantLogicalType::BLOB:
        out_.string(duckdb::Blob::ToBase64(VariantUtils::DecodeStringData(variants_, row, index)));
        return;
      case VariantLogicalType::UUID:
        out_.string(duckdb::UUID::ToString(at<duckdb::hugeint_t>(row, index)));
        return;
      case VariantLogicalType::DATE:
        out_.string(format_date(at<std::int32_t>(row, index)));
        return;
      case VariantLogicalType::TIME_MICROS:
        out_.string(format_time(at<std::int64_t>(row, index)));
        return;
      case VariantLogicalType::TIMESTAMP_MICROS:
        out_.string(format_timestamp(at<std::int64_t>(row, index)));
        return;
      case VariantLogicalType::TIMESTAMP_MICROS_TZ:
        out_.string(format_timestamp(at<std::int64_t>(row, index)) + "+00:00");
        return;
      case VariantLogicalType::TIMESTAMP_NANOS:
        out_.string(format_timestamp_ns(at<std::int64_t>(row, index)));
        return;
      case VariantLogicalType::OBJECT:
      case VariantLogicalType::ARRAY:
        return write_nested(row, VariantUtils::DecodeNestedData(variants_, row, index), type);
      default:  // what only SQL makes: intervals, bit strings ...
        out_.string(VariantUtils::ConvertVariantToValue(variants_, row, index).ToString());
        return;
    }
  }

 private:
  template <typename T>
  T at(duckdb::idx_t row, std::uint32_t index) const {
    T value;
    std::memcpy(&value, variants_.GetData(row).GetData() + variants_.GetByteOffset(row, index), sizeof(T));
    return value;
  }

  template <typename T>
  void write_integer(duckdb::idx_t row, std::uint32_t index) {
    out_.raw(std::to_string(at<T>(row, index)));
  }

  void write_decimal(duckdb::idx_t row, std::uint32_t index) {
    const auto decimal = VariantUtils::DecodeDecimalData(variants_, row, index);
    const auto load = [&](auto value) {
      std::memcpy(&value, decimal.value_ptr, sizeof(value));
      return value;
    };
    switch (decimal.GetPhysicalType()) {
      case duckdb::PhysicalType::INT16:
        return write_unscaled(load(std::int16_t{}), decimal.scale);
      case duckdb::PhysicalType::INT32:
        return write_unscaled(load(std::int32_t{}), decimal.scale);
      case duckdb::PhysicalType::INT64:
        return write_unscaled(load(std::int64_t{}), decimal.scale);
      default:
        return write_unscaled(load(duckdb::hugeint_t{}), decimal.scale);
    }
  }
  void write_unscaled(duckdb::hugeint_t unscaled, std::uint32_t scale) { out_.raw(decimal_text(unscaled, scale)); }

  void write_nested(duckdb::idx_t row, const duckdb::VariantNestedData& nested, VariantLogicalType type) {
    const bool object = type == VariantLogicalType::OBJECT;
    object ? out_.begin_object() : out_.begin_array();
    for (std::uint32_t i = 0; i < nested.child_count; ++i) {
      const std::uint32_t child = nested.children_idx + i;
      if (object) out_.key(variants_.GetKey(row, variants_.GetKeysIndex(row, child)).GetString());
      write(row, variants_.GetValuesIndex(row, child));
    }
    object ? out_.end_object() : out_.end_array();
  }

  const duckdb::UnifiedVariantVectorData& variants_;
  JsonWriter& out_;
};

}  // namespace

void write_variants_as_json(duckdb::Vector& variants, duckdb::Vector& result, duckdb::idx_t count) {
  duckdb::RecursiveUnifiedVectorFormat format;
  duckdb::Vector::RecursiveToUnifiedFormat(variants, count, format);
  const duckdb::UnifiedVariantVectorData data(format);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (!data.RowIsValid(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    JsonWriter out;
    Writer(data, out).write(row, 0);
    duckdb::FlatVector::GetData<duckdb::string_t>(result)[row] = duckdb::StringVector::AddString(result, out.take());
  }
}

}  // namespace lakelet::engine
