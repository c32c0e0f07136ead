#include "sql/scan/settled_changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/sql_session.h"

namespace lakelet::sql {

std::string settled_changes(const ChangeFeed& feed, std::string_view relation) {
  const std::vector<Version> rewriting = feed.rewriting_versions();
  if (rewriting.empty()) return {};
  const std::string versions = fmt::format("{}", fmt::join(rewriting, ", "));
  const Schema schema = change_schema(feed.snapshot()->schema());
  std::vector<std::string> renamed, columns, keys, told;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const std::string quoted = quote_identifier(schema[i].name), column = fmt::format("c{}", i);
    if (schema[i].name == kChangeTypeColumn) {
      told.push_back(fmt::format("CASE WHEN surplus > 0 THEN 'insert' ELSE 'delete' END AS {}", quoted));
      continue;
    }
    renamed.push_back(fmt::format("{} AS {}", quoted, column));
    columns.push_back(column);
    keys.push_back(column);
    told.push_back(fmt::format("{} AS {}", column, quoted));
    // Zero equals its negative, which it isn't.
    const TypeKind kind = schema[i].type.kind();
    if (kind == TypeKind::Float || kind == TypeKind::Double) keys.push_back(fmt::format("signbit({})", column));
  }
  const std::string counted = fmt::format(
      "SELECT {}, sum(side)::BIGINT AS surplus FROM (SELECT {}, CASE {} WHEN 'insert' THEN 1 ELSE -1 END AS side FROM "
      "{} WHERE {} IN ({})) GROUP BY {} HAVING sum(side) <> 0",
      fmt::join(columns, ", "), fmt::join(renamed, ", "), kChangeTypeColumn, relation, kCommitVersionColumn, versions,
      fmt::join(keys, ", "));
  const std::string repeated = fmt::format("SELECT *, unnest(range(abs(surplus))) AS copy FROM ({})", counted);
  return fmt::format("SELECT * FROM {} WHERE {} NOT IN ({}) UNION ALL SELECT {} FROM ({}) ORDER BY {}, {}", relation,
                     kCommitVersionColumn, versions, fmt::join(told, ", "), repeated, kCommitTimestampColumn,
                     kChangeTypeColumn);
}

}  // namespace lakelet::sql
