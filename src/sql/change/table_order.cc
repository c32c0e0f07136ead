#include "sql/change/table_order.h"

#include "table/table_layout_change.h"

namespace lakelet::sql {

std::vector<SortField> table_order(const Snapshot& table) {
  const auto* sorted = dynamic_cast<const SortedSnapshot*>(&table);
  return sorted ? sorted->sort_order() : std::vector<SortField>();
}

}  // namespace lakelet::sql
