#include "operations/alter.h"

#include "lakelet/error.h"

namespace lakelet::operations {

Plan plan_alter(const std::string& table_uri, const std::vector<Alteration>& changes, const WriteOptions& options) {
  if (changes.empty()) throw Error(ErrorCode::InvalidArgument, "no change is given");
  Plan plan;
  plan.verb = "alter";
  plan.table_uri = table_uri;
  plan.alterations = changes;
  plan.options = commit_options(options);
  return plan;
}

}  // namespace lakelet::operations
