#include "formats/delta/protocol/table_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "formats/delta/protocol/features.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_boolean(std::string_view text) {
  return lower(text) == "true" || lower(text) == "false";
}
bool is_interval(std::string_view text) {
  return parse_interval_ms(text).has_value();
}
bool is_anything(std::string_view) {
  return true;
}
bool is_never(std::string_view) {
  return false;
}
bool is_positive(std::string_view text) {
  return parse_integer(text).value_or(0) > 0;
}
bool is_column_count(std::string_view text) {
  return parse_integer(text).value_or(-2) >= -1;
}
bool is_isolation(std::string_view text) {
  return lower(text) == "serializable" || lower(text) == "writeserializable";
}
bool is_codec(std::string_view text) {
  constexpr std::array<std::string_view, 7> kCodecs = {"uncompressed", "none",    "snappy", "gzip",
                                                       "lz4",          "lz4_raw", "zstd"};
  return std::find(kCodecs.begin(), kCodecs.end(), lower(text)) != kCodecs.end();
}
bool is_format_version(std::string_view text) {
  return text.starts_with("1.0") || text.starts_with("2.");
}
bool is_checkpoint_policy(std::string_view text) {
  return lower(text) == "classic" || lower(text) == "v2";
}
bool is_mapping_mode(std::string_view text) {
  return lower(text) == "none" || lower(text) == "name" || lower(text) == "id";
}
// "134217728", "128mb", "1 GiB"
bool is_bytes(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789");
  if (digits == 0) return false;
  std::string unit = digits == std::string_view::npos ? "" : lower(text.substr(digits));
  std::erase(unit, ' ');
  constexpr std::array<std::string_view, 11> kUnits = {"", "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib"};
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

struct Known {
  std::string_view name;  // without "delta."; a trailing '.' stands for any name that starts so
  bool (*accepts)(std::string_view);
  std::string_view must_be;  // for the message
  // The feature that a value other than `off` asks for; empty: none.
  std::string_view feature = "";
  std::string_view off = "false";
};

constexpr std::string_view kBoolean = "true or false";
constexpr std::string_view kInterval = "an interval such as 'interval 7 days'";

constexpr Known kKnown[] = {
    {"appendOnly", is_boolean, kBoolean},
    {"checkpointInterval", is_positive, "a number above 0"},
    {"checkpoint.writeStatsAsJson", is_boolean, kBoolean},
    {"checkpoint.writeStatsAsStruct", is_boolean, kBoolean},
    {"checkpointRetentionDuration", is_interval, kInterval},
    {"dataSkippingNumIndexedCols", is_column_count, "a number of columns, or -1 for all"},
    {"dataSkippingStatsColumns", is_anything, ""},
    {"deletedFileRetentionDuration", is_interval, kInterval},
    {"logRetentionDuration", is_interval, kInterval},
    {"sampleRetentionDuration", is_interval, kInterval},
    {"setTransactionRetentionDuration", is_interval, kInterval},
    {"enableExpiredLogCleanup", is_boolean, kBoolean},
    {"enableFullRetentionRollback", is_boolean, kBoolean},
    {"isolationLevel", is_isolation, "Serializable or WriteSerializable"},
    {"parquet.compression.codec", is_codec, "uncompressed, snappy, gzip, lz4, lz4_raw or zstd"},
    {"parquet.format.version", is_format_version, "1.0.0 or 2.x.x"},
    {"randomizeFilePrefixes", is_boolean, kBoolean},
    {"randomPrefixLength", is_positive, "a number above 0"},
    {"targetFileSize", is_bytes, "a size such as 128mb"},
    {"tuneFileSizesForRewrites", is_boolean, kBoolean},
    {"autoOptimize", is_anything, ""},
    {"autoOptimize.", is_anything, ""},
    {"ignoreProtocolDefaults", is_boolean, kBoolean},
    {"enableChangeDataFeed", is_boolean, kBoolean, "changeDataFeed"},
    {"enableChangeDataCapture", is_boolean, kBoolean, "changeDataCapture, the old name of changeDataFeed,"},
    {"enableDeletionVectors", is_boolean, kBoolean, "deletionVectors"},
    {"enableRowTracking", is_boolean, kBoolean, "rowTracking"},
    {"enableInCommitTimestamps", is_boolean, kBoolean, "inCommitTimestamp"},
    {"enableTypeWidening", is_boolean, kBoolean, "typeWidening"},
    {"enableVariantShredding", is_boolean, kBoolean, "variantShredding"},
    {"enableIcebergCompatV1", is_boolean, kBoolean, "icebergCompatV1"},
    {"enableIcebergCompatV2", is_boolean, kBoolean, "icebergCompatV2"},
    {"enableIcebergCompatV3", is_boolean, kBoolean, "icebergCompatV3"},
    {"enableMaterializePartitionColumnsFeature", is_boolean, kBoolean, "materializePartitionColumns"},
    {"writePartitionColumnsToParquet", is_boolean, kBoolean},
    {"checkpointPolicy", is_checkpoint_policy, "classic or v2", "v2Checkpoint", "classic"},
    {"columnMapping.mode", is_mapping_mode, "none, name or id", "columnMapping", "none"},
    {"columnMapping.", is_anything, "", "columnMapping", ""},
    {"constraints.", is_anything, "", "checkConstraints", ""},
    {"universalFormat.", is_anything, "", "universal format", ""},
    {"coordinatedCommits.", is_anything, "", "coordinatedCommits", ""},
    {"redirect", is_anything, "", "redirect", ""},
    {"rowTrackingSuspended", is_boolean, kBoolean, "rowTracking"},
    {"rowTracking.", is_never, "left to the writer"},
    {"requireCheckpointProtectionBeforeVersion", is_never, "left to the writer"},
    {"inCommitTimestampEnablementVersion", is_never, "left to the writer"},
    {"inCommitTimestampEnablementTimestamp", is_never, "left to the writer"},
};

const Known* find_known(std::string_view name) {
  for (const Known& known : kKnown) {
    if (name == known.name) return &known;
  }
  for (const Known& known : kKnown) {
    const bool prefix = known.name.ends_with('.') || (known.off.empty() && !known.feature.empty());
    if (prefix && name.starts_with(known.name)) return &known;
  }
  return nullptr;
}

// Features that need more than a property to be set up: what the table is clustered by, which names columns had.
constexpr std::array<std::string_view, 2> kNotByProperty = {"clustering", "columnMappingUsageTracking"};

bool is_set_up(std::string_view feature) {
  if (std::find(kNotByProperty.begin(), kNotByProperty.end(), feature) != kNotByProperty.end()) return false;
  const Capability* known = find_capability(delta_capabilities(), feature);
  return known && known->append.supported && known->change_rows.supported;
}

[[noreturn]] void refuse_feature(std::string_view feature, std::string_view property, std::string_view value) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the property {} = {} asks for the Delta feature {}, which lakelet doesn't write yet",
                          property, value, feature),
              "leave the property out");
}

