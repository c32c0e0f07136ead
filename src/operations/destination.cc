#include "operations/destination.h"

#include <fmt/format.h>

#include <optional>

#include "lakelet/error.h"
#include "table/catalog.h"

namespace lakelet::operations {
namespace {

std::string as_folder(const std::string& uri) {
  return uri.ends_with('/') ? uri : uri + "/";
}

}  // namespace

void require_no_table_at(const FormatRegistry& formats, const Location& destination) {
  if (const TableFormat* there = formats.try_detect(destination)) {
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("there is already a table at {} ({})", destination.uri, there->name()),
                "choose another path, or drop that table first");
  }
  if (!catalog_table_of(destination) && destination.store->find(destination.path)) {
    throw Error(ErrorCode::InvalidArgument, destination.uri + " is a file", "choose a folder");
  }
}

void require_beside(const Location& source, const Location& destination) {
  const std::string from = as_folder(source.uri), to = as_folder(destination.uri);
  if (!to.starts_with(from) && !from.starts_with(to)) return;
  throw Error(ErrorCode::InvalidArgument, fmt::format("{} and {} lie in one another", source.uri, destination.uri),
              "choose a folder beside the table");
}

void require_empty(const Location& destination) {
  if (catalog_table_of(destination)) return;  // says where its new tables go
  std::optional<std::string> found;
  destination.store->list(destination.path + "/", {}, [&](const ObjectInfo& object) {
    found = object.path;
    return false;
  });
  if (!found) return;
  throw Error(ErrorCode::InvalidArgument, fmt::format("{} isn't empty: it has {}", destination.uri, *found),
              "choose an empty folder, or one that isn't there yet");
}

}  // namespace lakelet::operations
