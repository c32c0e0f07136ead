#include "table/missing_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "storage/path.h"

namespace lakelet {
namespace {

constexpr std::size_t kMostNamed = 3;      // tables in a hint
constexpr std::size_t kMostLookedAt = 50;  // sub-folders that are tried
constexpr int kMostAncestors = 3;          // partition folders a path may be below its table

enum class FileKind { Parquet, Csv, Json, Arrow, Excel, Other };

FileKind kind_of_file(const Location& location) {
  std::array<char, 4> magic{};
  const auto reader = location.store->open(location.path);
  const std::size_t size = reader->read(0, std::as_writable_bytes(std::span(magic)));
  if (std::string_view(magic.data(), size) == "PAR1") return FileKind::Parquet;
  std::string name(last_part(location.path));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (name.ends_with(".csv") || name.ends_with(".tsv")) return FileKind::Csv;
  if (name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".ndjson")) return FileKind::Json;
  if (name.ends_with(".arrow") || name.ends_with(".feather")) return FileKind::Arrow;
  if (name.ends_with(".xlsx")) return FileKind::Excel;
  return FileKind::Other;
}

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::Parquet:
      return "a Parquet file";
    case FileKind::Csv:
      return "a CSV file";
    case FileKind::Json:
      return "a JSON file";
    case FileKind::Arrow:
      return "an Arrow file";
    case FileKind::Excel:
      return "an Excel file";
    case FileKind::Other:
      return "a file";
  }
  return "a file";
}

Error not_a_table_but_a_file(const Location& location) {
  const FileKind kind = kind_of_file(location);
  Error error(ErrorCode::NotFound, fmt::format("'{}' is not a table: it is {}", location.uri, name_of(kind)));
  if (kind == FileKind::Parquet || kind == FileKind::Csv || kind == FileKind::Json) {
    error.set_hint(fmt::format("query it as FROM '{}', or make a table of it: lakelet import TABLE {} --create",
                               location.uri, location.uri));
  } else if (kind != FileKind::Other) {
    error.set_hint(fmt::format("make a table of it: lakelet import TABLE {} --create", location.uri));
  }
  return error;
}

std::string format_names(const FormatRegistry& formats) {
  std::vector<std::string_view> names;
  for (const auto& format : formats.formats()) names.push_back(format->name());
  return fmt::format("{}", fmt::join(names, ", "));
}

Location at_path(const Location& location, std::string_view path) {
  const std::size_t cut = location.path.size() - path.size();
  return {location.store, std::string(path), location.uri.substr(0, location.uri.size() - cut)};
}

// The folder above; nullopt at the store's root.
std::optional<Location> parent_of(const Location& location) {
  const std::string_view path = parent_path(location.path);
  if (path.empty() || path == "/" || path.size() >= location.path.size()) return std::nullopt;
  return at_path(location, path);
}

std::optional<Location> enclosing_table(const FormatRegistry& formats, const Location& location) {
  std::optional<Location> ancestor = parent_of(location);
  for (int i = 0; ancestor && i < kMostAncestors; ++i, ancestor = parent_of(*ancestor)) {
    if (formats.try_detect(*ancestor)) return ancestor;
  }
  return std::nullopt;
}

std::vector<std::string> tables_in(const FormatRegistry& formats, const Location& folder) {
  std::vector<std::string> tables;
  std::vector<std::string> paths;
  folder.store->list_folder(
      folder.path, "", [](const ObjectInfo&) { return true; },
      [&](const std::string& path) {
        paths.push_back(path);
        return paths.size() < kMostLookedAt;
      });
  for (const std::string& path : paths) {
    const Location child = folder.child(std::string(last_part(path)));
    if (formats.try_detect(child)) tables.push_back(child.uri);
    if (tables.size() == kMostNamed) break;
  }
  return tables;
}

bool anything_below(const Location& folder) {
  bool found = false;
  folder.store->list(folder.path + "/", "", [&](const ObjectInfo&) {
    found = true;
    return false;
  });
  return found;
}

bool is_folder(const Location& location) {
  bool found = anything_below(location);
  if (found) return true;
  // An empty folder, which only a disk knows.
  const std::optional<Location> parent = parent_of(location);
  if (!parent) return false;
  parent->store->list_folder(
      parent->path, "", [](const ObjectInfo&) { return true; },
      [&](const std::string& path) {
        found = last_part(path) == last_part(location.path);
        return !found;
      });
  return found;
}

std::string named(const std::vector<std::string>& tables) {
  return fmt::format("'{}'", fmt::join(tables, "', '"));
}

// "'a/b' is a link to '/gone', which doesn't exist", for the path or a folder above it; empty if none is. Only a disk
// has links.
std::string dangling_link(const Location& location) {
  if (!location.uri.starts_with("/")) return {};
  std::error_code problem;
  for (std::filesystem::path path = location.uri; path.has_relative_path(); path = path.parent_path()) {
    if (std::filesystem::exists(path, problem)) return {};
    const std::filesystem::path target = std::filesystem::read_symlink(path, problem);
    if (!problem) {
      return fmt::format("'{}' is a link to '{}', which doesn't exist", path.string(), target.string());
    }
  }
  return {};
}

Error nothing_there(const FormatRegistry& formats, const Location& location) {
  if (const std::string link = dangling_link(location); !link.empty()) {
    return Error(ErrorCode::NotFound, fmt::format("there is no table at '{}': {}", location.uri, link));
  }
  Error error(ErrorCode::NotFound, fmt::format("there is no table at '{}': the path doesn't exist", location.uri));
  const std::optional<Location> parent = parent_of(location);
  const std::vector<std::string> beside = parent ? tables_in(formats, *parent) : std::vector<std::string>();
  if (!beside.empty()) {
    error.set_hint("tables beside it: " + named(beside));
  } else {
    error.set_hint(fmt::format("make one: lakelet create {} --schema \"...\"", location.uri));
  }
  return error;
}

Error folder_without_table(const FormatRegistry& formats, const Location& location) {
  const std::vector<std::string> tables = tables_in(formats, location);
  const bool empty = tables.empty() && !anything_below(location);
  Error error(ErrorCode::NotFound, fmt::format("'{}' is {}folder, but no table (looked for: {})", location.uri,
                                               empty ? "an empty " : "a ", format_names(formats)));
  if (!tables.empty()) {
    error.set_hint("tables in it: " + named(tables));
  } else {
    error.set_hint(fmt::format("make one: lakelet create {} --schema \"...\"", location.uri));
  }
  return error;
}

}  // namespace

Error missing_table(const FormatRegistry& formats, const Location& location) {
  if (const std::optional<Location> table = enclosing_table(formats, location)) {
    return Error(ErrorCode::NotFound,
                 fmt::format("there is no table at '{}': it lies within the table '{}'", location.uri, table->uri),
                 fmt::format("use '{}'", table->uri));
  }
  if (location.store->find(location.path)) return not_a_table_but_a_file(location);
  if (is_folder(location)) return folder_without_table(formats, location);
  return nothing_there(formats, location);
}

}  // namespace lakelet
