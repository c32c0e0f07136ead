#include "operations/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lakelet/error.h"
#include "sql/sql_session.h"
#include "table/given_files.h"

namespace lakelet::operations {
namespace {

using sql::quote_identifier;
using sql::quote_literal;

// The column of the earlier version: the one with its id where both have ids, else the one of its name.
const Field* earlier(const std::vector<Field>& before, const Field& field) {
  for (const Field& candidate : before) {
    if (field.id && candidate.id ? *field.id == *candidate.id : candidate.name == field.name) return &candidate;
  }
  return nullptr;
}

std::string described(const Field& field) {
  return to_string(field.type) + (field.nullable ? "" : " not null");
}

void compare_columns(const std::vector<Field>& before, const std::vector<Field>& after, const std::string& parent,
                     std::vector<NamedChange>& changes) {
  const auto named = [&](const Field& field) { return parent + field.name; };
  for (const Field& field : after) {
    const Field* old = earlier(before, field);
    if (!old) {
      changes.push_back({named(field), std::nullopt, described(field)});
      continue;
    }
    if (old->name != field.name) {
      changes.push_back({named(field), fmt::format("{} {}", named(*old), described(*old)), described(field)});
    } else if (old->type.kind() == TypeKind::Struct && field.type.kind() == TypeKind::Struct &&
               old->nullable == field.nullable) {
      compare_columns(old->type.children(), field.type.children(), named(field) + ".", changes);
    } else if (described(*old) != described(field)) {
      changes.push_back({named(field), described(*old), described(field)});
    }
    if (old->doc != field.doc) changes.push_back({"comment on " + named(field), old->doc, field.doc});
  }
  for (const Field& field : before) {
    const bool there =
        std::any_of(after.begin(), after.end(), [&](const Field& later) { return earlier(before, later) == &field; });
    if (!there) changes.push_back({named(field), described(field), std::nullopt});
  }
}

std::vector<NamedChange> property_changes(const Properties& before, const Properties& after) {
  std::vector<NamedChange> changes;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end()) {
      changes.push_back({name, std::nullopt, value});
    } else if (old->second != value) {
      changes.push_back({name, old->second, value});
    }
  }
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) changes.push_back({name, value, std::nullopt});
  }
  return changes;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::vector<NamedChange> metadata_changes(const Snapshot& before, const Snapshot& after) {
  std::vector<NamedChange> changes;
  const auto compare = [&](const std::string& name, const std::string& a, const std::string& b) {
    if (a == b) return;
    changes.push_back({name, a.empty() ? std::nullopt : std::optional(a), b.empty() ? std::nullopt : std::optional(b)});
  };
  compare("name", before.metadata().name, after.metadata().name);
  compare("description", before.metadata().description, after.metadata().description);
  compare("id", before.metadata().id, after.metadata().id);
  compare("partition columns", listed(before.partitioning().columns()), listed(after.partitioning().columns()));
  std::map<std::string, std::string> was(before.metadata().protocol.begin(), before.metadata().protocol.end());
  std::map<std::string, std::string> is(after.metadata().protocol.begin(), after.metadata().protocol.end());
  for (const auto& [name, value] : is) compare(name, was[name], value);
  for (const auto& [name, value] : was) compare(name, value, is[name]);
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  changes.erase(
      std::unique(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.name == b.name; }),
      changes.end());
  return changes;
}

// A text by which DuckDB casts: only for the types that a column can be widened or retyped between.
std::string cast_to(const std::string& expression, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Int8:
      return fmt::format("TRY_CAST({} AS TINYINT)", expression);
    case TypeKind::Int16:
      return fmt::format("TRY_CAST({} AS SMALLINT)", expression);
    case TypeKind::Int32:
      return fmt::format("TRY_CAST({} AS INTEGER)", expression);
    case TypeKind::Int64:
      return fmt::format("TRY_CAST({} AS BIGINT)", expression);
    case TypeKind::Float:
      return fmt::format("TRY_CAST({} AS FLOAT)", expression);
    case TypeKind::Double:
      return fmt::format("TRY_CAST({} AS DOUBLE)", expression);
    case TypeKind::Decimal:
      return fmt::format("TRY_CAST({} AS DECIMAL({}, {}))", expression, type.precision(), type.scale());
    case TypeKind::String:
      return fmt::format("CAST({} AS VARCHAR)", expression);
    case TypeKind::Date:
      return fmt::format("TRY_CAST({} AS DATE)", expression);
    case TypeKind::Timestamp:
      return fmt::format("TRY_CAST({} AS TIMESTAMP)", expression);
    case TypeKind::TimestampTz:
      return fmt::format("TRY_CAST({} AS TIMESTAMPTZ)", expression);
    case TypeKind::Boolean:
      return fmt::format("TRY_CAST({} AS BOOLEAN)", expression);
    default:
      return expression;  // of another shape than before: DuckDB says what doesn't go together
  }
}

