#include "lakelet/schema.h"

#include "table/column_path.h"

namespace lakelet {
namespace {

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int index_in(const std::vector<Field>& fields, std::string_view name) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (same_name(fields[i].name, name)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

int Schema::index_of(std::string_view name) const {
  return index_in(fields_, name);
}

const Field* Schema::find(std::string_view name) const {
  const int index = index_of(name);
  return index < 0 ? nullptr : &fields_[static_cast<std::size_t>(index)];
}

const Field* find_field(const Schema& schema, const ColumnPath& path) {
  const std::vector<Field>* fields = &schema.fields();
  const Field* found = nullptr;
  for (const std::string& name : path) {
    const int index = index_in(*fields, name);
    if (index < 0) return nullptr;
    found = &(*fields)[static_cast<std::size_t>(index)];
    static const std::vector<Field> kNone;
    fields = found->type.kind() == TypeKind::Struct ? &found->type.children() : &kNone;
  }
  return found;
}

std::optional<ColumnPath> resolve_dotted(const Schema& schema, std::string_view dotted) {
  if (const Field* field = schema.find(dotted)) return ColumnPath{field->name};
  for (std::size_t dot = dotted.find('.'); dot != std::string_view::npos; dot = dotted.find('.', dot + 1)) {
    const Field* head = schema.find(dotted.substr(0, dot));
    if (!head || head->type.kind() != TypeKind::Struct) continue;
    const auto tail = resolve_dotted(Schema(head->type.children()), dotted.substr(dot + 1));
    if (!tail) continue;
    ColumnPath path{head->name};
    path.insert(path.end(), tail->begin(), tail->end());
    return path;
  }
  return std::nullopt;
}

}  // namespace lakelet
