#include "operations/file_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

Field as_table_column(const Field& field);

Type as_table_type(const Type& type) {
  switch (type.kind()) {
    case TypeKind::UInt8:
      return TypeKind::Int16;
    case TypeKind::UInt16:
      return TypeKind::Int32;
    case TypeKind::UInt32:
      return TypeKind::Int64;
    case TypeKind::UInt64:
      return Type::decimal(20, 0);
    case TypeKind::TimestampNs:
      return TypeKind::Timestamp;
    case TypeKind::TimestampNsTz:
      return TypeKind::TimestampTz;
    case TypeKind::Fixed:
      return TypeKind::Binary;
    case TypeKind::Struct: {
      std::vector<Field> fields;
      for (const Field& child : type.children()) fields.push_back(as_table_column(child));
      return Type::structure(std::move(fields));
    }
    case TypeKind::List: {
      Field element = as_table_column(type.children()[0]);
      element.name = "element";
      return Type::list(std::move(element));
    }
    case TypeKind::Map: {
      Field key = as_table_column(type.children()[0]);
      key.name = "key";
      key.nullable = false;
      Field value = as_table_column(type.children()[1]);
      value.name = "value";
      return Type::map(std::move(key), std::move(value));
    }
    default:
      return type;
  }
}

Field as_table_column(const Field& field) {
  Field column;
  column.name = field.name;
  column.type = as_table_type(field.type);
  return column;
}

// Parquet has one physical type for them.
bool small_integer(const Type& type) {
  return type.kind() >= TypeKind::Int8 && type.kind() <= TypeKind::Int32;
}

bool integer(const Type& type) {
  return type.integral() && type.kind() != TypeKind::UInt64;
}

}  // namespace

Schema as_table_columns(const Schema& file) {
  std::vector<Field> fields;
  for (const Field& field : file.fields()) fields.push_back(as_table_column(field));
  return Schema(std::move(fields));
}

Type FileColumns::merged(const Type& known, const Type& more, const std::string& path, const std::string& column) {
  if (more.kind() == TypeKind::Null || known == more) return known;
  if (known.kind() == TypeKind::Null) return more;
  if (small_integer(known) && small_integer(more)) return fixed_ || known.kind() > more.kind() ? known : more;
  if (known.kind() == more.kind() && known.nested()) {
    std::vector<Field> fields = known.children();
    merge(fields, more.children(), path, column + ".");
    if (known.kind() == TypeKind::Struct) return Type::structure(std::move(fields));
    if (known.kind() == TypeKind::List) return Type::list(std::move(fields[0]));
    return Type::map(std::move(fields[0]), std::move(fields[1]));
  }
  const auto seen = first_seen_.find(column);
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("the column {} is {} in {}, and {} {}", column, to_string(more), path, to_string(known),
                          fixed_ || seen == first_seen_.end() ? "in the schema" : "in " + seen->second),
              "write that file again with the other type; `lakelet import` casts");
}

void FileColumns::merge(std::vector<Field>& known, const std::vector<Field>& more, const std::string& path,
                        const std::string& parent) {
  for (std::size_t i = 0; i < more.size(); ++i) {
    const Field& field = more[i];
    const std::string column = parent + field.name;
    for (std::size_t j = 0; j < i; ++j) {
      if (!same_name(more[j].name, field.name)) continue;
      throw Error(ErrorCode::InvalidArgument, fmt::format("{} has two columns whose names are the same but for their "
                                                          "case: {} and {}",
                                                          path, parent + more[j].name, column));
    }
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const Field& each) { return same_name(each.name, field.name); });
    if (same == known.end()) {
      if (fixed_) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} has a column {}, which the schema doesn't have", path, column),
                    "add it to the schema");
      }
      known.push_back(field);
      first_seen_.emplace(column, path);
      continue;
    }
    if (same->name != field.name) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the column {} of {} is called {} elsewhere", column, path, parent + same->name),
                  "columns of a table have one spelling: write that file again");
    }
    same->type = merged(same->type, field.type, path, column);
  }
}

void FileColumns::add(const std::string& path, const Schema& file) {
  std::vector<Field> fields = schema_.fields();
  merge(fields, file.fields(), path, "");
  schema_ = Schema(std::move(fields));
}

Schema FileColumns::finish() const {
  for (const Field& field : schema_.fields()) {
    if (field.type.kind() != TypeKind::Null) continue;
    throw Error(ErrorCode::InvalidArgument, fmt::format("no file says of what type the column {} is", field.name),
                "give all columns with --schema");
  }
  return schema_;
}

std::map<ColumnPath, ColumnStatistics> statistics_for(const Schema& table, const Schema& file,
                                                      const std::map<ColumnPath, ColumnStatistics>& known) {
  std::map<ColumnPath, ColumnStatistics> result;
  for (const auto& [path, statistics] : known) {
    const Field* column = find_field(table, path);
    const Field* stored = find_field(file, path);
    if (!column || !stored || column->type.nested()) continue;
    ColumnStatistics kept = statistics;
    if (!(column->type == stored->type) && !(integer(column->type) && integer(stored->type))) {
      kept.min.reset();
      kept.max.reset();
    }
    result.emplace(path, std::move(kept));
  }
  return result;
}

}  // namespace lakelet::operations
