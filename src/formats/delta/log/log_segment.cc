#include "formats/delta/log/log_segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::optional<CheckpointFiles::Kind> checkpoint_kind(LogName::Kind kind) {
  switch (kind) {
    case LogName::Kind::ClassicCheckpoint:
      return CheckpointFiles::Kind::Classic;
    case LogName::Kind::CheckpointPart:
      return CheckpointFiles::Kind::MultiPart;
    case LogName::Kind::V2CheckpointParquet:
      return CheckpointFiles::Kind::V2Parquet;
    case LogName::Kind::V2CheckpointJson:
      return CheckpointFiles::Kind::V2Json;
    default:
      return std::nullopt;
  }
}

const LogFile* find_version(const std::vector<LogFile>& files, Version version) {
  const auto at = std::lower_bound(files.begin(), files.end(), version,
                                   [](const LogFile& file, Version wanted) { return file.version < wanted; });
  return at != files.end() && at->version == version ? &*at : nullptr;
}
const LogFile* find_commit(const LogListing& listing, Version version) {
  return find_version(listing.commits, version);
}

// "2", "2 to 4", "2, 5 to 7": the versions of first..last that have no commit.
std::string missing_commits(const LogListing& listing, Version first, Version last) {
  std::vector<std::string> ranges;
  auto add_range = [&ranges](Version from, Version to) {
    if (from <= to) ranges.push_back(from == to ? fmt::format("{}", from) : fmt::format("{} to {}", from, to));
  };
  Version expected = first;
  for (const LogFile& commit : listing.commits) {
    if (commit.version < expected) continue;
    if (commit.version > last) break;
    add_range(expected, commit.version - 1);
    expected = commit.version + 1;
  }
  add_range(expected, last);
  constexpr std::size_t kShown = 5;
  const bool more = ranges.size() > kShown;
  if (more) ranges.resize(kShown);
  return fmt::format("{}{}", fmt::join(ranges, ", "), more ? " and more" : "");
}

[[noreturn]] void not_found(const LogListing& listing, Version version, const std::string& table_uri) {
  const auto versions = readable_versions(listing);
  if (!versions) throw Error(ErrorCode::NotFound, fmt::format("version {} of {} doesn't exist", version, table_uri));
  const auto [first, last] = *versions;
  const std::string which =
      first == last ? fmt::format("only version {} does", first) : fmt::format("versions {} to {} do", first, last);
  const std::string_view what = version > last || version < 0 ? "doesn't exist" : "was removed by log clean-up";
  throw Error(
      ErrorCode::NotFound,
      fmt::format("version {} of {} {}", version, table_uri, what) +
          (version > last || version < 0 ? ": " + which : fmt::format(": versions {} to {} exist", first, last)),
      "`lakelet history` lists the versions");
}

// From the first commit on, at each the compaction that covers most.
std::vector<CompactedCommits> choose_compactions(const LogListing& listing, Version first, Version last) {
  std::vector<CompactedCommits> result;
  while (first <= last) {
    const CompactedCommits* best = nullptr;
    const CompactedCommits* next = nullptr;  // the one that begins soonest after `first`
    for (const CompactedCommits& each : listing.compactions) {
      if (each.last > last || each.last == each.first || each.first < first) continue;
      if (each.first == first && (!best || best->last < each.last)) best = &each;
      if (each.first > first && (!next || each.first < next->first)) next = &each;
    }
    if (best) result.push_back(*best);
    if (!best && !next) break;
    first = best ? best->last + 1 : next->first;
  }
  return result;
}

}  // namespace