// What the rows of the earlier version have in a column of the later one.
std::string earlier_value(const Schema& before, const Field& field) {
  const Field* old = earlier(before.fields(), field);
  if (old) {
    const std::string name = quote_identifier(old->name);
    return old->type.kind() == field.type.kind() && (old->type.nested() || old->type == field.type)
               ? name
               : cast_to(name, field.type);
  }
  if (!field.initial_default || field.initial_default->is_null()) return "NULL";
  return cast_to(quote_literal(to_text(*field.initial_default, field.type)), field.type);
}

std::shared_ptr<const Snapshot> only_files(const Snapshot& snapshot, std::vector<FileTask> files) {
  SnapshotFacts facts = facts_of(snapshot, files);
  return std::make_shared<GivenSnapshot>(std::move(facts), std::move(files));
}

std::string list(std::size_t size, const std::string& prefix = "c") {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += fmt::format("{}{}{}", i ? ", " : "", prefix, i);
  return text;
}

std::string key_list(const Schema& before, const Schema& after, const std::vector<std::string>& key) {
  std::set<int> seen;
  std::string text;
  for (const std::string& name : key) {
    const int index = after.index_of(name);
    if (index < 0 || !earlier(before.fields(), after[static_cast<std::size_t>(index)])) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the key {} isn't a column of both versions", name),
                  "columns: " + to_string(after));
    }
    if (!seen.insert(index).second) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the key {} is named twice", name));
    }
    text += fmt::format("{}c{}", text.empty() ? "" : ", ", index);
  }
  return text;
}

}  // namespace

std::vector<NamedChange> column_changes(const Schema& before, const Schema& after) {
  std::vector<NamedChange> changes;
  compare_columns(before.fields(), after.fields(), "", changes);
  return changes;
}

// A bag: each row counts as often as it is there, rows of the earlier version against those of the later one.
std::string diff_query(const Schema& before, const Schema& after, const std::vector<std::string>& key) {
  std::string later, former, names;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const char* comma = i ? ", " : "";
    later += fmt::format("{}{} AS c{}", comma, quote_identifier(after[i].name), i);
    former += fmt::format("{}{} AS c{}", comma, earlier_value(before, after[i]), i);
    names += fmt::format(", c{} AS {}", i, quote_identifier(after[i].name));
  }
  const std::string columns = list(after.size());
  // Rows of the later version first: where the earlier has no value its NULLs take the type of the later one's.
  std::string query = fmt::format(
      "WITH both_sides AS (SELECT {}, 1 AS side FROM {} UNION ALL SELECT {}, -1 FROM {}), "
      "counted AS (SELECT {}, sum(side)::BIGINT AS surplus FROM both_sides GROUP BY {} HAVING sum(side) <> 0), "
      "changed AS (SELECT {}, surplus > 0 AS is_new, unnest(range(abs(surplus))) AS copy FROM counted)",
      later, kDiffAfter, former, kDiffBefore, columns, columns, columns);
  if (key.empty()) {
    return query +
           fmt::format(" SELECT CASE WHEN is_new THEN 'insert' ELSE 'delete' END AS _change_type{} FROM changed",
                       names);
  }
  const std::string keys = key_list(before, after, key);
  return query + fmt::format(
                     ", numbered AS (SELECT {0}, is_new, row_number() OVER (PARTITION BY {1}, is_new) AS nth FROM "
                     "changed), paired AS (SELECT {0}, is_new, nth, count(*) OVER (PARTITION BY {1}, nth) = 2 AS "
                     "is_update FROM numbered) SELECT CASE WHEN is_update THEN CASE WHEN is_new THEN "
                     "'update_postimage' ELSE 'update_preimage' END WHEN is_new THEN 'insert' ELSE 'delete' END "
                     "AS _change_type{2} FROM paired ORDER BY {1}, nth, is_new",
                     columns, keys, names);
}

DiffPlan plan_diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options) {
  DiffPlan plan;
  plan.from = before.version();
  plan.to = after.version();
  plan.rows_query = diff_query(before.schema(), after.schema(), options.key);
  plan.count_query = fmt::format(
      "SELECT count(*) FILTER (WHERE _change_type = 'insert')::BIGINT, count(*) FILTER (WHERE _change_type = "
      "'delete')::BIGINT, count(*) FILTER (WHERE _change_type = 'update_postimage')::BIGINT FROM ({})",
      plan.rows_query);
  plan.columns = column_changes(before.schema(), after.schema());
  plan.properties = property_changes(before.properties(), after.properties());
  plan.metadata = metadata_changes(before, after);
  DifferingFiles files = differing_files(before, after);
  plan.files = files.counts;
  plan.added_files = std::move(files.added);
  plan.removed_files = std::move(files.removed);
  plan.before = only_files(before, std::move(files.before));
  plan.after = only_files(after, std::move(files.after));
  return plan;
}

}  // namespace lakelet::operations
