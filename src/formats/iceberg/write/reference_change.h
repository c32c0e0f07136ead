// Branches and tags: how they are made, moved and dropped (spec.md, "Snapshot References"). A pure function.
#pragma once

#include "formats/iceberg/metadata/table_metadata.h"
#include "table/table_layout_change.h"

namespace lakelet::iceberg {

// Makes the change. A version that isn't named is the newest of main; a change that was asked to keep what is there may
// do nothing. Throws Error(AlreadyExists), Error(NotFound), Error(InvalidArgument).
void change_reference(TableMetadataFile& metadata, const ReferenceChange& change);

// The id of the snapshot that is meant. Throws Error(NotFound), Error(InvalidArgument) for a table without snapshots.
std::int64_t snapshot_meant(const TableMetadataFile& metadata, const VersionSelector& selector);

}  // namespace lakelet::iceberg
