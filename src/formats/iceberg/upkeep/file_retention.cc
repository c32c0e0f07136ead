#include "formats/iceberg/upkeep/file_retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>

#include "base/percent_encoding.h"
#include "base/time.h"
#include "formats/iceberg/manifest/manifest_entries.h"
#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/upkeep/expiry.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

std::uint64_t hash_of(std::string_view text) {
  return std::hash<std::string_view>()(text);
}

// What Hadoop's tools pass over: a name that begins with '.' or '_', partitions aside.
bool is_hidden(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.starts_with('.') || (part.starts_with('_') && part.find('=') == std::string_view::npos)) return true;
    begin = end + 1;
  }
  return false;
}

// Files of other kinds were put there by somebody else.
bool is_of_tables(std::string_view name) {
  static constexpr std::string_view kSuffixes[] = {".parquet", ".avro", ".orc", ".puffin", ".stats"};
  return is_metadata_name(name) ||
         std::any_of(std::begin(kSuffixes), std::end(kSuffixes), [&](std::string_view s) { return name.ends_with(s); });
}

class IcebergRetention final : public FileRetention {
 public:
  IcebergRetention(std::shared_ptr<const IcebergSnapshot> newest,
                   const std::shared_ptr<const TableMetadataFile>& forgotten, const RetentionRequest& request)
      : newest_(std::move(newest)),
        folder_(newest_->root().uri.ends_with('/') ? newest_->root().uri : newest_->root().uri + "/"),
        least_us_(micros_of_millis(own_snapshot_age_ms(newest_->table_metadata()))),
        retention_us_(request.retention_us.value_or(least_us_)),
        cutoff_us_(retention_us_ > request.now_us ? 0 : request.now_us - retention_us_),
        cancellation_(request.cancellation) {
    const TableMetadataFile& metadata = newest_->table_metadata();
    require_own_files(metadata);
    ExpiryRules rules{.now_ms = request.now_us / 1000, .snapshot_age_ms = {}, .keep = {}};
    if (request.retention_us) rules.snapshot_age_ms = *request.retention_us / 1000;
    for (const auto& kept : request.keep) rules.keep.insert(kept->version());
    Expiry expiry = find_expired(metadata, rules);
    forgets_ = !expiry.empty();
    expired_ = std::move(expiry.snapshots);
    for (const SnapshotEntry& entry : metadata.snapshots) {
      if (!expired_.contains(entry.id)) name_needed(snapshot_of(newest_->metadata_pointer(), entry));
    }
    name_own_files(metadata);
    for (const SnapshotEntry& entry : metadata.snapshots) {
      if (expired_.contains(entry.id)) name_removed(snapshot_of(newest_->metadata_pointer(), entry));
    }
    if (!forgotten) return;
    for (const SnapshotEntry& entry : forgotten->snapshots) {
      if (!metadata.find_snapshot(entry.id)) name_removed(snapshot_of(forgotten, entry));
    }
    for (const StatisticsEntry& each : forgotten->statistics) {
      if (!metadata.find_snapshot(each.snapshot_id)) name(each.path, Use::Removed);
    }
  }

  const Location& folder() const override { return newest_->root(); }
  std::int64_t cutoff_us() const override { return cutoff_us_; }
  std::int64_t retention_us() const override { return retention_us_; }
  std::int64_t least_retention_us() const override { return least_us_; }
  // What the reference implementation takes for orphans, whatever the age of snapshots.
  std::int64_t least_unnamed_age_us() const override { return 3 * kMicrosPerDay; }
  bool forgets() const override { return forgets_; }

  Standing standing(std::string_view path) const override {
    const std::string_view file = last_part(path);
    if (is_needed(path)) return Standing::Needed;
    if (removed_.contains(std::string(path))) return Standing::Removed;
    if (is_hidden(path) || !is_of_tables(file)) return Standing::Exempt;
    if (is_metadata_name(file)) {
      // A commit that came after ours.
      const auto version = metadata_version(file), newest = metadata_version(newest_->table_metadata().file);
      if (!version || !newest || *version > *newest) return Standing::Needed;
    }
    return Standing::Unnamed;
  }

  void each_removed(const std::function<bool(const std::string&)>& visit) const override {
    for (const std::string& path : removed_) {
      if (!visit(path)) return;
    }
  }

 private:
  enum class Use { Needed, Removed };

