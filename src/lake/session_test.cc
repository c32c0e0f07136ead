// The public API, on tables of the default format on the local disk.
#include "lakelet/session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lakelet/error.h"

namespace lakelet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    std::filesystem::create_directories(folder_);
    Configuration configuration;
    configuration.working_folder = folder_;
    configuration.threads = 2;
    configuration.events = [this](const Event& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
    session_ = std::make_unique<Session>(configuration);
  }
  ~SessionTest() override {
    session_.reset();
    std::filesystem::remove_all(folder_);
  }

  Table make(const std::string& reference = "t", CreateOptions options = {}) {
    return session_->create(reference, parse_schema("id int, name string"), options);
  }
  static std::vector<std::string> lines(Rows rows) {
    std::vector<std::string> all;
    while (rows.next()) {
      std::string line;
      for (std::size_t i = 0; i < rows.schema().size(); ++i)
        line += fmt::format("{}{}", i > 0 ? "|" : "", rows.text(i));
      all.push_back(line);
    }
    return all;
  }
  static std::vector<std::string> lines(const Table& table) { return lines(table.scan().order_by("id").rows()); }
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

  std::string folder_ = ::testing::TempDir() + "lakelet_session_" + std::to_string(::getpid());
  std::mutex mutex_;
  std::vector<Event> events_;
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, WhatLooksAtEveryFileTellsHowFarItIs) {
  std::filesystem::create_directories(folder_ + "/files");
  for (int i = 0; i < 5; ++i) {
    session_->sql(fmt::format("COPY (SELECT {0} AS id) TO '{1}/files/{0}.parquet' (FORMAT parquet)", i, folder_));
  }
  const auto told = [&](const std::string& operation) {
    const std::lock_guard lock(mutex_);
    std::vector<double> fractions;
    for (const Event& event : events_) {
      if (event.kind == EventKind::Progress && event.operation == operation) fractions.push_back(event.fraction);
    }
    return fractions;
  };
  session_->convert("files");
  EXPECT_THAT(told("convert"), ElementsAre(0.2, 0.4, 0.6, 0.8, 1.0));
  session_->doctor("files");
  EXPECT_THAT(told("doctor"), ElementsAre(0.2, 0.4, 0.6, 0.8, 1.0));
}

TEST_F(SessionTest, AHandleMovesWithItsOwnVerbsOnly) {
  Table table = make();
  Table other = session_->open("t");
  EXPECT_EQ(table.version(), 0);
  EXPECT_EQ(table.append(Source::sql("select 1 as id, 'a' as name")).version, 1);
  EXPECT_EQ(table.version(), 1);
  EXPECT_EQ(other.version(), 0);
  EXPECT_THAT(lines(other), IsEmpty());
  other.refresh();
  EXPECT_THAT(lines(other), ElementsAre("1|a"));
}

TEST_F(SessionTest, EveryVersionIsAddressable) {
  Table table = make();
  table.append(Source::sql("select 1 as id, 'a' as name"));
  const std::int64_t then = table.timestamp_us();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  table.append(Source::sql("select 2 as id, 'b' as name"));
  EXPECT_THAT(lines(session_->open("t@v1")), ElementsAre("1|a"));
  EXPECT_THAT(lines(session_->open("t@0")), IsEmpty());
  EXPECT_THAT(lines(table.at_version(1)), ElementsAre("1|a"));
  EXPECT_EQ(table.at_timestamp(then).version(), 1);
  EXPECT_EQ(code([&] { session_->open("t@v9"); }), ErrorCode::NotFound);
  EXPECT_EQ(code([&] { session_->open("t@2001-01-01"); }), ErrorCode::NotFound);
}

