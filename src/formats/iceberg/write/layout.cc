#include "formats/iceberg/write/layout.h"

#include <fmt/format.h>

#include <charconv>

#include "base/percent_encoding.h"
#include "formats/iceberg/write/metrics.h"
#include "lakelet/error.h"
#include "table/partition_text.h"

namespace lakelet::iceberg {

namespace {

constexpr std::size_t kLongestFolder = 200;  // what file systems take, with room to spare

std::optional<std::int64_t> number(const Properties& properties, const char* key) {
  const auto found = properties.find(key);
  if (found == properties.end()) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end || value <= 0) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} is '{}', which is no number above 0", key, found->second));
  }
  return value;
}

std::string text(const Properties& properties, const char* key, const char* otherwise) {
  const auto found = properties.find(key);
  return found == properties.end() ? otherwise : found->second;
}

// The names that parquet-mr takes, as DuckDB's writer takes them.
std::string compression(const Properties& properties) {
  std::string codec = text(properties, "write.parquet.compression-codec", "zstd");
  for (char& c : codec) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return codec == "lz4" ? "lz4_raw" : codec;
}

void require_parquet(const Properties& properties) {
  const std::string format = text(properties, "write.format.default", "parquet");
  if (format == "parquet" || format == "PARQUET") return;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the table wants data files of {} (write.format.default), which can't be written", format),
              "set the property write.format.default to parquet");
}

}  // namespace

WriteLayout make_write_layout(const TableMetadataFile& metadata, const Schema& schema) {
  const Properties& properties = metadata.properties;
  require_parquet(properties);
  WriteLayout layout;
  layout.file_schema = schema;
  layout.matching = ColumnMatching::ById;
  layout.field_ids = true;
  layout.compression = compression(properties);
  if (const auto level = number(properties, "write.parquet.compression-level"); level && layout.compression == "zstd") {
    layout.compression_level = static_cast<int>(*level);
  }
  constexpr std::int64_t kTarget = std::int64_t{512} << 20;
  layout.target_file_bytes =
      static_cast<std::uint64_t>(number(properties, "write.target-file-size-bytes").value_or(kTarget));
  layout.statistics_columns = MetricsRules(properties, schema).columns();
  return layout;
}

std::string data_file_path(const TableMetadataFile& metadata, const Partitioning& partitioning, const Schema& schema,
                           const std::vector<Value>& partition_values, const std::string& unique) {
  if (partition_values.size() != partitioning.fields.size()) {
    throw Error(ErrorCode::Internal, fmt::format("{} partition values for {} partition fields", partition_values.size(),
                                                 partitioning.fields.size()));
  }
  std::string folder = text(metadata.properties, "write.data.path", "data");
  while (folder.ends_with('/')) folder.pop_back();
  for (std::size_t i = 0; i < partition_values.size(); ++i) {
    const PartitionField& field = partitioning.fields[i];
    const Value& value = partition_values[i];
    const std::string printed = value.is_null() ? "null" : partition_text(value, field, schema);
    const std::string part = percent_encode(field.name, "") + "=" + percent_encode(printed, "");
    if (part.size() > kLongestFolder) continue;
    folder += "/" + part;
  }
  return folder + "/" + unique + ".parquet";
}

}  // namespace lakelet::iceberg
