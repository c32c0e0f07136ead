// Scans in parts: planned by one session, read by others that know nothing but the text.
#include "lakelet/split.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lakelet/error.h"
#include "lakelet/session.h"
#include "memory_format/memory_format.h"
#include "storage/local/local_store.h"
#include "storage/recording/recording_store.h"
#include "support/session_parts.h"

namespace lakelet {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class SplitTest : public ::testing::Test {
 protected:
  SplitTest() { std::filesystem::create_directories(folder_); }
  ~SplitTest() override { std::filesystem::remove_all(folder_); }

  Session new_session() const {
    Configuration configuration;
    configuration.working_folder = folder_;
    configuration.threads = 2;
    return Session(std::move(configuration));
  }
  // Tables of a format that keeps removed rows as positions and calls columns otherwise in its files.
  static void use_memory_format(Session& session) {
    auto formats = std::make_shared<FormatRegistry>();
    formats->add(std::make_unique<MemoryFormat>());
    SessionState& parts = parts_of(session);
    parts.formats = std::move(formats);
    parts.tables = std::make_shared<sql::OpenTables>(parts.formats, parts.context);
  }
  static std::vector<std::string> lines(Rows rows) {
    std::vector<std::string> all;
    while (rows.next()) {
      std::string line;
      for (std::size_t i = 0; i < rows.schema().size(); ++i) line += rows.text(i) + "|";
      all.push_back(line);
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  // The rows of the splits, each read by a session of its own, and checks them against the whole scan.
  std::vector<std::string> lines(const Scan& scan, std::uint64_t target_bytes, std::size_t expected_splits) {
    std::vector<std::string> all;
    const auto splits = scan.splits(target_bytes);
    EXPECT_THAT(splits, SizeIs(expected_splits));
    for (const Split& split : splits) {
      Rows rows = new_session().read(split.text);
      EXPECT_EQ(rows.schema(), scan.rows().schema());
      const auto some = lines(std::move(rows));
      all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, lines(scan.rows()));
    return all;
  }
  template <typename Work>
  static ErrorCode code(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::Internal;
  }

  std::string folder_ = ::testing::TempDir() + "lakelet_splits_" + std::to_string(::getpid());
};

constexpr const char* kRows =
    "select range as id, 'p' || range % 3 as p, date '2020-01-01' + cast(range as int) as d, "
    "{'a': range % 5, 'b': ['x', 'y' || range]} as s from range(60)";
constexpr const char* kSchema = "id bigint, p string, d date, s struct<a: bigint, b: array<string>>";

TEST_F(SplitTest, PartsGiveTheRowsOfTheWhole) {
  Session session = new_session();
  CreateOptions options;
  options.partition_by = {"p"};
  Table table = session.create("t", parse_schema(kSchema), options);
  table.append(Source::sql(kRows));
  EXPECT_THAT(lines(table.scan(), 1, 3), SizeIs(60));
  EXPECT_THAT(lines(table.scan(), 1 << 20, 1), SizeIs(60));
  EXPECT_THAT(lines(table.scan().select({"d", "p"}).where("p > 'p0'").where("id < 10"), 1, 2), SizeIs(6));
  EXPECT_THAT(table.scan().where("id > 1000").splits(), IsEmpty());
  const auto splits = table.scan().where("p = 'p1'").splits();
  ASSERT_THAT(splits, SizeIs(1));
  EXPECT_EQ(splits[0].files, 1);
  EXPECT_EQ(splits[0].rows, 20);
  table.delete_rows("p = 'p1'");
  EXPECT_THAT(lines(session.read(splits[0].text)), SizeIs(20));  // of the version that was planned
}

TEST_F(SplitTest, DeletedRowsStayAwayInEveryFormat) {
  for (const char* naming : {"name", "id", "physical"}) {
    Session session = new_session();
    use_memory_format(session);
    CreateOptions options;
    options.partition_by = {"p"};
    options.properties = {{"memory.rowRemoval", "positions"}, {"memory.columns", naming}};
    Table table = session.create(naming, parse_schema(kSchema), options);
    table.append(Source::sql(kRows));
    table.delete_rows("id % 7 = 1 or id = 59");
    EXPECT_THAT(lines(table.scan(), 1, 3), SizeIs(50)) << naming;
    EXPECT_THAT(lines(table.scan().select({"id"}).where("s.a = 2"), 1, 3), SizeIs(10)) << naming;
    std::int64_t rows = 0;
    for (const Split& split : table.scan().splits(1)) rows += split.rows.value_or(-1000);
    EXPECT_EQ(rows, 50);
  }
}

// A later commit, as another writer makes it, gives the columns other names and takes six rows away: 3, 4, 7, 11, 18
// and 29, in a vector within the log.
TEST_F(SplitTest, RenamedColumnsAndDeletionVectorsTravel) {
  Session session = new_session();
  CreateOptions options;
  options.partition_by = {"p"};
  Table table = session.create("t", parse_schema("c1 bigint, p string"), options);
  table.append(Source::sql("select range as c1, 'x' as p from range(40)"));
  const FileInfo file = table.files().at(0);
  const std::string log = folder_ + "/t/_delta_log/";
  std::ifstream first(log + "00000000000000000001.json");
  std::string line, add;
  while (std::getline(first, line)) {
    if (line.starts_with("{\"add\"")) add = line;
  }
  ASSERT_FALSE(add.empty());
  std::ofstream commit(log + "00000000000000000002.json");
  commit << R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors",)"
         << R"("columnMapping"],"writerFeatures":["deletionVectors","columnMapping"]}})"
         << "\n"
         << R"({"metaData":{"id":")" << table.metadata().id << R"(","format":{"provider":"parquet","options":{}},)"
         << R"("schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"number\",\"type\":\"long\",)"
         << R"(\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":1,)"
         << R"(\"delta.columnMapping.physicalName\":\"c1\"}},{\"name\":\"part\",\"type\":\"string\",)"
         << R"(\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":2,)"
         << R"(\"delta.columnMapping.physicalName\":\"p\"}}]}","partitionColumns":["part"],)"
         << R"("configuration":{"delta.columnMapping.mode":"name","delta.columnMapping.maxColumnId":"2"}}})"
         << "\n"
         << R"({"remove":{"path":")" << file.path << R"(","deletionTimestamp":1,"dataChange":true}})"
         << "\n"
         << add.substr(0, add.size() - 2) << R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":)"
         << R"("^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L","sizeInBytes":44,"cardinality":6}}})"
         << "\n";
  commit.close();
  table.refresh();
  ASSERT_EQ(table.version(), 2);
  EXPECT_THAT(lines(table.scan().where("part = 'x'"), 1, 1), SizeIs(34));
  EXPECT_THAT(lines(table.scan().select({"number"}).where("number in (3, 5, 29, 30)"), 1, 1),
              ::testing::ElementsAre("30|", "5|"));
  EXPECT_THAT(lines(session.sql("select count(*), count(part) from './t'")), ::testing::ElementsAre("34|34|"));
  EXPECT_THAT(lines(session.sql("select min(number), max(number) from './t'")), ::testing::ElementsAre("0|39|"));
}

