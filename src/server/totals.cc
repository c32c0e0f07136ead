#include "server/totals.h"

#include <fmt/format.h>

#include "server/row_text.h"

namespace lakelet::server {

Rows totals_of(Session& session, const Schema& schema, std::function<OwnedArrowStream()> rows) {
  std::string sums, names;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    sums += comma + (column_kind(schema[i].type) == "number" ? fmt::format("sum(c{})", i) : std::string("NULL"));
    names += fmt::format("{}c{}", comma, i);  // a result's columns may be called alike
  }
  return session.sql(fmt::format("SELECT {} FROM lakelet_result AS result({})", sums, names), {},
                     {{"lakelet_result", std::move(rows)}});
}

}  // namespace lakelet::server
