#include "engine/variant_binary.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::VariantLogicalType;

[[noreturn]] void corrupt(const char* what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("a variant value is damaged: {}", what));
}

// Reads from the front; never behind the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) corrupt("it breaks off");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::uint64_t little_endian(std::size_t size) { return number(take(size)); }
  template <typename T>
  T plain() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view rest() const { return rest_; }

  static std::uint64_t number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

enum Basic : std::uint8_t { kPrimitive = 0, kShortString = 1, kObject = 2, kArray = 3 };

std::string_view text(std::string_view bytes) {
  if (!simdjson::validate_utf8(bytes.data(), bytes.size())) corrupt("a text in it isn't UTF-8");
  return bytes;
}

// The parts of an object or an array: `count` offsets of `size` bytes into `values`.
struct Parts {
  std::uint64_t count = 0;
  std::size_t id_size = 0, offset_size = 0;
  std::string_view ids, offsets, values;

  std::string_view value(std::uint64_t i) const {
    const std::uint64_t at = Bytes::number(offsets.substr(i * offset_size, offset_size));
    if (at >= values.size()) corrupt("an offset points behind its end");
    return values.substr(at);
  }
  std::uint64_t id(std::uint64_t i) const { return Bytes::number(ids.substr(i * id_size, id_size)); }
};

Parts read_parts(std::string_view value) {
  Bytes bytes(value);
  const std::uint8_t header = bytes.byte();
  const bool object = (header & 3) == kObject;
  Parts parts;
  parts.offset_size = ((header >> 2) & 3) + 1;
  parts.id_size = object ? ((header >> 4) & 3) + 1 : 0;
  const bool large = (header >> (object ? 6 : 4)) & 1;
  parts.count = bytes.little_endian(large ? 4 : 1);
  parts.ids = bytes.take(parts.count * parts.id_size);
  parts.offsets = bytes.take((parts.count + 1) * parts.offset_size);
  parts.values = bytes.rest();
  return parts;
}

template <typename T>
void add_decimal(VariantBuilder& out, Bytes bytes) {
  const std::uint8_t scale = bytes.byte();
  if (scale > 38) corrupt("a decimal has more than 38 digits");
  if constexpr (sizeof(T) == 16) {
    duckdb::hugeint_t value;
    value.lower = bytes.plain<std::uint64_t>();
    value.upper = bytes.plain<std::int64_t>();
    out.add_decimal(value, scale);
  } else {
    out.add_decimal(duckdb::hugeint_t(static_cast<std::int64_t>(bytes.plain<T>())), scale);
  }
}

void add_uuid(VariantBuilder& out, std::string_view bytes) {
  duckdb::hugeint_t value;  // big-endian, with DuckDB's flipped first bit
  std::uint64_t upper = 0, lower = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    upper = upper << 8 | static_cast<std::uint8_t>(bytes[i]);
    lower = lower << 8 | static_cast<std::uint8_t>(bytes[i + 8]);
  }
  value.upper = static_cast<std::int64_t>(upper ^ (std::uint64_t{1} << 63));
  value.lower = lower;
  out.add_plain(VariantLogicalType::UUID, value);
}

void add_primitive(VariantBuilder& out, std::uint8_t type, Bytes bytes) {
  switch (type) {
    case 0:
      return out.add_null();
    case 1:
    case 2:
      return out.add_boolean(type == 1);
    case 3:
      return out.add_plain(VariantLogicalType::INT8, bytes.plain<std::int8_t>());
    case 4:
      return out.add_plain(VariantLogicalType::INT16, bytes.plain<std::int16_t>());
    case 5:
      return out.add_plain(VariantLogicalType::INT32, bytes.plain<std::int32_t>());
    case 6:
      return out.add_plain(VariantLogicalType::INT64, bytes.plain<std::int64_t>());
    case 7:
      return out.add_plain(VariantLogicalType::DOUBLE, bytes.plain<double>());
    case 8:
      return add_decimal<std::int32_t>(out, bytes);
    case 9:
      return add_decimal<std::int64_t>(out, bytes);
    case 10:
      return add_decimal<duckdb::hugeint_t>(out, bytes);
    case 11:
      return out.add_plain(VariantLogicalType::DATE, bytes.plain<std::int32_t>());
    case 12:
      return out.add_plain(VariantLogicalType::TIMESTAMP_MICROS_TZ, bytes.plain<std::int64_t>());
    case 13:
      return out.add_plain(VariantLogicalType::TIMESTAMP_MICROS, bytes.plain<std::int64_t>());
    case 14:
      return out.add_plain(VariantLogicalType::FLOAT, bytes.plain<float>());
    case 15:
      return out.add_binary(bytes.take(bytes.little_endian(4)));
    case 16:
      return out.add_text(text(bytes.take(bytes.little_endian(4))));
    case 17:
      return out.add_plain(VariantLogicalType::TIME_MICROS, bytes.plain<std::int64_t>());
    case 18:
    case 19:
      return out.add_timestamp_ns(bytes.plain<std::int64_t>(), type == 18);
    case 20:
      return add_uuid(out, bytes.take(16));
    default:
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("a variant holds a value of the unknown type {}", type));
  }
}

