// What a commit says of itself, how it may end, and the loop that puts it on top of the newest version.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lakelet/cancellation.h"
#include "lakelet/events.h"
#include "lakelet/report.h"
#include "table/snapshot.h"

namespace lakelet {

enum class Operation {
  Create,
  Append,
  Overwrite,
  Delete,
  Update,
  Merge,
  Optimize,
  Vacuum,
  Restore,
  SetProperties,
  ChangeSchema,
  Clone,               // a new table that has the files of another
  Convert,             // a new table of files that were there
  Analyze,             // what is known of files' columns; no row changes
  RemoveMissingFiles,  // files that the table lists and nobody has any more
  Other
};

enum class MergeMatch { Matched, NotMatched, NotMatchedBySource };
enum class MergeAction { Update, Insert, Delete };
struct MergeClause {
  MergeMatch match = MergeMatch::Matched;
  MergeAction action = MergeAction::Update;
  std::optional<std::string> condition;  // SQL text
};

// What a clone is a copy of.
struct CloneOrigin {
  std::string source;  // the URI of the table
  Version version = 0;
  std::int64_t files = 0;  // of that version
  std::uint64_t bytes = 0;
  bool shallow = false;  // its files stay where they are
  std::int64_t copied_files = 0;
  std::uint64_t copied_bytes = 0;
};

// What became a table.
struct ConversionOrigin {
  std::string format;       // of the files: "parquet"
  bool statistics = false;  // were gathered
};

// For the history. Each format spells it in its own words.
struct CommitInfo {
  Operation operation = Operation::Other;
  std::string other_operation;           // the name, where operation is Other
  std::optional<std::string> predicate;  // SQL text: of delete, update, overwrite-where, merge's ON
  std::vector<MergeClause> merge_clauses;
  std::optional<CloneOrigin> clone;            // of Clone
  std::optional<ConversionOrigin> conversion;  // of Convert
  Report metrics;
  std::map<std::string, std::string> user_metadata;
};

struct CommitOptions {
  std::optional<Version> if_version;               // commit only on top of exactly this version, no rebase
  std::chrono::milliseconds retry_budget{60'000};  // for losing races, not for the work
  Cancellation cancellation;
  EventSink events;
};

struct Committed {
  Version version = 0;
  int retries = 0;
};
struct Conflict {
  Version winner = 0;          // the version that the other writer committed
  std::string who;             // its operation and engine, as far as it says
  std::string what;            // a sentence: what of theirs collides with what of ours
  bool version_moved = false;  // only if_version was violated
};
struct Unknown {
  std::string how_to_find_out;  // a sentence with the next command
};
using CommitOutcome = std::variant<Committed, Conflict, Unknown>;

// One format's steps of a commit. commit_on_top() drives them; each may throw Error for what no retry mends.
class CommitSteps {
 public:
  virtual ~CommitSteps() = default;
  enum class Put { Won, Lost, NoAnswer };
  // Tries to make `version` exist with our changes. Must be all or nothing.
  virtual Put put(Version version) = 0;
  // After NoAnswer, or Lost: whether the commit at `version` is our own (by its id). nullopt: can't tell now.
  virtual std::optional<bool> is_own(Version version) = 0;
  // Reads what others committed from `version` on, checks it against what we read and changed, and adapts our actions.
  // Returns the newest version seen, or the conflict.
  virtual std::variant<Version, Conflict> rebase(Version from) = 0;
  // Who committed `version` and with what operation, for a Conflict's `who`, as far as rebase() saw it.
  virtual std::string winner(Version version) { return version < 0 ? "" : "another writer"; }
};

// Puts base + 1, and on a lost race rebases and tries again with full-jitter back-off until the budget is spent (then a
// Conflict). An answer that was lost is resolved by reading back. Data files are never written again. Throws
// Error(Cancelled) only while it is certain that nothing of ours was committed; what the steps throw passes through
// under the same condition, and is Unknown otherwise.
CommitOutcome commit_on_top(CommitSteps& steps, Version base, const CommitOptions& options);

// Turns an outcome that isn't Committed into Error(Conflict) or Error(CommitUnknown); the version otherwise.
Committed require_committed(const CommitOutcome& outcome, const std::string& table_uri);

}  // namespace lakelet
