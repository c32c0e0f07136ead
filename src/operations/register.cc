#include "operations/register.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "table/catalog.h"

namespace lakelet::operations {

void register_table(const FormatRegistry& formats, const FormatContext& context, const Location& name,
                    const Location& metadata) {
  const auto entry = catalog_table_of(name);
  if (!entry) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is no name in a catalog", name.uri),
                "name the catalog and the table: sqlite:///lake/cat.db#namespace.table");
  }
  if (!metadata.store->find(metadata.path)) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no file {}", metadata.uri),
                "name the table's newest metadata file, not its folder");
  }
  const auto newest = format_of(formats, *entry).open(context, metadata)->snapshot(LatestVersion{});
  newest->require(Access::Read);
  // Other engines take a path without a scheme for one of whatever file system they have.
  const std::string uri = metadata.uri.starts_with('/') ? "file://" + metadata.uri : metadata.uri;
  switch (entry->move(std::nullopt, {.metadata = uri})) {
    case CatalogTable::Moved::Done:
      return;
    case CatalogTable::Moved::Lost:
      throw Error(ErrorCode::AlreadyExists, fmt::format("there is a table {} already", name.uri),
                  "choose another name, or drop that table first");
    case CatalogTable::Moved::Unknown:
      break;
  }
  throw Error(ErrorCode::CommitUnknown, fmt::format("the catalog didn't say whether it registered {}", name.uri),
              fmt::format("`lakelet view {}` tells", name.uri));
}

}  // namespace lakelet::operations
