#include "server/query_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/row_text.h"
#include "server/upload.h"

namespace lakelet::server {
namespace {

constexpr KeepLimits kForResults{100'000, std::uint64_t{256} << 20};
constexpr KeepLimits kForScans{1'000'000, std::uint64_t{256} << 20};

QueryPlan plan_sql(Workspace& workspace, const RequestBody& body) {
  const BoundSql bound = bind_filled_in(body.text("sql"), body.pairs("parameters"));
  std::string text = bound.text;
  const SqlParameters parameters = bound.parameters;
  if (body.flag("analyze", false)) {
    text.insert(0, "EXPLAIN (ANALYZE, FORMAT JSON) ");
  } else if (body.flag("explain", false)) {
    text.insert(0, "EXPLAIN (FORMAT JSON) ");
  }
  const auto run = [text, parameters](Session session, const QueryControl& control) {
    return session.sql(text, parameters, control);
  };
  // A plan with what it did runs the statement: only to look.
  const bool look = body.flag("analyze", false);
  return {[&workspace, run, look](const auto& control) {
            return run(look ? workspace.reading_session() : workspace.session, control);
          },
          [&workspace, run](const auto& control) { return run(workspace.reading_session(), control); },
          result_limits(workspace)};
}

struct TableChoice {
  std::string name, version;

  explicit TableChoice(const RequestBody& body) : name(body.text("table")), version(body.text("version", "")) {}
  Scan scan(Workspace& workspace) const { return workspace.open(name, version).scan(); }
};

QueryPlan both(Query::Start start, KeepLimits limits) {
  return {start, start, limits};
}

QueryPlan plan_scan(Workspace& workspace, const RequestBody& body) {
  const TableChoice table(body);
  const auto columns = body.texts("columns"), sort = body.texts("sort");
  const std::string where = body.text("where", "");
  const auto start = [&workspace, table, columns, sort, where](const QueryControl& control) {
    Scan scan = table.scan(workspace).select(columns);
    if (!where.empty()) scan = scan.where(where);
    for (const std::string& column : sort) {
      const bool descending = column.starts_with('-');
      scan = scan.order_by(descending ? column.substr(1) : column, descending);
    }
    return scan.rows(control);
  };
  return both(start, kForScans);
}

// Where a bin's bounds are text again.
std::string bins(const std::string& table, const std::string& number, const std::string& as_text) {
  return fmt::format(
      "WITH v AS (SELECT {1} AS x FROM {0}), s AS (SELECT min(x) AS lo, max(x) AS hi FROM v WHERE isfinite(x)), "
      "b AS (SELECT CASE WHEN hi = lo THEN 0 ELSE least(19, floor((x - lo) / (hi - lo) * 20)) END AS bin, count(*) AS "
      "n "
      "FROM v, s WHERE isfinite(x) GROUP BY 1) "
      "SELECT {2}, n AS \"rows\" FROM b, s ORDER BY bin",
      table, number,
      fmt::format("CAST({0} AS VARCHAR) AS low, CAST({1} AS VARCHAR) AS high, CAST(bin AS INTEGER) AS bin",
                  fmt::format(fmt::runtime(as_text), "(lo + (hi - lo) * bin / 20)"),
                  fmt::format(fmt::runtime(as_text), "(lo + (hi - lo) * (bin + 1) / 20)")));
}

std::string histogram_text(const std::string& table, const Field& field) {
  const std::string column = quoted(field.name, '"');
  const std::string kind = column_kind(field.type);
  if (kind == "number") return bins(table, fmt::format("CAST({} AS DOUBLE)", column), "{}");
  if (kind == "time") {
    return bins(table, fmt::format("CAST(epoch_us(CAST({} AS TIMESTAMP)) AS DOUBLE)", column),
                "make_timestamp(CAST({} AS BIGINT))");
  }
  return fmt::format(
      "SELECT left(CAST({0} AS VARCHAR), 80) AS low, NULL AS high, 0 AS bin, count(*) AS \"rows\" FROM {1} "
      "WHERE {0} IS NOT NULL GROUP BY ALL ORDER BY \"rows\" DESC, low LIMIT 12",
      column, table);
}

QueryPlan plan_histogram(Workspace& workspace, const RequestBody& body) {
  const TableChoice choice(body);
  const std::string column = body.text("column");
  const auto start = [&workspace, choice, column](const QueryControl& control) {
    const Table table = workspace.open(choice.name, choice.version);
    const Field* field = table.schema().find(column);
    if (!field) throw Error(ErrorCode::InvalidArgument, fmt::format("the table has no column {}", column));
    const std::string from = fmt::format("(SELECT {} FROM {} AT (VERSION => {}))", quoted(field->name, '"'),
                                         quoted(table.uri(), '"'), table.version());
    return workspace.session.sql(histogram_text(from, *field), {}, control);
  };
  return both(start, kForResults);
}

QueryPlan plan_statistics(Workspace& workspace, const RequestBody& body) {
  const TableChoice table(body);
  return both([&workspace, table](const auto& control) { return table.scan(workspace).statistics(control); },
              kForResults);
}

QueryPlan plan_changes(Workspace& workspace, const RequestBody& body) {
  const std::string name = body.text("table"), from = body.text("from"), to = body.text("to");
  const auto start = [&workspace, name, from, to](const QueryControl& control) {
    return workspace.session.open(name).changes(parse_version_selector(from), parse_version_selector(to)).rows(control);
  };
  return both(start, kForResults);
}

// Whether the table recorded its changes or not: it is the rows themselves that are compared.
QueryPlan plan_diff(Workspace& workspace, const RequestBody& body) {
  const std::string name = body.text("table"), from = body.text("from"), to = body.text("to");
  const DiffOptions options{body.texts("key")};
  const auto start = [&workspace, name, from, to, options](const QueryControl& control) {
    const Table before = workspace.open(name, from), after = workspace.open(name, to);
    if (control.cancelled()) throw Error(ErrorCode::Cancelled, "cancelled");
    return before.diff(after, options).rows();
  };
  return both(start, kForResults);
}

QueryPlan plan_preview(Workspace& workspace, const RequestBody& body) {
  const FileOptions options = file_options(body);
  const std::string path = upload_path(workspace, body.text("upload"));
  return both([&workspace, path, options](const auto&) { return workspace.session.rows(Source::file(path, options)); },
              {1'000, std::uint64_t{64} << 20});
}

}  // namespace

std::string quoted(const std::string& name, char quote) {
  std::string out(1, quote);
  for (const char c : name) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

KeepLimits result_limits(const Workspace& workspace) {
  KeepLimits limits = kForResults;
  limits.rows = std::min(limits.rows, workspace.settings.max_query_rows.value_or(limits.rows));
  return limits;
}

QueryPlan plan_query(Workspace& workspace, const RequestBody& body) {
  const std::string kind = body.text("kind");
  if (kind == "sql") return plan_sql(workspace, body);
  if (kind == "scan") return plan_scan(workspace, body);
  if (kind == "statistics") return plan_statistics(workspace, body);
  if (kind == "histogram") return plan_histogram(workspace, body);
  if (kind == "changes") return plan_changes(workspace, body);
  if (kind == "diff") return plan_diff(workspace, body);
  if (kind == "preview") return plan_preview(workspace, body);
  throw Error(ErrorCode::InvalidArgument, fmt::format("there is no kind of query called \"{}\"", kind));
}

}  // namespace lakelet::server
