#include "formats/iceberg/iceberg_format.h"

#include <fmt/format.h>

#include "formats/iceberg/features.h"
#include "formats/iceberg/iceberg_table.h"
#include "formats/iceberg/write/cloned_table.h"
#include "formats/iceberg/write/drop.h"
#include "formats/iceberg/write/folder_commit.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "lakelet/error.h"
#include "table/catalog.h"

namespace lakelet::iceberg {

namespace {

TablePlace place_of_new(const FormatContext& context, const Location& location) {
  const auto catalog = catalog_table_of(location);
  TablePlace place;
  place.root = catalog ? context.stores->resolve(plain_path(catalog->new_location())) : location;
  if (!catalog) place = place_of(location);
  if (place.metadata_file) {
    throw Error(ErrorCode::InvalidArgument, "a table is a folder, and not the metadata file " + location.uri);
  }
  return place;
}

}  // namespace

Capabilities IcebergFormat::capabilities() const {
  return iceberg_capabilities();
}

bool IcebergFormat::detect(const Location& location) const {
  try {
    return has_metadata(place_of(location));
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    if (code == ErrorCode::Permission || code == ErrorCode::Unavailable || code == ErrorCode::Cancelled) throw;
    return false;
  }
}

std::unique_ptr<FormatTable> IcebergFormat::open(const FormatContext& context, const Location& location) const {
  if (!catalog_table_of(location) && !detect(location)) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no Iceberg table at {}: it has no metadata", location.uri),
                "`lakelet create` makes a table");
  }
  return std::make_unique<IcebergTable>(context, location);
}

std::unique_ptr<Transaction> IcebergFormat::create(const FormatContext& context, const Location& location,
                                                   const CreateSpec& spec) const {
  TablePlace place = place_of_new(context, location);
  auto metadata = std::make_shared<const TableMetadataFile>(new_metadata(place.root, spec));
  const int schema = metadata->current_schema_id;
  auto base = std::make_shared<const IcebergSnapshot>(context, location, place.root, std::move(metadata), nullptr,
                                                      schema, std::nullopt);
  return std::make_unique<IcebergTransaction>(context, std::move(place), std::move(base));
}

std::unique_ptr<Transaction> IcebergFormat::clone(const FormatContext& context, const Location& location,
                                                  std::shared_ptr<const Snapshot> source) const {
  auto from = std::dynamic_pointer_cast<const IcebergSnapshot>(std::move(source));
  if (!from) throw Error(ErrorCode::Internal, "a clone of a snapshot that isn't of an Iceberg table");
  TablePlace place = place_of_new(context, location);
  auto metadata = std::make_shared<const TableMetadataFile>(cloned_metadata(*from, location_text(place.root)));
  const int schema = metadata->current_schema_id;
  auto base = std::make_shared<const IcebergSnapshot>(context, location, place.root, std::move(metadata), nullptr,
                                                      schema, std::nullopt);
  return std::make_unique<IcebergTransaction>(context, std::move(place), std::move(base), std::move(from));
}

// In a catalog a table loses its name only: others may have its files by another.
void IcebergFormat::drop(const FormatContext&, const Location& location) const {
  if (const auto catalog = catalog_table_of(location)) return catalog->drop();
  const TablePlace place = place_of(location);
  require_folder_table(place, *load_metadata(find_newest_metadata(place), std::nullopt).contents, location.uri);
  drop_table(location);
}

}  // namespace lakelet::iceberg
