#include "table/schema_alteration.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet {
namespace {

using Fields = std::vector<Field>;

[[noreturn]] void invalid(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::InvalidArgument, message, hint);
}

[[noreturn]] void no_column(const ColumnPath& path, const Schema& schema) {
  invalid(fmt::format("the table has no column '{}'", to_string(path)),
          fmt::format("the table's columns: {}", to_string(schema)));
}

Fields::iterator find(Fields& fields, const std::string& name) {
  const auto exact = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  if (exact != fields.end()) return exact;
  return std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return same_name(f.name, name); });
}

Type with_children(const Type& type, Fields children) {
  switch (type.kind()) {
    case TypeKind::Struct:
      return Type::structure(std::move(children));
    case TypeKind::List:
      return Type::list(std::move(children[0]));
    default:
      return Type::map(std::move(children[0]), std::move(children[1]));
  }
}

// Applies `edit` to the fields among which the last name of the path is, and puts the nested types together again.
using Edit = std::function<void(Fields&, bool of_struct)>;

void edit_level(Fields& fields, bool of_struct, const ColumnPath& path, std::size_t depth, const Schema& schema,
                const Edit& edit) {
  if (depth + 1 == path.size()) return edit(fields, of_struct);
  const auto at = find(fields, path[depth]);
  if (at == fields.end() || !at->type.nested()) no_column(path, schema);
  Fields children = at->type.children();
  edit_level(children, at->type.kind() == TypeKind::Struct, path, depth + 1, schema, edit);
  at->type = with_children(at->type, std::move(children));
}

Schema edited(const Schema& schema, const ColumnPath& path, const Edit& edit) {
  if (path.empty()) invalid("no column is named");
  Fields fields = schema.fields();
  edit_level(fields, true, path, 0, schema, edit);
  return Schema(std::move(fields));
}

Schema with_field(const Schema& schema, const ColumnPath& path, const std::function<void(Field&)>& edit) {
  return edited(schema, path, [&](Fields& fields, bool) {
    const auto at = find(fields, path.back());
    if (at == fields.end()) no_column(path, schema);
    edit(*at);
  });
}

void require_struct(bool of_struct, const ColumnPath& path) {
  if (!of_struct) invalid(fmt::format("'{}' is no column of its own, but the part of a list or map", to_string(path)));
}

void insert(Fields& fields, Field field, const std::optional<ColumnPosition>& position, const ColumnPath& path) {
  auto at = fields.end();
  if (position && position->after.empty()) at = fields.begin();
  if (position && !position->after.empty()) {
    at = find(fields, position->after);
    if (at == fields.end()) {
      invalid(fmt::format("there is no column '{}' to put '{}' behind", position->after, to_string(path)));
    }
    ++at;
  }
  fields.insert(at, std::move(field));
}

Schema apply(const Schema& schema, const AddColumn& change) {
  ColumnPath path = change.parent;
  path.push_back(change.field.name);
  if (find_part(schema, path)) {
    if (change.if_not_exists) return schema;
    invalid(fmt::format("the table has a column '{}' already", to_string(path)));
  }
  return edited(schema, path, [&](Fields& fields, bool of_struct) {
    require_struct(of_struct, path);
    insert(fields, change.field, change.position, path);
  });
}

Schema apply(const Schema& schema, const DropColumn& change) {
  if (change.if_exists && !find_part(schema, change.column)) return schema;
  return edited(schema, change.column, [&](Fields& fields, bool of_struct) {
    const auto at = find(fields, change.column.back());
    if (at == fields.end()) no_column(change.column, schema);
    require_struct(of_struct, change.column);
    if (fields.size() == 1) {
      invalid(fmt::format("'{}' is the last column of its {}", to_string(change.column),
                          change.column.size() == 1 ? "table" : "struct"));
    }
    fields.erase(at);
  });
}

Schema apply(const Schema& schema, const RenameColumn& change) {
  if (change.name.empty()) invalid("a column needs a name");
  return edited(schema, change.column, [&](Fields& fields, bool of_struct) {
    const auto at = find(fields, change.column.back());
    if (at == fields.end()) no_column(change.column, schema);
    require_struct(of_struct, change.column);
    const auto taken = find(fields, change.name);
    if (taken != fields.end() && taken != at) invalid(fmt::format("there is a column '{}' already", taken->name));
    at->name = change.name;
  });
}

Schema apply(const Schema& schema, const MoveColumn& change) {
  return edited(schema, change.column, [&](Fields& fields, bool of_struct) {
    const auto at = find(fields, change.column.back());
    if (at == fields.end()) no_column(change.column, schema);
    require_struct(of_struct, change.column);
    if (same_name(change.position.after, at->name)) return;
    Field field = *at;
    fields.erase(at);
    insert(fields, std::move(field), change.position, change.column);
  });
}

Schema apply(const Schema& schema, const SetColumnType& change) {
  return with_field(schema, change.column, [&](Field& field) {
    if (field.type.nested() || change.type.nested()) {
      if (field.type == change.type) return;
      invalid(fmt::format("'{}' is {}, it can't become {}", to_string(change.column), to_string(field.type),
                          to_string(change.type)),
              "change its parts one by one: a.b, a.element, a.key, a.value");
    }
    field.type = change.type;
    field.padded_to = 0;
  });
}

Schema apply(const Schema& schema, const SetNotNull& change) {
  return with_field(schema, change.column, [&](Field& field) { field.nullable = !change.not_null; });
}

Schema apply(const Schema& schema, const SetColumnComment& change) {
  return with_field(schema, change.column, [&](Field& field) { field.doc = change.text; });
}

template <typename Other>
Schema apply(const Schema& schema, const Other&) {
  return schema;
}

}  // namespace

const Field* find_part(const Schema& schema, const ColumnPath& path) {
  const Fields* fields = &schema.fields();
  const Field* found = nullptr;
  for (const std::string& name : path) {
    const auto at = find(const_cast<Fields&>(*fields), name);
    if (at == fields->end()) return nullptr;
    found = &*at;
    fields = &found->type.children();
  }
  return found;
}

std::string to_string(const ColumnPath& path) {
  std::string text;
  for (const std::string& name : path) {
    const bool plain = name.find_first_of(".`\"") == std::string::npos;
    if (!text.empty()) text += '.';
    text += plain ? name : fmt::format("`{}`", name);
  }
  return text;
}

Schema altered(const Schema& schema, const Alteration& change) {
  return std::visit([&](const auto& each) { return apply(schema, each); }, change);
}

ColumnPath parse_column_path(const std::string& text) {
  ColumnPath path;
  std::string name;
  bool quoted_name = false;
  const auto finish = [&] {
    if (name.empty() && !quoted_name) invalid(fmt::format("'{}' names no column", text), "write a or a.b");
    path.push_back(std::exchange(name, {}));
    quoted_name = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`' || c == '"') {
      const auto end = text.find(c, i + 1);
      if (end == std::string::npos) invalid(fmt::format("'{}' has a quote without an end", text));
      name += text.substr(i + 1, end - i - 1);
      quoted_name = true;
      i = end;
    } else if (c == '.') {
      finish();
    } else {
      name += c;
    }
  }
  finish();
  return path;
}

}  // namespace lakelet
