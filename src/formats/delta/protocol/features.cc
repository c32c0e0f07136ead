#include "formats/delta/protocol/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr int kReaderVersion = 3, kWriterVersion = 7;  // the newest that the protocol defines

constexpr Support kYes{true, {}, {}};
constexpr Support kNotYet{false, "lakelet doesn't do that yet", "use Spark with Delta Lake for this table"};
constexpr Support kCatalog{false, "only its catalog knows the newest commits", "read it through the catalog"};

constexpr Support no(std::string_view reason) {
  return {false, reason, "use Spark with Delta Lake for this table"};
}

// Whether the table makes use of the feature. Where a feature binds writers as soon as it is listed: always.
using InUse = bool (*)(const Metadata&, const Schema&);

bool always(const Metadata&, const Schema&) {
  return true;
}

bool is_true(const Metadata& metadata, const char* property) {
  const auto at = metadata.configuration.find(property);
  return at != metadata.configuration.end() && (at->second == "true" || at->second == "True" || at->second == "TRUE");
}

bool has_change_feed(const Metadata& metadata, const Schema&) {
  return is_true(metadata, "delta.enableChangeDataFeed");
}
bool has_mapping(const Metadata& metadata, const Schema&) {
  const auto at = metadata.configuration.find("delta.columnMapping.mode");
  return at != metadata.configuration.end() && at->second != "none";
}
bool assigns_row_ids(const Metadata& metadata, const Schema&) {
  return !is_true(metadata, "delta.rowTrackingSuspended");
}

struct Feature {
  Capability capability;
  InUse in_use;
  int legacy_reader = 0;  // the reader version that brought it; 0: none
  int legacy_writer = 0;
};

constexpr Support kNanos = no("lakelet doesn't read Delta's timestamps in nanoseconds yet");
constexpr Support kShapes = no("lakelet doesn't read geometry and geography yet");
constexpr Support kTree = no("lakelet doesn't read adaptive metadata trees yet");
constexpr Support kElsewhere{false, "the table has moved",
                             "its property delta.redirectReaderWriter-preview or "
                             "delta.redirectWriterOnly-preview says where to"};

// In the order of the protocol's appendix; below them those that newer drafts and vendors add.
const std::array kFeatures = {
    //       feature               read   append  change rows  maintain  change feed
    Feature{{"appendOnly", kYes, kYes, kYes, kYes, kYes}, always, 0, 2},
    Feature{{"invariants", kYes, kYes, kYes, kYes, kYes}, always, 0, 2},
    Feature{{"checkConstraints", kYes, kYes, kYes, kYes, kYes}, always, 0, 3},
    Feature{{"generatedColumns", kYes, kYes, kYes, kYes, kYes}, always, 0, 4},
    Feature{{"allowColumnDefaults", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"changeDataFeed", kYes, kYes, kYes, kYes, kYes}, has_change_feed, 0, 4},
    Feature{{"columnMapping", kYes, kYes, kYes, kYes, kYes}, has_mapping, 2, 5},
    Feature{{"identityColumns", kYes, kYes, kYes, kYes, kYes}, always, 0, 6},
    Feature{{"deletionVectors", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"rowTracking", kYes, kYes, kYes, kYes, kYes}, assigns_row_ids},
    Feature{{"timestampNtz", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"domainMetadata", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"v2Checkpoint", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"catalogManaged", kCatalog, kCatalog, kCatalog, kCatalog, kCatalog}, always},
    Feature{{"icebergCompatV1", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"icebergCompatV2", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"clustering", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"vacuumProtocolCheck", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"inCommitTimestamp", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"variantType", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"variantShredding", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"typeWidening", kYes, kYes, kYes, kYes, kYes}, always},

    Feature{{"icebergCompatV3", kYes, kNotYet, kNotYet, kNotYet, kYes}, always},
    Feature{{"icebergWriterCompatV1", kYes, kNotYet, kNotYet, kNotYet, kYes}, always},
    Feature{{"icebergWriterCompatV3", kYes, kNotYet, kNotYet, kNotYet, kYes}, always},
    Feature{{"columnMappingUsageTracking", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"checkpointProtection", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"materializePartitionColumns", kYes, kYes, kYes, kYes, kYes}, always},
    Feature{{"collations", kYes, kNotYet, kNotYet, kNotYet, kYes}, always},
    Feature{{"timestampNanos", kNanos, kNanos, kNanos, kNanos, kNanos}, always},
    Feature{{"geospatial", kShapes, kShapes, kShapes, kShapes, kShapes}, always},
    Feature{{"geospatial-dev", kShapes, kShapes, kShapes, kShapes, kShapes}, always},
    Feature{{"adaptiveMetadata", kTree, kTree, kTree, kTree, kTree}, always},
    Feature{{"redirectReaderWriter", kElsewhere, kElsewhere, kElsewhere, kElsewhere, kElsewhere}, always},
    Feature{{"redirectWriterOnly", kYes, kElsewhere, kElsewhere, kElsewhere, kYes}, always},
    Feature{{"catalogOwned", kCatalog, kCatalog, kCatalog, kCatalog, kCatalog}, always},
    Feature{{"coordinatedCommits", kCatalog, kCatalog, kCatalog, kCatalog, kCatalog}, always},
};

