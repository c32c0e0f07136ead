// Changes to one Delta table: collected, checked against the protocol, and committed as one log entry.
#pragma once

#include <memory>

#include "table/table_format.h"

namespace lakelet::delta {

class DeltaSnapshot;

// A transaction on top of `base`. Writes nothing before commit(). Throws nothing: what the table doesn't allow
// (append-only, a feature that we don't write) is refused by the call that would need it, by name.
std::unique_ptr<Transaction> begin_transaction(const FormatContext& context, std::shared_ptr<const DeltaSnapshot> base);

// A transaction that makes a new table at `location`: version 0, with whatever files are added to it. base() is an
// empty snapshot of version -1. Throws InvalidArgument (a schema, partitioning or property that no Delta table can
// have) and UnsupportedFeature (a property that asks for a feature that we don't write). commit() throws
// Error(AlreadyExists) if there is a table, also when somebody else made it in the meantime.
std::unique_ptr<Transaction> create_transaction(const FormatContext& context, const Location& location,
                                                const CreateSpec& spec);

// A transaction that makes a table at `location` that is as `source`; files of the source are adopt()ed. Throws
// Error(UnsupportedFeature) for a feature that lakelet doesn't write; commit() as create_transaction()'s.
std::unique_ptr<Transaction> clone_transaction(const FormatContext& context, const Location& location,
                                               std::shared_ptr<const DeltaSnapshot> source);

}  // namespace lakelet::delta
