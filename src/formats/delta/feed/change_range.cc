#include "formats/delta/feed/change_range.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "formats/delta/log/commit_times.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr const char* kHistoryHint = "`lakelet history` lists the versions and their times";

std::int64_t floor_ms(std::int64_t us) {
  return us / 1000 - (us % 1000 < 0);
}

[[noreturn]] void refuse_name(const DeltaSnapshot& newest, const std::string& name) {
  throw Error(ErrorCode::NotFound,
              fmt::format("{} has no branch or tag '{}': Delta tables have none", newest.location().uri, name),
              "give a version or a time");
}

Version first_version(const DeltaSnapshot& newest, const LogListing& listing, const VersionSelector& from) {
  if (const auto* version = std::get_if<Version>(&from)) return *version;
  if (const auto* name = std::get_if<AtReference>(&from)) refuse_name(newest, name->name);
  const auto* time = std::get_if<AtTimestamp>(&from);
  if (!time) return newest.version();
  const auto before = version_at(newest.location(), listing, newest.metadata_action(), floor_ms(time->us - 1));
  if (!before) return listing.commits.empty() ? newest.version() : listing.commits.front().version;
  if (*before < newest.version()) return *before + 1;
  throw Error(ErrorCode::NotFound,
              fmt::format("{} has no version from {} or later: its newest version, {}, is older", newest.location().uri,
                          format_iso8601(time->us), newest.version()),
              kHistoryHint);
}

Version last_version(const DeltaSnapshot& newest, const LogListing& listing, const VersionSelector& to) {
  if (const auto* version = std::get_if<Version>(&to)) return *version;
  if (const auto* name = std::get_if<AtReference>(&to)) refuse_name(newest, name->name);
  const auto* time = std::get_if<AtTimestamp>(&to);
  if (!time) return newest.version();
  const auto version = version_at(newest.location(), listing, newest.metadata_action(), floor_ms(time->us));
  if (version) return *version;
  throw Error(ErrorCode::NotFound,
              fmt::format("{} has no version from {} or before", newest.location().uri, format_iso8601(time->us)),
              kHistoryHint);
}

void require_commits(const DeltaSnapshot& newest, const LogListing& listing, Version first, Version last) {
  std::vector<Version> versions;
  for (const LogFile& commit : listing.commits) {
    if (commit.version <= newest.version()) versions.push_back(commit.version);
  }
  const std::string& uri = newest.location().uri;
  auto missing = first;
  for (auto at = std::ranges::lower_bound(versions, first); at != versions.end() && *at == missing; ++at) ++missing;
  if (missing > last) return;
  // The newest run without a gap is what can be read.
  std::size_t begin = versions.size();
  while (begin > 1 && versions[begin - 2] + 1 == versions[begin - 1]) --begin;
  if (versions.empty() || versions.back() < newest.version()) {
    throw Error(ErrorCode::NotFound, fmt::format("the commits of {} are gone: it has no changes to read", uri),
                "checkpoints tell what a table holds, not what changed");
  }
  const Version kept = versions[begin - 1];
  throw Error(
      ErrorCode::NotFound,
      fmt::format("the changes of version {} of {} were removed by log clean-up: those of versions {} to {} exist",
                  missing, uri, kept, newest.version()),
      fmt::format("begin with version {}", kept));
}

}  // namespace

std::optional<std::pair<Version, Version>> resolve_range(const DeltaSnapshot& newest, const LogListing& listing,
                                                         const ChangeRange& range) {
  const std::string& uri = newest.location().uri;
  const auto* from_time = std::get_if<AtTimestamp>(&range.from);
  const auto* to_time = std::get_if<AtTimestamp>(&range.to);
  const Version first = first_version(newest, listing, range.from);
  const Version last = last_version(newest, listing, range.to);
  if (first < 0 || last < 0) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("version {} of {} can't exist: versions count from 0", std::min(first, last), uri));
  }
  if (first > newest.version()) {
    throw Error(ErrorCode::NotFound,
                fmt::format("version {} of {} doesn't exist: the newest version is {}", first, uri, newest.version()),
                kHistoryHint);
  }
  if (from_time && to_time && from_time->us <= to_time->us && last == first - 1) return std::nullopt;
  if (last < first) {
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("changes from version {} to version {} of {}: the end is before the beginning", first, last, uri));
  }
  const Version end = std::min(last, newest.version());
  require_commits(newest, listing, first, end);
  return std::pair(first, end);
}

}  // namespace lakelet::delta
