#include "formats/delta/upkeep/file_retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "base/time.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::delta {
namespace {

constexpr std::string_view kChangeFolder = "_change_data";

std::uint64_t hash_of(std::string_view path) {
  return std::hash<std::string_view>()(path);
}

class DeltaRetention final : public FileRetention {
 public:
  DeltaRetention(std::shared_ptr<const DeltaSnapshot> newest, const RetentionRequest& request)
      : newest_(std::move(newest)),
        least_us_(micros_of_millis(deleted_file_retention_ms(newest_->properties()))),
        retention_us_(request.retention_us.value_or(least_us_)),
        cutoff_us_(retention_us_ > request.now_us ? 0 : request.now_us - retention_us_) {
    for (const std::string& column : newest_->metadata_action().partition_columns) {
      const Field* field = newest_->schema().find(column);
      partition_columns_.push_back(field ? field->file_name() : column);
      partition_columns_.push_back(column);
    }
    read_live_files(*newest_, request.cancellation);
    for (const auto& kept : request.keep) {
      const auto* version = dynamic_cast<const DeltaSnapshot*>(kept.get());
      if (!version) throw Error(ErrorCode::Internal, "a version to keep that isn't of a Delta table");
      read_live_files(*version, request.cancellation);
    }
    read_tombstones();
    read_commits(request);
    seal();
  }

  const Location& folder() const override { return newest_->location(); }
  std::int64_t cutoff_us() const override { return cutoff_us_; }
  std::int64_t retention_us() const override { return retention_us_; }
  std::int64_t least_retention_us() const override { return least_us_; }

  Standing standing(std::string_view path) const override {
    if (path.substr(0, path.find('/')) == kLogFolder) return Standing::Exempt;
    if (is_needed(path)) return Standing::Needed;
    if (removed_.contains(std::string(path))) return Standing::Removed;
    if (is_hidden(path, partition_columns_)) return Standing::Exempt;
    const bool converted =
        path.starts_with("metadata/") && newest_->properties().contains("delta.universalFormat.enabledFormats");
    return converted ? Standing::Exempt : Standing::Unnamed;
  }

  void each_removed(const std::function<bool(const std::string&)>& visit) const override {
    for (const std::string& path : removed_) {
      if (!visit(path)) return;
    }
  }

 private:
  enum class Use { Needed, Removed };

  void name(std::string_view action_path, Use use) {
    auto path = path_below(*newest_->context().stores, newest_->location(), action_path);
    if (!path) {
      // It may be in this folder all the same, by another name of it (a link): then its own name speaks for it.
      if (use == Use::Needed) elsewhere_.insert(hash_of(last_part(canonical_path(action_path))));
    } else if (use == Use::Needed) {
      needed_.push_back(hash_of(*path));
    } else {
      removed_.insert(std::move(*path));
    }
  }
  void name_vector(const std::optional<DeletionVectorDescriptor>& vector, Use use) {
    if (!vector || vector->storage_type == 'i') return;
    const bool of_table = vector->storage_type == 'u';
    // The name in the table's own folder is no URI: nothing of it is decoded.
    if (!of_table) return name(vector->path_or_inline_dv, use);
    std::string path = deletion_vector_path(vector->path_or_inline_dv);
    use == Use::Needed ? needed_.push_back(hash_of(path)) : void(removed_.insert(std::move(path)));
  }

  void read_live_files(const DeltaSnapshot& version, const Cancellation& cancellation) {
    version.for_each_file([&](const AddFile& add) {
      name(add.path, Use::Needed);
      name_vector(add.deletion_vector, Use::Needed);
      if (needed_.size() % 4096 == 0) cancellation.check();
      return true;
    });
  }

  void read_tombstones() {
    for (const RemoveFile& remove : newest_->tombstones()) {
      // One without a time has expired, as in checkpoints.
      const bool young = micros_of_millis(remove.deletion_timestamp_ms.value_or(0)) >= cutoff_us_;
      name(remove.path, young ? Use::Needed : Use::Removed);
      name_vector(remove.deletion_vector, young ? Use::Needed : Use::Removed);
    }
  }