TEST_F(SessionTest, OlderVersionsAreNotWrittenTo) {
  Table table = make();
  table.append(Source::sql("select 1 as id"));
  Table old = session_->open("t@v0");
  EXPECT_EQ(code([&] { old.append(Source::sql("select 2 as id")); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { old.delete_rows("id = 1"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { session_->write("t@v0", Source::sql("select 1 as id"), WriteMode::Append); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { session_->create("new@v1", parse_schema("id int")); }), ErrorCode::InvalidArgument);
}

TEST_F(SessionTest, APathWithAnAtSignIsAPath) {
  std::filesystem::create_directories(folder_ + "/x@v1");
  make("x@v1/t").append(Source::sql("select 1 as id"));
  EXPECT_THAT(lines(session_->open("x@v1/t")), SizeIs(1));
  make("named@home");
  EXPECT_TRUE(session_->exists("named@home"));
  EXPECT_THAT(lines(session_->open("named@home@v0")), IsEmpty());
}

TEST_F(SessionTest, WriteModes) {
  const auto row = [](int id) { return Source::sql(fmt::format("select {} as id, 'x' as name", id)); };
  EXPECT_EQ(code([&] { session_->write("t", row(1), WriteMode::Append); }), ErrorCode::NotFound);
  CreateOptions create;
  create.partition_by = {"name"};
  create.name = "T";
  EXPECT_EQ(session_->write("t", row(1), WriteMode::ErrorIfExists, "", {}, &create).version, 0);
  EXPECT_EQ(code([&] { session_->write("t", row(2), WriteMode::ErrorIfExists, "", {}, &create); }),
            ErrorCode::AlreadyExists);
  EXPECT_EQ(session_->write("t", row(2), WriteMode::Ignore).version, -1);
  EXPECT_EQ(session_->write("t", row(2), WriteMode::Append).version, 1);
  EXPECT_THAT(lines(session_->open("t")), ElementsAre("1|x", "2|x"));
  session_->write("t", row(2), WriteMode::Overwrite, "id = 2");
  session_->write("t", row(3), WriteMode::Overwrite);
  EXPECT_THAT(lines(session_->open("t")), ElementsAre("3|x"));
  EXPECT_EQ(session_->open("t").metadata().name, "T");
  create.partition_by = {"id"};
  EXPECT_EQ(code([&] { session_->write("t", row(4), WriteMode::Append, "", {}, &create); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { session_->write("t", row(4), WriteMode::Append, "id = 4"); }), ErrorCode::InvalidArgument);
}

TEST_F(SessionTest, AnImportThatFailsLeavesNoTable) {
  std::ofstream(folder_ + "/bad.json") << "[{\"a\": 1}, ";
  const CreateOptions create;
  EXPECT_THROW(session_->write("t", Source::file("bad.json"), WriteMode::Append, "", {}, &create), Error);
  EXPECT_FALSE(session_->exists("t"));
}

TEST_F(SessionTest, MergeOfATableAtAVersion) {
  Table table = make();
  table.append(Source::sql("select 1 as id, 'a' as name"));
  table.update({{"name", "'changed'"}}, "id = 1");
  const Report report = table.merge(Source::table("t@v1"), "target.id = source.id").when_matched_update_all().execute();
  EXPECT_EQ(report.rows_updated, 1);
  EXPECT_THAT(lines(table), ElementsAre("1|a"));
  MergeBuilder twice = table.merge(Source::table("t@v1"), "false");
  twice.when_not_matched_insert_all().execute();
  EXPECT_EQ(code([&] { twice.execute(); }), ErrorCode::InvalidArgument);
}

TEST_F(SessionTest, ScansSelectFilterSortAndLimit) {
  Table table = make();
  table.append(Source::sql("select range::int as id, 'n' || (range % 3) as name from range(10)"));
  EXPECT_THAT(lines(table.scan()
                        .select({"NAME", "id"})
                        .where("id > 5 or id = 0")
                        .where("name <> 'n1'")
                        .order_by("name")
                        .order_by("id", true)
                        .limit(3)
                        .rows()),
              ElementsAre("n0|9", "n0|6", "n0|0"));
  EXPECT_EQ(code([&] { table.scan().select({"nope"}).rows(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { table.scan().where("id = ").rows(); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code([&] { table.scan().where("1=1) union (select 1, 'x'").rows(); }), ErrorCode::InvalidArgument);
  Rows statistics = table.scan().statistics();
  ASSERT_TRUE(statistics.next());
  EXPECT_EQ(statistics.text(0), "id");
}

TEST_F(SessionTest, RowsOutliveTheirSessionAndDoNotDisturbEachOther) {
  Table table = make();
  table.append(Source::sql("select range::int as id, 'n' as name from range(20000)"));
  Rows first = table.scan().rows();
  Rows second = session_->sql("select count(*) from 't'");
  ASSERT_TRUE(first.next());
  ASSERT_TRUE(second.next());
  EXPECT_EQ(second.text(0), "20000");
  table.delete_rows("id < 10");
  session_.reset();
  std::int64_t count = 1;
  while (first.next()) ++count;
  EXPECT_EQ(count, 20000);
}

TEST_F(SessionTest, WhatTheTableSaysOfItself) {
  CreateOptions options;
  options.partition_by = {"name"};
  options.description = "for a test";
  Table table = make("t", options);
  table.append(Source::sql("select * from (values (1, 'a'), (2, 'b'), (3, null)) as v(id, name)"));
  const auto partitions = table.partitions();
  ASSERT_THAT(partitions, SizeIs(3));
  EXPECT_EQ(partitions[0].values, (PartitionValues{{"name", std::nullopt}}));
  EXPECT_EQ(partitions[1].values, (PartitionValues{{"name", "a"}}));
  EXPECT_EQ(partitions[1].rows, 1);
  EXPECT_THAT(table.files(), SizeIs(3));
  EXPECT_EQ(table.detail().rows, 3);
  EXPECT_EQ(table.detail().metadata.description, "for a test");
  EXPECT_THAT(table.history(), SizeIs(2));
  EXPECT_THAT(table.history(1), SizeIs(1));
  EXPECT_THAT(table.history(0), IsEmpty());
}

TEST_F(SessionTest, ParquetAndArrowFilesHoldTheRows) {
  const std::string query = "select range as a, {'x': range} as b from range(5)";
  EXPECT_GT(session_->write_parquet(session_->sql(query), "x.parquet"), 0u);
  EXPECT_GT(session_->write_arrow(session_->sql(query), "x.arrow"), 0u);
  const CreateOptions create;
  session_->write("p", Source::file("x.parquet"), WriteMode::Append, "", {}, &create);
  session_->write("q", Source::file("x.arrow"), WriteMode::Append, "", {}, &create);
  EXPECT_EQ(lines(session_->sql("from 'p' order by a")), lines(session_->sql(query)));
  EXPECT_EQ(lines(session_->sql("from 'q' order by a")), lines(session_->sql(query)));
  EXPECT_EQ(code([&] {
              session_->write_arrow(session_->sql("select cast('x' || range as int) from range(3)"), "bad.arrow");
            }),
            ErrorCode::ConstraintViolation);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/bad.arrow"));
}

TEST_F(SessionTest, CancelStopsWhatRuns) {
  EXPECT_FALSE(session_->cancel());
  std::thread canceller([&] {
    while (!session_->cancel()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  EXPECT_EQ(
      code([&] { lines(session_->sql("select sum(a.range * b.range) from range(1000000) a, range(1000000) b")); }),
      ErrorCode::Cancelled);
  canceller.join();
  EXPECT_THAT(lines(session_->sql("select 1")), ElementsAre("1"));
}

TEST_F(SessionTest, ErrorsSayWhatIsThereInstead) {
  std::filesystem::create_directories(folder_ + "/empty");
  make("near/t");
  for (const char* reference : {"missing", "empty", "near"}) {
    try {
      session_->open(reference);
      FAIL() << reference;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::NotFound) << reference;
      EXPECT_THAT(error.message(), HasSubstr(reference));
    }
  }
  EXPECT_EQ(code([&] { session_->open("ftp://x/y"); }), ErrorCode::InvalidArgument);
}

TEST_F(SessionTest, AScanTellsWhichFilesItWouldRead) {
  CreateOptions options;
  options.properties = {{"delta.enableDeletionVectors", "true"}};
  Table table = make("t", options);
  for (int first : {0, 10}) {
    table.append(
        Source::sql(fmt::format("SELECT range::INTEGER AS id, 'n' AS name FROM range({}, {})", first, first + 5)));
  }
  table.delete_rows("id IN (11, 13)");
  EXPECT_THAT(table.scan().files(), SizeIs(2));
  const std::vector<ScannedFile> files = table.scan().where("id > 9").files();
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_THAT(files[0].deleted, ElementsAre(1, 3));
  EXPECT_EQ(files[0].file.rows, 5);
  EXPECT_TRUE(std::filesystem::exists(files[0].uri)) << files[0].uri;
  ASSERT_FALSE(files[0].columns.empty());
  EXPECT_THAT(files[0].columns[0].column, ElementsAre("id"));
  EXPECT_EQ(files[0].columns[0].least->integer(), 10);
  EXPECT_EQ(files[0].columns[0].greatest->integer(), 14);
  EXPECT_EQ(code([&] { table.scan().limit(1).files(); }), ErrorCode::InvalidArgument);
}

// Rows of a query under a name.
NamedRows named(Session& session, const std::string& name, const std::string& query) {
  return {name, [&session, query] { return session.sql(query).into_stream(); }};
}

TEST_F(SessionTest, AQueryReadsRowsThatTheCallerNames) {
  const std::vector<NamedRows> given = {named(*session_, "people", "SELECT 1 AS id UNION ALL SELECT 2")};
  EXPECT_THAT(lines(session_->sql("SELECT a.id, b.id FROM people a JOIN people b ON a.id < b.id", {}, given)),
              ElementsAre("1|2"));
  EXPECT_EQ(code([&] { session_->sql("SELECT * FROM people"); }), ErrorCode::NotFound) << "the name stayed";
}

TEST_F(SessionTest, WhatNamedRowsThrowEndsTheQuery) {
  const NamedRows failing{"people", []() -> OwnedArrowStream { throw Error(ErrorCode::Unavailable, "not today"); }};
  EXPECT_EQ(code([&] { session_->sql("SELECT * FROM people", {}, {failing}); }), ErrorCode::Unavailable);
}

TEST_F(SessionTest, ANewTableHasRules) {
  CreateOptions options;
  options.values["id"] = IdentityValue{10, 5};
  options.values["n"] = DefaultValue{"7"};
  options.values["twice"] = GeneratedValue{"n * 2"};
  options.constraints["small"] = "n < 100";
  const Schema schema = parse_schema("id bigint, n int, twice int");
  Table table = session_->create("rules", schema, options);
  EXPECT_EQ(table.version(), 0);
  const auto values = table.values();
  EXPECT_EQ(values.size(), 3u);
  EXPECT_EQ(std::get<IdentityValue>(values.at("id")).start, 10);
  EXPECT_EQ(std::get<IdentityValue>(values.at("id")).step, 5);
  EXPECT_EQ(std::get<DefaultValue>(values.at("n")).expression, "7");
  EXPECT_EQ(std::get<GeneratedValue>(values.at("twice")).expression, "n * 2");
  session_->sql("INSERT INTO 'rules' (n) VALUES (1), (DEFAULT)").next();
  EXPECT_THAT(lines(session_->sql("FROM 'rules' ORDER BY id")), ElementsAre("10|1|2", "15|7|14"));
  EXPECT_THROW(session_->sql("INSERT INTO 'rules' (n) VALUES (100)").next(), Error);
  table.refresh();
  table.alter({DropDefault{{"n"}}, SetDefault{{"n"}, "8"}});
  EXPECT_EQ(std::get<DefaultValue>(table.values().at("n")).expression, "8");
  EXPECT_EQ(std::get<DefaultValue>(table.at_version(0).values().at("n")).expression, "7");
  EXPECT_THROW(table.alter({SetDefault{{"n"}, "'eight'"}}), Error);
  table.alter({SetDomain{"mine", "text"}});
  EXPECT_EQ(table.domains().at("mine"), "text");
  options.constraints["odd"] = "nobody_knows(n)";
  EXPECT_THROW(session_->create("none", schema, options), Error);
  EXPECT_FALSE(session_->exists("none"));
}

TEST_F(SessionTest, ATableIsMadeAnew) {
  CreateOptions options;
  options.properties = {{"delta.enableChangeDataFeed", "true"}};
  options.description = "old";
  Table table = session_->create("t", parse_schema("id int, p string"), options);
  table.append(Source::sql("select 1 as id, 'x' as p"));
  options = {};
  options.replace = true;
  options.name = "new";
  options.partition_by = {"day"};
  options.user_metadata = {{"why", "a test"}};
  options.constraints = {{"late", "day > DATE '2020-01-01'"}};
  Table made = session_->create("t", parse_schema("day date, id string"), options);
  EXPECT_EQ(made.version(), 2);
  EXPECT_EQ(to_string(made.schema()), "day date, id string");
  EXPECT_EQ(made.partitioning().columns(), options.partition_by);
  EXPECT_EQ(made.detail().files, 0);
  EXPECT_EQ(made.metadata().name + made.metadata().description, "new");
  EXPECT_EQ(made.properties().size(), 1u);  // the constraint
  const HistoryEntry entry = made.history(1)[0];
  EXPECT_EQ(entry.operation, "CREATE OR REPLACE TABLE");
  EXPECT_EQ(entry.other.at("why"), "a test");
  EXPECT_EQ(made.at_version(1).detail().rows, 1);
  CreateOptions again;
  again.replace = true;
  EXPECT_EQ(session_->create("u", parse_schema("id int"), again).version(), 0);
}

TEST_F(SessionTest, AnApplicationsVersionIsKnown) {
  Table table = session_->create("t", parse_schema("id int"));
  EXPECT_EQ(table.application_version("loader"), std::nullopt);
  WriteOptions options;
  options.application_version = {"loader", 7};
  table.append(Source::sql("select 1 as id"), options);
  EXPECT_EQ(table.application_version("loader"), 7);
  EXPECT_EQ(table.at_version(0).application_version("loader"), std::nullopt);
}

TEST_F(SessionTest, NamesComeFromAConfigurationFile) {
  make("data/t");
  std::ofstream(folder_ + "/names.yml") << "tables:\n  - {name: people, uri: '${WHERE}/t'}\n";
  Configuration configuration;
  configuration.working_folder = folder_;
  configuration.configuration_file = "names.yml";
  configuration.variable = [](const std::string& name) -> std::optional<std::string> {
    return name == "WHERE" ? std::optional<std::string>("data") : std::nullopt;
  };
  Session named(configuration);
  EXPECT_EQ(named.open("people").uri(), session_->open("data/t").uri());
  EXPECT_EQ(named.open("people@v0").version(), 0);
  EXPECT_THAT(lines(named.sql("SELECT count(*) FROM people")), ElementsAre("0"));
  EXPECT_FALSE(named.exists("nobody"));
}

}  // namespace
}  // namespace lakelet