// delta.minReaderVersion and delta.minWriterVersion: what a new table has anyway is fine.
void check_protocol_version(std::string_view name, const std::string& value) {
  const std::int64_t most = name == "minReaderVersion" ? 1 : 2;
  const auto version = parse_integer(value);
  if (version && *version >= 1 && *version <= most) return;
  refuse_feature("protocol version " + value, "delta." + std::string(name), value);
}

void check_property(const std::string& property, const std::string& value) {
  const std::string_view name = std::string_view(property).substr(std::string_view("delta.").size());
  if (name == "minReaderVersion" || name == "minWriterVersion") return check_protocol_version(name, value);
  if (name.starts_with("feature.")) {
    if (!is_set_up(name.substr(8))) refuse_feature(name.substr(8), property, value);
    if (lower(value) == "supported" || lower(value) == "enabled") return;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} can't be '{}', it must be supported", property, value));
  }
  const Known* known = find_known(name);
  if (!known) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("Delta has no property {}", property),
                "check its spelling, or choose a name of your own that doesn't start with 'delta.'");
  }
  if (!known->accepts(value)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} can't be '{}', it must be {}", property, value, known->must_be));
  }
  const bool asks = !known->feature.empty() && (known->off.empty() || lower(value) != known->off);
  if (asks && !is_set_up(known->feature)) {
    refuse_feature(known->feature, property, value);
  }
}

}  // namespace

