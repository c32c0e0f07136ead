#include "formats/iceberg/features.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "formats/iceberg/metadata/schema_json.h"

namespace lakelet::iceberg {

namespace {

constexpr Support kYes{true, {}, {}};
constexpr Support kNo{false, "lakelet doesn't do that", "use Spark with Iceberg for this table"};

constexpr Support kNames{false, "their names differ in case alone, which lakelet's can't",
                         "rename one by another engine"};
constexpr std::string_view kNamesByCase = "columns told apart by case";

bool told_apart_by_case(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.metadata.contains(kRecordedNameKey) || told_apart_by_case(field.type.children());
  });
}

// Format versions are features by name.
constexpr std::array kFeatures = {
    //          feature                 read  append change rows maintain change feed
    Capability{"format version 1", kYes, kYes, kYes, kYes, kYes},
    Capability{"format version 2", kYes, kYes, kYes, kYes, kYes},
    Capability{"format version 3", kYes, kYes, kYes, kYes, kYes},
    Capability{"position deletes", kYes, kYes, kYes, kYes, kYes},
    Capability{"equality deletes", kYes, kYes, kYes, kYes, kYes},
    Capability{"deletion vectors", kYes, kYes, kYes, kYes, kYes},
    Capability{"row lineage", kYes, kYes, kYes, kYes, kYes},
    Capability{"encryption", kNo, kNo, kNo, kNo, kNo},
    Capability{kNamesByCase, kYes, kNames, kNames, kNames, kYes},
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
  if (access == Access::Read) return;
  for (const auto& [id, schema] : metadata.schemas) {
    if (told_apart_by_case(schema.fields())) require_capability(kFeatures, kNamesByCase, access, table_uri);
  }
}

}  // namespace lakelet::iceberg
