// Sessions whose SQL comes from others, and queries that are watched from other threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lakelet/error.h"
#include "lakelet/session.h"

namespace lakelet {
namespace {

class ConfinedSessionTest : public ::testing::Test {
 protected:
  ConfinedSessionTest() {
    std::filesystem::create_directories(folder_ + "/lake");
    std::ofstream(folder_ + "/secret.csv") << "a\n1\n";
    open_.sql("CREATE TABLE '" + folder_ + "/lake/t' AS SELECT 1 AS id");
    open_.sql("CREATE TABLE '" + folder_ + "/outside' AS SELECT 1 AS id");
  }
  ~ConfinedSessionTest() override { std::filesystem::remove_all(folder_); }

  Session session(bool read_only = false) const {
    Configuration configuration;
    configuration.working_folder = folder_ + "/lake";
    configuration.confined_to = {folder_ + "/lake"};
    configuration.read_only = read_only;
    return Session(configuration);
  }
  template <typename Work>
  static ErrorCode code(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  }
  static std::string first(Rows rows) { return rows.next() ? rows.text(0) : "no row"; }

  const std::string folder_ =
      std::filesystem::temp_directory_path() / ("lakelet_confined_" + std::to_string(::getpid()));
  Session open_;
};

TEST_F(ConfinedSessionTest, ReachesItsTablesAlone) {
  Session confined = session();
  EXPECT_EQ(first(confined.sql("SELECT id FROM t")), "1");
  EXPECT_EQ(first(confined.sql("INSERT INTO 't' VALUES (2)")), "1");
  EXPECT_EQ(code([&] { confined.open("../outside"); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { confined.sql("SELECT * FROM '../outside'"); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { confined.sql("COPY (SELECT 1) TO 'x.csv'"); }), ErrorCode::Permission);
  EXPECT_THROW(confined.sql("SELECT * FROM read_csv('" + folder_ + "/secret.csv')"), Error);
  EXPECT_THROW(confined.rows(Source::file(folder_ + "/secret.csv")), Error);
}

TEST_F(ConfinedSessionTest, AReadOnlyOneChangesNothing) {
  Session reader = session(true);
  EXPECT_EQ(first(reader.sql("SELECT id FROM t")), "1");
  EXPECT_EQ(code([&] { reader.sql("DELETE FROM t"); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.sql("EXPLAIN ANALYZE DELETE FROM t"); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").delete_rows(""); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.create("new", parse_schema("a int")); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").optimize(); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").vacuum({}); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").restore(Version{0}); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").checkpoint(); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.open("t").clone(folder_ + "/lake/copy"); }), ErrorCode::Permission);
  EXPECT_EQ(code([&] { reader.sql("CALL lake_vacuum('t')"); }), ErrorCode::Permission);
  EXPECT_EQ(reader.open("t").version(), 0);
}

TEST_F(ConfinedSessionTest, ListsAFolder) {
  const auto tables = open_.tables(folder_);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].name, "outside");
  EXPECT_EQ(tables[0].schema, "");
  EXPECT_EQ(tables[1].schema, "lake");
  EXPECT_EQ(tables[1].uri, folder_ + "/lake/t");
  EXPECT_EQ(open_.tables(folder_ + "/outside").size(), 1U);
}

TEST_F(ConfinedSessionTest, OneQueryIsCancelledAndTheOtherRunsOn) {
  const QueryControl slow, quick;
  ErrorCode ended = ErrorCode::Internal;
  std::thread waiting([&] {
    ended = code([&] { open_.sql("SELECT count(*) FROM range(100000000) a, range(100000) b", {}, slow).next(); });
  });
  EXPECT_EQ(first(open_.sql("SELECT 7", {}, quick)), "7");  // in whatever state the other one is
  slow.cancel();
  waiting.join();
  EXPECT_EQ(ended, ErrorCode::Cancelled);
  EXPECT_EQ(code([&] { open_.sql("SELECT 1", {}, slow); }), ErrorCode::Cancelled);
  EXPECT_LT(slow.progress(), 0);
}

TEST_F(ConfinedSessionTest, OneControlCancelsAQueryAndWhatFeedsIt) {
  const QueryControl both;
  Rows one = open_.sql("SELECT range FROM range(100000000000)", {}, both);
  Rows other = open_.sql("SELECT range FROM range(100000000000)", {}, both);
  one.next_batch();
  other.next_batch();
  both.cancel();
  const auto drain = [](Rows& rows) {
    while (rows.next_batch()) {
    }
  };
  EXPECT_EQ(code([&] { drain(one); }), ErrorCode::Cancelled);
  EXPECT_EQ(code([&] { drain(other); }), ErrorCode::Cancelled);
}

TEST_F(ConfinedSessionTest, RowsComeAsBatches) {
  Rows rows = open_.sql("SELECT range AS i FROM range(5000)");
  std::int64_t count = 0;
  while (OwnedArrowArray batch = rows.next_batch()) count += batch->length;
  EXPECT_EQ(count, 5000);
  EXPECT_FALSE(rows.next_batch());
}

}  // namespace
}  // namespace lakelet
