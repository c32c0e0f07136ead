#include "formats/iceberg/write/evolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "formats/iceberg/values/partition_transform.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::iceberg {

namespace {

constexpr std::int32_t kGreatestId = 2147483447;  // "Reserved Field IDs"
constexpr std::int32_t kFirstPartitionFieldId = 1000;

[[noreturn]] void refuse_type(const Field& field, int version, int needed) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the column '{}' is {}, which Iceberg has since format version {}; the table has version {}",
                          field.name, to_string(field.type), needed, version),
              fmt::format("set the property format-version to {}, or choose another type", needed));
}

class SchemaMaker {
 public:
  SchemaMaker(int version, std::int32_t& last_id) : version_(version), last_id_(last_id) {}

  // First the fields of one level, then those below them, as the reference implementation numbers them.
  std::vector<Field> run(std::vector<Field> fields) {
    for (Field& field : fields) {
      if (!field.id) {
        if (last_id_ >= kGreatestId) throw Error(ErrorCode::Exhausted, "the table has no ids left for columns");
        field.id = ++last_id_;
      }
      field.physical_name.clear();
      field.padded_to = field.longest = 0;
    }
    for (Field& field : fields) field.type = type_of(field);
    return fields;
  }

 private:
  Type type_of(const Field& field) {
    const Type& type = field.type;
    switch (type.kind()) {
      case TypeKind::Int8:
      case TypeKind::Int16:
      case TypeKind::UInt8:
      case TypeKind::UInt16:
        return Type(TypeKind::Int32);
      case TypeKind::UInt32:
        return Type(TypeKind::Int64);
      case TypeKind::Struct:
        if (type.children().empty()) {
          throw Error(ErrorCode::InvalidArgument, fmt::format("the struct '{}' has no field", field.name));
        }
        return Type::structure(run(type.children()));
      case TypeKind::List:
        return Type::list(run(type.children())[0]);
      case TypeKind::Map: {
        std::vector<Field> parts = run(type.children());
        return Type::map(parts[0], parts[1]);
      }
      case TypeKind::Null:
      case TypeKind::Variant:
      case TypeKind::TimestampNs:
      case TypeKind::TimestampNsTz:
        if (version_ < 3) refuse_type(field, version_, 3);
        return type;
      default:
        primitive_name(field);  // throws for what Iceberg doesn't have
        return type;
    }
  }

  const int version_;
  std::int32_t& last_id_;
};

struct Known {
  const Field* field = nullptr;
  const Field* parent = nullptr;  // null: at the top
};

void index(const std::vector<Field>& fields, const Field* parent, std::map<std::int32_t, Known>& out) {
  for (const Field& field : fields) {
    if (field.id) out[*field.id] = {&field, parent};
    index(field.type.children(), &field, out);
  }
}

[[noreturn]] void refuse(std::string what, std::string hint) {
  throw Error(ErrorCode::UnsupportedFeature, std::move(what), std::move(hint));
}

void check_field(const Known& old, const Field& now, const Known& place, int version) {
  const auto id_of = [](const Field* field) { return field ? field->id : std::nullopt; };
  if (id_of(old.parent) != id_of(place.parent)) {
    refuse(fmt::format("the column '{}' can't move to another struct", now.name), "add a new column there");
  }
  const Type& from = old.field->type;
  const Type& to = now.type;
  if (from.nested() || to.nested()) {
    if (from.kind() != to.kind()) {
      refuse(fmt::format("the column '{}' can't change from {} to {}", now.name, to_string(from), to_string(to)),
             "add a new column, and copy the values to it");
    }
    return;
  }
  if (!(from == to) && !promotes(from, to, version)) {
    refuse(fmt::format("the column '{}' can't change from {} to {}: its files would have to be written again", now.name,
                       to_string(from), to_string(to)),
           "add a new column, and copy the values to it");
  }
}

bool same_fields(const std::vector<Field>& a, const std::vector<Field>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto written = [](const Field& field) {
      const auto found = field.metadata.find("write-default");
      return found == field.metadata.end() ? std::string() : found->second;
    };
    if (a[i].id != b[i].id || a[i].name != b[i].name || a[i].nullable != b[i].nullable || a[i].doc != b[i].doc ||
        a[i].initial_default != b[i].initial_default || written(a[i]) != written(b[i]) ||
        a[i].type.kind() != b[i].type.kind()) {
      return false;
    }
    if (!a[i].type.nested() && primitive_name(a[i]) != primitive_name(b[i])) return false;
    if (!same_fields(a[i].type.children(), b[i].type.children())) return false;
  }
  return true;
}

