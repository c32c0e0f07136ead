#include "sql/catalog/open_tables.h"

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

constexpr std::size_t kMostOpen = 128;

}  // namespace

std::optional<OpenTable> OpenTables::find(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(uri);
  if (found == open_.end()) return std::nullopt;
  found->second.used = ++clock_;
  return found->second.opened;
}

// Another thread may have opened it in the meantime: then that one's handle counts.
OpenTable OpenTables::keep(const std::string& uri, OpenTable opened) {
  const std::lock_guard lock(mutex_);
  if (open_.size() >= kMostOpen && !open_.contains(uri)) {
    open_.erase(std::min_element(open_.begin(), open_.end(),
                                 [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  Entry& entry = open_.try_emplace(uri, Entry{std::move(opened), 0}).first->second;
  entry.used = ++clock_;
  return entry.opened;
}

OpenTable OpenTables::open(const Location& location) {
  if (auto known = find(location.uri)) return *known;
  OpenTable opened;
  opened.format = &formats_->detect(location);
  opened.table = opened.format->open(context_, location);
  return keep(location.uri, std::move(opened));
}

std::optional<OpenTable> OpenTables::try_open(const Location& location) {
  if (auto known = find(location.uri)) return known;
  OpenTable opened;
  opened.format = formats_->try_detect(location);
  if (!opened.format) return std::nullopt;
  opened.table = opened.format->open(context_, location);
  return keep(location.uri, std::move(opened));
}

std::optional<OpenTables::AtVersion> OpenTables::known_at(const std::string& uri, const VersionSelector& selector) {
  const auto known = find(uri);
  if (!known) return std::nullopt;
  try {
    return AtVersion{*known, known->table->snapshot(selector)};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
  }
  forget(uri);
  return std::nullopt;
}

OpenTables::AtVersion OpenTables::open_at(const Location& location, const VersionSelector& selector) {
  if (auto known = known_at(location.uri, selector)) return std::move(*known);
  const OpenTable opened = open(location);
  return {opened, opened.table->snapshot(selector)};
}

std::optional<OpenTables::AtVersion> OpenTables::try_open_at(const Location& location,
                                                             const VersionSelector& selector) {
  if (auto known = known_at(location.uri, selector)) return known;
  const auto opened = try_open(location);
  if (!opened) return std::nullopt;
  return AtVersion{*opened, opened->table->snapshot(selector)};
}

void OpenTables::forget(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  open_.erase(uri);
}

}  // namespace lakelet::sql
