#include "operations/shared_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

constexpr const char* kHint = "write the rows to a new table instead: CREATE TABLE ... AS SELECT";

[[noreturn]] void refuse(std::string what) {
  throw Error(ErrorCode::UnsupportedFeature, std::move(what), kHint);
}

bool has_ids(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.id || has_ids(field.type.children()); });
}

// Formats keep the topmost ids for columns of their own, of which no table's column gets to be the neighbour.
constexpr std::int32_t kTopmost = INT32_MAX - 1000;

std::int32_t greatest_id(const std::vector<Field>& fields) {
  std::int32_t greatest = 0;
  for (const Field& field : fields) {
    if (const std::int32_t id = field.id.value_or(0); id < kTopmost) greatest = std::max(greatest, id);
    greatest = std::max(greatest, greatest_id(field.type.children()));
  }
  return greatest;
}

void note_ids(const std::vector<Field>& fields, const std::string& file, std::map<std::int32_t, std::string>& ids) {
  for (const Field& field : fields) {
    if (field.id) ids.emplace(*field.id, file);
    note_ids(field.type.children(), file, ids);
  }
}

// Parquet has one physical type for them.
bool small_integer(const Type& type) {
  return type.kind() == TypeKind::Int8 || type.kind() == TypeKind::Int16 || type.kind() == TypeKind::Int32;
}

Type as_read(const Type& type) {
  return small_integer(type) ? Type(TypeKind::Int32) : type;
}

const std::vector<Field>* parts_in(const std::vector<Field>* mapping, const std::string& name) {
  if (!mapping) return nullptr;
  const auto found =
      std::find_if(mapping->begin(), mapping->end(), [&](const Field& field) { return field.name == name; });
  return found == mapping->end() ? nullptr : &found->type.children();
}

}  // namespace

SharedColumns::Column SharedColumns::column_of(const Field& field, bool named) {
  Column column;
  column.field = field;
  column.named = named;
  const bool is_struct = field.type.kind() == TypeKind::Struct;
  for (const Field& part : field.type.children()) column.parts.push_back(column_of(part, is_struct));
  return column;
}

SharedColumns::SharedColumns(const Schema& schema, ColumnMatching matching, ColumnRules rules)
    : matching_(matching), rules_(std::move(rules)) {
  for (const Field& field : schema.fields()) root_.parts.push_back(column_of(field, true));
}

const Field* SharedColumns::find(const Column& column, const std::vector<Field>& stored,
                                 const std::vector<Field>* mapping, ColumnMatching matching, const Seen& seen) {
  const auto where = [&](const auto& holds) {
    const auto found = std::find_if(stored.begin(), stored.end(), holds);
    return found == stored.end() ? nullptr : &*found;
  };
  if (matching == ColumnMatching::ById) {
    if (seen.ids) return where([&](const Field& each) { return each.id && each.id == column.field.id; });
    if (!mapping) return nullptr;
    return where([&](const Field& each) {
      return std::any_of(mapping->begin(), mapping->end(),
                         [&](const Field& known) { return known.name == each.name && known.id == column.field.id; });
    });
  }
  const std::string& name = column.field.file_name();
  const Field* exact = where([&](const Field& each) { return each.name == name; });
  return exact ? exact : where([&](const Field& each) { return same_name(each.name, name); });
}

void SharedColumns::require_type(const Field& field, const Field& stored, const std::string& path,
                                 const Seen& seen) const {
  const Type &to = field.type, &from = stored.type;
  if (to.nested() || from.nested()) {
    if (to.kind() == from.kind()) return;
  } else {
    if (to == from || (small_integer(to) && small_integer(from))) return;
    if (rules_.widens && rules_.widens(as_read(from), as_read(to))) return;
  }
  refuse(fmt::format("the column {} is {} in {}, which the new table can't read as {}", path, to_string(from),
                     seen.file.uri, to_string(to)));
}

void SharedColumns::add_column(Column& column, const Field& stored, const std::vector<Field>* mapping,
                               const std::string& path, const Seen& seen) {
  require_type(column.field, stored, path, seen);
  const std::string& file = seen.file.uri;
  if (column.named) {
    column.names.emplace(stored.name, file);
    if (!seen.ids) column.plain_names.emplace(stored.name, file);
  }
  if (stored.id) {
    column.ids.emplace(*stored.id, file);
  } else if (seen.ids && !column.without_id) {
    column.without_id = file;
  }
  if (column.field.type.kind() == TypeKind::Struct) {
    return add_struct(column, stored.type.children(), mapping, path + ".", seen);
  }
  static const std::vector<std::string> kOfList = {"element"}, kOfMap = {"key", "value"};
  const auto& names = column.field.type.kind() == TypeKind::List ? kOfList : kOfMap;
  for (std::size_t i = 0; i < column.parts.size(); ++i) {
    add_column(column.parts[i], stored.type.children().at(i), parts_in(mapping, names[i]), path + "." + names[i], seen);
  }
}