// What the reference implementation calls a field that nobody named.
std::string field_name(const PartitionField& field) {
  if (!field.name.empty()) return field.name;
  switch (field.transform) {
    case Transform::Identity:
      return field.column;
    case Transform::Bucket:
      return field.column + "_bucket";
    case Transform::Truncate:
      return field.column + "_trunc";
    case Transform::Void:
      return field.column + "_null";
    default:
      return field.column + "_" + transform_text(field.transform, field.argument);
  }
}

SpecField to_spec_field(const PartitionField& field, const Schema& schema) {
  const auto path = resolve_dotted(schema, field.column);
  if (!path) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("the partition column '{}' isn't in the schema", field.column),
                "the columns: " + to_string(schema));
  }
  const Field& column = *find_field(schema, *path);
  const bool primitive = !column.type.nested() && column.type.kind() != TypeKind::Variant &&
                         column.type.kind() != TypeKind::Null && !column.metadata.contains(kShapeKey);
  if (!primitive || !takes(field.transform, column.type)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("can't partition by {} of '{}', which is {}", transform_text(field.transform, 1),
                            field.column, to_string(column.type)),
                "see the table of partition transforms in docs/formats/iceberg.md");
  }
  SpecField out;
  out.source_id = *column.id;
  out.name = field_name(field);
  out.transform = field.transform;
  out.argument = field.argument;
  return out;
}

bool equivalent(const SpecField& a, const SpecField& b) {
  return a.source_id == b.source_id && a.transform == b.transform && a.argument == b.argument;
}

// A field that the table had in any of its specs keeps its id.
std::int32_t id_for(const SpecField& field, TableMetadataFile& metadata) {
  for (const auto& [id, spec] : metadata.specs) {
    for (const SpecField& known : spec.fields) {
      if (equivalent(known, field)) return known.field_id;
    }
  }
  metadata.last_partition_id = std::max(metadata.last_partition_id, kFirstPartitionFieldId - 1) + 1;
  return metadata.last_partition_id;
}

// In version 1 fields keep their places, and one that goes becomes void ("Partition Evolution").
std::vector<SpecField> in_old_places(const std::vector<SpecField>& wanted, const PartitionSpec& before) {
  std::vector<SpecField> fields = before.fields;
  std::vector<bool> taken(wanted.size());
  for (SpecField& field : fields) {
    const auto same =
        std::find_if(wanted.begin(), wanted.end(), [&](const SpecField& w) { return equivalent(w, field); });
    if (same != wanted.end()) {
      taken[static_cast<std::size_t>(same - wanted.begin())] = true;
      field.name = same->name;
    } else {
      field.transform = Transform::Void;
      field.argument = 0;
    }
  }
  // A name that is wanted again leaves the void field that had it; other implementations call that one so too.
  for (SpecField& field : fields) {
    const auto named = [&](const SpecField& w) { return w.name == field.name; };
    while (field.transform == Transform::Void && std::any_of(wanted.begin(), wanted.end(), named)) {
      field.name += fmt::format("_{}", field.field_id);
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!taken[i]) fields.push_back(wanted[i]);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i].field_id = kFirstPartitionFieldId + static_cast<std::int32_t>(i);
  }
  return fields;
}

bool same_spec(const std::vector<SpecField>& a, const std::vector<SpecField>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SpecField& x, const SpecField& y) {
    return equivalent(x, y) && x.name == y.name && x.field_id == y.field_id;
  });
}

}  // namespace

Schema storable_schema(const Schema& schema, int format_version, std::int32_t& last_id) {
  return Schema(SchemaMaker(format_version, last_id).run(schema.fields()));
}

// spec.md, "Schema Evolution".
bool promotes(const Type& from, const Type& to, int format_version) {
  switch (from.kind()) {
    case TypeKind::Int32:
      return to.kind() == TypeKind::Int64;
    case TypeKind::Float:
      return to.kind() == TypeKind::Double;
    case TypeKind::Decimal:
      return to.kind() == TypeKind::Decimal && to.scale() == from.scale() && to.precision() >= from.precision();
    case TypeKind::Date:
      return format_version >= 3 && (to.kind() == TypeKind::Timestamp || to.kind() == TypeKind::TimestampNs);
    case TypeKind::Null:
      return format_version >= 3;
    default:
      return false;
  }
}

