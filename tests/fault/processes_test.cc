// Many processes change one table at once; what comes out is what their commits say, one after the other.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "fault/child.h"
#include "fault/lake.h"
#include "support/scratch_folder.h"

namespace lakelet::fault {
namespace {

constexpr int kWriters = 8;
constexpr std::int64_t kShared = 100;  // rows that all of them change: ids 0 to 99
constexpr int kMostTries = 40;         // for a change that conflicts with others again and again

// Of each writer. LAKELET_CHANGES sets it: 200 is the whole test, which takes minutes.
int changes_of_each() {
  const char* wanted = std::getenv("LAKELET_CHANGES");
  return wanted ? std::stoi(wanted) : 12;
}

// One change, as the writers log it: "version verb first end".
struct Change {
  Version version = -1;
  std::string verb;
  std::int64_t first = 0;
  std::int64_t end = 0;
};

bool within(const Change& change, const Row& row) {
  return std::get<0>(row) >= change.first && std::get<0>(row) < change.end;
}

Report make(const Change& change, Table& table) {
  const std::string where = fmt::format("id >= {} and id < {}", change.first, change.end);
  if (change.verb == "append") return table.append(source_of(change.first, change.end));
  if (change.verb == "delete") return table.delete_rows(where);
  if (change.verb == "optimize") {
    OptimizeOptions options;
    if (change.first % 2 == 0) options.z_order = {"name", "amount"};
    return table.optimize(options);
  }
  if (change.verb == "update") return table.update({{"amount", "amount + 1"}}, where);
  // The same rows in other files, as a change of data.
  if (change.verb == "rewrite") {
    return table.overwrite(Source::sql(fmt::format("select * from '{}' where {}", table.uri(), where)), where);
  }
  return table.merge(source_of(change.first, change.end), "target.id = source.id")
      .when_matched_update({{"amount", "target.amount * 2 + 1"}})
      .when_not_matched_insert_all()
      .execute();
}

// The same on plain rows.
RowSet model(const Change& change, const RowSet& rows) {
  if (change.verb == "append") return join(rows, rows_of(change.first, change.end));
  if (change.verb == "rewrite" || change.verb == "optimize") return rows;
  if (change.verb == "delete") return keep_if(rows, [&](const Row& row) { return !within(change, row); });
  if (change.verb == "update") {
    return lakelet::fault::change(rows, [&](const Row& row) {
      const auto& [id, name, amount] = row;
      return within(change, row) ? Row{id, name, amount + 1} : row;
    });
  }
  RowSet out;
  std::set<std::int64_t> matched;
  for (const Row& row : rows) {
    const auto& [id, name, amount] = row;
    out.insert(within(change, row) ? Row{id, name, amount * 2 + 1} : row);
    matched.insert(id);
  }
  return join(out, keep_if(rows_of(change.first, change.end),
                           [&](const Row& row) { return !matched.contains(std::get<0>(row)); }));
}

// The `n`-th change of a writer. Appends have ids of their own; everything else meets in the shared ones.
Change choose(int writer, int n, std::mt19937& random) {
  static const std::vector<std::string> kVerbs = {"append", "append",  "delete",  "update",
                                                  "merge",  "rewrite", "optimize"};
  Change change;
  change.verb = kVerbs[random() % kVerbs.size()];
  change.first = static_cast<std::int64_t>(random() % kShared);
  change.end = change.first + 1 + static_cast<std::int64_t>(random() % 5);
  if (change.verb == "rewrite") change.end = change.first + 20;
  if (change.verb == "append") {
    change.first = 10'000 * (writer + 1) + 10 * n;
    change.end = change.first + 3;
  }
  return change;
}

// WRITER TABLE LOG: makes its changes, each again if it conflicts, and logs those that were committed.
int write_table(const std::vector<std::string>& arguments) {
  const int writer = std::stoi(arguments.at(0));
  std::mt19937 random(static_cast<unsigned>(writer));
  std::ofstream log(arguments.at(2));
  Session session = open_session(Format::Delta);
  Table table = session.open(arguments.at(1));
  for (int n = 0; n < changes_of_each(); ++n) {
    Change change = choose(writer, n, random);
    for (int tries = 0; tries < kMostTries; ++tries) {
      const Outcome outcome = attempt([&] { return make(change, table); });
      if (outcome.committed()) {
        change.version = outcome.report->version;
        if (change.version >= 0)
          log << fmt::format("{} {} {} {}\n", change.version, change.verb, change.first, change.end);
        break;
      }
      if (!outcome.failed_with(ErrorCode::Conflict) || change.verb == "append") throw *outcome.error;
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 50));
    }
  }
  log.flush();
  return log ? 0 : 1;
}
const ChildRegistration kWriteTable("write_table", write_table);