// One value and all below it.
class Decoder {
 public:
  // Every value has a byte of its own, so that there are no more of them than bytes: offsets may point anywhere.
  Decoder(VariantBuilder& out, const VariantNames& names, std::string_view root)
      : out_(out), names_(names), values_left_(root.size()) {}

  void add(std::string_view value, int depth) {
    if (depth > kDeepestVariant) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("a variant is nested deeper than {} levels", kDeepestVariant));
    }
    if (values_left_-- == 0) corrupt("its parts overlap");
    Bytes bytes(value);
    const std::uint8_t header = bytes.byte();
    switch (header & 3) {
      case kPrimitive:
        return add_primitive(out_, header >> 2, bytes);
      case kShortString:
        return out_.add_text(text(bytes.take(header >> 2)));
      case kObject:
        return add_object(value, depth);
      default:
        return add_array(value, depth);
    }
  }

 private:
  void add_object(std::string_view value, int depth) {
    const VariantFields fields = variant_fields(names_, value);
    const std::size_t first = out_.begin_object(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      out_.begin_field(first + i, fields[i].first);
      add(fields[i].second, depth + 1);
    }
  }

  void add_array(std::string_view value, int depth) {
    const Parts parts = read_parts(value);
    const std::size_t first = out_.begin_array(parts.count);
    for (std::uint64_t i = 0; i < parts.count; ++i) {
      out_.begin_item(first + i);
      add(parts.value(i), depth + 1);
    }
  }

  VariantBuilder& out_;
  const VariantNames& names_;
  std::size_t values_left_;
};

}  // namespace

VariantNames::VariantNames(std::string_view metadata) {
  Bytes bytes(metadata);
  const std::uint8_t header = bytes.byte();
  if ((header & 15) != 1) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("a variant is encoded by version {}, lakelet knows version 1", header & 15));
  }
  offset_size_ = ((header >> 6) & 3) + 1;
  count_ = bytes.little_endian(offset_size_);
  offset_bytes_ = bytes.take((count_ + 1) * offset_size_);
  names_ = bytes.rest();
}

std::string_view VariantNames::at(std::uint64_t index) const {
  if (index >= count_) corrupt("a field has no name");
  const std::uint64_t begin = Bytes::number(offset_bytes_.substr(index * offset_size_, offset_size_));
  const std::uint64_t end = Bytes::number(offset_bytes_.substr((index + 1) * offset_size_, offset_size_));
  if (begin > end || end > names_.size()) corrupt("a field's name breaks off");
  return text(names_.substr(begin, end - begin));
}

bool is_variant_object(std::string_view value) {
  return !value.empty() && (value[0] & 3) == kObject;
}

VariantFields variant_fields(const VariantNames& names, std::string_view value) {
  const Parts parts = read_parts(value);
  VariantFields fields;
  fields.reserve(parts.count);
  for (std::uint64_t i = 0; i < parts.count; ++i) fields.emplace_back(names.at(parts.id(i)), parts.value(i));
  return fields;
}

void add_variant(VariantBuilder& out, const VariantNames& names, std::string_view value, int depth) {
  Decoder(out, names, value).add(value, depth);
}

}  // namespace lakelet::engine
