#include "formats/delta/log/snapshot_loader.h"

#include <fmt/format.h>

#include "formats/delta/checkpoint/checkpoint_reader.h"
#include "formats/delta/log/last_checkpoint.h"
#include "formats/delta/log/state_reader.h"
#include "formats/delta/log/version_checksum.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// Whether a listing from the hint on is enough: it begins with a checkpoint,
// and all later commits may build on it.
bool starts_with_checkpoint(const LogListing& listing) {
  return !listing.checkpoints.empty() &&
         (listing.commits.empty() || listing.checkpoints.front().version <= listing.commits.front().version);
}

bool damaged(const Error& error) {
  return error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::NotFound;
}

void leave_out(LogListing& listing, const CheckpointFiles& checkpoint) {
  std::erase_if(listing.checkpoints, [&checkpoint](const CheckpointFiles& each) {
    return each.parts.front().path == checkpoint.parts.front().path;
  });
}

void warn(const FormatContext& context, const Error& error) {
  if (!context.events) return;
  Event event;
  event.kind = EventKind::Warning;
  event.text = fmt::format("a checkpoint can't be read, older files serve instead: {}", error.what());
  context.events(event);
}

}  // namespace

LogListing list_whole_log(const Location& table) {
  LogListing listing = list_log(table, 0);
  if (listing.empty()) {
    throw Error(ErrorCode::NotFound,
                fmt::format("{} is no Delta table: there are no commits in its {}", table.uri, kLogFolder),
                "`lakelet create` makes a table");
  }
  return listing;
}

std::shared_ptr<const DeltaSnapshot> load_version(const FormatContext& context, const Location& table,
                                                  const LogListing& whole, std::optional<Version> version) {
  LogListing listing = whole;
  std::optional<Error> failure;
  while (true) {
    LogSegment segment;
    try {
      segment = choose_segment(listing, version, table.uri);
    } catch (const Error&) {
      if (failure) throw *failure;
      throw;
    }
    version = segment.version;
    TableState base;
    if (segment.checkpoint) {
      CheckpointState checkpoint;
      try {
        checkpoint = read_checkpoint(context, table, *segment.checkpoint);
      } catch (const Error& error) {
        if (!damaged(error)) throw;
        // What the listing began after may serve now. Once: a second listing would bring back what was left out.
        if (!failure && (listing.commits.empty() || listing.commits.front().version > 0)) {
          listing = list_whole_log(table);
        }
        if (!failure) failure = error;
        leave_out(listing, *segment.checkpoint);
        continue;
      }
      checkpoint.require_complete();
      base = std::move(checkpoint.state);
    }
    auto snapshot = DeltaSnapshot::make(context, table, read_state(context, table, std::move(base), segment));
    verify_checksum(context, table, snapshot->state());
    if (failure) warn(context, *failure);
    return snapshot;
  }
}

std::shared_ptr<const DeltaSnapshot> load_latest(const FormatContext& context, const Location& table) {
  if (const auto hint = last_checkpoint_hint(table)) {
    const LogListing listing = list_log(table, *hint);
    if (starts_with_checkpoint(listing)) return load_version(context, table, listing, std::nullopt);
  }
  return load_version(context, table, list_whole_log(table), std::nullopt);
}

std::shared_ptr<const DeltaSnapshot> refresh(const FormatContext& context,
                                             const std::shared_ptr<const DeltaSnapshot>& known) {
  const Location& table = known->location();
  const LogListing listing = list_log(table, known->version());
  const auto& read = known->state().segment.last_commit;
  LogSegment segment;
  segment.version = known->version();
  bool same_table = false;
  for (const LogFile& commit : listing.commits) {
    if (commit.version == known->version()) {
      same_table = read && read->size == commit.size && read->modified_us == commit.modified_us;
    } else if (commit.version == segment.version + 1) {
      segment.version = commit.version;
      segment.commits.push_back(commit);
    }
  }
  const Version newest = listing.commits.empty() ? -1 : listing.commits.back().version;
  // Another table in its place, or commits that only a newer checkpoint
  // bridges: begin anew.
  if (!same_table || newest != segment.version) return load_latest(context, table);
  if (segment.commits.empty()) return known;
  segment.last_commit = segment.commits.back();
  for (const LogFile& checksum : listing.checksums) {
    if (checksum.version == segment.version) segment.checksum = checksum;
  }
  auto snapshot = DeltaSnapshot::make(context, table, advance_state(context, table, known->state(), segment));
  verify_checksum(context, table, snapshot->state());
  return snapshot;
}

}  // namespace lakelet::delta