TEST_F(SplitTest, ReadingDoesNotTouchTheLog) {
  Session session = new_session();
  Table table = session.create("t", parse_schema("id bigint"));
  table.append(Source::sql("select range as id from range(5)"));
  const auto splits = table.scan().splits();
  Session other = new_session();
  const auto store = std::make_shared<RecordingStore>(std::make_shared<LocalStore>());
  parts_of(other).stores->serve("", "", store);
  EXPECT_THAT(lines(other.read(splits.at(0).text)), SizeIs(5));
  EXPECT_GT(store->count(), 0);
  for (const RecordedCall& call : store->calls()) EXPECT_THAT(call.path, ::testing::Not(::testing::HasSubstr("_log")));
}

TEST_F(SplitTest, RefusesWhatCannotBeSplit) {
  Session session = new_session();
  Table table = session.create("t", parse_schema("id bigint"));
  table.append(Source::sql("select range as id from range(5)"));
  EXPECT_EQ(code([&] { table.scan().limit(1).splits(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { table.scan().order_by("id").splits(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { table.scan().where("id in (select 1 from './t')").splits(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { table.scan().where("nothing = 1").splits(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { session.read("{}"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { session.read("t"); }), ErrorCode::InvalidArgument);
}

// What an append through a handle costs a store: the handle and the SQL behind it share what they know of the table.
TEST_F(SplitTest, AHandleAndItsStatementsReadTheLogOnce) {
  Session session = new_session();
  const auto store = std::make_shared<RecordingStore>(std::make_shared<LocalStore>());
  parts_of(session).stores->serve("", "", store);
  Table table = session.create("t", parse_schema("id bigint"));
  table.append(Source::sql("select 1 as id"));
  Table other = session.open("t");
  store->reset();
  other.append(Source::sql("select 2 as id"));
  std::string calls;
  for (const RecordedCall& call : store->calls()) calls += fmt::format("{} {}\n", to_string(call.call), call.path);
  EXPECT_LE(store->count(), 17) << calls;
  RecordProperty("store_calls", static_cast<int>(store->count()));
  store->reset();
  EXPECT_THAT(lines(session.sql("select id from './t'")), SizeIs(2));
  std::int64_t log_reads = 0;
  for (const RecordedCall& call : store->calls()) {
    log_reads += call.call == StoreCall::Open && call.path.find("_log") != std::string::npos;
  }
  EXPECT_LE(log_reads, 1) << "the commit that this session made";
}

}  // namespace
}  // namespace lakelet
