// What a handle on a table holds.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lake/session_state.h"
#include "lakelet/table.h"
#include "operations/plan.h"

namespace lakelet {

struct Table::Impl {
  std::shared_ptr<SessionState> state;
  Location location;
  VersionSelector selector;
  std::shared_ptr<FormatTable> table;
  std::shared_ptr<const Snapshot> snapshot;

  // Throws NotFound ..., as FormatRegistry::detect, TableFormat::open and FormatTable::snapshot do.
  static std::shared_ptr<Impl> open(std::shared_ptr<SessionState> state, const ResolvedReference& reference);

  void require_latest(const std::string& verb) const;
  // The newest schema: what a verb is planned against.
  void refresh();
  // Plans and runs on a connection of the pool, then stands at the committed version.
  Report run(const std::string& verb, const std::function<operations::Plan(const operations::Workspace&)>& plan);
};

// Runs a plan with progress, cancellation and events of the session.
Report run_verb(SessionState& state, const std::string& verb,
                const std::function<operations::Plan(const operations::Workspace&)>& plan);

}  // namespace lakelet
