// vacuum that fails or is killed at every step, and beside processes that write: what a version within the retention
// needs is always there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "fault/child.h"
#include "fault/disk_steps.h"
#include "fault/lake.h"
#include "support/scratch_folder.h"

namespace lakelet::fault {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;

VacuumOptions everything(bool full) {
  VacuumOptions options;
  options.retention = hours(0);
  options.force = true;
  options.full = full;
  return options;
}

std::int64_t data_files(const std::string& table) {
  std::int64_t count = 0;
  for (const auto& entry : fs::directory_iterator(table)) count += entry.path().extension() == ".parquet";
  return count;
}

// A table of one file, and of three that only its past needs; with `orphan` one that nobody ever named.
void make_table(Session& session, const std::string& table, bool orphan = false) {
  Table made = session.create(table, parse_schema(kColumns));
  for (std::int64_t i = 0; i < 4; ++i) made.overwrite(source_of(10 * i, 10 * i + 10));
  if (orphan) {
    std::ofstream(table + "/orphan.parquet") << "x";
    fs::last_write_time(table + "/orphan.parquet", fs::file_time_type::clock::now() - hours(100));
  }
  std::this_thread::sleep_for(milliseconds(5));
}

// Whatever happened: the rows are there, and running it again leaves nothing behind.
void expect_goes_on(const std::string& table, bool full) {
  Session fresh = open_session(Format::Delta);
  EXPECT_EQ(read_rows(fresh.open(table)), rows_of(30, 40));
  fresh.open(table).vacuum(everything(full));
  EXPECT_EQ(read_rows(fresh.open(table)), rows_of(30, 40));
  EXPECT_EQ(data_files(table), 1);
}

class VacuumFaults : public testing::TestWithParam<bool> {
 protected:
  const ScratchFolder folder_;
  const std::string table_ = folder_ / "table";
  void reset() {
    fs::remove_all(table_);
    Session session = open_session(Format::Delta);
    make_table(session, table_, GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Delta, VacuumFaults, testing::Bool(),
                         [](const auto& info) { return info.param ? "full" : "by_log"; });

TEST_P(VacuumFaults, EveryStoreCallFails) {
  for (const bool from_then_on : {false, true}) {
    bool met = true;
    std::int64_t nth = 1;
    for (; met && nth < 300 && !HasFailure(); ++nth) {
      SCOPED_TRACE(fmt::format("call {}{}", nth, from_then_on ? " and all after it" : ""));
      reset();
      const auto store = faulty_disk();
      Session session = open_session(Format::Delta, store);
      Fault fault;
      fault.nth = nth;
      fault.from_then_on = from_then_on;
      store->inject(fault);
      try {
        session.open(table_).vacuum(everything(GetParam()));
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::Unavailable || error.code() == ErrorCode::CommitUnknown) << error.what();
      }
      met = store->faults_hit() > 0;
      store->clear();
      expect_goes_on(table_, GetParam());
    }
    EXPECT_GT(nth, 5);
    EXPECT_LT(nth, 300);
  }
}

// TABLE FULL N: dies before the n-th step on the disk.
int vacuum_and_die(const std::vector<std::string>& arguments) {
  Session session = open_session(Format::Delta);
  kill_at_disk_step(std::stoi(arguments.at(2)));
  session.open(arguments.at(0)).vacuum(everything(arguments.at(1) == "full"));
  return 0;
}
const ChildRegistration kVacuumAndDie("vacuum_and_die", vacuum_and_die);

TEST_P(VacuumFaults, KilledAtEveryStep) {
  bool killed = true;
  int nth = 1;
  for (; killed && nth < 100 && !HasFailure(); ++nth) {
    SCOPED_TRACE(fmt::format("step {}", nth));
    reset();
    killed = Child("vacuum_and_die", {table_, GetParam() ? "full" : "log", std::to_string(nth)}).wait().killed;
    expect_goes_on(table_, GetParam());
  }
  EXPECT_GT(nth, 3);
  EXPECT_LT(nth, 100);
}

constexpr int kWriters = 3;

int changes_of_each() {
  const char* wanted = std::getenv("LAKELET_CHANGES");
  return wanted ? std::stoi(wanted) : 12;
}

// A file that went while it was read is what a retention of nothing means; the next try reads a newer version.
template <typename Work>
bool done_in_the_end(const Work& work) {
  for (int tries = 0; tries < 60; ++tries) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Conflict && error.code() != ErrorCode::NotFound &&
          error.code() != ErrorCode::CorruptTable) {
        throw;
      }
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

// WRITER TABLE: appends, merges, deletes, and writes rows again as a compaction does.
int write_beside_vacuum(const std::vector<std::string>& arguments) {
  const int writer = std::stoi(arguments.at(0));
  std::mt19937 random(static_cast<unsigned>(writer));
  Session session = open_session(Format::Delta);
  Table table = session.open(arguments.at(1));
  for (int n = 0; n < changes_of_each(); ++n) {
    const std::int64_t first = 1000 * (writer + 1) + 10 * n;
    table.append(source_of(first, first + 5));
    const bool done = done_in_the_end([&] {
      const std::string where = fmt::format("id >= {} and id < {}", random() % 50, 50 + random() % 50);
      switch (random() % 3) {
        case 0:
          table.merge(source_of(0, 20), "target.id = source.id").when_matched_update({{"name", "'m'"}}).execute();
          break;
        case 1:
          table.update({{"amount", "amount + 1"}}, where);
          break;
        default:
          table.overwrite(Source::sql(fmt::format("select * from '{}' where {}", table.uri(), where)), where);
      }
    });
    if (!done) return 1;
  }
  return 0;
}
const ChildRegistration kWriteBesideVacuum("write_beside_vacuum", write_beside_vacuum);

// TABLE STOP RETENTION: vacuums until the file STOP is there.
int vacuum_on_and_on(const std::vector<std::string>& arguments) {
  Session session = open_session(Format::Delta);
  for (int n = 0; !fs::exists(arguments.at(1)); ++n) {
    VacuumOptions options = everything(n % 2 == 0);
    options.retention = std::chrono::seconds(std::stoi(arguments.at(2)));
    session.open(arguments.at(0)).vacuum(options);
    std::this_thread::sleep_for(milliseconds(30));
  }
  return 0;
}
const ChildRegistration kVacuumOnAndOn("vacuum_on_and_on", vacuum_on_and_on);

class VacuumBesideWriters : public testing::TestWithParam<bool> {
 protected:
  // Returns the newest version. With deletion vectors or without.
  Table run(const std::string& path, const std::string& stop, int retention_seconds) {
    Session session = open_session(Format::Delta);
    CreateOptions options;
    if (GetParam()) options.properties = {{"delta.enableDeletionVectors", "true"}};
    Table table = session.create(path, parse_schema(kColumns), options);
    for (std::int64_t first = 0; first < 100; first += 20) table.append(source_of(first, first + 20));
    Child vacuum("vacuum_on_and_on", {path, stop, std::to_string(retention_seconds)});
    {
      std::vector<Child> writers;
      for (int i = 0; i < kWriters; ++i)
        writers.emplace_back("write_beside_vacuum", std::vector{std::to_string(i), path});
      for (Child& writer : writers) EXPECT_EQ(writer.wait().status, 0);
    }
    std::ofstream(stop) << "now";
    EXPECT_EQ(vacuum.wait().status, 0);
    return session.open(path);
  }
  static void expect_rows(const Table& table) {
    const RowSet rows = read_rows(table);
    std::set<std::int64_t> ids;
    for (const Row& row : rows) EXPECT_TRUE(ids.insert(std::get<0>(row)).second) << std::get<0>(row);
    EXPECT_EQ(ids.size(), 100u + static_cast<std::size_t>(kWriters * changes_of_each() * 5));
  }
};
INSTANTIATE_TEST_SUITE_P(Delta, VacuumBesideWriters, testing::Bool(),
                         [](const auto& info) { return info.param ? "vectors" : "rewrite"; });

TEST_P(VacuumBesideWriters, TheNewestVersionCanBeRead) {
  const ScratchFolder folder;
  const Table table = run(folder / "table", folder / "stop", 0);
  expect_rows(table);
  std::int64_t vacuums = 0;
  for (const auto& entry : table.history()) vacuums += entry.operation == "VACUUM END";
  EXPECT_GT(vacuums, 0);
}

TEST_P(VacuumBesideWriters, EveryVersionWithinTheRetentionCanBeRead) {
  const ScratchFolder folder;
  const Table table = run(folder / "table", folder / "stop", 3600);
  expect_rows(table);
  for (Version version = 0; version <= table.version(); ++version) {
    EXPECT_NO_THROW(read_rows(table.at_version(version))) << "version " << version;
  }
}

}  // namespace
}  // namespace lakelet::fault
