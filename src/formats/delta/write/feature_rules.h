// What a table's features forbid a commit to make of the table: clustering, Iceberg compatibility, usage tracking of
// mapped columns. Pure functions.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

struct TableShape {
  const Protocol& protocol;
  const Metadata& metadata;
  const Schema& schema;
};

// What of the files that go on matters where a feature is switched on.
struct FilesThere {
  bool any = false;
  bool vectors = false;  // some have deletion vectors
};

// `before` is null for a table that is being created. `files` is asked only where it matters. Throws
// Error(InvalidArgument) that names feature and column, and Error(UnsupportedFeature) for what the protocol allows and
// lakelet doesn't do yet.
void check_feature_rules(const TableShape* before, const TableShape& after,
                         const std::map<std::string, DomainMetadata>& domains, const std::string& table_uri,
                         const std::function<FilesThere()>& files);

// Where the table keeps account of it ("Column Mapping Usage Tracking"): notes in `metadata` that a column of `before`
// was dropped or has another name in `after`.
void track_column_uses(const Protocol& protocol, const Schema& before, const Schema& after, Metadata& metadata);

// Throws Error(InvalidArgument) for a file that is added without its number of rows where a feature wants that.
void check_added_files(const TableShape& after, const std::vector<Action>& actions);

}  // namespace lakelet::delta