// "typeWidening-preview" is typeWidening as it was before it was final, with the same rules.
std::string_view without_preview(std::string_view feature) {
  constexpr std::string_view kSuffix = "-preview";
  return feature.ends_with(kSuffix) ? feature.substr(0, feature.size() - kSuffix.size()) : feature;
}

const Feature* find_feature(std::string_view name) {
  for (const Feature& feature : kFeatures) {
    if (feature.capability.feature == without_preview(name)) return &feature;
  }
  return nullptr;
}

void require_feature(const std::string& name, Access access, std::string_view table_uri) {
  const Feature* feature = find_feature(name);
  require_capability(delta_capabilities(), feature ? feature->capability.feature : std::string_view(name), access,
                     table_uri);
}

[[noreturn]] void refuse_version(std::string_view kind, int version, int newest, std::string_view table_uri) {
  throw Error(
      ErrorCode::UnsupportedFeature,
      fmt::format("{} needs Delta {} version {}, lakelet knows versions up to {}", table_uri, kind, version, newest),
      "a newer lakelet may read it");
}

[[noreturn]] void contradiction(std::string_view table_uri, const std::string& what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the protocol of {} contradicts itself: {}", table_uri, what));
}

// "It is not allowed to list a feature only in readerFeatures but not in writerFeatures"; the lists exist with versions
// 3 and 7 only, and version 3 of one needs version 7 of the other (PROTOCOL.md, "Table Features").
void require_consistent(const Protocol& protocol, std::string_view table_uri) {
  const auto& listed = protocol.writer_features;
  if (protocol.reader_version < kReaderVersion && !protocol.reader_features.empty()) {
    contradiction(table_uri, fmt::format("reader version {} lists features", protocol.reader_version));
  }
  if (protocol.writer_version < kWriterVersion && !listed.empty()) {
    contradiction(table_uri, fmt::format("writer version {} lists features", protocol.writer_version));
  }
  if (protocol.reader_version < kReaderVersion) return;
  if (protocol.writer_version < kWriterVersion) {
    contradiction(table_uri, fmt::format("reader version {} with writer version {}", protocol.reader_version,
                                         protocol.writer_version));
  }
  for (const std::string& name : protocol.reader_features) {
    if (std::find(listed.begin(), listed.end(), name) == listed.end()) {
      contradiction(table_uri, fmt::format("the feature '{}' is listed for readers, not for writers", name));
    }
  }
}

}  // namespace

Capabilities delta_capabilities() {
  static const auto kTable = [] {
    std::array<Capability, kFeatures.size()> table;
    std::transform(kFeatures.begin(), kFeatures.end(), table.begin(),
                   [](const Feature& feature) { return feature.capability; });
    return table;
  }();
  return kTable;
}

void require_readable(const Protocol& protocol, std::string_view table_uri) {
  if (protocol.reader_version > kReaderVersion) {
    refuse_version("reader", protocol.reader_version, kReaderVersion, table_uri);
  }
  require_consistent(protocol, table_uri);
  if (protocol.reader_version < kReaderVersion) return;
  for (const std::string& feature : protocol.reader_features) require_feature(feature, Access::Read, table_uri);
}

void require_protocol(const Protocol& protocol, const Metadata& metadata, const Schema& schema, Access access,
                      std::string_view table_uri) {
  require_readable(protocol, table_uri);
  // The feed of a table that can be read can be: what isn't recorded is refused where a range is asked for.
  if (access == Access::Read || access == Access::ChangeFeed) return;
  if (protocol.writer_version > kWriterVersion) {
    refuse_version("writer", protocol.writer_version, kWriterVersion, table_uri);
  }
  if (protocol.writer_version == kWriterVersion) {
    for (const std::string& name : protocol.writer_features) {
      const Feature* feature = find_feature(name);
      if (!feature || feature->in_use(metadata, schema)) require_feature(name, access, table_uri);
    }
    return;
  }
  for (const Feature& feature : kFeatures) {
    const bool brought = feature.legacy_writer != 0 && feature.legacy_writer <= protocol.writer_version;
    if (brought && feature.in_use(metadata, schema)) {
      require_feature(std::string(feature.capability.feature), access, table_uri);
    }
  }
}

}  // namespace lakelet::delta
