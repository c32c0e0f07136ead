#include "operations/hive_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/percent_encoding.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";

template <typename Visit>
void each_folder(std::string_view path, Visit&& visit) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = path.find('/', begin);
    if (end == std::string_view::npos) return;
    visit(path.substr(begin, end - begin));
    begin = end + 1;
  }
}

std::string names_of(const FolderValues& values) {
  std::string names;
  for (const auto& [name, value] : values) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names.empty() ? "none" : names;
}

bool same_columns(const FolderValues& a, const FolderValues& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

// Every file has to be in folders of the same columns.
void require_same_columns(const std::vector<FoundFile>& files) {
  const FoundFile& first = files.front();
  for (const FoundFile& file : files) {
    if (same_columns(first.values, file.values)) continue;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the folders of {} and {} don't name the same partition columns: {} and {}", first.path,
                            file.path, names_of(first.values), names_of(file.values)),
                "convert a folder whose files all lie in folders of the same columns");
  }
  for (std::size_t i = 0; i < first.values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!same_name(first.values[i].first, first.values[j].first)) continue;
      throw Error(ErrorCode::InvalidArgument, fmt::format("the folders of {} name the partition column {} twice",
                                                          first.path, first.values[i].first));
    }
  }
}

bool is_of(const std::string& text, const Type& type) {
  try {
    parse_value(text, type);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool only(std::string_view text, std::string_view allowed) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) || allowed.find(c) != std::string_view::npos;
  });
}

// Texts that a person means as a number, a day or a time: "1e5", "inf" and "t" are text.
bool looks_like(const std::string& text, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Int32:
    case TypeKind::Int64:
      return only(text, "-") && is_of(text, type);
    case TypeKind::Double:
      return only(text, "-.") && text.find_first_of("0123456789") != std::string::npos && is_of(text, type);
    case TypeKind::Date:
      return text.size() == 10 && only(text, "-") && is_of(text, type);
    case TypeKind::TimestampTz:
      return text.size() >= 19 && only(text, "-:. ") && is_of(text, type);
    default:
      return true;
  }
}

Type narrowest_type(const std::vector<FoundFile>& files, std::size_t column) {
  bool any = false;
  for (const FoundFile& file : files) any |= file.values[column].second.has_value();
  if (!any) return TypeKind::String;
  for (const TypeKind kind :
       {TypeKind::Int32, TypeKind::Int64, TypeKind::Double, TypeKind::Date, TypeKind::TimestampTz}) {
    const bool all = std::all_of(files.begin(), files.end(), [&](const FoundFile& file) {
      const auto& value = file.values[column].second;
      return !value || looks_like(*value, kind);
    });
    if (all) return kind;
  }
  return TypeKind::String;
}

}  // namespace

FolderValues folder_values(std::string_view path) {
  FolderValues values;
  each_folder(path, [&](std::string_view folder) {
    const std::size_t equals = folder.find('=');
    if (equals == std::string_view::npos || equals == 0) return;
    const std::string_view text = folder.substr(equals + 1);
    std::optional<std::string> value;
    if (text != kNull && !text.empty()) value = percent_decode(text);
    values.emplace_back(percent_decode(folder.substr(0, equals)), std::move(value));
  });
  return values;
}

bool is_hidden(std::string_view path) {
  bool hidden = false;
  each_folder(path, [&](std::string_view folder) {
    hidden |= folder.starts_with('.') || (folder.starts_with('_') && folder.find('=') == std::string_view::npos);
  });
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return hidden || name.starts_with('.') || name.starts_with('_');
}

Schema partition_columns(const std::vector<FoundFile>& files, const Schema& given) {
  require_same_columns(files);
  const FolderValues& folders = files.front().values;
  if (given.empty()) {
    std::vector<Field> fields;
    for (std::size_t i = 0; i < folders.size(); ++i) {
      Field field;
      field.name = folders[i].first;
      field.type = narrowest_type(files, i);
      fields.push_back(std::move(field));
    }
    return Schema(std::move(fields));
  }
  const bool all = given.size() == folders.size() &&
                   std::all_of(folders.begin(), folders.end(),
                               [&](const auto& folder) { return given.find(folder.first) != nullptr; });
  if (all) return given;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("the folders have the partition columns {}, not {}", names_of(folders), to_string(given)),
              "name just the columns of the folders, with their types, or leave them out");
}

std::vector<Value> partition_values(const FoundFile& file, const Schema& columns) {
  std::vector<Value> values;
  for (const Field& column : columns.fields()) {
    const auto folder = std::find_if(file.values.begin(), file.values.end(),
                                     [&](const auto& value) { return same_name(value.first, column.name); });
    if (folder == file.values.end() || !folder->second) {
      values.emplace_back();
      continue;
    }
    try {
      values.push_back(parse_value(*folder->second, column.type));
    } catch (const Error&) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the folder of {} says {} = '{}', which is no {}", file.path, column.name,
                              *folder->second, to_string(column.type)),
                  "give the column another type, for example string");
    }
  }
  return values;
}

}  // namespace lakelet::operations
