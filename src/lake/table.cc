#include "lakelet/table.h"

#include <fmt/format.h>

#include <map>

#include "lake/scan_state.h"
#include "lake/table_state.h"
#include "lakelet/error.h"
#include "operations/alter.h"
#include "operations/append.h"
#include "operations/change_rows.h"
#include "operations/layout.h"
#include "sql/scan/settled_changes.h"
#include "table/change_feed.h"

namespace lakelet {

Table::Table(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

const std::string& Table::uri() const {
  return impl_->location.uri;
}
Version Table::version() const {
  return impl_->snapshot()->version();
}
std::int64_t Table::timestamp_us() const {
  return impl_->snapshot()->timestamp_us();
}
const Schema& Table::schema() const {
  return impl_->snapshot()->schema();
}
const TableMetadata& Table::metadata() const {
  return impl_->snapshot()->metadata();
}
std::map<std::string, std::string> Table::domains() const {
  return impl_->snapshot()->domains();
}
std::optional<std::int64_t> Table::application_version(const std::string& application) const {
  return impl_->snapshot()->application_version(application);
}

const Properties& Table::properties() const {
  return impl_->snapshot()->properties();
}
const Partitioning& Table::partitioning() const {
  return impl_->snapshot()->partitioning();
}

Table Table::at_version(Version version) const {
  return Table(Impl::open(impl_->state, {impl_->location, version, {}}));
}

Table Table::at_timestamp(std::int64_t us) const {
  return Table(Impl::open(impl_->state, {impl_->location, AtTimestamp{us}, {}}));
}

void Table::refresh() {
  impl_->refresh();
}

std::vector<Reference> Table::references() const {
  std::vector<Reference> result;
  for (const NamedVersion& each : impl_->table().references()) result.push_back({each.name, each.version, each.branch});
  return result;
}

Scan Table::scan() const {
  auto scan = std::make_shared<Scan::Impl>();
  scan->state = impl_->state;
  scan->snapshot = impl_->snapshot();
  return Scan(std::move(scan));
}

Scan Table::changes(const VersionSelector& from, const VersionSelector& to) const {
  auto scan = std::make_shared<Scan::Impl>();
  scan->state = impl_->state;
  const auto feed = impl_->table().changes(impl_->snapshot(), {from, to});
  scan->snapshot = scannable(feed);
  const std::string settled = sql::settled_changes(*feed, kScanRelation);
  if (!settled.empty()) scan->relation = fmt::format("({}) AS {}", settled, kScanRelation);
  return Scan(std::move(scan));
}

Report Table::append(Source source, const WriteOptions& options) {
  return impl_->run("append", [&](const operations::Workspace& workspace) {
    const auto rows = operations::prepare_relation(impl_->state->input(std::move(source)), &schema(), workspace);
    return operations::plan_append(impl_->target(), rows, options);
  });
}

Report Table::overwrite(Source source, const std::string& where, const WriteOptions& options) {
  return impl_->run("overwrite", [&](const operations::Workspace& workspace) {
    const bool new_schema = options.schema_mode == SchemaMode::Overwrite;
    const auto rows = operations::prepare_relation(impl_->state->input(std::move(source)),
                                                   new_schema ? nullptr : &schema(), workspace);
    return operations::plan_overwrite(impl_->target(), rows, where, options);
  });
}

Report Table::delete_rows(const std::string& where, const WriteOptions& options) {
  return impl_->run(
      "delete", [&](const operations::Workspace&) { return operations::plan_delete(impl_->target(), where, options); });
}

Report Table::alter(const std::vector<Alteration>& changes, const WriteOptions& options) {
  return impl_->run(
      "alter", [&](const operations::Workspace&) { return operations::plan_alter(impl_->target(), changes, options); });
}

Report Table::change_layout(const std::vector<LayoutChange>& changes, const WriteOptions& options) {
  impl_->state->require_writable("alter");
  impl_->require_writable("alter");
  impl_->refresh();
  const auto start = std::chrono::steady_clock::now();
  const RunningVerb running(*impl_->state, "alter");
  Report report;
  report.version = operations::change_layout(impl_->table(), impl_->snapshot(), changes, options, running.options());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  impl_->refresh();
  return report;
}

Report Table::cherry_pick(const VersionSelector& version, const WriteOptions& options) {
  impl_->state->require_writable("cherry-pick");
  impl_->require_writable("cherry-pick");
  impl_->refresh();
  const auto start = std::chrono::steady_clock::now();
  const RunningVerb running(*impl_->state, "cherry-pick");
  Report report = operations::cherry_pick(impl_->table(), impl_->snapshot(), version, options, running.options());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  impl_->refresh();
  return report;
}

Report Table::update(const Assignments& set, const std::string& where, const WriteOptions& options) {
  return impl_->run("update", [&](const operations::Workspace&) {
    return operations::plan_update(impl_->target(), schema(), set, where, options);
  });
}

}  // namespace lakelet
