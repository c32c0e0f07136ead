#include "fuzz/text_tables.h"

#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "fuzz/verdict.h"

namespace lakelet::fuzz {

namespace {

constexpr std::size_t kRows = 32, kColumns = 64, kDepth = 8;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string without_backticks(std::string name) {
  std::erase(name, '`');
  return name;
}

Type type_of(char type) {
  switch (type) {
    case 'i':
      return TypeKind::Int64;
    case 'j':
      return TypeKind::Int32;
    case 'd':
      return TypeKind::Double;
    case 'b':
      return TypeKind::Boolean;
    case 'D':
      return TypeKind::Date;
    case 't':
      return TypeKind::TimestampTz;
    case 'm':
      return Type::map(TypeKind::String, TypeKind::String);
    case 'l':
      return Type::list(TypeKind::String);
    default:
      return TypeKind::String;
  }
}

void add_field(std::vector<Field>& fields, const std::vector<std::string>& path, std::size_t depth, char type) {
  auto at = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == path[depth]; });
  if (at == fields.end()) at = fields.insert(fields.end(), Field{.name = path[depth], .type = Type::structure({})});
  if (depth + 1 == path.size()) {
    at->type = type_of(type);
    return;
  }
  std::vector<Field> children;
  if (at->type.kind() == TypeKind::Struct) children = at->type.children();
  add_field(children, path, depth + 1, type);
  at->type = Type::structure(std::move(children));
}

void must(int code) {
  if (code != NANOARROW_OK) fail("nanoarrow");
}

}  // namespace

// One batch of the columns that were asked for.
struct ArrowTable {
  using Column = TextTables::Column;
  using Table = TextTables::Table;

  static const Column* find(const Table& table, const std::string& name) {
    for (const Column& column : table.columns) {
      if (column.name == name) return &column;
    }
    return nullptr;
  }

  // The names directly below `name`, where it is a struct.
  static std::vector<std::string> below(const Table& table, const std::string& name) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) {
      if (!column.name.starts_with(name + ".")) continue;
      const std::string child = column.name.substr(0, column.name.find('.', name.size() + 1));
      if (std::find(names.begin(), names.end(), child) == names.end()) names.push_back(child);
    }
    return names;
  }

  static void set_type(const Table& table, const std::string& name, ArrowSchema* schema) {
    const Column* column = find(table, name);
    const std::vector<std::string> children = column ? std::vector<std::string>() : below(table, name);
    if (!children.empty()) {
      ArrowSchemaInit(schema);
      must(ArrowSchemaSetTypeStruct(schema, static_cast<std::int64_t>(children.size())));
      for (std::size_t i = 0; i < children.size(); ++i) {
        set_type(table, children[i], schema->children[i]);
        must(ArrowSchemaSetName(schema->children[i], children[i].substr(name.size() + 1).c_str()));
      }
    } else {
      set_primitive(column ? column->type : 'n', schema);
    }
    must(ArrowSchemaSetName(schema, name.c_str()));
  }

  static void set_primitive(char type, ArrowSchema* schema) {
    ArrowSchemaInit(schema);
    switch (type) {
      case 'm':
        must(ArrowSchemaSetType(schema, NANOARROW_TYPE_MAP));
        must(ArrowSchemaSetType(schema->children[0]->children[0], NANOARROW_TYPE_STRING));
        must(ArrowSchemaSetType(schema->children[0]->children[1], NANOARROW_TYPE_STRING));
        return;
      case 'l':
        must(ArrowSchemaSetType(schema, NANOARROW_TYPE_LIST));
        must(ArrowSchemaSetType(schema->children[0], NANOARROW_TYPE_STRING));
        return;
      case 't':
        must(ArrowSchemaSetTypeDateTime(schema, NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_MICRO, "UTC"));
        return;
      default:
        must(ArrowSchemaSetType(schema, type == 'i'   ? NANOARROW_TYPE_INT64
                                        : type == 'j' ? NANOARROW_TYPE_INT32
                                        : type == 'd' ? NANOARROW_TYPE_DOUBLE
                                        : type == 'b' ? NANOARROW_TYPE_BOOL
                                        : type == 'D' ? NANOARROW_TYPE_DATE32
                                        : type == 'S' ? NANOARROW_TYPE_LARGE_STRING
                                        : type == 'n' ? NANOARROW_TYPE_NA
                                                      : NANOARROW_TYPE_STRING));
    }
  }

  static const std::string* cell(const Column& column, std::size_t row) {
    return row < column.cells.size() && column.cells[row] != "~" ? &column.cells[row] : nullptr;
  }

  static bool is_null(const Table& table, const std::string& name, std::size_t row) {
    if (const Column* column = find(table, name)) return column->type == 'n' || !cell(*column, row);
    for (const std::string& child : below(table, name)) {
      if (!is_null(table, child, row)) return false;
    }
    return true;
  }

  static void append_text(ArrowArray* array, std::string_view text) {
    must(ArrowArrayAppendString(array, {text.data(), static_cast<std::int64_t>(text.size())}));
  }

  static void append(const Table& table, const std::string& name, std::size_t row, ArrowArray* array) {
    if (is_null(table, name, row)) return must(ArrowArrayAppendNull(array, 1));
    const Column* column = find(table, name);
    if (!column) {
      const std::vector<std::string> children = below(table, name);
      for (std::size_t i = 0; i < children.size(); ++i) append(table, children[i], row, array->children[i]);
      return must(ArrowArrayFinishElement(array));
    }
    const std::string& text = *cell(*column, row);
    switch (column->type) {
      case 'm':
        for (const std::string& entry : split(text, ';')) {
          const std::size_t equals = entry.find('=');
          append_text(array->children[0]->children[0], std::string_view(entry).substr(0, equals));
          if (equals == std::string::npos) {
            must(ArrowArrayAppendNull(array->children[0]->children[1], 1));
          } else {
            append_text(array->children[0]->children[1], std::string_view(entry).substr(equals + 1));
          }
          must(ArrowArrayFinishElement(array->children[0]));
        }
        return must(ArrowArrayFinishElement(array));
      case 'l':
        for (const std::string& entry : split(text, ';')) append_text(array->children[0], entry);
        return must(ArrowArrayFinishElement(array));
      case 'i':
      case 't':
        return must(ArrowArrayAppendInt(array, std::strtoll(text.c_str(), nullptr, 10)));
      case 'j':
      case 'D':
        return must(ArrowArrayAppendInt(array, static_cast<std::int32_t>(std::strtoll(text.c_str(), nullptr, 10))));
      case 'b':
        return must(ArrowArrayAppendInt(array, text == "1"));
      case 'd':
        return must(ArrowArrayAppendDouble(array, std::strtod(text.c_str(), nullptr)));
      default:
        return append_text(array, text);
    }
  }
};

