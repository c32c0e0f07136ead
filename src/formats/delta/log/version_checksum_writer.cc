#include "formats/delta/log/version_checksum_writer.h"

#include "base/json_writer.h"
#include "formats/delta/log/version_checksum.h"
#include "formats/delta/protocol/action_writer.h"

namespace lakelet::delta {

std::optional<FileTotals> known_totals(const DeltaSnapshot& snapshot) {
  const TableState& state = snapshot.state();
  if (state.files.checkpoint) return checksum_totals(snapshot.location(), state);
  FileTotals totals;
  for (const FileListPart& part : state.files.parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (part.is_live(row)) ++totals.files, totals.bytes += part.block->bytes(row);
    }
  }
  return totals;
}

std::optional<FileTotals> totals_after(FileTotals before, const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    if (const auto* add = std::get_if<AddFile>(&action)) {
      ++before.files, before.bytes += add->size;
    } else if (const auto* remove = std::get_if<RemoveFile>(&action)) {
      if (!remove->size) return std::nullopt;
      --before.files, before.bytes -= *remove->size;
    }
  }
  if (before.files < 0 || before.bytes < 0) return std::nullopt;
  return before;
}

void write_checksum(const Location& table, const VersionFacts& facts) {
  JsonWriter json;
  json.begin_object();
  if (!facts.txn_id.empty()) json.key("txnId").string(facts.txn_id);
  json.key("tableSizeBytes").integer(facts.totals.bytes);
  json.key("numFiles").integer(facts.totals.files);
  json.key("numMetadata").integer(1);
  json.key("numProtocol").integer(1);
  if (facts.in_commit_timestamp_ms) json.key("inCommitTimestampOpt").integer(*facts.in_commit_timestamp_ms);
  json.key("metadata").raw(metadata_json(facts.metadata));
  json.key("protocol").raw(protocol_json(facts.protocol));
  json.end_object();
  table.store->put_if_absent(log_path(table, checksum_name(facts.version)), json.take());
}

}  // namespace lakelet::delta
