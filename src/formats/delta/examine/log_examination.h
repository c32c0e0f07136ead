// What is wrong with a table's log, and how its checkpoints are mended.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "formats/delta/log/log_segment.h"
#include "formats/delta/snapshot.h"
#include "lakelet/health.h"

namespace lakelet::delta {

// The kinds of findings that mend() takes.
inline constexpr const char* kCheckpointCheck = "checkpoint";
inline constexpr const char* kLastCheckpointCheck = "last checkpoint";

class LogExamination {
 public:
  using Report = std::function<void(const Finding&)>;
  // One listing of the log. Throws Error(NotFound) if there is none.
  LogExamination(const FormatContext& context, const Location& table, Report report);

  // Commits that can't be read or are missing, checkpoints that can't be read or say something else than the commits,
  // a hint that points nowhere, checksums that contradict, deletion vectors that can't be read. Reads the whole log.
  void run();

  // Writes the checkpoint again that a finding names, from the commits before it; or the hint. Throws
  // Error(CorruptTable) if the commits don't suffice.
  void mend(const Finding& finding);

 private:
  void read_commits();
  void look_for_gaps();
  void look_for_parts();
  void compare_checkpoints();
  void compare(const CheckpointFiles& checkpoint);
  void check_hint();
  void check_newest();
  void check_vectors(const DeltaSnapshot& snapshot);
  void mend_checkpoint(const std::string& subject);
  void mend_hint();

  // The version by what was found trustworthy so far: commits, and checkpoints before. Null if that isn't enough.
  std::shared_ptr<const DeltaSnapshot> replayed(Version version);
  std::string name_of(const LogFile& file) const;
  void found(Severity severity, const char* check, std::string subject, std::string message, std::string remedy,
             bool repairable = false);

  FormatContext context_;  // whose warnings are findings
  Location table_;
  Report report_;
  LogListing listing_;
  LogListing trusted_;            // every readable commit, the checkpoints that are as they should be
  std::set<Version> unreadable_;  // commits
};

}  // namespace lakelet::delta