TextTables::Table TextTables::read(const std::string& uri) const {
  const Location place = stores_->resolve(uri);
  Table table;
  for (const std::string& line : split(place.store->read_all(place.path), '\n')) {
    std::vector<std::string> parts = split(line, '\t');
    if (parts.size() < 2 || table.columns.size() == kColumns) continue;
    if (std::count(parts[0].begin(), parts[0].end(), '.') >= static_cast<std::ptrdiff_t>(kDepth)) continue;
    Column column{without_backticks(parts[0]), parts[1].empty() ? 'n' : parts[1][0], {}};
    column.cells.assign(parts.begin() + 2, parts.begin() + 2 + std::min(parts.size() - 2, kRows));
    table.rows = std::max(table.rows, column.cells.size());
    table.columns.push_back(std::move(column));
  }
  if (table.columns.empty()) throw Error(ErrorCode::CorruptTable, uri + " is no Parquet file");
  return table;
}

Schema TextTables::parquet_schema(const std::string& uri) {
  std::vector<Field> fields;
  for (const Column& column : read(uri).columns) add_field(fields, split(column.name, '.'), 0, column.type);
  return Schema(std::move(fields));
}

OwnedArrowStream TextTables::read_parquet(const TabularRead& request) {
  const Table table = read(request.uris.at(0));
  ArrowSchema schema;
  ArrowSchemaInit(&schema);
  must(ArrowSchemaSetTypeStruct(&schema, static_cast<std::int64_t>(request.columns.size())));
  for (std::size_t i = 0; i < request.columns.size(); ++i) {
    ArrowTable::set_type(table, without_backticks(request.columns[i]), schema.children[i]);
  }
  ArrowArray array;
  must(ArrowArrayInitFromSchema(&array, &schema, nullptr));
  must(ArrowArrayStartAppending(&array));
  for (std::size_t row = 0; row < table.rows; ++row) {
    const auto is_there = [&](const std::string& name) { return !ArrowTable::is_null(table, name, row); };
    if (!request.any_not_null.empty() &&
        std::none_of(request.any_not_null.begin(), request.any_not_null.end(), is_there)) {
      continue;
    }
    for (std::size_t i = 0; i < request.columns.size(); ++i) {
      ArrowTable::append(table, without_backticks(request.columns[i]), row, array.children[i]);
    }
    must(ArrowArrayFinishElement(&array));
  }
  must(ArrowArrayFinishBuildingDefault(&array, nullptr));
  ArrowArrayStream stream;
  must(ArrowBasicArrayStreamInit(&stream, &schema, 1));
  ArrowBasicArrayStreamSetArray(&stream, 0, &array);
  return OwnedArrowStream(&stream);
}

std::uint64_t TextTables::write_parquet(const std::string& uri, OwnedArrowStream, const std::string&) {
  throw Error(ErrorCode::Internal, "nothing writes " + uri);
}

}  // namespace lakelet::fuzz
