#include "engine/data_file_writer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "engine/file_series.h"
#include "engine/test_table.h"

namespace lakelet::engine {
namespace {

using testing::HasSubstr;

const ColumnStatistics& of(const DataFile& file, const ColumnPath& path) {
  const auto found = file.statistics.find(path);
  if (found == file.statistics.end()) throw Error(ErrorCode::NotFound, "no statistics of " + path.back());
  return found->second;
}

TEST(DataFileWriter, ReportsWhatIsInTheFile) {
  TestLake lake;
  auto table = lake.table("t",
                          "i int, b bigint, f float, d double, n decimal(10,2), w decimal(30,3), s string, day date, "
                          "at timestamp, local timestamp_ntz, ok boolean, raw binary, st struct<x: int, y: string>, "
                          "tiny tinyint, empty string");
  const auto files = lake.write(
      *table,
      "select case when range = 5 then null else range::int end, range * 1000000000000, "
      "case when range = 3 then 'nan'::float else range::float end, range::double / 4, (range / 8)::decimal(10,2), "
      "(range * 1.125)::decimal(30,3) - 50, 'k' || (range + 10), '2024-01-01'::date + range::int, "
      "'2024-01-01 00:00:00.000001+00'::timestamptz + range * interval 1 second, '1969-12-31'::timestamp + range * "
      "interval 1 day, "
      "range > 50, encode('q' || (range + 10)), {'x': -range::int, 'y': null::varchar}, (range - 50)::tinyint, '' "
      "from range(100)");
  ASSERT_EQ(files.size(), 1u);
  const DataFile& file = files[0];
  EXPECT_EQ(file.rows, 100);
  EXPECT_EQ(file.format, "parquet");
  const auto place = lake.stores->resolve(file.uri);
  EXPECT_EQ(file.bytes, place.store->find(place.path)->size);
  EXPECT_EQ(of(file, {"i"}).null_count, 1);
  EXPECT_EQ(of(file, {"i"}).min, Value(0));
  EXPECT_EQ(of(file, {"i"}).max, Value(99));
  EXPECT_EQ(of(file, {"b"}).max, Value(std::int64_t{99000000000000}));
  EXPECT_EQ(of(file, {"f"}).max, Value(99.0));
  EXPECT_TRUE(of(file, {"f"}).has_nan);
  EXPECT_EQ(of(file, {"d"}).max, Value(24.75));
  EXPECT_FALSE(of(file, {"d"}).has_nan);
  EXPECT_EQ(of(file, {"n"}).max, Value(Decimal{1238}));
  EXPECT_EQ(of(file, {"w"}).min, Value(Decimal{-50000}));
  EXPECT_EQ(of(file, {"w"}).max, Value(Decimal{61375}));
  EXPECT_EQ(of(file, {"s"}).min, Value("k10"));
  EXPECT_EQ(of(file, {"s"}).max, Value("k99"));
  EXPECT_EQ(to_text(*of(file, {"day"}).max, Type(TypeKind::Date)), "2024-04-09");
  EXPECT_EQ(of(file, {"at"}).min, Value(std::int64_t{1704067200000001}));
  EXPECT_EQ(of(file, {"local"}).min, Value(std::int64_t{-86400000000}));
  EXPECT_EQ(of(file, {"ok"}).min, Value(false));
  EXPECT_EQ(of(file, {"ok"}).max, Value(true));
  EXPECT_EQ(of(file, {"raw"}).min, Value("q10"));
  EXPECT_EQ(of(file, {"st", "x"}).min, Value(-99));
  EXPECT_EQ(of(file, {"st", "y"}).null_count, 100);
  EXPECT_FALSE(of(file, {"st", "y"}).min.has_value());
  EXPECT_EQ(of(file, {"tiny"}).min, Value(-50));
  EXPECT_EQ(of(file, {"empty"}).max, Value(""));
}

TEST(DataFileWriter, ANotANumberInAnEarlierRowGroupIsNotForgotten) {
  TestLake lake;
  auto table = lake.table("t", "f double, st struct<x: double>");
  const auto files = lake.write(*table,
                                "select v, {'x': v} from (select case when range = 7 then 'nan'::double else "
                                "range::double end as v from range(400000))");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(of(files[0], {"f"}).has_nan);
  EXPECT_TRUE(of(files[0], {"st", "x"}).has_nan);
  EXPECT_EQ(of(files[0], {"f"}).max, Value(399999.0));
}

TEST(DataFileWriter, RollsAtTheTargetSize) {
  TestLake lake;
  auto table = lake.table("t", "a bigint, b string");
  auto layout = table->write_layout();
  layout.target_file_bytes = 4 << 20;
  const auto files =
      lake.write(*table, "select (hash(range) >> 1)::bigint, hash(range + 1)::varchar from range(1000000)", layout);
  EXPECT_GE(files.size(), 4u);
  std::int64_t rows = 0;
  for (const DataFile& file : files) {
    rows += *file.rows;
    EXPECT_LT(file.bytes, 12u << 20);
  }
  EXPECT_EQ(rows, 1000000);
  EXPECT_EQ(lake.query("select count(*), count(distinct b) from test_scan('t')"), "1000000|1000000\n");
}

TEST(DataFileWriter, NoRowsNoFiles) {
  TestLake lake;
  auto table = lake.table("t", "a bigint");
  EXPECT_TRUE(lake.write(*table, "select 1::bigint where false").empty());
  auto partitioned = lake.table("p", "a bigint, b int", {"b"});
  EXPECT_TRUE(lake.write(*partitioned, "select 1::bigint, 1::int where false").empty());
}

TEST(DataFileWriter, AThousandPartitionsInLittleMemory) {
  EngineOptions options;
  options.memory_limit_bytes = 160 << 20;
  options.threads = 2;
  options.temp_folder = std::filesystem::temp_directory_path() / ("lakelet_writer_test_" + std::to_string(::getpid()));
  {
    TestLake lake(options);
    auto table = lake.table("t", "p int, a bigint, b string", {"p"});
    const auto files = lake.write(
        *table, "select (hash(range) % 1000)::int, range, 'some text that takes room ' || range from range(1000000)");
    EXPECT_EQ(files.size(), 1000u);
    std::int64_t rows = 0;
    for (const DataFile& file : files) rows += *file.rows;
    EXPECT_EQ(rows, 1000000);
    EXPECT_EQ(lake.query("select count(*), sum(a), count(distinct p) from test_scan('t')"),
              "1000000|499999500000|1000\n");
    EXPECT_EQ(lake.query("select count(*) from test_scan('t') where p != hash(a) % 1000"), "0\n");
  }
  std::filesystem::remove_all(options.temp_folder);
}

TEST(DataFileWriter, OneFileForEachPartitionWithManyThreads) {
  TestLake lake;
  auto table = lake.table("t", "p string, a bigint", {"p"});
  DataFileWriterOptions options;
  options.schema = table->columns;
  options.partitioning = table->partitions;
  options.layout = table->write_layout();
  int next = 0;
  options.new_file_uri = [&](const std::vector<Value>&, const std::string&) {
    return table->place.uri + "/" + std::to_string(next++) + ".parquet";
  };
  auto connection = lake.engine.impl().connect();
  connection->BeginTransaction();
  DataFileWriter writer(*connection->context, options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto own = lake.engine.impl().connect();
      auto thread = writer.start();
      auto result = own->Query("select 'p' || (range % 3), range from range(1000)");
      while (auto chunk = result->Fetch()) thread->write(*chunk);
      thread->finish();
      (void)t;
    });
  }
  for (auto& thread : threads) thread.join();
  const auto files = writer.finish();
  EXPECT_EQ(files.size(), 3u);
  EXPECT_EQ(writer.rows(), 4000);
  connection->Commit();
}

