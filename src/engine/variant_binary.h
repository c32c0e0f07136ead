// Parquet's binary encoding of variants (parquet-format, VariantEncoding.md): the metadata, a dictionary of field
// names, and the value.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/variant_builder.h"

namespace lakelet::engine {

// Deeper nesting is refused: values may be hostile.
inline constexpr int kDeepestVariant = 500;

// The field names of one row's variant. Refers to the bytes.
class VariantNames {
 public:
  explicit VariantNames(std::string_view metadata);  // throws Error(CorruptTable)
  std::string_view at(std::uint64_t index) const;

 private:
  std::string_view offset_bytes_, names_;
  std::size_t offset_size_ = 1;
  std::uint64_t count_ = 0;
};

// The fields of an object: (name, its value's bytes and what follows), in the order that they are stored.
using VariantFields = std::vector<std::pair<std::string_view, std::string_view>>;

bool is_variant_object(std::string_view value);
VariantFields variant_fields(const VariantNames& names, std::string_view value);

// Appends the value. Throws Error(CorruptTable) for bytes that are no variant, Error(UnsupportedFeature) for a type or
// version that isn't known.
void add_variant(VariantBuilder& out, const VariantNames& names, std::string_view value, int depth);

}  // namespace lakelet::engine
