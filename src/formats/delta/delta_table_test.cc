// A table from the outside: log files in a store, snapshots out.
#include "formats/delta/delta_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/delta_format.h"
#include "formats/delta/log/log_names.h"
#include "formats/delta/log/snapshot_loader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kProtocol = "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n";

std::string metadata(const std::string& configuration = "") {
  return R"({"metaData":{"id":"m","name":"Weather","description":"d","format":{"provider":"parquet","options":{}},)"
         R"("schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}},{\"name\":\"day\",\"type\":\"date\",\"nullable\":true,\"metadata\":{}}]}",)"
         R"("partitionColumns":["day"],"createdTime":5,"configuration":{)" +
         configuration + "}}}\n";
}

std::string add(const std::string& name, const std::string& day, int low, int high) {
  return fmt::format(
             R"({{"add":{{"path":"{}","partitionValues":{{"day":{}}},"size":100,"modificationTime":1,"dataChange":true,"stats":"{{\"numRecords\":10,\"minValues\":{{\"id\":{}}},\"maxValues\":{{\"id\":{}}},\"nullCount\":{{\"id\":0}}}}"}}}})",
             name, day.empty() ? "null" : "\"" + day + "\"", low, high) +
         "\n";
}
std::string remove(const std::string& name) {
  return R"({"remove":{"path":")" + name + "\",\"dataChange\":true}}\n";
}
std::string commit_info(const std::string& operation, const std::string& more = "") {
  return R"({"commitInfo":{"timestamp":7,"operation":")" + operation +
         R"(","operationParameters":{"mode":"Append"},"operationMetrics":{"numFiles":"1"},"engineInfo":"e")" + more +
         "}}\n";
}

class DeltaTableTest : public testing::Test {
 protected:
  DeltaTableTest() : stores_(std::make_shared<StoreRegistry>("/")), table_(stores_->resolve("memory://delta/t")) {
    context_.stores = stores_;
  }

  void put(Version version, const std::string& text) {
    table_.store->put(log_path(table_, commit_name(version)), text);
  }
  void put_first_versions() {
    put(0, commit_info("CREATE TABLE") + kProtocol + metadata());
    put(1, commit_info("WRITE") + add("a.parquet", "2025-01-01", 0, 9) + add("b.parquet", "2025-01-02", 10, 19));
    put(2, commit_info("WRITE") + add("c.parquet", "", 20, 29));
  }
  std::unique_ptr<FormatTable> open() { return DeltaFormat().open(context_, table_); }

  static std::vector<std::string> files(const Snapshot& snapshot, const Predicate& predicate = {}) {
    std::vector<std::string> result;
    auto plan = snapshot.plan({predicate, false});
    while (auto task = plan->next()) result.push_back(task->file.path);
    EXPECT_EQ(plan->counts().files_total, static_cast<std::int64_t>(result.size()) + plan->counts().files_pruned);
    return result;
  }

  template <typename Do>
  std::string failure(ErrorCode code, const Do& act) {
    try {
      act();
    } catch (const Error& error) {
      EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
      return error.what();
    }
    return "no error";
  }

  std::shared_ptr<StoreRegistry> stores_;
  Location table_;
  FormatContext context_;
};

TEST_F(DeltaTableTest, TheNewestVersionAndOlderOnes) {
  put_first_versions();
  const auto table = open();
  const auto latest = table->snapshot(LatestVersion{});
  EXPECT_EQ(latest->version(), 2);
  EXPECT_EQ(to_string(latest->schema()), "id bigint, day date");
  EXPECT_THAT(latest->partitioning().columns(), ElementsAre("day"));
  EXPECT_EQ(latest->metadata().name, "Weather");
  EXPECT_EQ(latest->metadata().created_us, 5000);
  EXPECT_THAT(files(*latest), UnorderedElementsAre("a.parquet", "b.parquet", "c.parquet"));
  EXPECT_THAT(files(*table->snapshot(Version{1})), UnorderedElementsAre("a.parquet", "b.parquet"));
  EXPECT_THAT(files(*table->snapshot(Version{0})), ElementsAre());
  EXPECT_EQ(latest->size().rows, 30);
  EXPECT_EQ(latest->size().bytes, 300u);
}

