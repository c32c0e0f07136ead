#include "table/commit_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/random.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

using std::chrono::microseconds;

class RealPacing : public CommitPacing {
 public:
  std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::now(); }

  void sleep(microseconds duration, const Cancellation& cancellation) override {
    constexpr microseconds kSlice{20'000};
    while (duration.count() > 0 && !cancellation.cancelled()) {
      const microseconds slice = std::min(duration, kSlice);
      std::this_thread::sleep_for(slice);
      duration -= slice;
    }
  }

  double random_fraction() override { return lakelet::random_fraction(); }
};

// One commit's way through the races. `doubt_` is a version whose put got no answer and of which it isn't settled yet
// whether it is ours: our object may still arrive there. While it lasts no other version may be put, or our changes
// could be committed twice.
class CommitLoop {
 public:
  CommitLoop(CommitSteps& steps, Version base, const CommitOptions& options, CommitPacing& pacing)
      : steps_(steps),
        base_(base),
        options_(options),
        pacing_(pacing),
        knows_unsent_(dynamic_cast<const KnowsUnsent*>(&steps) != nullptr),
        deadline_(pacing.now() + options.retry_budget) {}

  CommitOutcome run() {
    if (options_.if_version && *options_.if_version != base_) return version_moved(base_, "");
    try {
      return race();
    } catch (const Error& error) {
      if (!doubt_) throw;
      return after_error_in_doubt(error);
    }
  }

 private:
  CommitOutcome race() {
    Version version = base_ + 1;
    while (true) {
      options_.cancellation.check();
      const CommitSteps::Put put = try_put(version);
      if (put == CommitSteps::Put::Won) return committed(version);
      doubt_ = version;
      const std::optional<bool> own = read_back(version);
      if (!own) return unknown(version, "it could not be read back");
      if (*own) return committed(version);
      // Lost, and not ours: the version is somebody else's for good. After no answer it may still be nobody's.
      if (put == CommitSteps::Put::Lost) doubt_.reset();
      if (std::optional<CommitOutcome> end = lose(version)) return *std::move(end);
    }
  }

