// What a handle on a table holds.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lake/session_state.h"
#include "lakelet/table.h"
#include "operations/plan.h"
#include "table/upkeep.h"

namespace lakelet {

struct Table::Impl {
  std::shared_ptr<SessionState> state;
  Location location;
  VersionSelector selector;

  // Throws NotFound ..., as FormatRegistry::detect, TableFormat::open and FormatTable::snapshot do.
  static std::shared_ptr<Impl> open(std::shared_ptr<SessionState> state, const ResolvedReference& reference);
  // A table whose `version` was just committed; nothing is read yet, so that nothing can fail any more.
  static std::shared_ptr<Impl> committed(std::shared_ptr<SessionState> state, Location location, Version version);

  FormatTable& table();
  // Reads a version that was committed through this handle when it is first asked for.
  const std::shared_ptr<const Snapshot>& snapshot();

  void require_latest(const std::string& verb) const;
  // The newest version, or a branch: what rows can be written to.
  void require_writable(const std::string& verb) const;
  // What statements call it: its URI, with the branch.
  std::string target() const;
  // The newest schema: what a verb is planned against.
  void refresh();
  // Stands at a version that was committed through this handle, if it is newer.
  void stand_at(Version version);
  // Plans and runs on a connection of the pool, then stands at the committed version.
  Report run(const std::string& verb, const std::function<operations::Plan(const operations::Workspace&)>& plan);
  LogReport keep_log(const std::string& verb, LogRequest request, bool dry_run);

 private:
  std::shared_ptr<FormatTable> table_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::optional<Version> committed_;  // by this handle, and not read yet
};

// Runs a plan with progress, cancellation and events of the session.
Report run_verb(SessionState& state, const std::string& verb,
                const std::function<operations::Plan(const operations::Workspace&)>& plan);

}  // namespace lakelet
