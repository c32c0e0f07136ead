#include <optional>

#include "lake/table_state.h"
#include "lakelet/error.h"
#include "operations/merge.h"

namespace lakelet {

struct MergeBuilder::Impl {
  std::shared_ptr<Table::Impl> table;
  std::optional<Source> source;
  std::string on;
  WriteOptions options;
  std::vector<operations::MergeStep> steps;
};

MergeBuilder::MergeBuilder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MergeBuilder::MergeBuilder(MergeBuilder&&) noexcept = default;
MergeBuilder& MergeBuilder::operator=(MergeBuilder&&) noexcept = default;
MergeBuilder::~MergeBuilder() = default;

MergeBuilder Table::merge(Source source, const std::string& on, const WriteOptions& options) {
  auto impl = std::make_unique<MergeBuilder::Impl>();
  impl->table = impl_;
  impl->source = std::move(source);
  impl->on = on;
  impl->options = options;
  return MergeBuilder(std::move(impl));
}

MergeBuilder& MergeBuilder::when_matched_update(Assignments set, std::string condition) {
  impl_->steps.push_back({MergeMatch::Matched, MergeAction::Update, false, std::move(set), std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_matched_update_all(std::string condition) {
  impl_->steps.push_back({MergeMatch::Matched, MergeAction::Update, true, {}, std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_matched_delete(std::string condition) {
  impl_->steps.push_back({MergeMatch::Matched, MergeAction::Delete, false, {}, std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_not_matched_insert(Assignments values, std::string condition) {
  impl_->steps.push_back({MergeMatch::NotMatched, MergeAction::Insert, false, std::move(values), std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_not_matched_insert_all(std::string condition) {
  impl_->steps.push_back({MergeMatch::NotMatched, MergeAction::Insert, true, {}, std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_not_matched_by_source_update(Assignments set, std::string condition) {
  impl_->steps.push_back(
      {MergeMatch::NotMatchedBySource, MergeAction::Update, false, std::move(set), std::move(condition)});
  return *this;
}

MergeBuilder& MergeBuilder::when_not_matched_by_source_delete(std::string condition) {
  impl_->steps.push_back({MergeMatch::NotMatchedBySource, MergeAction::Delete, false, {}, std::move(condition)});
  return *this;
}

Report MergeBuilder::execute() {
  if (!impl_->source) throw Error(ErrorCode::InvalidArgument, "this merge was executed already");
  Source source = std::move(*impl_->source);
  impl_->source.reset();
  Table::Impl& table = *impl_->table;
  return table.run("merge", [&](const operations::Workspace& workspace) {
    const Schema& schema = table.snapshot()->schema();
    const auto rows = operations::prepare_relation(table.state->input(std::move(source)), &schema, workspace);
    return operations::plan_merge(table.target(), schema, rows, impl_->on, impl_->steps, impl_->options);
  });
}

}  // namespace lakelet