TEST_F(DeltaTableTest, CompactedCommitsServeInsteadOfCommits) {
  put_first_versions();
  put(3, commit_info("DELETE") + remove("a.parquet"));
  const std::string name = log_path(table_, "00000000000000000001.00000000000000000003.compacted.json");
  // Tells apart who was read: a file that no commit has.
  table_.store->put(name,
                    remove("a.parquet") + add("b.parquet", "2025-01-02", 10, 19) + add("compacted.parquet", "", 0, 1));
  EXPECT_THAT(files(*open()->snapshot(LatestVersion{})), UnorderedElementsAre("b.parquet", "compacted.parquet"));
  EXPECT_THAT(files(*open()->snapshot(Version{2})), UnorderedElementsAre("a.parquet", "b.parquet", "c.parquet"));
  for (const char* damaged : {"{\"add\":{\"path\":\"x", "[]", "{\"add\":{}}"}) {
    table_.store->put(name, damaged);
    EXPECT_THAT(files(*open()->snapshot(LatestVersion{})), UnorderedElementsAre("b.parquet", "c.parquet"));
  }
}

TEST_F(DeltaTableTest, LargeCommitsAreReadInPiecesWithinTheLimit) {
  put(0, kProtocol + metadata());
  std::string large;
  for (int i = 0; i < 60'000; ++i) large += add(fmt::format("{}.parquet", i), "2025-01-01", i, i + 1);
  ASSERT_GT(large.size(), 10u << 20);
  put(1, large + "\n{\n \"add\":\n{\"path\":\"last\",\"partitionValues\":{},\"size\":1}\n}\n");
  EXPECT_EQ(open()->snapshot(LatestVersion{})->size().files, 60'001);
  context_.memory_limit_bytes = 8 << 20;
  std::string error = failure(ErrorCode::Exhausted, [&] { open()->snapshot(LatestVersion{}); });
  EXPECT_THAT(error, HasSubstr("00000000000000000001.json"));
  // Damage is found at its line, in whichever piece.
  context_.memory_limit_bytes = 0;
  put(1, large + "{\"add\":{\"path\":5}}\n");
  error = failure(ErrorCode::CorruptTable, [&] { open()->snapshot(LatestVersion{}); });
  EXPECT_THAT(error, HasSubstr("00000000000000000001.json, line 60001"));
  put(1, large + "{\"add\":{\"path\":\"cut");
  error = failure(ErrorCode::CorruptTable, [&] { open()->snapshot(LatestVersion{}); });
  EXPECT_THAT(error, HasSubstr("line 60001"));
  // One action that is too long.
  context_.memory_limit_bytes = 64 << 20;
  put(1, add("a", "2025-01-01", 0, 1) + R"({"add":{"path":")" + std::string(20 << 20, 'x') + R"("}})");
  error = failure(ErrorCode::Exhausted, [&] { open()->snapshot(LatestVersion{}); });
  EXPECT_THAT(error, HasSubstr("00000000000000000001.json, line 2"));
}

TEST_F(DeltaTableTest, WhatAFileTaskSays) {
  put_first_versions();
  const auto snapshot = open()->snapshot(Version{1});
  auto plan = snapshot->plan({Predicate::compare({"id"}, Comparison::Less, 5), true});
  const auto task = plan->next();
  ASSERT_TRUE(task);
  EXPECT_EQ(task->file.uri, "memory://delta/t/a.parquet");
  EXPECT_EQ(task->file.rows, 10);
  EXPECT_THAT(task->file.partition_values, ElementsAre(Value(20089)));
  EXPECT_EQ(task->file.statistics.at({"id"}).max, Value(9));
  EXPECT_TRUE(task->deletes.none());
  EXPECT_EQ(add_file_of(task->file).partition_values.at("day"), "2025-01-01");
  EXPECT_FALSE(plan->next());
  EXPECT_EQ(plan->counts().files_pruned, 1);
}

TEST_F(DeltaTableTest, PrunesByPartitionAndStatistics) {
  put_first_versions();
  const auto snapshot = open()->snapshot(LatestVersion{});
  const auto day = [](Comparison comparison, std::int64_t value) {
    return Predicate::compare({"day"}, comparison, Value(value));
  };
  EXPECT_THAT(files(*snapshot, day(Comparison::Equal, 20089)), ElementsAre("a.parquet"));
  EXPECT_THAT(files(*snapshot, day(Comparison::NotEqual, 20089)), ElementsAre("b.parquet"));
  EXPECT_THAT(files(*snapshot, Predicate::is_null({"day"})), ElementsAre("c.parquet"));
  EXPECT_THAT(files(*snapshot, Predicate::compare({"ID"}, Comparison::Greater, 15)),
              UnorderedElementsAre("b.parquet", "c.parquet"));
  EXPECT_THAT(files(*snapshot, Predicate::any_of(
                                   {day(Comparison::Equal, 20089), Predicate::compare({"id"}, Comparison::Equal, 25)})),
              UnorderedElementsAre("a.parquet", "c.parquet"));
  EXPECT_EQ(files(*snapshot, Predicate::unknown()).size(), 3u);
  EXPECT_THAT(files(*snapshot, Predicate::never()), ElementsAre());
}

TEST_F(DeltaTableTest, RefreshReadsOnlyNewCommits) {
  put_first_versions();
  const auto table = open();
  const auto before = std::dynamic_pointer_cast<const DeltaSnapshot>(table->snapshot(LatestVersion{}));
  EXPECT_EQ(table->snapshot(LatestVersion{}), before);
  put(3, commit_info("DELETE") + remove("a.parquet") + add("d.parquet", "2025-01-03", 0, 5));
  const auto after = std::dynamic_pointer_cast<const DeltaSnapshot>(table->snapshot(LatestVersion{}));
  EXPECT_EQ(after->version(), 3);
  EXPECT_THAT(files(*after), UnorderedElementsAre("b.parquet", "c.parquet", "d.parquet"));
  EXPECT_EQ(after->files().parts[0].block, before->files().parts[0].block);
  EXPECT_EQ(after->tombstones().size(), 1u);
  EXPECT_EQ(after->tombstones()[0].path, "a.parquet");
  EXPECT_THAT(files(*before), UnorderedElementsAre("a.parquet", "b.parquet", "c.parquet"));
}

TEST_F(DeltaTableTest, AnotherTableInItsPlace) {
  put_first_versions();
  const auto table = open();
  table->snapshot(LatestVersion{});
  for (Version version : {1, 2}) table_.store->remove(log_path(table_, commit_name(version)));
  put(0, std::string(kProtocol) + metadata() + add("new.parquet", "2025-01-01", 0, 1));
  EXPECT_THAT(files(*table->snapshot(LatestVersion{})), ElementsAre("new.parquet"));
}

TEST_F(DeltaTableTest, HistoryIsNewestFirstAndLazy) {
  put_first_versions();
  put(1, "garbage");  // never reached
  std::vector<Version> seen;
  open()->history([&seen](const HistoryEntry& entry) {
    seen.push_back(entry.version);
    EXPECT_EQ(entry.operation, "WRITE");
    EXPECT_EQ(entry.parameters.at("mode"), "Append");
    EXPECT_EQ(entry.metrics.at("numFiles"), "1");
    EXPECT_EQ(entry.engine, "e");
    return false;
  });
  EXPECT_THAT(seen, ElementsAre(2));
  EXPECT_THAT(failure(ErrorCode::CorruptTable, [this] { open()->history([](const HistoryEntry&) { return true; }); }),
              HasSubstr("00000000000000000001.json, line 1"));
}

TEST_F(DeltaTableTest, InCommitTimestampsCount) {
  const std::string on = R"("delta.enableInCommitTimestamps":"true")";
  put(0, commit_info("A", R"(,"inCommitTimestamp":1000)") + kProtocol + metadata(on));
  put(1, commit_info("B", R"(,"inCommitTimestamp":2000)") + add("a", "2025-01-01", 0, 1));
  put(2, commit_info("C", R"(,"inCommitTimestamp":3000)") + add("b", "2025-01-01", 0, 1));
  const auto table = open();
  EXPECT_EQ(table->snapshot(LatestVersion{})->timestamp_us(), 3000000);
  EXPECT_EQ(table->snapshot(AtTimestamp{2999999})->version(), 1);
  EXPECT_EQ(table->snapshot(AtTimestamp{2000000})->version(), 1);
  EXPECT_EQ(table->snapshot(AtTimestamp{9000000})->version(), 2);
  EXPECT_THAT(failure(ErrorCode::NotFound, [&] { table->snapshot(AtTimestamp{999999}); }),
              HasSubstr("no version from 1970-01-01T00:00:00.999Z or before"));
}

TEST_F(DeltaTableTest, FileTimesCountOtherwise) {
  put_first_versions();
  const auto table = open();
  std::vector<HistoryEntry> entries;
  table->history([&entries](const HistoryEntry& entry) {
    entries.push_back(entry);
    return true;
  });
  ASSERT_EQ(entries.size(), 3u);
  for (const HistoryEntry& entry : entries) {
    EXPECT_EQ(table->snapshot(AtTimestamp{entry.timestamp_us})->version(), entry.version);
    EXPECT_EQ(table->snapshot(entry.version)->timestamp_us(), entry.timestamp_us);  // though put in one millisecond
  }
  EXPECT_LT(entries[2].timestamp_us, entries[1].timestamp_us);
}

TEST_F(DeltaTableTest, SaysWhatIsWrong) {
  EXPECT_FALSE(DeltaFormat().detect(table_));
  EXPECT_THAT(failure(ErrorCode::NotFound, [this] { open(); }), HasSubstr("no Delta table at memory://delta/t"));
  table_.store->put(log_path(table_, "readme.txt"), "x");
  EXPECT_FALSE(DeltaFormat().detect(table_));

  put_first_versions();
  EXPECT_TRUE(DeltaFormat().detect(table_));
  EXPECT_THAT(failure(ErrorCode::NotFound, [this] { open()->snapshot(Version{7}); }), HasSubstr("versions 0 to 2 do"));
  EXPECT_THAT(failure(ErrorCode::NotFound, [this] { open()->snapshot(AtReference{"main"}); }), HasSubstr("'main'"));

  put(3, add("d.parquet", "2025-01-01", 0, 1).substr(0, 40));
  EXPECT_THAT(failure(ErrorCode::CorruptTable, [this] { open()->snapshot(LatestVersion{}); }),
              HasSubstr("_delta_log/00000000000000000003.json, line 1"));
  EXPECT_EQ(open()->snapshot(Version{2})->version(), 2);  // what lies before stays readable

  put(3,
      "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"newThing\"],"
      "\"writerFeatures\":[\"newThing\"]}}");
  EXPECT_THAT(failure(ErrorCode::UnsupportedFeature, [this] { open()->snapshot(LatestVersion{}); }),
              HasSubstr("newThing"));
}

TEST_F(DeltaTableTest, AGarbageHintIsIgnored) {
  put_first_versions();
  for (const char* hint : {"", "garbage", "{\"version\":99}", "{\"version\":1}", "{\"version\":-3}", "[]"}) {
    table_.store->put(log_path(table_, kLastCheckpointName), hint);
    EXPECT_EQ(open()->snapshot(LatestVersion{})->version(), 2) << hint;
  }
}

}  // namespace
}  // namespace lakelet::delta
