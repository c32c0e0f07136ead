#include "memory_format/memory_format.h"

#include <fmt/format.h>

#include "base/time.h"
#include "base/uuid.h"
#include "lakelet/error.h"
#include "memory_format/memory_changes.h"
#include "memory_format/memory_properties.h"
#include "memory_format/memory_transaction.h"

namespace lakelet {
namespace {

using States = std::vector<std::shared_ptr<const MemoryState>>;

Error no_such_version(const States& states, const std::string& wanted, const std::string& uri) {
  return Error(ErrorCode::NotFound,
               fmt::format("{} of '{}' doesn't exist: it has versions 0 to {}", wanted, uri, states.size() - 1));
}

std::shared_ptr<const MemoryState> select_state(const States& states, const VersionSelector& selector,
                                                const std::string& uri) {
  if (const Version* version = std::get_if<Version>(&selector)) {
    if (*version < 0 || *version >= static_cast<Version>(states.size())) {
      throw no_such_version(states, fmt::format("version {}", *version), uri);
    }
    return states[static_cast<std::size_t>(*version)];
  }
  if (const AtTimestamp* at = std::get_if<AtTimestamp>(&selector)) {
    std::shared_ptr<const MemoryState> found;
    for (const auto& state : states) {
      if (state->timestamp_us <= at->us) found = state;
    }
    if (found) return found;
    throw Error(ErrorCode::NotFound, fmt::format("'{}' has no version as old as {}: its versions 0 to {} begin at {}",
                                                 uri, format_iso8601(at->us), states.size() - 1,
                                                 format_iso8601(states.front()->timestamp_us, 6)));
  }
  if (std::holds_alternative<AtReference>(selector)) {
    throw Error(ErrorCode::UnsupportedFeature, "memory_format has no branches or tags");
  }
  return states.back();
}

class MemoryTable final : public FormatTable, public ClusteringTable {
 public:
  MemoryTable(std::shared_ptr<MemoryLog> log, std::string engine_info)
      : log_(std::move(log)), engine_info_(std::move(engine_info)) {}

  const Location& location() const override { return log_->location(); }

  std::shared_ptr<const Snapshot> snapshot(const VersionSelector& selector) override {
    auto state = select_state(log_->states(), selector, location().uri);
    require_features(state->metadata.properties, Access::Read, location().uri);
    return std::make_shared<MemorySnapshot>(location(), std::move(state));
  }

  void history(const std::function<bool(const HistoryEntry&)>& visit) override {
    const States states = log_->states();
    for (auto state = states.rbegin(); state != states.rend(); ++state) {
      HistoryEntry entry = log_->commit((*state)->version)->history;
      entry.version = (*state)->version;
      entry.timestamp_us = (*state)->timestamp_us;
      if (!visit(entry)) return;
    }
  }

  std::unique_ptr<Transaction> begin(std::shared_ptr<const Snapshot> base) override {
    return std::make_unique<MemoryTransaction>(log_, std::static_pointer_cast<const MemorySnapshot>(std::move(base)),
                                               engine_info_);
  }

  std::shared_ptr<const ChangeFeed> changes(std::shared_ptr<const Snapshot> newest, const ChangeRange& range) override {
    return memory_changes(*log_, std::static_pointer_cast<const MemorySnapshot>(std::move(newest)), range);
  }

  std::vector<ColumnPath> clustering_columns(const Snapshot& snapshot) const override {
    std::vector<ColumnPath> columns;
    for (const std::string& name : cluster_by(snapshot.properties())) columns.push_back({name});
    return columns;
  }
  std::optional<FileClustering> clustering_of(const DataFile& file) const override {
    const auto states = log_->states();
    const auto found = states.back()->clustered.find(file.path);
    if (found == states.back()->clustered.end()) return std::nullopt;
    return found->second;
  }

 private:
  const std::shared_ptr<MemoryLog> log_;
  const std::string engine_info_;
};

}  // namespace

MemoryFormat::MemoryFormat(std::shared_ptr<MemoryCommits> commits) : commits_(std::move(commits)) {}

Capabilities MemoryFormat::capabilities() const {
  return memory_capabilities();
}

bool MemoryFormat::detect(const Location& location) const {
  try {
    return MemoryLog::exists(location);
  } catch (const Error&) {
    return false;
  }
}

std::unique_ptr<FormatTable> MemoryFormat::open(const FormatContext& context, const Location& location) const {
  if (!MemoryLog::exists(location)) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no memory_format table at '{}'", location.uri));
  }
  auto log = std::make_shared<MemoryLog>(location, commits_);
  require_features(log->states().back()->metadata.properties, Access::Read, location.uri);
  return std::make_unique<MemoryTable>(std::move(log), context.engine_info);
}

std::unique_ptr<Transaction> MemoryFormat::create(const FormatContext& context, const Location& location,
                                                  const CreateSpec& spec) const {
  check_properties(spec.properties);
  if (spec.schema.empty()) throw Error(ErrorCode::InvalidArgument, "a table needs a column");
  auto state = std::make_shared<MemoryState>();
  state->metadata.id = make_uuid_text();
  state->metadata.name = spec.name;
  state->metadata.description = spec.description;
  state->metadata.created_us = now_us();
  state->metadata.schema = named_schema(spec.schema, spec.properties, state->metadata.last_column_id);
  state->metadata.partitioning = identity_partitioning(spec.schema, spec.partition_by);
  state->metadata.properties = spec.properties;
  auto base = std::make_shared<MemorySnapshot>(location, std::move(state));
  return std::make_unique<MemoryTransaction>(std::make_shared<MemoryLog>(location, commits_), std::move(base),
                                             context.engine_info);
}

void MemoryFormat::drop(const FormatContext&, const Location& location) const {
  std::vector<std::string> paths;
  location.store->list(location.path + "/", "", [&](const ObjectInfo& object) {
    paths.push_back(object.path);
    return true;
  });
  for (const std::string& path : paths) location.store->remove(path);
}

}  // namespace lakelet
