#include <fmt/format.h>

#include <algorithm>

#include "memory_format/memory_transaction.h"
#include "table/file_knowledge.h"

namespace lakelet {
namespace {

bool contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

bool may_have_read(const MemoryChanges& ours, const DataFile& file, const MemoryState& before) {
  return std::any_of(ours.read_where.begin(), ours.read_where.end(), [&](const Predicate& predicate) {
    return match_file(predicate, file, before.metadata.schema, before.metadata.partitioning) != Match::None;
  });
}

bool changes(const MemoryChanges& ours, const std::string& path) {
  return contains(ours.commit.removed, path) || ours.commit.removed_rows.count(path);
}

std::optional<std::string> touched_file(const MemoryChanges& ours, const std::string& path, const MemoryState& before) {
  if (changes(ours, path)) return fmt::format("both change {}", path);
  const auto found = before.files.find(path);
  const bool read =
      ours.read_files.count(path) || (found != before.files.end() && may_have_read(ours, found->second.file, before));
  if (read) return fmt::format("it changed {}, which was read here", path);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_conflict(const MemoryChanges& ours, const MemoryCommit& winner,
                                         const MemoryState& before) {
  if (winner.metadata) return "it changed the table's metadata";
  if (winner.same_rows) {
    for (const std::string& path : winner.removed) {
      if (changes(ours, path)) return fmt::format("both change {}", path);
    }
    return std::nullopt;  // what was read is what is there
  }
  for (const std::string& path : winner.removed) {
    if (auto why = touched_file(ours, path, before)) return why;
  }
  for (const auto& [path, positions] : winner.removed_rows) {
    if (auto why = touched_file(ours, path, before)) return why;
  }
  for (const DataFile& file : winner.added) {
    if (may_have_read(ours, file, before))
      return fmt::format("it added {}, which may have rows that matter here", file.path);
  }
  for (const auto& [application, version] : winner.applications) {
    if (ours.commit.applications.count(application)) {
      return fmt::format("both are writes of the application {}", application);
    }
  }
  return std::nullopt;
}

}  // namespace lakelet
