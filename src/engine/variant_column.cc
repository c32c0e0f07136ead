#include "engine/variant_column.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>

#include "engine/variant_binary.h"
#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::VariantLogicalType;
using Format = duckdb::RecursiveUnifiedVectorFormat;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::CorruptTable, "a shredded variant is damaged: " + what);
}

// A column of the group, seen row by row.
class Cells {
 public:
  explicit Cells(const Format& format) : format_(&format) {}
  bool valid(duckdb::idx_t row) const { return format_->unified.validity.RowIsValid(index(row)); }
  template <typename T>
  const T& at(duckdb::idx_t row) const {
    return duckdb::UnifiedVectorFormat::GetData<T>(format_->unified)[index(row)];
  }
  std::string_view bytes(duckdb::idx_t row) const {
    const auto& text = at<duckdb::string_t>(row);
    return {text.GetData(), text.GetSize()};
  }

 private:
  duckdb::idx_t index(duckdb::idx_t row) const { return format_->unified.sel->get_index(row); }
  const Format* format_;
};

// "value" and "typed_value" of a variant, of a shredded field or of an element.
class Group {
 public:
  Group(const Format& format, const LogicalType& type);

  bool present(duckdb::idx_t row) const { return (value_ && value_->valid(row)) || (typed_ && typed_->valid(row)); }
  // Appends the row's value; what is missing where there has to be one is the variant null.
  void add(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const;

 private:
  using Fields = std::map<std::string_view, Group>;

  void add_object(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const;
  void add_array(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const;
  void add_primitive(VariantBuilder& out, duckdb::idx_t row) const;

  std::optional<Cells> value_, typed_;
  LogicalType typed_type_;
  Fields fields_;                   // of a shredded object
  std::unique_ptr<Group> element_;  // of a shredded array
};

Group::Group(const Format& format, const LogicalType& type) {
  if (type.id() != LogicalTypeId::STRUCT) corrupt("a field is no group");
  const auto& children = duckdb::StructType::GetChildTypes(type);
  for (std::size_t i = 0; i < children.size(); ++i) {
    const auto& [name, child_type] = children[i];
    const Format& child = format.children[i];
    if (name == "value") value_.emplace(child);
    if (name != "typed_value") continue;
    typed_.emplace(child);
    typed_type_ = child_type;
    if (child_type.id() == LogicalTypeId::STRUCT) {
      const auto& fields = duckdb::StructType::GetChildTypes(child_type);
      for (std::size_t f = 0; f < fields.size(); ++f) {
        fields_.emplace(fields[f].first, Group(child.children[f], fields[f].second));
      }
    } else if (child_type.id() == LogicalTypeId::LIST) {
      element_ = std::make_unique<Group>(child.children[0], duckdb::ListType::GetChildType(child_type));
    }
  }
}

void Group::add(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const {
  const bool typed = typed_ && typed_->valid(row);
  const bool plain = value_ && value_->valid(row);
  if (typed && typed_type_.id() == LogicalTypeId::STRUCT) return add_object(out, names, row, depth);
  if (typed && plain) corrupt("it has a value and a typed value");
  if (typed && element_) return add_array(out, names, row, depth);
  if (typed) return add_primitive(out, row);
  if (plain) return add_variant(out, names, value_->bytes(row), depth);
  out.add_null();
}

// The shredded fields and those that weren't, by name.
void Group::add_object(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const {
  std::map<std::string_view, std::string_view> fields;  // empty: shredded
  if (value_ && value_->valid(row)) {
    if (!is_variant_object(value_->bytes(row))) corrupt("it is an object and something else");
    for (const auto& [name, value] : variant_fields(names, value_->bytes(row))) {
      if (fields_.count(name)) corrupt(fmt::format("the shredded field '{}' is among the others", name));
      fields.emplace(name, value);
    }
  }
  for (const auto& [name, group] : fields_) {
    if (group.present(row)) fields.emplace(name, std::string_view());
  }
  std::size_t place = out.begin_object(fields.size());
  for (const auto& [name, value] : fields) {
    out.begin_field(place++, name);
    if (value.empty()) {
      fields_.at(name).add(out, names, row, depth + 1);
    } else {
      add_variant(out, names, value, depth + 1);
    }
  }
}

void Group::add_array(VariantBuilder& out, const VariantNames& names, duckdb::idx_t row, int depth) const {
  const auto& entry = typed_->at<duckdb::list_entry_t>(row);
  const std::size_t first = out.begin_array(entry.length);
  for (duckdb::idx_t i = 0; i < entry.length; ++i) {
    out.begin_item(first + i);
    element_->add(out, names, entry.offset + i, depth + 1);
  }
}

duckdb::hugeint_t unscaled(const Cells& cells, const LogicalType& type, duckdb::idx_t row) {
  switch (type.InternalType()) {
    case duckdb::PhysicalType::INT16:
      return cells.at<std::int16_t>(row);
    case duckdb::PhysicalType::INT32:
      return cells.at<std::int32_t>(row);
    case duckdb::PhysicalType::INT64:
      return cells.at<std::int64_t>(row);
    default:
      return cells.at<duckdb::hugeint_t>(row);
  }
}

void Group::add_primitive(VariantBuilder& out, duckdb::idx_t row) const {
  const Cells& cells = *typed_;
  switch (typed_type_.id()) {
    case LogicalTypeId::BOOLEAN:
      return out.add_boolean(cells.at<bool>(row));
    case LogicalTypeId::TINYINT:
      return out.add_plain(VariantLogicalType::INT8, cells.at<std::int8_t>(row));
    case LogicalTypeId::SMALLINT:
      return out.add_plain(VariantLogicalType::INT16, cells.at<std::int16_t>(row));
    case LogicalTypeId::INTEGER:
      return out.add_plain(VariantLogicalType::INT32, cells.at<std::int32_t>(row));
    case LogicalTypeId::BIGINT:
      return out.add_plain(VariantLogicalType::INT64, cells.at<std::int64_t>(row));
    case LogicalTypeId::FLOAT:
      return out.add_plain(VariantLogicalType::FLOAT, cells.at<float>(row));
    case LogicalTypeId::DOUBLE:
      return out.add_plain(VariantLogicalType::DOUBLE, cells.at<double>(row));
    case LogicalTypeId::DECIMAL:
      return out.add_decimal(unscaled(cells, typed_type_, row), duckdb::DecimalType::GetScale(typed_type_));
    case LogicalTypeId::DATE:
      return out.add_plain(VariantLogicalType::DATE, cells.at<std::int32_t>(row));
    case LogicalTypeId::TIME:
      return out.add_plain(VariantLogicalType::TIME_MICROS, cells.at<std::int64_t>(row));
    case LogicalTypeId::TIMESTAMP:
      return out.add_plain(VariantLogicalType::TIMESTAMP_MICROS, cells.at<std::int64_t>(row));
    case LogicalTypeId::TIMESTAMP_TZ:
      return out.add_plain(VariantLogicalType::TIMESTAMP_MICROS_TZ, cells.at<std::int64_t>(row));
    case LogicalTypeId::TIMESTAMP_NS:
      return out.add_timestamp_ns(cells.at<std::int64_t>(row), false);
    case LogicalTypeId::VARCHAR:
      return out.add_text(cells.bytes(row));
    case LogicalTypeId::BLOB:
      return out.add_binary(cells.bytes(row));
    case LogicalTypeId::UUID:
      return out.add_plain(VariantLogicalType::UUID, cells.at<duckdb::hugeint_t>(row));
    default:
      throw Error(ErrorCode::UnsupportedFeature,
                  "a variant is shredded to the type " + typed_type_.ToString() + ", which isn't supported");
  }
}

}  // namespace

bool holds_variant(const LogicalType& type) {
  if (type.id() != LogicalTypeId::STRUCT) return false;
  bool metadata = false, value = false;
  for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
    if (name == "metadata") {
      metadata = child.id() == LogicalTypeId::BLOB;
    } else if (name == "value" && child.id() == LogicalTypeId::BLOB) {
      value = true;
    } else if (name == "typed_value") {
      value = true;
    } else {
      return false;
    }
  }
  return metadata && value;
}

void read_variants(duckdb::Vector& stored, duckdb::Vector& result, duckdb::idx_t count) {
  Format format;
  duckdb::Vector::RecursiveToUnifiedFormat(stored, count, format);
  std::size_t metadata_index = 0;
  const auto& children = duckdb::StructType::GetChildTypes(stored.GetType());
  while (children[metadata_index].first != "metadata") ++metadata_index;
  const Cells rows(format), metadata(format.children[metadata_index]);
  const Group group(format, stored.GetType());
  VariantBuilder builder;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (!rows.valid(row) || !metadata.valid(row)) {
      builder.add_null_row();
      continue;
    }
    builder.begin_row();
    group.add(builder, VariantNames(metadata.bytes(row)), row, 0);
  }
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  builder.finish(result);
}

}  // namespace lakelet::engine
