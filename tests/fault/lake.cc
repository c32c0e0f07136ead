#include "fault/lake.h"

#include <fmt/format.h>

#include "formats/registry.h"
#include "memory_format/memory_format.h"
#include "storage/local/local_store.h"
#include "support/session_parts.h"

namespace lakelet::fault {
namespace {

// Known to every session of this process.
std::shared_ptr<MemoryCommits> memory_commits() {
  static const auto commits = std::make_shared<MemoryCommits>();
  return commits;
}

}  // namespace

Session open_session(Format format, std::shared_ptr<ObjectStore> store) {
  Configuration configuration;
  configuration.threads = 1;  // so that store calls come in the same order every time
  configuration.memory_limit_bytes = std::uint64_t{256} << 20;
  configuration.working_folder = "/";
  Session session(std::move(configuration));
  SessionState& parts = parts_of(session);
  if (store) parts.stores->serve("", "", std::move(store));
  if (format == Format::Memory) {
    auto formats = std::make_shared<FormatRegistry>();
    formats->add(std::make_unique<MemoryFormat>(memory_commits()));
    parts.formats = std::move(formats);
    parts.tables = std::make_shared<sql::OpenTables>(parts.formats, parts.context);
  }
  return session;
}

std::shared_ptr<FaultyStore> faulty_disk() {
  return std::make_shared<FaultyStore>(std::make_shared<LocalStore>());
}

RowSet read_rows(const Table& table) {
  RowSet out;
  Rows rows = table.scan().select({"id", "name", "amount"}).rows();
  while (rows.next()) out.emplace(rows.value(0).integer(), rows.text(1), rows.value(2).integer());
  return out;
}

Row row_of(std::int64_t id) {
  return {id, fmt::format("n{}", id), 10 * id};
}

Source source_of(std::int64_t first, std::int64_t end) {
  return Source::sql(
      fmt::format("select i as id, 'n' || i as name, 10 * i as amount from range({}, {}) as t(i)", first, end));
}

RowSet rows_of(std::int64_t first, std::int64_t end) {
  RowSet rows;
  for (std::int64_t id = first; id < end; ++id) rows.insert(row_of(id));
  return rows;
}

RowSet join(RowSet rows, const RowSet& more) {
  rows.insert(more.begin(), more.end());
  return rows;
}

RowSet keep_if(const RowSet& rows, const std::function<bool(const Row&)>& keep) {
  RowSet out;
  for (const Row& row : rows) {
    if (keep(row)) out.insert(row);
  }
  return out;
}

RowSet change(const RowSet& rows, const std::function<Row(const Row&)>& changed) {
  RowSet out;
  for (const Row& row : rows) out.insert(changed(row));
  return out;
}

Outcome attempt(const std::function<Report()>& verb) {
  Outcome outcome;
  try {
    outcome.report = verb();
  } catch (const Error& error) {
    outcome.error = error;
  }
  return outcome;
}

std::string describe(const Outcome& outcome) {
  if (outcome.report) {
    return fmt::format("committed version {} after {} retries", outcome.report->version,
                       outcome.report->commit_retries);
  }
  return fmt::format("{}: {}", to_string(outcome.error->code()), outcome.error->what());
}

}  // namespace lakelet::fault
