#include "formats/delta/delta_format.h"

#include <fmt/format.h>

#include "formats/delta/delta_table.h"
#include "formats/delta/log/log_names.h"
#include "formats/delta/protocol/features.h"
#include "formats/delta/write/drop.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"

namespace lakelet::delta {

Capabilities DeltaFormat::capabilities() const {
  return delta_capabilities();
}

bool DeltaFormat::detect(const Location& location) const {
  try {
    ObjectStore& store = *location.store;
    if (store.find(log_path(location, commit_name(0)))) return true;
    if (store.find(log_path(location, kLastCheckpointName))) return true;
    // The first commits may be cleaned up, and the hint is optional.
    bool found = false;
    store.list_folder(location.child(std::string(kLogFolder)).path, "", [&found](const ObjectInfo& object) {
      found = parse_log_name(std::string_view(object.path).substr(object.path.rfind('/') + 1)).has_value();
      return !found;
    });
    return found;
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    if (code == ErrorCode::Permission || code == ErrorCode::Unavailable || code == ErrorCode::Cancelled) throw;
    return false;
  }
}

std::unique_ptr<FormatTable> DeltaFormat::open(const FormatContext& context, const Location& location) const {
  if (!detect(location)) {
    throw Error(ErrorCode::NotFound,
                fmt::format("there is no Delta table at {}: it has no {}", location.uri, kLogFolder),
                "`lakelet create` makes a table");
  }
  return std::make_unique<DeltaTable>(context, location);
}

std::unique_ptr<Transaction> DeltaFormat::create(const FormatContext& context, const Location& location,
                                                 const CreateSpec& spec) const {
  return create_transaction(context, location, spec);
}

std::unique_ptr<Transaction> DeltaFormat::clone(const FormatContext& context, const Location& location,
                                                std::shared_ptr<const Snapshot> source) const {
  auto snapshot = std::dynamic_pointer_cast<const DeltaSnapshot>(std::move(source));
  if (!snapshot) throw Error(ErrorCode::Internal, "a clone of a snapshot that isn't of a Delta table");
  return clone_transaction(context, location, std::move(snapshot));
}

void DeltaFormat::drop(const FormatContext&, const Location& location) const {
  drop_table(location);
}

}  // namespace lakelet::delta