LogListing classify(std::span<const ObjectInfo> objects) {
  LogListing result;
  // By version, then kind, then number of parts, then name: two UUID-named ones of a version are two checkpoints.
  std::map<std::tuple<Version, CheckpointFiles::Kind, int, std::string>, std::map<int, LogFile>> checkpoints;
  for (const ObjectInfo& object : objects) {
    const std::string_view text = file_name(object.path);
    const auto name = parse_log_name(text);
    if (!name) continue;
    LogFile file{name->version, object.path, object.size, object.modified_us};
    if (name->kind == LogName::Kind::Commit) {
      result.commits.push_back(std::move(file));
    } else if (name->kind == LogName::Kind::Checksum) {
      result.checksums.push_back(std::move(file));
    } else if (name->kind == LogName::Kind::Compaction) {
      result.compactions.push_back({name->version, name->last, std::move(file)});
    } else if (const auto kind = checkpoint_kind(name->kind)) {
      const bool multi = *kind == CheckpointFiles::Kind::MultiPart;
      checkpoints[{name->version, *kind, name->parts, multi ? std::string() : std::string(text)}].emplace(
          name->part, std::move(file));
    }
  }
  for (std::vector<LogFile>* files : {&result.commits, &result.checksums}) {
    std::sort(files->begin(), files->end(), [](const LogFile& a, const LogFile& b) { return a.version < b.version; });
  }
  for (auto& [key, parts] : checkpoints) {
    const auto& [version, kind, count, name] = key;
    if (kind == CheckpointFiles::Kind::MultiPart && parts.size() != static_cast<std::size_t>(count)) continue;
    CheckpointFiles checkpoint{version, kind, {}};
    for (auto& [number, file] : parts) checkpoint.parts.push_back(std::move(file));
    result.checkpoints.push_back(std::move(checkpoint));
  }
  return result;
}

std::optional<std::pair<Version, Version>> readable_versions(const LogListing& listing) {
  if (listing.empty()) return std::nullopt;
  Version last = -1;
  if (!listing.commits.empty()) last = listing.commits.back().version;
  if (!listing.checkpoints.empty()) last = std::max(last, listing.checkpoints.back().version);
  if (find_commit(listing, 0)) return std::pair(Version{0}, last);
  if (listing.checkpoints.empty()) return std::nullopt;
  return std::pair(listing.checkpoints.front().version, last);
}

LogSegment choose_segment(const LogListing& listing, std::optional<Version> version, const std::string& table_uri) {
  Version latest = listing.commits.empty() ? -1 : listing.commits.back().version;
  if (!listing.checkpoints.empty()) latest = std::max(latest, listing.checkpoints.back().version);

  LogSegment segment;
  segment.version = version.value_or(latest);
  if (segment.version > latest || segment.version < 0) not_found(listing, segment.version, table_uri);
  for (auto each = listing.checkpoints.rbegin(); each != listing.checkpoints.rend() && !segment.checkpoint; ++each) {
    if (each->version <= segment.version) segment.checkpoint = *each;
  }
  const Version first = segment.checkpoint ? segment.checkpoint->version + 1 : 0;
  for (const LogFile& commit : listing.commits) {
    if (commit.version >= first && commit.version <= segment.version) segment.commits.push_back(commit);
  }
  if (segment.commits.size() != static_cast<std::size_t>(segment.version - first + 1)) {
    const auto versions = readable_versions(listing);
    if (!segment.checkpoint && versions && versions->first > 0) not_found(listing, segment.version, table_uri);
    throw Error(
        ErrorCode::CorruptTable,
        fmt::format("the log of {} lacks commits: {}{}", table_uri, missing_commits(listing, first, segment.version),
                    segment.checkpoint ? fmt::format(" after its checkpoint of version {}", first - 1)
                                       : ", and there is no checkpoint"),
        "put the missing files back into _delta_log, or read a version from before the gap");
  }
  if (const LogFile* last = find_commit(listing, segment.version)) segment.last_commit = *last;
  if (const LogFile* sum = find_version(listing.checksums, segment.version)) segment.checksum = *sum;
  segment.compactions = choose_compactions(listing, first, segment.version);
  return segment;
}

LogListing list_log(const Location& table, Version from) {
  std::vector<ObjectInfo> objects;
  const std::string folder = table.child(std::string(kLogFolder)).path;
  // The bare number sorts before every name that begins with it.
  const std::string start_after = from > 0 ? fmt::format("{}/{:020}", folder, from) : std::string();
  table.store->list_folder(folder, start_after, [&objects](const ObjectInfo& object) {
    objects.push_back(object);
    return true;
  });
  return classify(objects);
}

}  // namespace lakelet::delta
