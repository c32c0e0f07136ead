#include "formats/delta/log/version_checksum.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "formats/delta/log/version_checksum_writer.h"
#include "formats/delta/protocol/action_json.h"
#include "formats/delta/schema/column_mapping.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20;

struct VersionChecksum {
  std::optional<std::int64_t> table_bytes, files, metadata_actions, protocol_actions;
  std::optional<Metadata> metadata;
  std::optional<Protocol> protocol;
};

std::optional<std::int64_t> number(JsonElement json, std::string_view name) {
  std::int64_t value = 0;
  if (json[name].get(value)) return std::nullopt;
  return value;
}

VersionChecksum parse(const std::string& text) {
  simdjson::dom::parser parser;
  JsonElement json;
  if (parser.parse(text).get(json) || !json.is_object()) throw Error(ErrorCode::CorruptTable, "it is no JSON object");
  VersionChecksum checksum;
  checksum.table_bytes = number(json, "tableSizeBytes");
  checksum.files = number(json, "numFiles");
  checksum.metadata_actions = number(json, "numMetadata");
  checksum.protocol_actions = number(json, "numProtocol");
  JsonElement part;
  if (!json["metadata"].get(part) && part.is_object()) checksum.metadata = read_metadata(part);
  if (!json["protocol"].get(part) && part.is_object()) checksum.protocol = read_protocol(part);
  return checksum;
}

// The same columns, in whatever words.
bool same_schema(const std::string& a, const std::string& b) {
  if (a == b) return true;
  try {
    return read_schema_json(a, ColumnMappingMode::None) == read_schema_json(b, ColumnMappingMode::None);
  } catch (const Error&) {
    return false;
  }
}

bool same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

// What differs, in the log's words; empty if nothing does.
std::string difference(const VersionChecksum& checksum, const TableState& state) {
  const auto differs = [](std::string_view what, std::int64_t read, std::int64_t said) {
    return fmt::format("{} is {}, the checksum says {}", what, read, said);
  };
  if (checksum.metadata_actions.value_or(1) != 1) return differs("numMetadata", 1, *checksum.metadata_actions);
  if (checksum.protocol_actions.value_or(1) != 1) return differs("numProtocol", 1, *checksum.protocol_actions);
  if (const auto& said = checksum.protocol) {
    const Protocol& read = state.protocol;
    if (said->reader_version != read.reader_version || said->writer_version != read.writer_version ||
        !same_set(said->reader_features, read.reader_features) ||
        !same_set(said->writer_features, read.writer_features)) {
      return "the protocol differs from the checksum's";
    }
  }
  if (const auto& said = checksum.metadata) {
    const Metadata& read = state.metadata;
    if (said->id != read.id) return fmt::format("the table's id is {}, the checksum says {}", read.id, said->id);
    if (said->partition_columns != read.partition_columns) return "partitionColumns differs from the checksum's";
    if (said->configuration != read.configuration) return "the configuration differs from the checksum's";
    if (!same_schema(said->schema_string, read.schema_string)) return "the schema differs from the checksum's";
  }
  if (state.files.checkpoint) return {};
  const auto files = static_cast<std::int64_t>(state.files.listed());
  if (checksum.files.value_or(files) != files) return differs("numFiles", files, *checksum.files);
  std::int64_t bytes = 0;
  for (const FileListPart& part : state.files.parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (part.is_live(row)) bytes += part.block->bytes(row);
    }
  }
  if (checksum.table_bytes.value_or(bytes) != bytes) return differs("tableSizeBytes", bytes, *checksum.table_bytes);
  return {};
}

}  // namespace

void verify_checksum(const FormatContext& context, const Location& table, const TableState& state) {
  const auto& file = state.segment.checksum;
  if (!context.events || !file || file->version != state.version || file->size > kMostBytes) return;
  const std::string uri = log_uri(table, std::string_view(file->path).substr(file->path.rfind('/') + 1));
  Event event;
  event.kind = EventKind::Warning;
  try {
    const std::string what = difference(parse(table.store->read_all(file->path, kMostBytes)), state);
    if (what.empty()) return;
    event.text = fmt::format("version {} may be damaged, {} contradicts the log: {}", state.version, uri, what);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) throw;
    event.text = fmt::format("the checksum {} can't be read, the version isn't verified: {}", uri, error.what());
  }
  context.events(event);
}

std::optional<FileTotals> checksum_totals(const Location& table, const TableState& state) {
  const auto& file = state.segment.checksum;
  if (!file || file->version != state.version || file->size > kMostBytes) return std::nullopt;
  try {
    const VersionChecksum checksum = parse(table.store->read_all(file->path, kMostBytes));
    if (!checksum.files || !checksum.table_bytes || !difference(checksum, state).empty()) return std::nullopt;
    return FileTotals{*checksum.files, *checksum.table_bytes};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) throw;
    return std::nullopt;
  }
}

}  // namespace lakelet::delta