  // A store that is out of reach may have taken the put all the same.
  CommitSteps::Put try_put(Version version) {
    for (int tries = 1;; ++tries) {
      try {
        return steps_.put(version);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::Unavailable) throw;
        if (!knows_unsent_) return CommitSteps::Put::NoAnswer;
        if (tries == kUnreachedTries || pacing_.now() >= deadline_) throw;
        note(fmt::format("{}: trying again (retry {})", error.what(), tries));
      }
      pause(tries);
      options_.cancellation.check();
    }
  }

  CommitOutcome after_error_in_doubt(const Error& error) {
    const Version version = *doubt_;
    std::optional<bool> own;
    try {
      own = steps_.is_own(version);
    } catch (const Error&) {
      return unknown(version, error.what());
    }
    if (own == true) return committed(version);
    // That the table exists was seen in the log, so that "not ours" is final there.
    if (own == false && error.code() == ErrorCode::AlreadyExists) throw error;
    return unknown(version, error.what());
  }

  // Someone may have won `version`: gets ready for the next try and sets `version` to it, or says how it ends.
  std::optional<CommitOutcome> lose(Version& version) {
    if (!doubt_ && options_.if_version) return version_moved(version, steps_.winner(version));
    std::variant<Version, Conflict> rebased = steps_.rebase(version);
    if (doubt_) {
      if (std::optional<CommitOutcome> end = settle_doubt(rebased)) return end;
    }
    if (const Conflict* conflict = std::get_if<Conflict>(&rebased)) return *conflict;
    const Version newest = std::get<Version>(rebased);
    if (pacing_.now() >= deadline_) return budget_spent(std::max(newest, version));
    ++retries_;
    note_retry(version, newest);
    pause(retries_);
    version = std::max(version, newest + 1);
    return std::nullopt;
  }

  // The rebase has read on after a put without answer. What it saw at that version may be our own commit, arrived late.
  std::optional<CommitOutcome> settle_doubt(const std::variant<Version, Conflict>& rebased) {
    const Version version = *doubt_;
    const Version* newest = std::get_if<Version>(&rebased);
    if (newest && *newest < version) return std::nullopt;  // nobody's yet: the same version is put again
    const std::optional<bool> own = read_back(version);
    if (!own) return unknown(version, "it could not be read back");
    if (*own) return committed(version);
    doubt_.reset();
    if (options_.if_version) return version_moved(version, steps_.winner(version));
    return std::nullopt;
  }

  std::optional<bool> read_back(Version version) {
    for (int tries = 1;; ++tries) {
      const std::optional<bool> own = steps_.is_own(version);
      if (own || tries == kReadBackTries || options_.cancellation.cancelled()) return own;
      pause(tries);
    }
  }

  void pause(int retry) {
    const microseconds limit = back_off_limit(retry);
    const auto duration = microseconds(static_cast<std::int64_t>(limit.count() * pacing_.random_fraction()));
    pacing_.sleep(duration, options_.cancellation);
  }

  void note_retry(Version lost, Version newest) const {
    if (!options_.events) return;
    note(newest < lost ? fmt::format("version {} got no answer: trying again (retry {})", lost, retries_)
                       : fmt::format("lost version {} to {}: trying version {} (retry {})", lost, steps_.winner(lost),
                                     newest + 1, retries_));
  }

  void note(std::string text) const {
    if (!options_.events) return;
    Event event;
    event.kind = EventKind::Note;
    event.operation = "commit";
    event.text = std::move(text);
    options_.events(event);
  }

  CommitOutcome committed(Version version) {
    doubt_.reset();
    return Committed{version, retries_};
  }

  CommitOutcome version_moved(Version winner, std::string who) const {
    Conflict conflict;
    conflict.winner = winner;
    conflict.who = std::move(who);
    conflict.what = fmt::format("the table is no longer at version {}", *options_.if_version);
    conflict.version_moved = true;
    return conflict;
  }

  CommitOutcome budget_spent(Version winner) const {
    if (doubt_) return unknown(*doubt_, "no answer came in time");
    Conflict conflict;
    conflict.winner = winner;
    conflict.who = steps_.winner(winner);
    conflict.what = fmt::format("others committed first {} times within {} ms", retries_ + 1,
                                static_cast<std::int64_t>(options_.retry_budget.count()));
    return conflict;
  }

  static CommitOutcome unknown(Version version, std::string_view why) {
    return Unknown{fmt::format(
        "whether version {} is this commit is not known ({}): look at the table's history before trying again, and "
        "remove no files",
        version, why)};
  }

  CommitSteps& steps_;
  const Version base_;
  const CommitOptions& options_;
  CommitPacing& pacing_;
  const bool knows_unsent_;
  const std::chrono::steady_clock::time_point deadline_;
  std::optional<Version> doubt_;
  int retries_ = 0;
};

}  // namespace

std::chrono::milliseconds back_off_limit(int retry) {
  constexpr int kMostDoublings = 10;
  return std::min(kLongestBackOff, kFirstBackOff * (1 << std::clamp(retry - 1, 0, kMostDoublings)));
}

CommitOutcome commit_on_top(CommitSteps& steps, Version base, const CommitOptions& options, CommitPacing& pacing) {
  return CommitLoop(steps, base, options, pacing).run();
}

CommitOutcome commit_on_top(CommitSteps& steps, Version base, const CommitOptions& options) {
  RealPacing pacing;
  return commit_on_top(steps, base, options, pacing);
}

Committed require_committed(const CommitOutcome& outcome, const std::string& table_uri) {
  if (const Committed* committed = std::get_if<Committed>(&outcome)) return *committed;
  if (const Unknown* unknown = std::get_if<Unknown>(&outcome)) {
    throw Error(ErrorCode::CommitUnknown, fmt::format("the commit to '{}' may or may not have happened", table_uri),
                unknown->how_to_find_out);
  }
  const Conflict& conflict = std::get<Conflict>(outcome);
  const std::string who = conflict.who.empty() ? "" : " (" + conflict.who + ")";
  if (conflict.version_moved) {
    throw Error(ErrorCode::Conflict,
                fmt::format("'{}' is at version {}{}: {}", table_uri, conflict.winner, who, conflict.what),
                "nothing was committed; read the newest version and try again");
  }
  throw Error(
      ErrorCode::Conflict,
      fmt::format("the commit to '{}' lost to version {}{}: {}", table_uri, conflict.winner, who, conflict.what),
      "nothing was committed; run it again on the newest version");
}

}  // namespace lakelet
