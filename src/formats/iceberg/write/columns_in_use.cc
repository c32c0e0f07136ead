#include "formats/iceberg/write/columns_in_use.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/values/partition_transform.h"
#include "formats/iceberg/write/evolution.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

const Field* field_of(const TableMetadataFile& metadata, std::int32_t id) {
  const auto found = find_by_id(metadata.current_schema().fields(), id);
  return found ? found->field : nullptr;
}

// A transform that isn't known here may take any type.
bool goes_by(const TableMetadataFile& metadata, std::int32_t id, Transform transform) {
  const Field* field = field_of(metadata, id);
  if (!field) return false;
  return transform == Transform::Unknown || (!field->type.nested() && takes(transform, field->type));
}

// "Identifier fields": required ones.
bool identifies(const TableMetadataFile& metadata, std::int32_t id) {
  const Field* field = field_of(metadata, id);
  return field && !field->nullable;
}

std::vector<SortOrderField> sort_fields(const TableMetadataFile& metadata) {
  const auto order = metadata.sort_orders.find(metadata.default_sort_order_id);
  std::vector<SortOrderField> fields;
  if (order != metadata.sort_orders.end()) fields = order->second;
  std::erase_if(fields, [](const SortOrderField& field) { return field.source_id == 0; });  // of several columns
  return fields;
}

const std::vector<std::int32_t>& identifiers_of(const TableMetadataFile& metadata) {
  static const std::vector<std::int32_t> kNone;
  const auto found = metadata.identifiers.find(metadata.current_schema_id);
  return found == metadata.identifiers.end() ? kNone : found->second;
}

[[noreturn]] void refuse(const TableMetadataFile& after, std::int32_t id, const char* what) {
  std::string change = "be dropped", name = fmt::format("#{}", id);
  for (const auto& [schema_id, schema] : after.schemas) {
    if (const auto found = find_by_id(schema.fields(), id)) name = found->field->name;
  }
  if (const Field* field = field_of(after, id)) {
    name = field->name;
    change = std::string_view(what) == "identified by" ? "be NULL" : "become " + to_string(field->type);
  }
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("the column '{}' can't {}: the table is {} it", name, change, what), "change that first");
}

}  // namespace

void check_columns_in_use(const TableMetadataFile& before, const TableMetadataFile& after) {
  for (const SpecField& field : after.specs.at(after.default_spec_id).fields) {
    if (field.transform == Transform::Void || goes_by(after, field.source_id, field.transform)) continue;
    const bool was =
        before.default_spec_id == after.default_spec_id && !goes_by(before, field.source_id, field.transform);
    if (!was) refuse(after, field.source_id, "partitioned by");
  }
  for (const SortOrderField& field : sort_fields(after)) {
    if (goes_by(after, field.source_id, field.transform)) continue;
    const bool was = before.default_sort_order_id == after.default_sort_order_id &&
                     !goes_by(before, field.source_id, field.transform);
    if (!was) refuse(after, field.source_id, "sorted by");
  }
  const std::vector<std::int32_t>& old = identifiers_of(before);
  for (const std::int32_t id : identifiers_of(after)) {
    if (identifies(after, id)) continue;
    const bool was = std::find(old.begin(), old.end(), id) != old.end() && !identifies(before, id);
    if (!was) refuse(after, id, "identified by");
  }
}

void forget_gone_columns(TableMetadataFile& metadata) {
  const std::vector<SortOrderField> order = sort_fields(metadata);
  const bool sorts = std::all_of(order.begin(), order.end(), [&](const SortOrderField& field) {
    return goes_by(metadata, field.source_id, field.transform);
  });
  if (!sorts) adopt_sort_order(metadata, {});
  const std::vector<std::int32_t>& own = identifiers_of(metadata);
  const bool tells = std::all_of(own.begin(), own.end(), [&](std::int32_t id) { return identifies(metadata, id); });
  if (!tells) metadata.identifiers.erase(metadata.current_schema_id);
}

}  // namespace lakelet::iceberg
