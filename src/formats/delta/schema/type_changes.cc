#include "formats/delta/schema/type_changes.h"

#include "base/json_writer.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/readable_schema.h"
#include "formats/delta/schema/schema_json.h"

namespace lakelet::delta {
namespace {

struct TypeChange {
  std::string from, to, path;  // path: "element.value"; empty for the field itself
};

// JSON text of a list, with more at its end.
std::string append_changes(const std::string& list, const std::vector<TypeChange>& changes) {
  JsonWriter json;
  json.begin_array();
  for (const TypeChange& change : changes) {
    json.begin_object().key("fromType").string(change.from).key("toType").string(change.to);
    if (!change.path.empty()) json.key("fieldPath").string(change.path);
    json.end_object();
  }
  json.end_array();
  std::string added = json.take();
  const auto last = list.find_last_of(']');
  const auto first = list.find('{');
  if (last == std::string::npos || first == std::string::npos) return added;
  return list.substr(0, last) + "," + added.substr(1);
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::vector<Field> record(const std::vector<Field>& before, const std::vector<Field>& after);

// The type with its structs' own changes recorded in them; those up to the nearest struct go to `changes`.
Type record(const Type& before, const Type& after, const std::string& path, std::vector<TypeChange>& changes) {
  if (before.kind() != after.kind() || !after.nested()) {
    if (!before.nested() && !after.nested() && !(before == after) && before.kind() != TypeKind::Null) {
      changes.push_back({delta_type_name(before), delta_type_name(after), path});
    }
    return after;
  }
  if (after.kind() == TypeKind::Struct) return Type::structure(record(before.children(), after.children()));
  std::vector<Field> parts = after.children();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].type = record(before.children()[i].type, parts[i].type, below(path, parts[i].name), changes);
  }
  return after.kind() == TypeKind::List ? Type::list(parts[0]) : Type::map(parts[0], parts[1]);
}

std::vector<Field> record(const std::vector<Field>& before, const std::vector<Field>& after) {
  std::vector<Field> fields = after;
  for (Field& field : fields) {
    const Field* old = same_column(before, field);
    if (!old) continue;
    std::vector<TypeChange> changes;
    field.type = record(old->type, field.type, "", changes);
    if (changes.empty()) continue;
    std::string& list = field.metadata[kTypeChangesKey];
    list = append_changes(list, changes);
  }
  return fields;
}

}  // namespace

bool may_widen(const Type& from, const Type& to, bool compatible_only) {
  if (from == to || !is_widening(from, to)) return false;
  if (!compatible_only) return true;
  if (from.integral()) return to.integral();
  if (from.kind() == TypeKind::Decimal) return from.scale() == to.scale();
  return from.kind() == TypeKind::Float;
}

Schema record_type_changes(const Schema& before, const Schema& after) {
  return Schema(record(before.fields(), after.fields()));
}

}  // namespace lakelet::delta
