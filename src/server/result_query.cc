#include "server/result_query.h"

#include <fmt/format.h>

namespace lakelet::server {
namespace {

std::string order_of(const std::vector<std::string>& sort) {
  std::string order;
  for (const std::string& column : sort) {
    const bool descending = column.starts_with('-');
    order += fmt::format("{}{} {} NULLS LAST", order.empty() ? " ORDER BY " : ", ",
                         quoted(descending ? column.substr(1) : column, '"'), descending ? "DESC" : "ASC");
  }
  return order;
}

}  // namespace

QueryPlan plan_result(Workspace& workspace, ResultRows rows, const RequestBody& body) {
  const std::string where = body.text("where", "");
  // On a line of its own: what comes behind a comment in it counts too, and a message tells its position.
  const std::string text =
      fmt::format("SELECT * FROM result{}{}", where.empty() ? where : fmt::format(" WHERE (\n{}\n)", where),
                  order_of(body.texts("sort")));
  const auto start = [&workspace, text, rows](const QueryControl& control) {
    return workspace.reading_session().sql(text, {}, control,
                                           {{"result", [rows, control] { return rows(control).into_stream(); }}});
  };
  return {start, start, result_limits(workspace)};
}

}  // namespace lakelet::server