// Which batches are in hand, as an engine with several threads keeps the books.
class Batches {
 public:
  std::optional<RowBatch> next(std::optional<std::uint64_t> done) {
    const std::lock_guard lock(mutex_);
    if (done) in_hand_.erase(*done);
    if (next_ == 200) return std::nullopt;
    in_hand_.insert(next_);
    return RowBatch{next_++, *in_hand_.begin()};
  }

 private:
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::set<std::uint64_t> in_hand_;
};

TEST(DataFileWriter, BatchesAreWrittenInTheirOrder) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("lakelet_batches_test_{}", ::getpid());
  TestLake lake;
  for (const bool partitioned : {false, true}) {
    const std::string name = partitioned ? "p" : "u";
    auto table = lake.table(name, "id bigint, p bigint, s string",
                            partitioned ? std::vector<std::string>{"p"} : std::vector<std::string>{});
    DataFileWriterOptions options;
    options.schema = table->columns;
    options.partitioning = table->partitions;
    options.layout = table->write_layout();
    options.layout.target_file_bytes = 200000;
    options.layout.row_group_rows = 4096;
    std::filesystem::create_directories(folder / name);
    int next = 0;
    options.new_file_uri = [&](const std::vector<Value>&, const std::string&) {
      return fmt::format("{}/{}/{:04}.parquet", folder.string(), name, next++);
    };
    auto connection = lake.engine.impl().connect();
    connection->BeginTransaction();
    DataFileWriter writer(*connection->context, options);
    Batches batches;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        auto own = lake.engine.impl().connect();
        auto thread = writer.start();
        auto batch = batches.next({});
        while (batch) {
          thread->begin_batch(batch->number, batch->least);
          auto result = own->Query(fmt::format("select range, range % 2, md5(range::varchar) from range({}, {})",
                                               batch->number * 3000, batch->number * 3000 + 3000));
          while (auto chunk = result->Fetch()) thread->write(*chunk);
          // What others are told of as done was handed in before.
          thread->begin_batch(batch->number + 1, batch->least);
          batch = batches.next(batch->number);
        }
        thread->finish();
      });
    }
    for (auto& thread : threads) thread.join();
    const auto files = writer.finish();
    EXPECT_GE(files.size(), 20u);
    connection->Commit();
    // From the first row of the first file of each partition on, no step leads back.
    const std::string from =
        fmt::format("read_parquet('{}/{}/*.parquet', file_row_number = true, filename = true)", folder.string(), name);
    EXPECT_EQ(lake.query(fmt::format("select count(*), count(distinct s), count(*) filter (id < before) from (select "
                                     "s, id, lag(id) over (partition by {} order by filename, file_row_number) as "
                                     "before from {})",
                                     partitioned ? "id % 2" : "1", from)),
              "600000|600000|0\n");
    EXPECT_EQ(lake.query(fmt::format("select count(*) from parquet_metadata('{}/{}/*.parquet') where "
                                     "row_group_num_rows >= 8192",
                                     folder.string(), name)),
              "0\n");
  }
  std::filesystem::remove_all(folder);
}