  void require_own_files(const TableMetadataFile& metadata) const {
    const auto collected = metadata.properties.find("gc.enabled");
    if (collected == metadata.properties.end() || collected->second != "false") return;
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("the files of {} may be those of other tables too (gc.enabled is false)", newest_->location().uri),
        "set the property gc.enabled to true if they are its own");
  }

  IcebergSnapshot snapshot_of(const std::shared_ptr<const TableMetadataFile>& metadata,
                              const SnapshotEntry& entry) const {
    return {newest_->context(),          newest_->location(), newest_->root(), metadata, &entry,
            metadata->current_schema_id, std::nullopt};
  }

  bool is_needed(std::string_view path) const {
    return needed_.contains(hash_of(path)) || elsewhere_.contains(hash_of(last_part(path)));
  }

  // As the store calls it, whichever way it is spelled ("//", "../"). nullopt: it isn't below the
  // folder, as far as its name tells.
  std::optional<std::string> below_root(const std::string& recorded) const {
    try {
      const std::string uri = newest_->context().stores->resolve(newest_->paths().resolve(recorded)).uri;
      if (uri.starts_with(folder_)) return uri.substr(folder_.size());
    } catch (const Error&) {  // in a store that nobody serves here, or out of reach
    }
    return std::nullopt;
  }

  void name(const std::string& recorded, Use use) {
    std::optional<std::string> path = below_root(recorded);
    if (use == Use::Removed) {
      if (path && !is_needed(*path)) removed_.insert(*std::move(path));
      return;
    }
    if (path) needed_.insert(hash_of(*path));
    // A file may be recorded by another name of the same folder (s3a://, a link), or as a URI that somebody encoded:
    // then its own name speaks for it.
    const std::string_view own = last_part(recorded);
    if (path && !has_percent_code(recorded)) return;
    elsewhere_.insert(hash_of(own));
    elsewhere_.insert(hash_of(percent_decode(own)));
  }

  void name_needed(const IcebergSnapshot& snapshot) {
    cancellation_.check();
    name(snapshot.entry()->manifest_list, Use::Needed);
    for (const ManifestFile& manifest : snapshot.manifests()) {
      if (!seen_.insert(manifest.path).second) continue;
      name(manifest.path, Use::Needed);
      read_entries(snapshot, manifest, false, [&](ManifestEntry& entry) {
        if (entry.status != EntryStatus::Deleted) name(entry.path, Use::Needed);
      });
    }
  }

  // Some of it may be gone already: what its manifests told of is found by listing, then.
  void name_removed(const IcebergSnapshot& snapshot) {
    cancellation_.check();
    name(snapshot.entry()->manifest_list, Use::Removed);
    const auto if_there = [](const auto& work) {
      try {
        work();
      } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptTable && error.code() != ErrorCode::NotFound) throw;
      }
    };
    if_there([&] {
      for (const ManifestFile& manifest : snapshot.manifests()) {
        if (!seen_.insert(manifest.path).second) continue;
        name(manifest.path, Use::Removed);
        if_there([&] {
          read_entries(snapshot, manifest, false, [&](ManifestEntry& entry) {
            if (entry.status != EntryStatus::Deleted) name(entry.path, Use::Removed);
          });
        });
      }
    });
  }

  void name_own_files(const TableMetadataFile& metadata) {
    if (metadata.file_location.empty()) {
      needed_.insert(hash_of("metadata/" + metadata.file));
    } else {
      name(metadata.file_location, Use::Needed);
    }
    for (const MetadataLogEntry& each : metadata.metadata_log) name(each.file, Use::Needed);
    for (const StatisticsEntry& each : metadata.statistics) {
      name(each.path, expired_.contains(each.snapshot_id) ? Use::Removed : Use::Needed);
    }
  }

  const std::shared_ptr<const IcebergSnapshot> newest_;
  const std::string folder_;  // the root's URI, with its slash
  const std::int64_t least_us_, retention_us_, cutoff_us_;
  const Cancellation cancellation_;
  bool forgets_ = false;
  std::set<std::int64_t> expired_;
  std::unordered_set<std::uint64_t> needed_, elsewhere_;
  std::set<std::string> removed_;
  std::unordered_set<std::string> seen_;  // manifests
};

}  // namespace

std::unique_ptr<FileRetention> make_retention(std::shared_ptr<const IcebergSnapshot> newest,
                                              const std::shared_ptr<const TableMetadataFile>& forgotten,
                                              const RetentionRequest& request) {
  return std::make_unique<IcebergRetention>(std::move(newest), forgotten, request);
}

}  // namespace lakelet::iceberg
