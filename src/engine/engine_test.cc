#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "engine/arrow_stream.h"
#include "engine/test_table.h"
#include "engine/type_mapping.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"

namespace lakelet::engine {
namespace {

using testing::HasSubstr;

Error error_of(TestLake& lake, const std::string& query) {
  try {
    lake.query(query);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error: " << query;
  return Error(ErrorCode::Internal, "");
}

TEST(EngineError, HasTheRightCodeAndOneLine) {
  TestLake lake;
  const auto code = [&](const std::string& query) {
    const Error error = error_of(lake, query);
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
    return error.code();
  };
  EXPECT_EQ(code("selec 1"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("select nothing"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("select * from no_such_table"), ErrorCode::NotFound);
  EXPECT_EQ(code("select no_such_function(1)"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("select cast('x' as int)"), ErrorCode::ConstraintViolation);
  EXPECT_EQ(code("select * from 'lakelet:memory://lake/none.parquet'"), ErrorCode::NotFound);
  EXPECT_EQ(code("from read_csv('/no/such/file.csv')"), ErrorCode::NotFound);
  lake.query("create table t (a int not null)");
  EXPECT_EQ(code("create table t (a int)"), ErrorCode::AlreadyExists);
  EXPECT_EQ(code("insert into t values (null)"), ErrorCode::ConstraintViolation);
  EXPECT_THAT(error_of(lake, "selec 1").what(), HasSubstr("line 1, column 1: selec 1"));
  EXPECT_THAT(error_of(lake, "ATTACH 'x' AS c (TYPE lakelet, TOKEN 'abc' no)").what(),
              AllOf(HasSubstr("TOKEN '...' no"), Not(HasSubstr("abc"))));
  EXPECT_THAT(error_of(lake, "ATTACH 'x' AS c (CREDENTIAL '" + std::string(90, 'x') + "'); selec 1").what(),
              AllOf(HasSubstr("selec 1"), Not(HasSubstr("xxx"))));
  EXPECT_THAT(error_of(lake, "select b from t").hint(), HasSubstr("\"a\""));
}

TEST(EngineError, OursPassesThroughAsItIs) {
  Error error(ErrorCode::Permission, "can't write", "ask somebody");
  error.add_context("file x").add_context("table y");
  try {
    inside_engine([&] { throw error; });
    FAIL();
  } catch (const duckdb::Exception& exception) {
    const Error back = to_error(duckdb::ErrorData(exception));
    EXPECT_EQ(back.code(), ErrorCode::Permission);
    EXPECT_EQ(back.message(), "can't write");
    EXPECT_EQ(back.hint(), "ask somebody");
    EXPECT_THAT(back.context(), testing::ElementsAre("file x", "table y"));
  }
}

TEST(EngineError, LackOfMemoryIsExhausted) {
  EngineOptions options;
  options.memory_limit_bytes = 40 << 20;
  TestLake lake(options);
  const Error error =
      error_of(lake, "select count(*) from (select hash(range) as h, list(range) from range(20000000) group by 1)");
  EXPECT_EQ(error.code(), ErrorCode::Exhausted);
  EXPECT_THAT(error.hint(), HasSubstr("--memory-limit"));
}

TEST(Engine, CancelsFromAnotherThread) {
  TestLake lake;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    lake.connection->Interrupt();
  });
  const Error error =
      error_of(lake, "select count(*) from range(1000000000) a, range(1000000) b where a.range + b.range = -1");
  stopper.join();
  EXPECT_EQ(error.code(), ErrorCode::Cancelled);
}

TEST(Engine, SpillsToItsTemporaryFolder) {
  EngineOptions options;
  options.memory_limit_bytes = 100 << 20;
  options.threads = 2;
  options.temp_folder = std::filesystem::temp_directory_path() / ("lakelet_engine_test_" + std::to_string(::getpid()));
  {
    TestLake lake(options);
    EXPECT_EQ(
        lake.query(
            "select count(*) from (select range, 'text ' || range as t from range(4000000) order by hash(range))"),
        "4000000\n");
  }
  std::filesystem::remove_all(options.temp_folder);
}

TEST(Engine, HasAsManyThreadsAsItsMemoryCarries) {
  const auto threads = [](std::uint64_t limit, int wanted) {
    EngineOptions options;
    options.memory_limit_bytes = limit;
    options.threads = wanted;
    TestLake lake(options);
    return lake.query("select current_setting('threads')");
  };
  EXPECT_EQ(threads(96 << 20, 2), "1\n");
  EXPECT_EQ(threads(16 << 20, 2), "1\n");
  EXPECT_EQ(threads(256 << 20, 2), "2\n");
  EXPECT_EQ(threads(256 << 20, 16), "3\n");
  EXPECT_EQ(threads(std::uint64_t{4} << 30, 16), "16\n");
}

TEST(Engine, TimeIsInUtc) {
  TestLake lake;
  EXPECT_EQ(lake.query("select '2024-07-01 12:00:00+02'::timestamptz, '2024-07-01 12:00:00'::timestamp::timestamptz, "
                       "current_setting('TimeZone')"),
            "2024-07-01 10:00:00+00|2024-07-01 12:00:00+00|UTC\n");
}

TEST(ObjectFiles, AreReadWrittenAndListed) {
  TestLake lake;
  lake.query("copy (select range as a from range(1000)) to 'lakelet:memory://lake/x/a.csv'");
  lake.query("copy (select range as a from range(1000)) to 'lakelet:memory://lake/x/y/b.csv.gz'");
  EXPECT_EQ(lake.query("select sum(a) from 'lakelet:memory://lake/x/a.csv'"), "499500\n");
  EXPECT_EQ(lake.query("select sum(a) from read_csv('lakelet:memory://lake/x/y/b.csv.gz')"), "499500\n");
  EXPECT_EQ(lake.query("select file from glob('lakelet:memory://lake/x/*.csv')"), "lakelet:memory://lake/x/a.csv\n");
  EXPECT_EQ(lake.query("select count(*) from glob('lakelet:memory://lake/x/**')"), "2\n");
  EXPECT_EQ(lake.query("select count(*) from glob('lakelet:memory://lake/x/nothing')"), "0\n");
}

TEST(ObjectFiles, AFailedWriteLeavesNothing) {
  TestLake lake;
  error_of(lake,
           "copy (select case when range = 900000 then cast('x' || range as int) else 1 end from range(1000000)) to "
           "'lakelet:memory://lake/half.parquet'");
  const auto place = lake.stores->resolve("memory://lake/half.parquet");
  EXPECT_FALSE(place.store->find(place.path));
}

TEST(ObjectFiles, TheStoresErrorsComeOut) {
  TestLake lake;
  auto faulty = std::make_shared<FaultyStore>(std::make_shared<MemoryStore>());
  lake.stores->serve("refusing", "", faulty);
  lake.query("copy (select 1 as a) to 'lakelet:refusing://x/a.parquet'");
  Fault fault;
  fault.from_then_on = true;
  fault.code = ErrorCode::Permission;
  faulty->inject(fault);
  const Error error = error_of(lake, "from 'lakelet:refusing://x/a.parquet'");
  EXPECT_EQ(error.code(), ErrorCode::Permission);
}

TEST(ArrowStreams, AResultStreamsAndASourceIsReadOnce) {
  TestLake lake;
  auto connection = std::shared_ptr<duckdb::Connection>(lake.engine.impl().connect());
  int finished = 0;
  auto stream = to_arrow_stream(
      connection->SendQuery(
          "select range as i, interval (range) day as d, {'x': 'a'::enum('a')} as e from range(200000)"),
      connection, [&] { ++finished; });
  {
    const ArrowSource source(std::move(stream));
    source.create_view(*lake.connection, "source");
    EXPECT_EQ(lake.query("select count(*), sum(i), max(d), min(e.x) from source"), "200000|19999900000|99999 days|a\n");
    EXPECT_TRUE(source.consumed());
    EXPECT_EQ(finished, 1);
    EXPECT_EQ(error_of(lake, "from source").code(), ErrorCode::InvalidArgument);
  }
}

TEST(ArrowStreams, KeepTheErrorOfTheirQuery) {
  TestLake lake;
  auto connection = std::shared_ptr<duckdb::Connection>(lake.engine.impl().connect());
  auto stream = to_arrow_stream(
      connection->SendQuery(
          "select case when range = 4000000 then cast('x' || range as int) else 1 end from range(5000000)"),
      connection);
  const ArrowSource source(std::move(stream));
  source.create_view(*lake.connection, "source");
  const Error error = error_of(lake, "select count(*) from source");
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
}

TEST(TypeMapping, ThereAndBackAgain) {
  for (const char* text :
       {"boolean",   "tinyint",       "smallint",       "int",
        "bigint",    "utinyint",      "ubigint",        "float",
        "double",    "decimal(5,2)",  "decimal(38,10)", "string",
        "binary",    "uuid",          "date",           "time",
        "timestamp", "timestamp_ntz", "timestamp_ns",   "struct<a: int, b: array<map<string, decimal(9,0)>>>"}) {
    const Type type = parse_type(text);
    EXPECT_EQ(to_string(from_engine_type(to_engine_type(type))), to_string(type)) << text;
  }
  EXPECT_EQ(to_engine_type(parse_type("timestamptz_ns")), duckdb::LogicalType::TIMESTAMP_TZ);
  EXPECT_THROW(from_engine_type(duckdb::LogicalType::INTERVAL), Error);
  EXPECT_EQ(result_type(duckdb::LogicalType::INTERVAL), duckdb::LogicalType::VARCHAR);
}

TEST(TypeMapping, ValuesThereAndBackAgain) {
  const std::vector<std::pair<const char*, const char*>> values = {
      {"boolean", "true"},
      {"int", "-5"},
      {"ubigint", "7"},
      {"double", "1.5"},
      {"float", "0.5"},
      {"decimal(5,2)", "-1.25"},
      {"decimal(38,2)", "-123456789012345678901234567890.12"},
      {"string", "x'y"},
      {"uuid", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"},
      {"date", "1969-07-20"},
      {"timestamp", "2024-01-02 03:04:05.000006"},
      {"timestamp_ntz", "0001-01-01 00:00:00"}};
  for (const auto& [type_text, text] : values) {
    const Type type = parse_type(type_text);
    const Value value = parse_value(text, type);
    const auto back = from_engine_value(to_engine_value(value, type), type);
    ASSERT_TRUE(back) << type_text;
    EXPECT_EQ(*back, value) << type_text;
  }
  EXPECT_TRUE(from_engine_value(to_engine_value(Value(), Type(TypeKind::Int32)), Type(TypeKind::Int32))->is_null());
  EXPECT_EQ(from_engine_value(duckdb::Value::BIGINT(5), Type(TypeKind::Int32)), Value(5));
  EXPECT_FALSE(from_engine_value(duckdb::Value::DOUBLE(1.5), Type(TypeKind::Int32)));
  EXPECT_FALSE(from_engine_value(duckdb::Value::DATE(duckdb::date_t::infinity()), Type(TypeKind::Date)));
}

}  // namespace
}  // namespace lakelet::engine