TEST(DataFileWriter, RemovesItsFilesUnlessItFinishes) {
  TestLake lake;
  auto table = lake.table("t", "a bigint, b string");
  DataFileWriterOptions options;
  options.schema = table->columns;
  options.layout = table->write_layout();
  options.layout.target_file_bytes = 1 << 20;
  std::vector<std::string> uris;
  options.new_file_uri = [&](const std::vector<Value>&, const std::string& unique) {
    uris.push_back(table->place.uri + "/" + unique + ".parquet");
    return uris.back();
  };
  auto connection = lake.engine.impl().connect();
  connection->BeginTransaction();
  {
    DataFileWriter writer(*connection->context, options);
    auto thread = writer.start();
    auto result = lake.connection->Query("select range, hash(range)::varchar from range(500000)");
    while (auto chunk = result->Fetch()) thread->write(*chunk);
  }
  EXPECT_GE(uris.size(), 2u);
  for (const std::string& uri : uris) {
    const auto place = lake.stores->resolve(uri);
    EXPECT_FALSE(place.store->find(place.path)) << uri;
  }
}

TEST(DataFileWriter, RefusesWhatItCannotWrite) {
  TestLake lake;
  auto table = lake.table("t", "a bigint, s struct<g: geometry>");
  try {
    lake.write(*table, "select 1::bigint, null");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_THAT(error.what(), HasSubstr("s.g: writing values of type geometry"));
  }
}

// More elements than a vector holds, in one list; NULLs above, at and inside of variants.
TEST(DataFileWriter, WritesVariantsAtAnyDepth) {
  TestLake lake;
  auto table = lake.table("t", "a bigint, v variant, s struct<v: variant>, l array<variant>, m map<string, variant>");
  const auto files = lake.write(
      *table,
      "select range, case when range % 3 = 0 then null else {'n': range}::variant end, "
      "case when range % 5 = 0 then null else {'v': case when range % 3 = 0 then null else range::variant end} end, "
      "case when range = 7 then list_transform(range(10000), x -> case when x % 2 = 0 then x::variant end) "
      "when range % 2 = 0 then [null::variant, 'x'::variant] end, map {'k': null::variant, 'j': range::variant} "
      "from range(3000)");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(
      lake.query("select count(v), sum((v.n)::bigint), count(s), count(s.v), sum(s.v::bigint) from test_scan('t')"),
      "2000|3000000|2400|1600|2400000\n");
  EXPECT_EQ(
      lake.query(
          "select len(l), l[1]::bigint, l[2049]::bigint, l[9999]::bigint, l[10000] from test_scan('t') where a = 7"),
      "10000|0|2048|9998|NULL\n");
  EXPECT_EQ(
      lake.query("select count(l), count(l[1]), count(l[2]), count(m['k']), sum(m['j']::bigint) from test_scan('t')"),
      "1501|1|1500|0|4498500\n");
}

}  // namespace
}  // namespace lakelet::engine
