// Writes the rows of a table's files again as new files. On a connection of its own.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "sql/rewrite/rewrite_step.h"
#include "table/commit.h"
#include "table/transaction.h"

namespace lakelet::sql {

// One step at a time.
class FileRewriter {
 public:
  explicit FileRewriter(std::shared_ptr<engine::Engine> engine);
  ~FileRewriter();

  // The files are of the transaction's base; it adds and removes nothing. What rows are known by in other versions is
  // kept. `options` has the cancellation and who listens. Throws InvalidArgument (a column that isn't there, or whose
  // values have no order), and what reading and writing throws; then no new file is left, as far as it can be helped.
  Rewritten rewrite(Transaction& transaction, const RewriteStep& step, const CommitOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::sql
