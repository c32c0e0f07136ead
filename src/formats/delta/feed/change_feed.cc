#include "formats/delta/feed/change_feed.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/delta/feed/change_plan.h"
#include "formats/delta/feed/change_range.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/log/snapshot_loader.h"
#include "formats/delta/protocol/features.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

class MetadataReader final : public ActionVisitor {
 public:
  std::optional<Metadata> metadata;
  void on_metadata(Metadata action) override { metadata = std::move(action); }
};

std::vector<DeltaChangeFeed::Commit> commits_between(const LogListing& listing, Version first, Version last) {
  const std::vector<std::int64_t> times = monotonic_times_ms(listing.commits);
  std::vector<DeltaChangeFeed::Commit> commits;
  for (std::size_t i = 0; i < listing.commits.size(); ++i) {
    const LogFile& file = listing.commits[i];
    if (file.version >= first && file.version <= last) commits.push_back({file.version, file, times[i]});
  }
  return commits;
}

// The first version after `version` whose metadata switches the feed on; nullopt if there is none.
std::optional<Version> switched_on_after(const Location& table, const LogListing& listing, Version version) {
  ActionReader reader;
  for (const LogFile& commit : listing.commits) {
    if (commit.version <= version) continue;
    MetadataReader found;
    reader.read(table.store->read_all(commit.path), log_uri(table, commit_name(commit.version)), found);
    if (found.metadata && records_changes(*found.metadata)) return commit.version;
  }
  return std::nullopt;
}

[[noreturn]] void refuse_unrecorded(const Location& table, const LogListing& listing, Version first) {
  const std::string what = fmt::format("{} recorded no changes in version {}", table.uri, first);
  if (const auto since = switched_on_after(table, listing, first)) {
    throw Error(ErrorCode::NotFound, fmt::format("{}: it does from version {} on", what, *since),
                fmt::format("begin with version {}", *since));
  }
  throw Error(ErrorCode::NotFound, fmt::format("{}, nor later: delta.enableChangeDataFeed isn't true", what),
              "set the table property delta.enableChangeDataFeed to true, and later versions record theirs");
}

std::shared_ptr<const DeltaSnapshot> snapshot_at(const std::shared_ptr<const DeltaSnapshot>& newest,
                                                 const LogListing& listing, Version version) {
  if (version == newest->version()) return newest;
  return load_version(newest->context(), newest->location(), listing, version);
}

FeedSchema columns_of(const DeltaSnapshot& snapshot) {
  return {snapshot.version(), snapshot.schema(), snapshot.mapping_mode()};
}

// As Spark: the newest columns, but with column mapping those of the range's last version.
std::shared_ptr<const DeltaSnapshot> choose_columns(const std::shared_ptr<const DeltaSnapshot>& newest,
                                                    const DeltaSnapshot& first, const LogListing& listing,
                                                    Version last) {
  const bool mapped =
      newest->mapping_mode() != ColumnMappingMode::None || first.mapping_mode() != ColumnMappingMode::None;
  return mapped ? snapshot_at(newest, listing, last) : newest;
}

}  // namespace

bool records_changes(const Metadata& metadata) {
  return property_is_true(metadata.configuration, "delta.enableChangeDataFeed");
}

std::shared_ptr<const DeltaChangeFeed> DeltaChangeFeed::open(std::shared_ptr<const DeltaSnapshot> newest,
                                                             const ChangeRange& range) {
  const Location& table = newest->location();
  const LogListing listing = list_whole_log(table);
  const auto versions = resolve_range(*newest, listing, range);
  std::shared_ptr<DeltaChangeFeed> feed(new DeltaChangeFeed());
  feed->read_as_ = newest;
  if (versions) {
    const auto first = snapshot_at(newest, listing, versions->first);
    if (!records_changes(first->metadata_action())) refuse_unrecorded(table, listing, versions->first);
    feed->read_as_ = choose_columns(newest, *first, listing, versions->second);
    feed->commits_ = commits_between(listing, versions->first, versions->second);
    feed->first_metadata_ = first->metadata_action();
    feed->first_protocol_ = first->protocol();
    require_same_columns(columns_of(*first), columns_of(*feed->read_as_), table.uri);
  }
  feed->columns_ = columns_of(*feed->read_as_);
  feed->snapshot_ = feed->read_as_;
  return feed;
}

std::unique_ptr<ChangePlan> DeltaChangeFeed::plan(const Predicate& predicate) const {
  return make_change_plan(std::static_pointer_cast<const DeltaChangeFeed>(shared_from_this()), predicate);
}

}  // namespace lakelet::delta
