#include "operations/layout.h"

#include "lakelet/error.h"
#include "table/table_layout_change.h"

namespace lakelet::operations {

Version change_layout(FormatTable& table, std::shared_ptr<const Snapshot> newest,
                      const std::vector<LayoutChange>& changes, const WriteOptions& options,
                      const CommitOptions& commit) {
  if (changes.empty()) throw Error(ErrorCode::InvalidArgument, "no change is given");
  newest->require(Access::Maintain);
  const std::unique_ptr<Transaction> transaction = table.begin(newest);
  for (const LayoutChange& change : changes) apply(*transaction, *transaction->preview(), change);
  if (transaction->empty()) return -1;
  CommitInfo info;
  info.operation = Operation::SetProperties;
  info.user_metadata = options.user_metadata;
  CommitOptions last = commit;
  last.if_version = options.if_version;
  return require_committed(transaction->commit(info, last), newest->location().uri).version;
}

Report cherry_pick(FormatTable& table, std::shared_ptr<const Snapshot> newest, const VersionSelector& version,
                   const WriteOptions& options, const CommitOptions& commit) {
  newest->require(Access::Append);
  const auto picked = table.snapshot(version);
  const std::unique_ptr<Transaction> transaction = table.begin(newest);
  Report report = version_picking(*transaction).cherry_pick(*picked);
  CommitInfo info;
  info.operation = Operation::Append;
  info.metrics = report;
  info.user_metadata = options.user_metadata;
  CommitOptions last = commit;
  last.if_version = options.if_version;
  const Committed done = require_committed(transaction->commit(info, last), newest->location().uri);
  report.version = done.version;
  report.commit_retries = done.retries;
  return report;
}

}  // namespace lakelet::operations
