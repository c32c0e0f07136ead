#include "cli/commands/query_output.h"

#include <fmt/format.h>

#include "base/amount_text.h"
#include "cli/render/first_rows.h"
#include "server/kept_rows.h"
#include "server/totals.h"

namespace lakelet::cli {
namespace {

// Rows, and below the last of them one of totals.
class WithTotals : public RowSource {
 public:
  WithTotals(RowSource& rows, Rows totals) : rows_(rows), totals_(std::move(totals)) {}
  const std::vector<Column>& columns() const override { return rows_.columns(); }
  bool next() override {
    if (!below_ && rows_.next()) return true;
    if (below_) return false;
    below_ = true;
    return totals_.next();
  }
  // What has no sum stays empty: NULL would be read as one.
  bool is_null(std::size_t column) const override { return !below_ && rows_.is_null(column); }
  std::string text(std::size_t column) const override {
    if (!below_) return rows_.text(column);
    if (totals_.is_null(column)) return column == 0 ? "total" : "";
    return totals_.text(column);
  }
  std::string json(std::size_t column) const override { return below_ ? totals_.json(column) : rows_.json(column); }

 private:
  RowSource& rows_;
  Rows totals_;
  bool below_ = false;
};

std::int64_t most_rows(Invocation& invocation) {
  if (invocation.configuration().configuration_file.empty()) return 0;
  return invocation.configuration_file().contents().settings.max_query_rows.value_or(0);
}

std::string count_text(std::int64_t count, bool more) {
  const std::string rows = counted(count, "row");
  return more ? rows + " shown, there are more (settings.max_query_rows; --output FILE has all)" : rows;
}

void show_with_totals(Invocation& invocation, Rows rows, std::int64_t most) {
  server::KeptRows kept(rows);
  while (OwnedArrowArray batch = rows.next_batch()) kept.add(std::move(batch));
  QueryRows all(kept.from(0));
  FirstRows first(all, most > 0 ? most : kept.size());
  WithTotals shown(
      first, server::totals_of(invocation.session(), kept.schema(), [&kept] { return kept.from(0).into_stream(); }));
  invocation.show(shown);
  const bool more = most > 0 && kept.size() > most;
  invocation.messages().summary(count_text(more ? most : kept.size(), more) + ", and their totals");
}

}  // namespace

SqlParameters parameter_pairs(const std::vector<std::string>& words) {
  SqlParameters pairs;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) pairs.emplace_back(words[i], words[i + 1]);
  return pairs;
}

void show_query(Invocation& invocation, const NamedQuery& query) {
  const BoundSql bound = bind_filled_in(query.sql, query.parameters);
  Rows rows = invocation.session().sql(bound.text, bound.parameters);
  if (!invocation.for_reading()) {
    invocation.show(std::move(rows));
    return;
  }
  const std::int64_t most = most_rows(invocation);
  if (query.totals_row && !rows.schema().empty()) return show_with_totals(invocation, std::move(rows), most);
  QueryRows all(std::move(rows));
  if (most == 0) {
    invocation.messages().summary(count_text(invocation.show(all), false));
    return;
  }
  FirstRows first(all, most);
  const std::int64_t count = invocation.show(first);
  invocation.messages().summary(count_text(count, first.cut()));
}

}  // namespace lakelet::cli
