#include "formats/iceberg/iceberg_format.h"

#include <fmt/format.h>

#include "formats/iceberg/features.h"
#include "formats/iceberg/iceberg_table.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

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
  if (!detect(location)) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no Iceberg table at {}: it has no metadata", location.uri),
                "`lakelet create` makes a table");
  }
  return std::make_unique<IcebergTable>(context, location);
}

std::unique_ptr<Transaction> IcebergFormat::create(const FormatContext&, const Location& location,
                                                   const CreateSpec&) const {
  require_capability(iceberg_capabilities(), "format version 2", Access::Append, location.uri);
  throw Error(ErrorCode::Internal, "a table that nothing refused");
}

}  // namespace lakelet::iceberg
