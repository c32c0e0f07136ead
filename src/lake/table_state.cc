#include "lake/table_state.h"

#include <fmt/format.h>

#include <chrono>

#include "lakelet/error.h"

namespace lakelet {

std::shared_ptr<Table::Impl> Table::Impl::open(std::shared_ptr<SessionState> state,
                                               const ResolvedReference& reference) {
  auto impl = std::make_shared<Impl>();
  impl->location = reference.location;
  impl->selector = reference.selector;
  const auto running = running_in_catalog(*state, reference.location, "open");
  auto opened = state->tables->open_at(reference.location, reference.selector);
  impl->table_ = std::move(opened.opened.table);
  impl->snapshot_ = std::move(opened.snapshot);
  impl->state = std::move(state);
  return impl;
}

std::shared_ptr<Table::Impl> Table::Impl::committed(std::shared_ptr<SessionState> state, Location location,
                                                    Version version) {
  auto impl = std::make_shared<Impl>();
  impl->state = std::move(state);
  impl->location = std::move(location);
  impl->committed_ = version;
  return impl;
}

FormatTable& Table::Impl::table() {
  if (!table_) table_ = state->tables->open(location).table;
  return *table_;
}

const std::shared_ptr<const Snapshot>& Table::Impl::snapshot() {
  if (committed_) {
    snapshot_ = table().snapshot(*committed_);
    committed_.reset();
  }
  return snapshot_;
}

void Table::Impl::require_latest(const std::string& verb) const {
  if (std::holds_alternative<LatestVersion>(selector)) return;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("can't {} {}{}: only the newest version of a table can be written to", verb, location.uri,
                          to_string(selector)),
              "open the table without a version");
}

void Table::Impl::require_writable(const std::string& verb) const {
  if (!(snapshot_ && snapshot_->branch())) require_latest(verb);
}

std::string Table::Impl::target() const {
  const auto* reference = std::get_if<AtReference>(&selector);
  return reference ? location.uri + "@" + reference->name : location.uri;
}

void Table::Impl::refresh() {
  const bool branch = snapshot_ && snapshot_->branch();
  if (!branch && !std::holds_alternative<LatestVersion>(selector)) return;
  snapshot_ = table().snapshot(selector);
  committed_.reset();
}

Report Table::Impl::run(const std::string& verb,
                        const std::function<operations::Plan(const operations::Workspace&)>& plan) {
  require_writable(verb);
  refresh();
  Report report = run_verb(*state, verb, plan);
  stand_at(report.version);
  return report;
}

void Table::Impl::stand_at(Version version) {
  // Read when it is asked for: a store that fails now must not make a failure of what is committed.
  if (version < 0 || (snapshot_ && version == snapshot_->version())) return;
  if (snapshot_ && snapshot_->branch()) {
    try {
      snapshot_ = table().snapshot(selector);
      return;
    } catch (const Error&) {  // the version itself, then
    }
  }
  committed_ = version;
}

Report run_verb(SessionState& state, const std::string& verb,
                const std::function<operations::Plan(const operations::Workspace&)>& plan) {
  state.require_writable(verb);
  const auto start = std::chrono::steady_clock::now();
  const std::shared_ptr<Lease> lease = state.borrow();
  operations::Plan planned = plan({lease->sql(), *state.stores});
  planned.options.commit.cancellation = lease->cancellation();
  planned.options.commit.events = events_of(state, verb);
  Report report = operations::run(planned, lease->sql());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace lakelet
