#include "memory_format/memory_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet {
namespace {

constexpr const char* kLogFolder = "_memory_log";

std::string claim_name(Version version) {
  return fmt::format("{}/{:020}", kLogFolder, version);
}

MemoryFile& live_file(MemoryState& state, const std::string& path) {
  const auto found = state.files.find(path);
  if (found == state.files.end()) {
    throw Error(ErrorCode::CorruptTable, fmt::format("version {} removes {}, which isn't there", state.version, path));
  }
  return found->second;
}

}  // namespace

std::shared_ptr<const MemoryState> next_state(const MemoryState& before, const MemoryCommit& commit) {
  auto state = std::make_shared<MemoryState>(before);
  state->version = before.version + 1;
  // Clocks may go back, versions may not.
  state->timestamp_us = std::max(commit.history.timestamp_us, before.timestamp_us + 1);
  if (commit.metadata) state->metadata = *commit.metadata;
  for (const auto& [path, positions] : commit.removed_rows) {
    MemoryFile& file = live_file(*state, path);
    auto deleted = file.deleted ? std::make_shared<RowPositions>(*file.deleted) : std::make_shared<RowPositions>();
    deleted->add_all(positions);
    file.deleted = std::move(deleted);
  }
  for (const std::string& path : commit.removed) {
    live_file(*state, path);
    state->files.erase(path);
  }
  for (const DataFile& file : commit.added) {
    const auto [added, fresh] = state->files.emplace(file.path, MemoryFile{file, nullptr});
    if (!fresh) {
      throw Error(ErrorCode::CorruptTable, fmt::format("version {} adds {} again", state->version, file.path));
    }
    added->second.file.first_row_id = state->next_row_id;
    added->second.file.row_version = state->version;
    state->next_row_id += file.rows.value_or(0);
  }
  for (const auto& [path, clustering] : commit.clustered) state->clustered[path] = clustering;
  for (const auto& [application, version] : commit.applications) state->applications[application] = version;
  return state;
}

MemoryLog::MemoryLog(Location location, std::shared_ptr<MemoryCommits> commits)
    : location_(std::move(location)), commits_(std::move(commits)) {}

bool MemoryLog::exists(const Location& location) {
  return location.store->find(location.child(claim_name(0)).path).has_value();
}

std::string MemoryLog::claim_path(Version version) const {
  return location_.child(claim_name(version)).path;
}

PutOutcome MemoryLog::claim(Version version, const std::string& commit_id) {
  return location_.store->put_if_absent(claim_path(version), commit_id);
}

std::optional<std::string> MemoryLog::claimed_by(Version version) {
  const std::string path = claim_path(version);
  if (!location_.store->find(path)) return std::nullopt;
  return location_.store->read_all(path);
}

void MemoryLog::read_on() {
  while (true) {
    const auto next = static_cast<Version>(states_.size());
    const std::optional<std::string> id = claimed_by(next);
    if (!id) return;
    auto commit = commits_->find(*id);
    if (!commit) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("version {} of '{}' was committed by another process", next, location_.uri));
    }
    states_.push_back(next_state(states_.empty() ? MemoryState() : *states_.back(), *commit));
    read_.push_back(std::move(commit));
  }
}

std::vector<std::shared_ptr<const MemoryState>> MemoryLog::states() {
  const std::lock_guard lock(mutex_);
  read_on();
  return states_;
}

std::shared_ptr<const MemoryCommit> MemoryLog::commit(Version version) {
  const std::lock_guard lock(mutex_);
  return read_.at(static_cast<std::size_t>(version));
}

}  // namespace lakelet
