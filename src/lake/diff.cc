#include "lakelet/diff.h"

#include "lake/scan_state.h"
#include "lake/table_state.h"
#include "operations/diff.h"

namespace lakelet {

struct Diff::Impl {
  std::shared_ptr<SessionState> state;
  operations::DiffPlan plan;

  Rows query(const std::string& text) const {
    return leased_query(*state, text, {}, [this](sql::SqlSession& session) {
      session.bind_snapshot(operations::kDiffBefore, plan.before);
      session.bind_snapshot(operations::kDiffAfter, plan.after);
    });
  }
};

Version Diff::from() const {
  return impl_->plan.from;
}
Version Diff::to() const {
  return impl_->plan.to;
}
const std::vector<NamedChange>& Diff::columns() const {
  return impl_->plan.columns;
}
const std::vector<NamedChange>& Diff::properties() const {
  return impl_->plan.properties;
}
const std::vector<NamedChange>& Diff::metadata() const {
  return impl_->plan.metadata;
}
const FileDifferences& Diff::files() const {
  return impl_->plan.files;
}
const std::vector<std::string>& Diff::added_files() const {
  return impl_->plan.added_files;
}
const std::vector<std::string>& Diff::removed_files() const {
  return impl_->plan.removed_files;
}

Rows Diff::rows() const {
  return impl_->query(impl_->plan.rows_query);
}

RowDifferences Diff::count() const {
  Rows counted = impl_->query(impl_->plan.count_query);
  RowDifferences result;
  if (!counted.next()) return result;
  result.inserted = counted.value(0).integer();
  result.deleted = counted.value(1).integer();
  result.updated = counted.value(2).integer();
  return result;
}

Diff Table::diff(const Table& later, const DiffOptions& options) const {
  auto impl = std::make_shared<Diff::Impl>();
  impl->state = impl_->state;
  impl->plan = operations::plan_diff(*impl_->snapshot(), *later.impl_->snapshot(), options);
  return Diff(std::move(impl));
}

}  // namespace lakelet
