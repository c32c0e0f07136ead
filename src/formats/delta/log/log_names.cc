#include "formats/delta/log/log_names.h"

#include <fmt/format.h>

#include <charconv>

namespace lakelet::delta {

namespace {

// Takes exactly `digits` digits off the front; -1 if they aren't there.
std::int64_t take_number(std::string_view& name, std::size_t digits) {
  if (name.size() < digits) return -1;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + digits, value);
  if (error != std::errc() || end != name.data() + digits || value < 0) return -1;
  name.remove_prefix(digits);
  return value;
}

bool take(std::string_view& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

// What follows "<version>.checkpoint."
std::optional<LogName> parse_checkpoint(LogName result, std::string_view rest) {
  if (rest == "parquet") {
    result.kind = LogName::Kind::ClassicCheckpoint;
    return result;
  }
  std::string_view numbers = rest;
  const std::int64_t part = take_number(numbers, 10);
  if (part > 0 && take(numbers, ".")) {
    const std::int64_t parts = take_number(numbers, 10);
    if (parts < part || parts > 1'000'000 || numbers != ".parquet") return std::nullopt;
    result.kind = LogName::Kind::CheckpointPart;
    result.part = static_cast<int>(part);
    result.parts = static_cast<int>(parts);
    return result;
  }
  constexpr std::size_t kUuidLength = 36;
  if (rest.size() <= kUuidLength || rest.substr(0, kUuidLength).find('.') != std::string_view::npos)
    return std::nullopt;
  const std::string_view suffix = rest.substr(kUuidLength);
  if (suffix != ".parquet" && suffix != ".json") return std::nullopt;
  result.kind = suffix == ".json" ? LogName::Kind::V2CheckpointJson : LogName::Kind::V2CheckpointParquet;
  return result;
}

}  // namespace

std::string commit_name(Version version) {
  return fmt::format("{:020}.json", version);
}

std::string checkpoint_name(Version version) {
  return fmt::format("{:020}.checkpoint.parquet", version);
}

std::string checkpoint_part_name(Version version, int part, int parts) {
  return fmt::format("{:020}.checkpoint.{:010}.{:010}.parquet", version, part, parts);
}

std::string v2_checkpoint_name(Version version, const std::string& uuid) {
  return fmt::format("{:020}.checkpoint.{}.parquet", version, uuid);
}

std::string checksum_name(Version version) {
  return fmt::format("{:020}.crc", version);
}

std::string compaction_name(Version first, Version last) {
  return fmt::format("{:020}.{:020}.compacted.json", first, last);
}

std::string log_path(const Location& table, std::string_view name) {
  return fmt::format("{}{}{}/{}", table.path, table.path.empty() || table.path.ends_with('/') ? "" : "/", kLogFolder,
                     name);
}

std::string log_uri(const Location& table, std::string_view name) {
  return fmt::format("{}{}{}/{}", table.uri, table.uri.ends_with('/') ? "" : "/", kLogFolder, name);
}

std::optional<LogName> parse_log_name(std::string_view name) {
  LogName result;
  result.version = take_number(name, 20);
  if (result.version < 0 || !take(name, ".")) return std::nullopt;
  result.last = result.version;
  if (name == "json") return result;
  if (name == "crc") {
    result.kind = LogName::Kind::Checksum;
    return result;
  }
  if (take(name, "checkpoint.")) return parse_checkpoint(result, name);
  result.last = take_number(name, 20);
  if (result.last < result.version || name != ".compacted.json") return std::nullopt;
  result.kind = LogName::Kind::Compaction;
  return result;
}

}  // namespace lakelet::delta