void check_properties(const Properties& before, const Properties& after) {
  for (const auto& [property, value] : after) {
    if (!property.starts_with("delta.")) continue;
    const auto old = before.find(property);
    if (old == before.end() || old->second != value) check_property(property, value);
  }
}

bool property_is(const Properties& properties, const std::string& name, std::string_view text) {
  const auto found = properties.find(name);
  return found != properties.end() && lower(found->second) == text;
}

bool property_is_true(const Properties& properties, const std::string& name) {
  return property_is(properties, name, "true");
}

bool property_is_false(const Properties& properties, const std::string& name) {
  return property_is(properties, name, "false");
}

std::int64_t checkpoint_interval(const Properties& properties) {
  const auto found = properties.find("delta.checkpointInterval");
  const auto value = found == properties.end() ? std::nullopt : parse_integer(found->second);
  return value && *value > 0 ? *value : 10;
}

std::int64_t log_compaction_interval(const Properties& properties) {
  const auto found = properties.find("lakelet.logCompactionInterval");
  return found == properties.end() ? 0 : parse_integer(found->second).value_or(0);
}

std::int64_t deleted_file_retention_ms(const Properties& properties) {
  constexpr std::int64_t kWeek = std::int64_t{7} * 24 * 3600 * 1000;
  const auto found = properties.find("delta.deletedFileRetentionDuration");
  return found == properties.end() ? kWeek : parse_interval_ms(found->second).value_or(kWeek);
}

std::int64_t log_retention_ms(const Properties& properties) {
  constexpr std::int64_t kMonth = std::int64_t{30} * 24 * 3600 * 1000;
  const auto found = properties.find("delta.logRetentionDuration");
  return found == properties.end() ? kMonth : parse_interval_ms(found->second).value_or(kMonth);
}

std::optional<std::int64_t> transaction_retention_ms(const Properties& properties) {
  const auto found = properties.find("delta.setTransactionRetentionDuration");
  return found == properties.end() ? std::nullopt : parse_interval_ms(found->second);
}

std::optional<std::int64_t> parse_interval_ms(std::string_view text) {
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"week", 604'800'000}, {"day", 86'400'000}, {"hour", 3'600'000},    {"minute", 60'000},
      {"second", 1000},      {"millisecond", 1},  {"microsecond", 0.001}, {"nanosecond", 0.000001}};
  std::string rest = lower(text);
  std::replace(rest.begin(), rest.end(), '\'', ' ');
  const auto word = [&rest]() {
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string::npos) return std::string();
    const auto end = std::min(rest.find(' ', begin), rest.size());
    std::string found = rest.substr(begin, end - begin);
    rest.erase(0, end);
    return found;
  };
  double total = 0;
  bool any = false;
  std::string number = word();
  if (number == "interval") number = word();
  for (; !number.empty(); number = word()) {
    const auto count = parse_integer(number);
    std::string unit = word();
    if (unit.ends_with('s')) unit.pop_back();
    const auto* known =
        std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& u) { return u.first == unit; });
    if (!count || *count < 0 || known == std::end(kUnits)) return std::nullopt;
    total += static_cast<double>(*count) * known->second;
    any = true;
  }
  if (!any) return std::nullopt;
  if (total > 9e18) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(total);
}

}  // namespace lakelet::delta
