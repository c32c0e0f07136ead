#include "formats/delta/write/removed_rows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <limits>

#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/file_action.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string vector_id(const AddFile& file) {
  return file.deletion_vector ? file.deletion_vector->unique_id() : std::string();
}

// Rows as stored. The log says, or else the file itself.
std::int64_t stored_rows(const DeltaSnapshot& base, const AddFile& file) {
  if (const auto rows = describe_add(file, base.schema(), base.partitioning(), {}).rows) return *rows;
  const std::string uri = resolve_path(file.path, base.location().uri);
  const auto rows = base.context().tabular ? base.context().tabular->row_count({uri}) : std::nullopt;
  if (!rows) throw Error(ErrorCode::UnsupportedFeature, "nothing says how many rows the file has: " + uri);
  return *rows;
}

RowPositions united(const DeltaSnapshot& base, const AddFile& file, const RowPositions& positions) {
  if (!file.deletion_vector) return positions;
  RowPositions out = *read_deletion_vector(*base.context().stores, base.location(), *file.deletion_vector);
  out.add_all(positions);
  return out;
}

}  // namespace

bool writes_deletion_vectors(const Protocol& protocol, const StringMap& properties) {
  return property_is_true(properties, "delta.enableDeletionVectors") && has_feature(protocol, "deletionVectors");
}

int random_prefix_length(const StringMap& properties) {
  if (!property_is_true(properties, "delta.randomizeFilePrefixes")) return 0;
  int length = 2;
  if (const auto found = properties.find("delta.randomPrefixLength"); found != properties.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), length);
  }
  return length;
}

std::string loosened_statistics(const std::optional<std::string>& stats, std::int64_t rows) {
  const std::string counted = fmt::format("{{\"numRecords\":{}", rows);
  if (!stats) return counted + ",\"tightBounds\":false}";
  // By tokens: the bounds may have more digits than any number type of ours.
  simdjson::ondemand::parser parser;
  const simdjson::padded_string text(*stats);
  std::string out = *stats;
  bool has_rows = false, has_bounds = false, any = false;
  try {
    auto document = parser.iterate(text);
    for (auto field : document.get_object()) {
      any = true;
      const std::string_view key = field.unescaped_key();
      if (key == "numRecords") {
        if (field.value().is_null()) return counted + ",\"tightBounds\":false}";
        has_rows = true;
      }
      if (key != "tightBounds") continue;
      const std::string_view token = field.value().raw_json_token();
      const std::size_t length =
          token.find_first_of(" \t\r\n,}") == std::string_view::npos ? token.size() : token.find_first_of(" \t\r\n,}");
      out.replace(static_cast<std::size_t>(token.data() - text.data()), length, "false");
      has_bounds = true;
    }
  } catch (const simdjson::simdjson_error&) {
    return counted + ",\"tightBounds\":false}";  // statistics that nobody can read tell nothing
  }
  if (!any) return counted + ",\"tightBounds\":false}";
  if (!has_bounds) out.insert(out.rfind('}'), ",\"tightBounds\":false");
  if (!has_rows) out.replace(out.find('{'), 1, counted + ",");
  return out;
}

void RemovedRows::add(AddFile file, const RowPositions& positions) {
  if (positions.empty()) return;
  const std::string path = file.path;
  files_.try_emplace(path, Entry{std::move(file), {}}).first->second.positions.add_all(positions);
}

std::vector<std::string> RemovedRows::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, entry] : files_) out.push_back(path);
  return out;
}

std::map<std::string, AddFile> RemovedRows::whole_actions(const DeltaSnapshot& base) const {
  std::map<std::string, AddFile> out;
  std::map<std::string, std::string> in_checkpoint;  // path to vector
  for (const auto& [path, entry] : files_) {
    if (const auto at = base.files().find(path, vector_id(entry.file))) {
      out.emplace(path, at->block->add_file(at->row));
    } else {
      in_checkpoint.emplace(path, vector_id(entry.file));
    }
  }
  if (in_checkpoint.empty()) return out;
  base.for_each_file([&](const AddFile& file) {
    const auto wanted = in_checkpoint.find(file.path);
    if (wanted == in_checkpoint.end() || wanted->second != vector_id(file)) return true;
    out.emplace(file.path, file);
    in_checkpoint.erase(wanted);
    return !in_checkpoint.empty();
  });
  if (in_checkpoint.empty()) return out;
  throw Error(ErrorCode::InvalidArgument, fmt::format("{} is no file of {} at version {}", in_checkpoint.begin()->first,
                                                      base.location().uri, base.version()));
}

std::vector<VectorChange> RemovedRows::settle(const DeltaSnapshot& base, DeletionVectorWriter& vectors) const {
  std::vector<VectorChange> out;
  if (files_.empty()) return out;
  const auto actions = whole_actions(base);
  for (const auto& [path, entry] : files_) {
    const AddFile& before = actions.at(path);
    const RowPositions gone = united(base, before, entry.positions);
    const auto count = static_cast<std::int64_t>(gone.count());
    if (before.deletion_vector && count == before.deletion_vector->cardinality) continue;
    const std::int64_t rows = stored_rows(base, before);
    const auto end = static_cast<std::uint64_t>(rows);
    if (gone.intersects(end, std::numeric_limits<std::uint64_t>::max() - end)) {
      throw Error(ErrorCode::Internal, fmt::format("a row to remove is beyond the {} rows of {}", rows, path));
    }
    VectorChange change;
    change.before = before;
    if (count < rows) {
      AddFile after = before;
      after.deletion_vector = vectors.add(gone);
      after.stats = loosened_statistics(before.stats, rows);
      after.data_change = true;
      change.after = std::move(after);
    }
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace lakelet::delta
