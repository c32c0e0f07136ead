// Every store call of a clone, a conversion, an analysis and a repair fails: there is a whole table or none, and the
// same asked again works.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "fault/lake.h"
#include "support/scratch_folder.h"

namespace lakelet::fault {
namespace {

// Of each verb: every one of the first calls fails, then every seventh. Those are the many reads of one file.
constexpr std::int64_t kFirstCalls = 120, kMostCalls = 4000;

// A table with three files, one of them with deleted rows.
RowSet make_source(const std::string& path) {
  Session session = open_session(Format::Delta);
  CreateOptions options;
  options.properties = {{"delta.enableDeletionVectors", "true"}};
  Table table = session.create(path, parse_schema(kColumns), options);
  for (int i = 0; i < 3; ++i) table.append(source_of(10 * i, 10 * i + 10));
  table.delete_rows("id = 15");
  return keep_if(rows_of(0, 30), [](const Row& row) { return std::get<0>(row) != 15; });
}

struct Verb {
  std::string name;
  // The table that it makes or changes; `source` is that of make_source().
  std::function<void(const std::string& source, const std::string& table)> prepare;
  std::function<void(Session&, const std::string& source, const std::string& table)> run;
  bool makes = true;  // a table that wasn't there
};

void nothing(const std::string&, const std::string&) {}

void copy_of_the_source(const std::string& source, const std::string& table) {
  std::filesystem::copy(source, table, std::filesystem::copy_options::recursive);
}

void loose_files(const std::string&, const std::string& table) {
  std::filesystem::create_directories(table);
  Session session = open_session(Format::Delta);
  session.write_parquet(session.sql("select i as id, 'n' || i as name, 10 * i as amount from range(0, 15) t(i)"),
                        table + "/a.parquet");
  session.write_parquet(session.sql("select i as id, 'n' || i as name, 10 * i as amount from range(16, 30) t(i)"),
                        table + "/b.parquet");
}

// A checkpoint and a hint that nobody can read.
void damaged(const std::string& source, const std::string& table) {
  copy_of_the_source(source, table);
  Session session = open_session(Format::Delta);
  session.open(table).alter({SetProperties{{{"delta.checkpointInterval", "6"}}}});
  session.open(table).alter({SetDescription{"x"}});
  const std::string log = table + "/_delta_log/";
  const std::string checkpoint = log + "00000000000000000006.checkpoint.parquet";
  ASSERT_TRUE(std::filesystem::exists(checkpoint));
  std::filesystem::resize_file(checkpoint, 100);
  std::filesystem::resize_file(log + "_last_checkpoint", 10);
}

// Its files have no statistics, but are to have some.
void without_statistics(const std::string& source, const std::string& table) {
  Session session = open_session(Format::Delta);
  CreateOptions options;
  options.properties = {{"delta.dataSkippingNumIndexedCols", "0"}};
  Table made = session.create(table, session.open(source).schema(), options);
  made.append(Source::sql(fmt::format("SELECT * FROM '{}'", source)));
  made.alter({SetProperties{{{"delta.dataSkippingNumIndexedCols", "32"}}}});
}

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      {"clone", nothing,
       [](Session& session, const std::string& source, const std::string& table) {
         session.open(source).clone(table);
       }},
      {"shallow_clone", nothing,
       [](Session& session, const std::string& source, const std::string& table) {
         CloneOptions options;
         options.shallow = true;
         session.open(source).clone(table, options);
       }},
      {"convert", loose_files,
       [](Session& session, const std::string&, const std::string& table) { session.convert(table); }},
      {"analyze", without_statistics,
       [](Session& session, const std::string&, const std::string& table) {
         AnalyzeOptions options;
         options.full = true;
         session.open(table).analyze(options);
       },
       false},
      {"repair", damaged,
       [](Session& session, const std::string&, const std::string& table) {
         DoctorOptions options;
         options.repair = true;
         if (!session.doctor(table, options).healthy()) throw Error(ErrorCode::CorruptTable, "not repaired");
       },
       false},
  };
  return all;
}

struct Copies : testing::TestWithParam<std::string> {
  const Verb& verb() const {
    for (const Verb& each : verbs()) {
      if (each.name == GetParam()) return each;
    }
    throw std::invalid_argument(GetParam());
  }
  std::string source() const { return folder_ / "source"; }
  std::string table() const { return folder_ / "table"; }

