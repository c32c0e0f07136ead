#include "formats/delta/protocol/protocol_upgrade.h"

#include <algorithm>
#include <array>

#include "table/clustering.h"

namespace lakelet::delta {
namespace {

struct FeatureRule {
  std::string_view name;
  bool reader = false;    // readers must know it too
  int legacy_reader = 0;  // the plain reader version that is enough for it; 0: none
  int legacy_writer = 0;
  std::string_view needs = {};  // another feature
};

constexpr FeatureRule kRules[] = {
    {"appendOnly", false, 0, 2},
    {"invariants", false, 0, 2},
    {"checkConstraints", false, 0, 3},
    {"changeDataFeed", false, 0, 4},
    {"generatedColumns", false, 0, 4},
    {"columnMapping", true, 2, 5},
    {"identityColumns", false, 0, 6},
    {"deletionVectors", true},
    {"timestampNtz", true},
    {"typeWidening", true},
    {"v2Checkpoint", true},
    {"vacuumProtocolCheck", true},
    {"variantType", true},
    {"variantShredding", true, 0, 0, "variantType"},
    {"rowTracking", false, 0, 0, "domainMetadata"},
    {"clustering", false, 0, 0, "domainMetadata"},
    {"icebergCompatV1", false, 0, 0, "columnMapping"},
    {"icebergCompatV2", false, 0, 0, "columnMapping"},
    {"icebergCompatV3", false, 0, 0, "columnMapping"},
    {"columnMappingUsageTracking", false, 0, 0, "columnMapping"},
};

FeatureRule rule_of(std::string_view feature) {
  const auto* found =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const FeatureRule& each) { return each.name == feature; });
  return found == std::end(kRules) ? FeatureRule{.name = feature} : *found;
}

bool lists(const std::vector<std::string>& features, std::string_view name) {
  return std::find(features.begin(), features.end(), name) != features.end();
}

void include(std::vector<std::string>& features, std::string_view name) {
  if (!lists(features, name)) features.emplace_back(name);
}

bool equals(const std::string& text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

// What a property asks for where it isn't as it is without it.
struct PropertyRule {
  std::string_view name;
  std::string_view feature;
  std::string_view value = "true";  // the one that asks for it; empty: any but "none"
};
constexpr PropertyRule kProperties[] = {
    {"delta.appendOnly", "appendOnly"},
    {"delta.enableChangeDataFeed", "changeDataFeed"},
    {"delta.enableDeletionVectors", "deletionVectors"},
    {"delta.enableRowTracking", "rowTracking"},
    {"delta.enableInCommitTimestamps", "inCommitTimestamp"},
    {"delta.enableTypeWidening", "typeWidening"},
    {"delta.enableVariantShredding", "variantShredding"},
    {"delta.enableIcebergCompatV1", "icebergCompatV1"},
    {"delta.enableIcebergCompatV2", "icebergCompatV2"},
    {"delta.enableIcebergCompatV3", "icebergCompatV3"},
    {"delta.enableMaterializePartitionColumnsFeature", "materializePartitionColumns"},
    {"delta.checkpointPolicy", "v2Checkpoint", "v2"},
    {"delta.columnMapping.mode", "columnMapping", ""},
};

constexpr std::string_view kFeaturePrefix = "delta.feature.";

}  // namespace

bool has_feature(const Protocol& protocol, std::string_view feature) {
  if (protocol.writer_version >= 7) {
    // "x-preview" is x as it was before it was final, with the same rules.
    return lists(protocol.writer_features, feature) ||
           lists(protocol.writer_features, std::string(feature) + "-preview");
  }
  const FeatureRule rule = rule_of(feature);
  return rule.legacy_writer != 0 && protocol.writer_version >= rule.legacy_writer;
}

Protocol with_feature(Protocol protocol, std::string_view feature) {
  const FeatureRule rule = rule_of(feature);
  if (!rule.needs.empty()) protocol = with_feature(std::move(protocol), rule.needs);
  if (!has_feature(protocol, feature)) {
    if (protocol.writer_version < 7) {
      for (const FeatureRule& each : kRules) {
        if (each.legacy_writer != 0 && protocol.writer_version >= each.legacy_writer) {
          include(protocol.writer_features, each.name);
        }
      }
      protocol.writer_version = 7;
    }
    include(protocol.writer_features, feature);
  }
  if (!rule.reader || lists(protocol.reader_features, std::string(feature) + "-preview")) return protocol;
  if (protocol.reader_version < 3 && rule.legacy_reader == 0) {
    if (protocol.reader_version == 2) include(protocol.reader_features, "columnMapping");
    protocol.reader_version = 3;
  }
  if (protocol.reader_version < 3) {
    protocol.reader_version = std::max(protocol.reader_version, rule.legacy_reader);
  } else {
    include(protocol.reader_features, feature);
  }
  return protocol;
}

std::vector<std::string> features_asked_for(const StringMap& properties) {
  std::vector<std::string> out;
  for (const auto& [name, value] : properties) {
    if (name.starts_with(kFeaturePrefix)) {
      out.push_back(name.substr(kFeaturePrefix.size()));
      continue;
    }
    for (const PropertyRule& rule : kProperties) {
      if (name != rule.name) continue;
      if (rule.value.empty() ? !equals(value, "none") : equals(value, rule.value)) out.emplace_back(rule.feature);
    }
  }
  return out;
}

StringMap lasting_properties(StringMap properties) {
  std::erase_if(properties, [](const auto& property) {
    return property.first == "delta.minReaderVersion" || property.first == "delta.minWriterVersion" ||
           property.first == "delta.ignoreProtocolDefaults" || property.first == kClusterBy ||
           property.first.starts_with(kFeaturePrefix);
  });
  return properties;
}

}  // namespace lakelet::delta
