#include "formats/iceberg/features.h"

#include <array>
#include <string>

namespace lakelet::iceberg {

namespace {

constexpr Support kYes{true, {}, {}};
constexpr Support kNotYet{false, "lakelet doesn't change Iceberg tables yet", "use Spark or pyiceberg for this table"};
constexpr Support kNo{false, "lakelet doesn't do that", "use Spark with Iceberg for this table"};

// Format versions are features by name.
constexpr std::array kFeatures = {
    //          feature                 read  append   change rows maintain change feed
    Capability{"format version 1", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"format version 2", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"format version 3", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"position deletes", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"equality deletes", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"deletion vectors", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
    Capability{"row lineage", kYes, kNotYet, kNotYet, kNotYet, kNotYet},
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
  if (snapshot && snapshot->key_id) require_capability(kFeatures, "encryption", access, table_uri);
}

}  // namespace lakelet::iceberg