std::map<Version, Change> read_log(const std::string& path) {
  std::map<Version, Change> changes;
  std::ifstream log(path);
  for (Change change; log >> change.version >> change.verb >> change.first >> change.end;) {
    EXPECT_TRUE(changes.emplace(change.version, change).second) << "version " << change.version << " twice";
  }
  return changes;
}

std::string describe(const Change& change) {
  return fmt::format("{} {} to {}", change.verb, change.first, change.end);
}

RowSet without(const RowSet& rows, const RowSet& others) {
  RowSet out;
  std::set_difference(rows.begin(), rows.end(), others.begin(), others.end(), std::inserter(out, out.end()));
  return out;
}

struct Kind {
  std::string name;
  Properties properties;

  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

// What a commit may overlook differs by isolation, but here only appends are blind, and no change meets their ids.
class ManyProcesses : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(
    Delta, ManyProcesses,
    testing::Values(Kind{"rewrite", {}}, Kind{"vectors", {{"delta.enableDeletionVectors", "true"}}},
                    Kind{"write_serializable",
                         {{"delta.enableDeletionVectors", "true"}, {"delta.isolationLevel", "WriteSerializable"}}}),
    [](const auto& info) { return info.param.name; });

TEST_P(ManyProcesses, TheRowsAreThoseOfTheCommitsInTheirOrder) {
  const ScratchFolder folder;
  const std::string path = folder / "table";
  {
    Session session = open_session(Format::Delta);
    CreateOptions options;
    options.properties = GetParam().properties;
    Table table = session.create(path, parse_schema(kColumns), options);
    for (std::int64_t first = 0; first < kShared; first += 10) table.append(source_of(first, first + 10));
  }
  const Version base = kShared / 10;
  {
    std::vector<Child> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back("write_table", std::vector{std::to_string(i), path, folder / fmt::format("log{}", i)});
    }
    for (Child& writer : writers) EXPECT_EQ(writer.wait().status, 0);
  }
  std::map<Version, Change> changes;
  for (int i = 0; i < kWriters; ++i) {
    for (auto& [version, change] : read_log(folder / fmt::format("log{}", i))) {
      EXPECT_TRUE(changes.emplace(version, change).second) << "version " << version << " is claimed twice";
    }
  }
  // Appends never conflict, and the other changes come through sooner or later.
  EXPECT_GT(changes.size(), static_cast<std::size_t>(kWriters * changes_of_each() / 2));
  const Table table = open_session(Format::Delta).open(path);
  EXPECT_EQ(table.version(), base + static_cast<Version>(changes.size()));
  RowSet rows = rows_of(0, kShared);
  for (const auto& [version, change] : changes) {
    rows = model(change, rows);
    // Each version of a short history, some of a long one, and the last.
    if (changes.size() > 200 && version % 20 != 0 && version != table.version()) continue;
    const RowSet found = read_rows(table.at_version(version));
    ASSERT_EQ(without(found, rows), RowSet{}) << "too many after version " << version << ": " << describe(change);
    ASSERT_EQ(without(rows, found), RowSet{}) << "missing after version " << version << ": " << describe(change);
  }
}

}  // namespace
}  // namespace lakelet::fault
