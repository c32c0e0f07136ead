// A query as people run it by name or in laketower's spelling: its blank parameters are NULL, and no more rows are
// shown than the configuration says.
#pragma once

#include <string>

#include "cli/invocation.h"

namespace lakelet::cli {

struct NamedQuery {
  std::string sql;
  SqlParameters parameters;
  bool totals_row = false;  // shown to people alone: other programs would take it for data
};

// "name value name value ..." as pairs.
SqlParameters parameter_pairs(const std::vector<std::string>& words);

void show_query(Invocation& invocation, const NamedQuery& query);

}  // namespace lakelet::cli
