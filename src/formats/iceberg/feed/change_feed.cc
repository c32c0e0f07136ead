#include "formats/iceberg/feed/change_feed.h"

#include "formats/iceberg/feed/change_plan.h"

namespace lakelet::iceberg {

namespace {

std::string operation_of(const SnapshotEntry& entry) {
  const auto said = entry.summary.find("operation");
  return said == entry.summary.end() ? std::string() : said->second;
}

}  // namespace

std::shared_ptr<const IcebergChangeFeed> IcebergChangeFeed::open(std::shared_ptr<const IcebergSnapshot> newest,
                                                                 const ChangeRange& range) {
  auto feed = std::make_shared<IcebergChangeFeed>();
  for (const SnapshotStep& step : steps_of(*newest, range)) {
    if (operation_of(*step.after) != "replace") feed->steps_.push_back(step);
  }
  feed->snapshot_ = newest;
  feed->newest_ = std::move(newest);
  return feed;
}

std::unique_ptr<ChangePlan> IcebergChangeFeed::plan(const Predicate& predicate) const {
  return make_change_plan(std::static_pointer_cast<const IcebergChangeFeed>(shared_from_this()), predicate);
}

std::vector<Version> IcebergChangeFeed::rewriting_versions() const {
  std::vector<Version> versions;
  for (const SnapshotStep& step : steps_) {
    if (operation_of(*step.after) != "append") versions.push_back(step.after->id);
  }
  return versions;
}

std::shared_ptr<const IcebergSnapshot> IcebergChangeFeed::at(const SnapshotEntry* entry) const {
  if (!entry) return nullptr;
  return std::make_shared<IcebergSnapshot>(newest_->context(), newest_->location(), newest_->root(),
                                           newest_->metadata_pointer(), entry,
                                           newest_->table_metadata().current_schema_id, newest_->branch());
}

}  // namespace lakelet::iceberg
