#include "formats/iceberg/features.h"

#include <array>
#include <string>

namespace lakelet::iceberg {

namespace {

constexpr Support kYes{true, {}, {}};
constexpr Support kNoFeed{false, "lakelet doesn't tell the changes of Iceberg tables yet",
                          "compare two snapshots with `lakelet diff`"};
constexpr Support kNo{false, "lakelet doesn't do that", "use Spark with Iceberg for this table"};

// Format versions are features by name.
constexpr std::array kFeatures = {
    //          feature                 read  append change rows maintain change feed
    Capability{"format version 1", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"format version 2", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"format version 3", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"position deletes", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"equality deletes", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"deletion vectors", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"row lineage", kYes, kYes, kYes, kYes, kNoFeed},
    Capability{"encryption", kNo, kNo, kNo, kNo, kNo},
    Capability{"data files of Avro or ORC", kNo, kNo, kNo, kNo, kNo},
};

}  // namespace

Capabilities iceberg_capabilities() {
  return kFeatures;
}

void require_features(const TableMetadataFile& metadata, const SnapshotEntry* snapshot, Access access,
                      std::string_view table_uri) {
  const std::string version = "format version " + std::to_string(metadata.format_version);
  require_capability(kFeatures, version, access, table_uri);
  const bool encrypted = (snapshot && snapshot->key_id) || (metadata.encrypted && access != Access::Read);
  if (encrypted) require_capability(kFeatures, "encryption", access, table_uri);
}

}  // namespace lakelet::iceberg
