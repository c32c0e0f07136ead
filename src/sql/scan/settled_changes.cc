#include "sql/scan/settled_changes.h"

#include <fmt/format.h>

#include "sql/sql_session.h"

namespace lakelet::sql {

std::string settled_changes(const ChangeFeed& feed, std::string_view relation) {
  const std::vector<Version> rewriting = feed.rewriting_versions();
  if (rewriting.empty()) return {};
  std::string versions, renamed, names, columns;
  for (const Version version : rewriting) versions += fmt::format("{}{}", versions.empty() ? "" : ", ", version);
  const Schema schema = change_schema(feed.snapshot()->schema());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const std::string& name = schema[i].name;
    const bool type = name == kChangeTypeColumn;
    const std::string quoted = quote_identifier(name);
    if (!type) {
      renamed += fmt::format("{} AS c{}, ", quoted, i);
      columns += fmt::format("{}c{}", columns.empty() ? "" : ", ", i);
    }
    names +=
        fmt::format("{}{} AS {}", i ? ", " : "",
                    type ? "CASE WHEN surplus > 0 THEN 'insert' ELSE 'delete' END" : fmt::format("c{}", i), quoted);
  }
  return fmt::format(
      "SELECT * FROM {0} WHERE {1} NOT IN ({2}) UNION ALL SELECT {3} FROM (SELECT {4}, surplus, "
      "unnest(range(abs(surplus))) AS copy FROM (SELECT {4}, sum(side)::BIGINT AS surplus FROM (SELECT {5}CASE {6} "
      "WHEN "
      "'insert' THEN 1 ELSE -1 END AS side FROM {0} WHERE {1} IN ({2})) GROUP BY {4} HAVING sum(side) <> 0)) ORDER BY "
      "{7}, {6}",
      relation, kCommitVersionColumn, versions, names, columns, renamed, kChangeTypeColumn, kCommitTimestampColumn);
}

}  // namespace lakelet::sql
