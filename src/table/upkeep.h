// What a format is asked for by the verbs that keep a table small: which objects its versions need, and what can be
// done to the files that say what the table is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/cancellation.h"
#include "lakelet/maintenance.h"
#include "storage/object_store.h"
#include "table/snapshot.h"

namespace lakelet {

struct RetentionRequest {
  std::optional<std::int64_t> retention_us{};  // absent: the table's own
  std::int64_t now_us = 0;
  bool by_log = false;  // each_removed() will be asked: all that the log tells of is wanted
  std::vector<std::shared_ptr<const Snapshot>> keep{};  // versions whose files are needed, too
  Cancellation cancellation{};
};

// Which of the objects in a table's folder are needed by the versions that were the newest one at some time since
// cutoff_us(). Thread-safe.
class FileRetention {
 public:
  virtual ~FileRetention() = default;
  virtual const Location& folder() const = 0;  // in which the table's files lie: what it is called may be another thing
  virtual std::int64_t cutoff_us() const = 0;
  virtual std::int64_t retention_us() const = 0;        // that was asked for
  virtual std::int64_t least_retention_us() const = 0;  // the table's own: less needs to be insisted on

  // How old an object has to be that no version names, where nobody says and nobody insists: it may be a writer's.
  virtual std::int64_t least_unnamed_age_us() const { return 0; }
  // Whether versions, or names of some, go with a vacuum even if no object does.
  virtual bool forgets() const { return false; }

  enum class Standing {
    Needed,   // by one of these versions, or by the table whatever its version is
    Removed,  // versions before them had it, and no later one has
    Unnamed,  // no version that is known names it
    Exempt,   // not the table's: never touched
  };
  // Of an object by its path below the table's folder.
  virtual Standing standing(std::string_view path) const = 0;
  // Every Removed object that the log tells of, in no order, once each; they may be gone already. Stops when visit
  // returns false.
  virtual void each_removed(const std::function<bool(const std::string& path)>& visit) const = 0;
};

// How a vacuum stands, for the table's history.
struct VacuumRecord {
  enum class Step { Start, Completed, Failed };
  Step step = Step::Start;
  std::optional<std::int64_t> given_retention_us{};
  std::int64_t least_retention_us = 0;
  std::int64_t now_us = 0;
  std::vector<Version> keep{};    // versions that stay whatever their age
  bool retention_checked = true;  // against the table's own
  bool full = false;
  std::int64_t files = 0;  // Start: to be deleted; else deleted
  std::uint64_t bytes = 0;
  std::int64_t folders = 0;  // in which there were files to delete
  std::map<std::string, std::string> user_metadata{};
};

enum class LogTask {
  Checkpoint,  // the newest version in one piece
  Compact,     // several commits in one file
  CleanUp,     // what only versions need that are past the log's retention
};

struct LogRequest {
  LogTask task = LogTask::Checkpoint;
  // Compact: the commits; absent: all since the newest checkpoint.
  std::optional<Version> first{}, last{};
  std::int64_t now_us = 0;
};

// What will be done, and nothing of it yet. Empty lists: nothing is to be done.
struct LogPlan {
  LogTask task = LogTask::Checkpoint;
  std::shared_ptr<const Snapshot> newest{};
  Version first = -1, last = -1;      // Compact
  std::vector<std::string> writes{};  // below the table's folder; what isn't known before it is written is a pattern
  std::vector<ObjectInfo> removes{};
};

// What a restore brings back and takes away.
struct Restoration {
  struct File {
    std::string path;  // as the format records it
    std::uint64_t bytes = 0;
    std::vector<std::string> uris;  // what has to be there for its rows to be read: the file, and its deletes
  };
  std::vector<File> restored;  // that the base doesn't have, or has with other rows deleted
  std::int64_t files_removed = 0;
  std::uint64_t bytes_removed = 0;
  std::int64_t files = 0;  // of the table then
  std::uint64_t bytes = 0;
};

}  // namespace lakelet
