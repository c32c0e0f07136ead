#include "formats/iceberg/write/catalog_commit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/uuid.h"
#include "formats/iceberg/metadata/metadata_writer.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

// "00012-<uuid>.metadata.json", below the table's location or where write.metadata.path says.
std::string new_file_location(const TableMetadataFile& metadata, std::string_view before) {
  const auto told = metadata.properties.find("write.metadata.path");
  std::string folder = told == metadata.properties.end() ? std::string() : told->second;
  if (folder.empty()) {
    folder = metadata.location;
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    folder += "/metadata";
  }
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  const std::int64_t number = before.empty() ? 0 : metadata_version(before).value_or(-1) + 1;
  return fmt::format("{}/{:05}-{}{}", folder, number, make_uuid_text(),
                     wants_gzip(metadata) ? ".gz.metadata.json" : ".metadata.json");
}

template <typename Value>
bool is_done(const Value& now, const Value& before, const Value& mine) {
  return mine == before || mine == now;
}

template <typename Map>
bool all_done(const Map& now, const Map& before, const Map& mine) {
  const auto value = [](const Map& map, const auto& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  };
  const auto done = [&](const auto& each) {
    return is_done(value(now, each.first), value(before, each.first), value(mine, each.first));
  };
  return std::all_of(before.begin(), before.end(), done) && std::all_of(mine.begin(), mine.end(), done);
}

std::map<std::string, std::int64_t> targets(const TableMetadataFile& metadata) {
  std::map<std::string, std::int64_t> result;
  for (const auto& [name, reference] : metadata.references) result[name] = reference.snapshot_id;
  return result;
}

// Whether what `mine` changed in `before` is so in `now`.
bool has_changes(const TableMetadataFile& now, const TableMetadataFile& before, const TableMetadataFile& mine) {
  const bool none_came_back = std::all_of(before.snapshots.begin(), before.snapshots.end(), [&](const auto& entry) {
    return mine.find_snapshot(entry.id) || !now.find_snapshot(entry.id);
  });
  return is_done(now.format_version, before.format_version, mine.format_version) &&
         is_done(now.current_schema(), before.current_schema(), mine.current_schema()) &&
         is_done(now.default_spec_id, before.default_spec_id, mine.default_spec_id) &&
         is_done(now.default_sort_order_id, before.default_sort_order_id, mine.default_sort_order_id) &&
         all_done(now.properties, before.properties, mine.properties) &&
         all_done(targets(now), targets(before), targets(mine)) && none_came_back;
}

}  // namespace

CatalogCommit::CatalogCommit(const FormatContext& context, TablePlace place,
                             std::shared_ptr<const IcebergSnapshot> base, Callbacks callbacks,
                             std::shared_ptr<CatalogTable> catalog)
    : MetadataCommit(context, std::move(place), std::move(base), std::move(callbacks)), catalog_(std::move(catalog)) {}

std::optional<CatalogPointer> CatalogCommit::expected() const {
  if (!head_) return std::nullopt;
  const TableMetadataFile& metadata = head_->table_metadata();
  CatalogPointer pointer{metadata.file_location};
  if (catalog_->writes_metadata() && metadata.text) pointer.document = *metadata.text;
  return pointer;
}

void CatalogCommit::write_next() {
  const TableMetadataFile& next = make();
  next_ = {};
  next_.attempt = format_uuid(make_uuid_v7());
  const std::string text = write_table_metadata(next);
  if (catalog_->writes_metadata()) {
    next_.document = text;
    return;
  }
  next_.metadata = new_file_location(next, head_ ? head_->table_metadata().file : std::string());
  const Location file = context_.stores->resolve(plain_path(next_.metadata));
  file.store->put(file.path, packed_metadata(last_part(file.path), text));
  written_ = true;
}

// The file of an attempt that lost is nobody's.
void CatalogCommit::forget_next() {
  if (written_) {
    try {
      const Location file = context_.stores->resolve(plain_path(next_.metadata));
      file.store->remove(file.path);
    } catch (const Error&) {  // an orphan
    }
  }
  written_ = in_doubt_ = false;
  next_ = {};
}

CatalogMove CatalogCommit::next_move() {
  // A try without an answer is made again as it was, so that either is known as ours.
  if (next_.metadata.empty() && next_.document.empty()) write_next();
  return {catalog_, expected(), next_};
}

void CatalogCommit::moved(CatalogTable::Moved answer) {
  in_doubt_ |= answer == CatalogTable::Moved::Unknown;
  // The next one of the same content is a try of its own.
  if (answer == CatalogTable::Moved::Lost && !in_doubt_) next_.attempt = format_uuid(make_uuid_v7());
}

void CatalogCommit::not_moved() {
  if (!in_doubt_) forget_next();
}

std::shared_ptr<const TableMetadataFile> CatalogCommit::newest_metadata() {
  const auto pointer = catalog_->pointer();
  if (!pointer) throw Error(ErrorCode::NotFound, "the catalog has no table " + base_->location().uri);
  return load_metadata(*context_.stores, *pointer, std::nullopt).contents;
}

bool CatalogCommit::is_ours(const CatalogPointer& pointer, const TableMetadataFile& newest) const {
  if (!next_.metadata.empty() && pointer.metadata == next_.metadata) return true;
  const auto& log = newest.metadata_log;
  if (!next_.metadata.empty() &&
      std::any_of(log.begin(), log.end(), [&](const auto& entry) { return entry.file == next_.metadata; })) {
    return true;
  }
  if (head_ && newest.uuid != head_->table_metadata().uuid) return false;  // another table has the name
  const TableMetadataFile& mine = *made();
  if (creates()) return newest.uuid == mine.uuid;
  // A snapshot that wasn't there before is ours by its id.
  const auto fresh = std::find_if(mine.snapshots.begin(), mine.snapshots.end(), [&](const SnapshotEntry& entry) {
    return !head_->table_metadata().find_snapshot(entry.id);
  });
  if (fresh != mine.snapshots.end()) return newest.find_snapshot(fresh->id) != nullptr;
  // What has no file of ours and no snapshot of ours is ours if all that it wanted is so.
  const TableMetadataFile& before = head_->table_metadata();
  const bool visible = !has_changes(before, before, mine);
  return visible && newest.file_location != before.file_location && has_changes(newest, before, mine);
}

std::optional<bool> CatalogCommit::is_own(Version) {
  if (next_.metadata.empty() && next_.document.empty()) return false;
  try {
    const auto pointer = catalog_->pointer();
    if (!pointer) return false;
    if (!next_.metadata.empty() && pointer->metadata == next_.metadata) return true;
    return is_ours(*pointer, *load_metadata(*context_.stores, *pointer, std::nullopt).contents);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::Internal) throw;
    return std::nullopt;
  }
}

std::variant<Version, Conflict> CatalogCommit::rebase(Version from) {
  if (creates()) {
    if (catalog_->pointer()) throw_exists();
    return from - 1;
  }
  auto newest = newest_metadata();
  if (newest->file_location == head_->table_metadata().file_location) return from - 1;  // nobody's, so far
  if (in_doubt_ && is_ours({newest->file_location}, *newest)) return from;              // ours, arrived late
  if (newest->uuid != base_->table_metadata().uuid) {
    Conflict conflict;
    conflict.what = "another table has the name by now";
    return conflict;
  }
  forget_next();
  if (auto conflict = adopt_head(std::move(newest), from)) {
    return *std::move(conflict);
  }
  return from;
}

}  // namespace lakelet::iceberg
