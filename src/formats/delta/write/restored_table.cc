#include "formats/delta/write/restored_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/file_action.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/column_mapping.h"
#include "formats/delta/schema/row_rules.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/commit_clock.h"
#include "formats/delta/write/delta_transaction.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr const char* kClusteringDomain = "delta.clustering";

std::string key_of(const AddFile& add) {
  std::string key = canonical_path(add.path);
  key += '\0';
  if (add.deletion_vector) key += add.deletion_vector->unique_id();
  return key;
}

std::unordered_set<std::string> keys_of(const DeltaSnapshot& snapshot) {
  std::unordered_set<std::string> keys;
  snapshot.for_each_file([&](const AddFile& add) {
    keys.insert(key_of(add));
    return true;
  });
  return keys;
}

std::optional<std::int64_t> number_in(const Field& field, const char* key) {
  const auto found = field.metadata.find(key);
  if (found == field.metadata.end()) return std::nullopt;
  std::int64_t value = 0;
  const auto parsed = std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

// A value that was handed out once isn't handed out again.
Schema with_newest_marks(Schema schema, const Schema& newest) {
  for (const Field& field : newest.fields()) {
    const auto mark = number_in(field, kIdentityMarkKey);
    const Field* old = mark ? same_column(schema.fields(), field) : nullptr;
    if (!old || !old->metadata.contains(kIdentityStartKey)) continue;
    const auto before = number_in(*old, kIdentityMarkKey);
    const bool up = number_in(*old, kIdentityStepKey).value_or(1) > 0;
    if (before && (up ? *before >= *mark : *before <= *mark)) continue;
    schema = with_identity_mark(schema, old->name, *mark);
  }
  return schema;
}

std::vector<DomainMetadata> restored_domains(const DeltaSnapshot& newest, const DeltaSnapshot& version) {
  const auto& now = newest.state().domains;
  const auto& then = version.state().domains;
  const auto before = then.find(kClusteringDomain), after = now.find(kClusteringDomain);
  if (before != then.end()) {
    if (after != now.end() && after->second == before->second) return {};
    return {before->second};
  }
  if (after == now.end()) return {};
  DomainMetadata gone = after->second;
  gone.removed = true;
  return {gone};
}

}  // namespace

void RestoredTable::append_actions(std::vector<Action>& out, std::int64_t now_ms) const {
  for (const DomainMetadata& domain : domains) out.emplace_back(domain);
  for (const AddFile& add : removes) out.emplace_back(make_remove(add, now_ms, true));
  for (const AddFile& add : adds) out.emplace_back(add);
}

SaidOperation RestoredTable::said() const {
  const auto bytes_of = [](const std::vector<AddFile>& files) {
    std::int64_t sum = 0;
    for (const AddFile& file : files) sum += file.size;
    return sum;
  };
  SaidOperation said;
  said.name = "RESTORE";
  said.parameters = {{"version", std::to_string(version)}, {"timestamp", "null"}};
  said.metrics = {{"numRestoredFiles", static_cast<std::int64_t>(adds.size())},
                  {"restoredFilesSize", bytes_of(adds)},
                  {"numRemovedFiles", static_cast<std::int64_t>(removes.size())},
                  {"removedFilesSize", bytes_of(removes)},
                  {"numOfFilesAfterRestore", files},
                  {"tableSizeAfterRestore", bytes}};
  return said;
}

RestoredTable restore_files(const DeltaSnapshot& newest, const DeltaSnapshot& version,
                            const std::set<std::string>& missing) {
  RestoredTable out;
  out.version = version.version();
  out.domains = restored_domains(newest, version);
  const auto now = keys_of(newest);
  std::unordered_set<std::string> then;
  version.for_each_file([&](const AddFile& add) {
    if (missing.contains(add.path)) return true;
    ++out.files;
    out.bytes += add.size;
    std::string key = key_of(add);
    if (!now.contains(key)) {
      out.adds.push_back(add);
      out.adds.back().data_change = true;
    }
    then.insert(std::move(key));
    return true;
  });
  newest.for_each_file([&](const AddFile& add) {
    if (!then.contains(key_of(add))) out.removes.push_back(add);
    return true;
  });
  return out;
}