void check_schema_change(const TableMetadataFile& metadata, const Schema& before, const Schema& after, bool has_files) {
  std::map<std::int32_t, Known> old, now;
  index(before.fields(), nullptr, old);
  index(after.fields(), nullptr, now);
  for (const auto& [id, place] : now) {
    const auto was = old.find(id);
    if (was != old.end()) {
      check_field(was->second, *place.field, place, metadata.format_version);
      continue;
    }
    const bool in_new = place.parent && place.parent->id && !old.contains(*place.parent->id);
    if (!place.field->nullable && !place.field->initial_default && has_files && !in_new) {
      refuse(fmt::format("the new column '{}' is NOT NULL, and the rows that are there have no value for it",
                         place.field->name),
             "add it without NOT NULL, fill it, and set NOT NULL then");
    }
    if (place.parent && place.parent->type.kind() == TypeKind::Map && !in_new) {
      refuse("the key or value of a map can't be exchanged: " + place.parent->name, "add a new column");
    }
  }
}

void adopt_schema(TableMetadataFile& metadata, Schema schema) {
  const auto identifiers = [&](int id) {
    const auto found = metadata.identifiers.find(id);
    return found == metadata.identifiers.end() ? std::vector<std::int32_t>() : found->second;
  };
  const auto own = identifiers(metadata.current_schema_id);
  int next = 0;
  for (const auto& [id, known] : metadata.schemas) {
    if (same_fields(known.fields(), schema.fields()) && identifiers(id) == own) {
      metadata.current_schema_id = id;
      return;
    }
    next = std::max(next, id + 1);
  }
  metadata.schemas.emplace(next, std::move(schema));
  if (!own.empty()) metadata.identifiers[next] = own;
  metadata.current_schema_id = next;
}

void adopt_partitioning(TableMetadataFile& metadata, const Partitioning& partitioning) {
  const Schema& schema = metadata.current_schema();
  std::vector<SpecField> fields;
  std::set<std::string> names;
  for (const PartitionField& field : partitioning.fields) {
    fields.push_back(to_spec_field(field, schema));
    const SpecField& added = fields.back();
    const int column = schema.index_of(added.name);
    const bool own = column >= 0 && added.transform == Transform::Identity &&
                     schema[static_cast<std::size_t>(column)].id == added.source_id;
    if (!names.insert(added.name).second || (column >= 0 && !own)) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("two things would be called '{}'", added.name),
                  "give the partition field another name");
    }
  }
  const bool fresh = metadata.specs.empty();
  if (!fresh && metadata.format_version < 2) {
    fields = in_old_places(fields, metadata.specs.at(metadata.default_spec_id));
    metadata.last_partition_id = std::max<std::int32_t>(
        metadata.last_partition_id, kFirstPartitionFieldId - 1 + static_cast<std::int32_t>(fields.size()));
  } else {
    for (SpecField& field : fields) field.field_id = id_for(field, metadata);
  }
  if (fresh) metadata.last_partition_id = std::max(metadata.last_partition_id, kFirstPartitionFieldId - 1);
  int next = 0;
  for (const auto& [id, spec] : metadata.specs) {
    if (same_spec(spec.fields, fields)) {
      metadata.default_spec_id = id;
      return;
    }
    next = std::max(next, id + 1);
  }
  metadata.specs[next] = {next, std::move(fields)};
  metadata.default_spec_id = next;
}

void adopt_sort_order(TableMetadataFile& metadata, const std::vector<SortField>& fields) {
  const Schema& schema = metadata.current_schema();
  std::vector<SortOrderField> order;
  for (const SortField& field : fields) {
    PartitionField source;
    source.column = field.column;
    source.transform = field.transform;
    source.argument = field.argument;
    const SpecField same = to_spec_field(source, schema);  // what can't be partitioned by can't be sorted by
    order.push_back({same.source_id, same.transform, same.argument, field.descending, field.nulls_first});
  }
  metadata.sort_columns.clear();
  for (const SortOrderField& field : order) metadata.sort_columns.push_back(field.source_id);
  if (metadata.sort_orders.empty()) metadata.sort_orders[0];  // "Order id 0 is reserved for the unsorted order"
  if (order.empty()) {
    metadata.sort_orders[0].clear();
    metadata.default_sort_order_id = 0;
    return;
  }
  int next = 1;
  for (const auto& [id, known] : metadata.sort_orders) {
    if (known == order) {
      metadata.default_sort_order_id = id;
      return;
    }
    next = std::max(next, id + 1);
  }
  metadata.sort_orders[next] = std::move(order);
  metadata.default_sort_order_id = next;
}

}  // namespace lakelet::iceberg