  // What a commit since the cutoff removed a version before it had: whatever its tombstone says of the time, which is
  // the writer's clock, and from before the commit.
  void read_commits(const RetentionRequest& request) {
    const Location& table = newest_->location();
    const LogListing listing = list_log(table, 0);
    const Version kept =
        version_at(table, listing, newest_->metadata_action(), cutoff_us_ / 1000 - 1).value_or(-1);  // the oldest
    class Names final : public ActionVisitor {
     public:
      Names(DeltaRetention& retention, Use use) : retention_(retention), use_(use) {}
      void on_remove(const FileActionView& remove) override {
        retention_.name(remove.path, use_);
        retention_.name_vector(remove.deletion_vector, use_);
      }
      void on_add(const FileActionView& add) override {
        if (use_ == Use::Removed) return;  // is live, or was removed
        retention_.name(add.path, Use::Needed);
        retention_.name_vector(add.deletion_vector, Use::Needed);
      }
      void on_cdc(Cdc cdc) override { retention_.name(cdc.path, use_); }

     private:
      DeltaRetention& retention_;
      const Use use_;
    };
    ActionReader reader;
    for (const LogFile& commit : listing.commits) {
      const bool needed = commit.version > kept;
      if (!needed && !request.by_log) continue;
      request.cancellation.check();
      Names names(*this, needed ? Use::Needed : Use::Removed);
      reader.read(table.store->read_all(commit.path), commit.path, names);
    }
  }

  bool is_needed(std::string_view path) const {
    return std::binary_search(needed_.begin(), needed_.end(), hash_of(path)) ||
           elsewhere_.contains(hash_of(last_part(path)));
  }

  void seal() {
    std::sort(needed_.begin(), needed_.end());
    needed_.erase(std::unique(needed_.begin(), needed_.end()), needed_.end());
    std::erase_if(removed_, [&](const std::string& path) {
      return path.substr(0, path.find('/')) == kLogFolder || is_needed(path);
    });
  }

  const std::shared_ptr<const DeltaSnapshot> newest_;
  const std::int64_t least_us_, retention_us_, cutoff_us_;
  std::vector<std::string> partition_columns_;
  std::vector<std::uint64_t> needed_;            // hashes: two paths of one hash spare a file that could go
  std::unordered_set<std::uint64_t> elsewhere_;  // hashes of names without their folders
  std::unordered_set<std::string> removed_;
};

bool is_plain(std::string_view path) {
  return !path.starts_with('/') && path.find(':') == std::string_view::npos &&
         path.find("./") == std::string_view::npos && path.find("//") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> path_below(StoreRegistry& stores, const Location& table, std::string_view path) {
  std::string decoded = canonical_path(path);
  if (is_plain(decoded)) return decoded;
  Location found;
  try {
    found = stores.resolve(resolve_path(path, table.uri));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::UnsupportedFeature || error.code() == ErrorCode::InvalidArgument) {
      return std::nullopt;  // in a store that nobody serves here
    }
    throw;
  }
  const std::string folder = table.path + "/";
  if (!found.path.starts_with(folder)) return std::nullopt;
  if (found.store != table.store && stores.resolve(table.uri).store != found.store) return std::nullopt;
  return found.path.substr(folder.size());
}

bool is_hidden(std::string_view path, const std::vector<std::string>& partition_columns) {
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    const bool known = (begin == 0 && part == kChangeFolder && end < path.size()) ||
                       std::any_of(partition_columns.begin(), partition_columns.end(), [&](const std::string& column) {
                         return end < path.size() && part.starts_with(column + "=");
                       });
    if (!known && (part.starts_with('_') || part.starts_with('.'))) return true;
    begin = end + 1;
  }
  return false;
}

std::unique_ptr<FileRetention> make_retention(std::shared_ptr<const DeltaSnapshot> newest,
                                              const RetentionRequest& request) {
  newest->require(Access::Maintain);
  return std::make_unique<DeltaRetention>(std::move(newest), request);
}

}  // namespace lakelet::delta