void SharedColumns::add_struct(Column& parent, const std::vector<Field>& stored, const std::vector<Field>* mapping,
                               const std::string& prefix, const Seen& seen) {
  std::set<const Field*> known;
  for (Column& column : parent.parts) {
    const std::string path = prefix + column.field.name;
    if (const Field* found = find(column, stored, mapping, matching_, seen)) {
      known.insert(found);
      add_column(column, *found, parts_in(mapping, found->name), path, seen);
      continue;
    }
    const bool top = &parent == &root_;
    if (top && rules_.partition_columns.contains(column.field.name)) continue;
    if (top && seen.partition_values.contains(column.field.name)) {
      refuse(
          fmt::format("only the partition of {} says what is in its column {}, by which the table isn't partitioned "
                      "any more",
                      seen.file.uri, path));
    }
    if (column.field.initial_default) {
      refuse(fmt::format("{} has no column {}, which has a default there", seen.file.uri, path));
    }
  }
  for (const Field& each : stored) {
    if (known.contains(&each)) continue;
    note_ids({each}, seen.file.uri, stranger_ids_);
    parent.strangers.insert(each.name);
    if (!seen.ids) parent.plain_strangers.insert(each.name);
  }
}

void SharedColumns::add(const DataFile& file, const Schema& stored, const std::set<std::string>& partition_values) {
  const bool ids = has_ids(stored.fields());
  (ids ? any_ids_ : any_plain_) = true;
  greatest_id_ = std::max(greatest_id_, greatest_id(stored.fields()));
  const std::vector<Field>* mapping = file.columns ? &file.columns->fields() : nullptr;
  if (matching_ == ColumnMatching::ById && !ids && (!mapping || mapping->empty())) {
    refuse(fmt::format("the columns of {} have no ids, by which the table goes", file.uri));
  }
  add_struct(root_, stored.fields(), mapping, "", Seen{file, ids, partition_values});
}

// Whether each column has one name in all files, and nothing else has that name anywhere.
bool SharedColumns::one_name(const Column& parent, bool plain, std::string* why) const {
  for (const Column& column : parent.parts) {
    const auto& names = plain ? column.plain_names : column.names;
    if (names.size() > 1) {
      const auto one = names.begin(), other = std::next(one);
      *why = fmt::format("the column {} is called '{}' in {}, and '{}' in {}", column.field.name, one->first,
                         one->second, other->first, other->second);
      return false;
    }
    const auto& strangers = plain ? parent.plain_strangers : parent.strangers;
    const auto taken = [&](const std::string& name) {
      return std::any_of(strangers.begin(), strangers.end(), [&](const auto& each) { return same_name(each, name); });
    };
    if (column.named && taken(names.empty() ? column.field.name : names.begin()->first)) {
      *why = fmt::format("files have another column by the name of {}, which the table has dropped or renamed",
                         column.field.name);
      return false;
    }
    if (!one_name(column, plain, why)) return false;
  }
  return true;
}

// Whether each column, and each part of one, has one id in all files that have ids.
bool SharedColumns::one_id(const Column& parent, std::set<std::int32_t>& taken, std::string* why) const {
  for (const Column& column : parent.parts) {
    if (column.without_id) {
      *why = fmt::format("the column {} has no id in {}, where others have one", column.field.name, *column.without_id);
      return false;
    }
    if (column.ids.size() > 1) {
      const auto one = column.ids.begin(), other = std::next(one);
      *why = fmt::format("the column {} has the id {} in {}, and {} in {}", column.field.name, one->first, one->second,
                         other->first, other->second);
      return false;
    }
    for (const auto& [id, file] : column.ids) {
      if (taken.insert(id).second) continue;
      *why = fmt::format("the column {} has the id {} in {}, which is another column's elsewhere", column.field.name,
                         id, file);
      return false;
    }
    if (!one_id(column, taken, why)) return false;
  }
  return true;
}

std::vector<Field> SharedColumns::fields(const Column& parent, bool ids, std::int32_t& next_id) const {
  std::vector<Field> result;
  for (const Column& column : parent.parts) {
    Field field;
    field.name = column.field.name;
    field.type = column.field.type;
    field.nullable = column.field.nullable;
    field.doc = column.field.doc;
    if (ids) field.id = column.ids.empty() ? ++next_id : column.ids.begin()->first;
    const auto& known = rules_.matching == ColumnMatching::ById ? column.plain_names : column.names;
    if (!known.empty() && known.begin()->first != field.name) field.physical_name = known.begin()->first;
    if (column.field.type.nested()) {
      std::vector<Field> parts = fields(column, ids, next_id);
      switch (column.field.type.kind()) {
        case TypeKind::List:
          field.type = Type::list(std::move(parts[0]));
          break;
        case TypeKind::Map:
          field.type = Type::map(std::move(parts[0]), std::move(parts[1]));
          break;
        default:
          field.type = Type::structure(std::move(parts));
      }
    }
    result.push_back(std::move(field));
  }
  return result;
}

Schema SharedColumns::finish() const {
  std::string why;
  const bool for_ids = rules_.matching == ColumnMatching::ById;
  std::set<std::int32_t> taken;
  if (for_ids && any_ids_ && !one_id(root_, taken, &why)) refuse(why);
  if ((!for_ids || any_plain_) && !one_name(root_, for_ids, &why)) refuse(why);
  for (const auto& [id, file] : stranger_ids_) {
    if (!taken.contains(id)) continue;
    refuse(fmt::format("another column has the id {} in {}, which the table has dropped or renamed", id, file));
  }
  std::int32_t next_id = greatest_id_;
  return Schema(fields(root_, for_ids && any_ids_, next_id));
}

}  // namespace lakelet::operations