Protocol restored_protocol(const Protocol& newest, const Protocol& version) {
  Protocol out = newest;
  for (const auto& features : {version.reader_features, version.writer_features}) {
    for (const std::string& feature : features) {
      if (!has_feature(out, feature)) out = with_feature(std::move(out), feature);
    }
  }
  // Plain versions stand for features, which a list has to name.
  for (const char* feature : {"appendOnly", "invariants", "checkConstraints", "changeDataFeed", "generatedColumns",
                              "columnMapping", "identityColumns"}) {
    if (has_feature(version, feature) && !has_feature(out, feature)) out = with_feature(std::move(out), feature);
  }
  return out;
}

Metadata restored_metadata(const DeltaSnapshot& newest, const DeltaSnapshot& version) {
  const Metadata& now = newest.metadata_action();
  Metadata out = version.metadata_action();
  out.id = now.id;
  out.created_time_ms = now.created_time_ms;
  const ColumnMappingMode mode = version.mapping_mode();
  if (mode != newest.mapping_mode()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("version {} of {} is from before its columns had ids ({}): it can't be restored",
                            version.version(), newest.location().uri, kMappingModeKey),
                "write its rows to the table with an overwrite instead");
  }
  Schema schema = read_schema_json(out.schema_string, mode);
  // What meant nothing then would come to life with the protocol that the table has by now.
  schema = without_unhonoured_rules(version.protocol(), schema, schema);
  schema = with_newest_marks(std::move(schema), read_schema_json(now.schema_string, mode));
  out.schema_string = write_schema_json(schema);
  if (mode != ColumnMappingMode::None) {
    const std::int64_t greatest =
        std::max(greatest_column_id(newest.schema(), now.configuration), greatest_column_id(schema, out.configuration));
    out.configuration[kMaxColumnIdKey] = std::to_string(greatest);
  }
  keep_marks(now.configuration, out);
  return out;
}

Restoration describe(const RestoredTable& table, const Location& location) {
  Restoration out;
  for (const AddFile& add : table.adds) {
    Restoration::File file{add.path, static_cast<std::uint64_t>(add.size), {resolve_path(add.path, location.uri)}};
    if (const auto& vector = add.deletion_vector; vector && vector->storage_type != 'i') {
      file.uris.push_back(vector->storage_type == 'u'
                              ? location.child(deletion_vector_path(vector->path_or_inline_dv)).uri
                              : resolve_path(vector->path_or_inline_dv, location.uri));
    }
    out.restored.push_back(std::move(file));
  }
  out.files_removed = static_cast<std::int64_t>(table.removes.size());
  for (const AddFile& add : table.removes) out.bytes_removed += static_cast<std::uint64_t>(add.size);
  out.files = table.files;
  out.bytes = static_cast<std::uint64_t>(table.bytes);
  return out;
}

std::optional<Conflict> conflict_with_restore(const WinningCommit& winner) {
  Conflict conflict;
  conflict.winner = winner.version;
  conflict.who = "another writer";
  for (const Action& action : winner.actions) {
    if (const auto* info = std::get_if<CommitInfoAction>(&action)) {
      conflict.who = describe_author(*info);
      if (info->operation == "VACUUM START") conflict.what = "it deletes files that the restore may need";
    } else if (!std::holds_alternative<Txn>(action)) {
      conflict.what = "it changed the table, all of which a restore replaces";
    }
  }
  if (conflict.what.empty()) return std::nullopt;
  return conflict;
}

Restoration DeltaTransaction::restore(const Snapshot& version, const std::set<std::string>& missing) {
  base_->require(Access::ChangeRows);
  const auto* snapshot = dynamic_cast<const DeltaSnapshot*>(&version);
  if (!snapshot) throw Error(ErrorCode::Internal, "a restore to a snapshot that isn't of a Delta table");
  metadata_ = restored_metadata(*base_, *snapshot);
  protocol_ = restored_protocol(base_->protocol(), snapshot->protocol());
  schema_ = without_unhonoured_rules(snapshot->protocol(), snapshot->schema(), snapshot->schema());
  partitioning_ = snapshot->partitioning();
  restored_ = restore_files(*base_, *snapshot, missing);
  return delta::describe(*restored_, base_->location());
}

}  // namespace lakelet::delta
