#include "sql/rewrite/file_rewriter.h"

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "sql/rewrite/rewrite_operators.h"
#include "sql/session/statement_run.h"

namespace lakelet::sql {

struct FileRewriter::Impl {
  OpenConnection open;
};

FileRewriter::FileRewriter(std::shared_ptr<engine::Engine> engine) : impl_(std::make_unique<Impl>()) {
  OpenConnection& open = impl_->open;
  open.connection = engine->impl().connect();
  open.state = duckdb::make_shared_ptr<ConnectionState>(engine, nullptr, FormatContext{}, nullptr);
  open.engine = std::move(engine);
  auto& config = open.connection->context->config;
  config.enable_progress_bar = true;
  config.print_progress_bar = false;
  config.wait_time = 0;
}

FileRewriter::~FileRewriter() = default;

Rewritten FileRewriter::rewrite(Transaction& transaction, const RewriteStep& step, const CommitOptions& options) {
  const auto work = std::make_shared<RewriteWork>(transaction, step);
  for (const ColumnPath& column : step.columns) {
    const ChunkPath path = chunk_path(work->base->schema(), column);
    if (step.placement == Placement::Sorted && path.size() > 1) {
      throw Error(ErrorCode::UnsupportedFeature, "rows can be sorted by whole columns only, not by a part of one",
                  "place them along a curve instead");
    }
  }
  WriteOptions& current = impl_->open.state->options;
  current = WriteOptions{};
  current.commit = options;
  auto plan = duckdb::make_uniq<LogicalRewrite>(work);
  plan->ResolveOperatorTypes();
  StatementRun(impl_->open).run_plan(std::move(plan));
  return std::move(work->result);
}

}  // namespace lakelet::sql