  // False once the fault wasn't met any more.
  bool trial(Fault fault) {
    std::filesystem::remove_all(table());
    verb().prepare(source(), table());
    const auto store = faulty_disk();
    Session session = open_session(Format::Delta, store);
    store->inject(fault);
    std::optional<Error> error;
    try {
      verb().run(session, source(), table());
    } catch (const Error& thrown) {
      error = thrown;
    }
    const bool hit = store->faults_hit() > 0;
    store->clear();
    SCOPED_TRACE(error ? error->what() : "no error");
    EXPECT_TRUE(hit || !error);
    Session fresh = open_session(Format::Delta);
    const bool made = fresh.exists(table());
    EXPECT_TRUE(error || made);
    if (!verb().makes || made) {
      EXPECT_EQ(read_rows(fresh.open(table())), rows_);
    }
    // The session that met the fault goes on, and finds what is there.
    if (verb().makes && made) {
      EXPECT_THROW(verb().run(session, source(), table()), Error);
    } else {
      EXPECT_NO_THROW(verb().run(session, source(), table()));
    }
    EXPECT_EQ(read_rows(open_session(Format::Delta).open(table())), rows_);
    EXPECT_TRUE(open_session(Format::Delta).doctor(table()).healthy());
    return hit;
  }

  void run_all(Fault fault) {
    for (fault.nth = 1; fault.nth < kMostCalls && !HasFailure(); fault.nth += fault.nth < kFirstCalls ? 1 : 7) {
      SCOPED_TRACE(fmt::format("call {}", fault.nth));
      if (!trial(fault)) break;
    }
    EXPECT_GT(fault.nth, 1);
    EXPECT_LT(fault.nth, kMostCalls);
  }

  ScratchFolder folder_;
  RowSet rows_ = make_source(source());
};

TEST_P(Copies, OneCallFails) {
  run_all({});
}
TEST_P(Copies, AllCallsFailFromOneOn) {
  run_all({.from_then_on = true});
}
TEST_P(Copies, TheAnswerOfOneIsLost) {
  run_all({.changes_only = true, .effect = FaultEffect::LoseAnswer});
}
TEST_P(Copies, TheDiskIsFull) {
  run_all({.from_then_on = true, .changes_only = true, .code = ErrorCode::Exhausted});
}

// Another session works between the reading and the commit.
struct CopiesRaces : testing::Test {
  void before_the_commit(const std::shared_ptr<FaultyStore>& store, const std::function<void(Table)>& work) {
    Fault fault{.call = StoreCall::PutIfAbsent, .effect = FaultEffect::None};
    fault.before = [this, work](StoreCall, const std::string&) { work(open_session(Format::Delta).open(table_)); };
    store->inject(fault);
  }
  // How an analysis of the files ends.
  std::optional<ErrorCode> analyzed(const std::shared_ptr<FaultyStore>& store) {
    Session session = open_session(Format::Delta, store);
    try {
      session.open(table_).analyze();
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }

  CopiesRaces() {
    Session session = open_session(Format::Delta);
    CreateOptions options;
    options.properties = {{"delta.enableDeletionVectors", "true"}, {"delta.dataSkippingStatsColumns", "amount"}};
    Table table = session.create(table_, parse_schema(kColumns), options);
    table.append(source_of(0, 10));
    table.append(source_of(10, 20));
    table.alter({SetProperties{{{"delta.dataSkippingStatsColumns", "id,amount"}}}});
  }

  ScratchFolder folder_;
  std::string table_ = folder_ / "table";
  std::shared_ptr<FaultyStore> store_ = faulty_disk();
};

// Added again, its rows would be back.
TEST_F(CopiesRaces, StatisticsOfAFileThatSomebodyRemoves) {
  before_the_commit(store_, [](Table table) { table.delete_rows("id < 10"); });
  EXPECT_EQ(analyzed(store_), ErrorCode::Conflict);
  EXPECT_EQ(read_rows(open_session(Format::Delta).open(table_)), rows_of(10, 20));
}
TEST_F(CopiesRaces, StatisticsOfAFileOfWhichSomebodyDeletesRows) {
  before_the_commit(store_, [](Table table) { table.delete_rows("id = 3"); });
  EXPECT_EQ(analyzed(store_), ErrorCode::Conflict);
  EXPECT_EQ(read_rows(open_session(Format::Delta).open(table_)).size(), 19u);
}
TEST_F(CopiesRaces, AppendsDontMind) {
  before_the_commit(store_, [](Table table) { table.append(source_of(20, 30)); });
  EXPECT_EQ(analyzed(store_), std::nullopt);
  EXPECT_EQ(read_rows(open_session(Format::Delta).open(table_)), rows_of(0, 30));
  EXPECT_TRUE(open_session(Format::Delta).doctor(table_).healthy());
}

INSTANTIATE_TEST_SUITE_P(Verbs, Copies, testing::Values("clone", "shallow_clone", "convert", "analyze", "repair"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace lakelet::fault
