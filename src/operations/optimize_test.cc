// Optimize on a table of a format that isn't known by name here.
#include "operations/operations_fixture.h"
#include "operations/optimize_run.h"

namespace lakelet::operations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class OptimizeTest : public OperationsFixture {
 protected:
  // `files` appends of `rows` rows each: id, a and b that run in no order, a text that is often NULL, a partition.
  std::string make(const std::string& name, int files, int rows, CreateOptions options = {}) {
    const std::string table =
        make_table(name, "id bigint, a bigint, b double, text string, part struct<x int>, day date", options);
    for (int i = 0; i < files; ++i) append(table, i * rows, rows);
    return table;
  }
  void append(const std::string& table, int first, int rows) {
    run(plan_append(table,
                    rows_of(fmt::format(
                        "select i as id, (i * 7919) % 10007 as a, sin(i) as b, if(i % 3 = 0, null, 't' || i % 50) as "
                        "text, struct_pack(x := (i % 100)::int) as part, date '2024-01-01' + (i % 3)::int as day from "
                        "range({}, {}) r(i)",
                        first, first + rows)),
                    {}));
  }
  std::shared_ptr<const Snapshot> latest(const std::string& table) {
    return session_->table(table)->snapshot(LatestVersion{});
  }
  std::vector<FileTask> files_of(const std::string& table, bool statistics = false) {
    std::vector<FileTask> files;
    ScanRequest request;
    request.with_statistics = statistics;
    const auto snapshot = latest(table);
    const auto plan = snapshot->plan(request);
    while (auto task = plan->next()) files.push_back(std::move(*task));
    return files;
  }
  OptimizeReport optimize(const std::string& table, const OptimizeOptions& options = {},
                          const CommitOptions& commit = {}) {
    sql::FileRewriter rewriter(engine_);
    return run_optimize(*session_->table(table), options, commit, workspace(), rewriter);
  }
  OptimizePlan plan(const std::string& table, const OptimizeOptions& options = {}) {
    return describe(plan_optimize(*session_->table(table), options, workspace()));
  }
  std::vector<std::string> objects(const std::string& table) {
    const Location location = stores_->resolve(table);
    std::vector<std::string> paths;
    location.store->list(location.path, {}, [&](const ObjectInfo& info) {
      if (info.path.ends_with(".parquet")) paths.push_back(info.path);
      return true;
    });
    return paths;
  }
};

TEST_F(OptimizeTest, SmallFilesBecomeOneAndTheRowsStay) {
  const std::string table = make("t", 5, 100);
  const auto before = table_rows(table);
  const auto planned = plan(table);
  ASSERT_THAT(planned.groups, SizeIs(1));
  EXPECT_EQ(planned.groups[0].files, 5);
  EXPECT_EQ(planned.groups[0].files_after, 1);
  EXPECT_THAT(files_of(table), SizeIs(5));  // a plan does nothing
  const auto report = optimize(table);
  EXPECT_EQ(report.version, 6);
  EXPECT_EQ(report.files_removed, 5);
  EXPECT_EQ(report.files_added, 1);
  EXPECT_EQ(report.rows_copied, 500);
  EXPECT_EQ(report.commits, 1);
  EXPECT_THAT(files_of(table), SizeIs(1));
  EXPECT_EQ(table_rows(table), before);
  const auto again = optimize(table);
  EXPECT_EQ(again.commits, 0);
  EXPECT_EQ(again.version, -1);
  EXPECT_EQ(latest(table)->version(), 6);
}

TEST_F(OptimizeTest, PartitionsStayApart) {
  CreateOptions options;
  options.partition_by = {"day"};
  const std::string table = make("t", 4, 30, options);
  const auto before = table_rows(table);
  ASSERT_THAT(files_of(table), SizeIs(12));
  EXPECT_THAT(plan(table).groups, SizeIs(3));
  OptimizeOptions one;
  one.where = "day = date '2024-01-02'";
  ASSERT_THAT(plan(table, one).groups, SizeIs(1));
  EXPECT_EQ(plan(table, one).groups[0].partition[0].second, "2024-01-02");
  EXPECT_EQ(optimize(table, one).files_removed, 4);
  EXPECT_THAT(files_of(table), SizeIs(9));
  optimize(table);
  EXPECT_THAT(files_of(table), SizeIs(3));
  EXPECT_EQ(table_rows(table), before);
}

TEST_F(OptimizeTest, DeletedRowsAreLeftOut) {
  CreateOptions options;
  options.properties = {{"memory.rowRemoval", "positions"}};
  const std::string table = make("t", 2, 1000, options);
  run(plan_delete(table, "id % 10 = 3", {}));
  const auto before = table_rows(table);
  OptimizeOptions few;
  few.target_bytes = 1;  // no file is small
  few.most_deleted = 0.2;
  EXPECT_EQ(optimize(table, few).commits, 0);
  few.purge = true;
  const auto report = optimize(table, few);
  EXPECT_EQ(report.files_removed, 2);
  EXPECT_EQ(report.rows_purged, 200);
  for (const FileTask& task : files_of(table)) EXPECT_TRUE(task.deletes.none());
  EXPECT_EQ(table_rows(table), before);
  EXPECT_EQ(optimize(table, few).commits, 0);
}

TEST_F(OptimizeTest, AFileWithoutRowsLeftGoes) {
  CreateOptions options;
  options.properties = {{"memory.rowRemoval", "positions"}};
  const std::string table = make("t", 1, 10, options);
  run(plan_delete(table, "id < 9", {}));
  optimize(table);
  EXPECT_THAT(table_rows(table), SizeIs(1));
}

// A file holds a box of both columns, far smaller than the table's.
TEST_F(OptimizeTest, RowsPlacedByTwoColumnsMakeSmallBoxes) {
  for (const bool hilbert : {false, true}) {
    const std::string table = make(hilbert ? "h" : "z", 4, 5000);
    const auto before = table_rows(table);
    OptimizeOptions options;
    (hilbert ? options.hilbert : options.z_order) = {"a", "b"};
    options.target_bytes = 20'000;
    options.write.files.row_group_rows = 2048;
    const auto report = optimize(table, options);
    EXPECT_EQ(report.files_removed, 4);
    EXPECT_EQ(table_rows(table), before);
    const auto files = files_of(table, true);
    ASSERT_GE(files.size(), 6u);
    double area = 0;
    for (const FileTask& task : files) {
      const auto& a = task.file.statistics.at({"a"});
      const auto& b = task.file.statistics.at({"b"});
      area +=
          static_cast<double>(a.max->integer() - a.min->integer()) / 10007 * (b.max->number() - b.min->number()) / 2;
    }
    EXPECT_LT(area / static_cast<double>(files.size()), 0.6) << files.size();
    EXPECT_EQ(optimize(table, options).commits, 0) << "the second time there is nothing to do";
    options.full = true;
    EXPECT_EQ(optimize(table, options).commits, 1);
    EXPECT_EQ(table_rows(table), before);
  }
}

TEST_F(OptimizeTest, RowsAreSortedThroughoutEachFile) {
  const std::string table = make("t", 3, 2000);
  const auto before = table_rows(table);
  OptimizeOptions options;
  options.sort_by = {"text", "a"};
  options.write.files.row_group_rows = 2048;
  optimize(table, options);
  EXPECT_EQ(table_rows(table), before);
  const auto files = files_of(table);
  ASSERT_THAT(files, SizeIs(1));
  const auto sorted = rows(fmt::format(
      "select count(*) from (select text, a, lag(text) over (order by n) as t, lag(a) over (order by n) as p, n from "
      "(select *, row_number() over () as n from {})) where (t is null and text is not null and n > 1) or t > text or "
      "(t is not distinct from text and p > a)",
      sql::quote_identifier(table)));
  EXPECT_THAT(sorted, ElementsAre("0"));
  EXPECT_EQ(optimize(table, options).commits, 0);
}

TEST_F(OptimizeTest, FieldsOfStructsAndNullsPlaceRowsToo) {
  const std::string table = make("t", 2, 3000);
  const auto before = table_rows(table);
  OptimizeOptions options;
  options.z_order = {"part.x", "text", "day"};
  EXPECT_EQ(optimize(table, options).files_removed, 2);
  EXPECT_EQ(table_rows(table), before);
}

TEST_F(OptimizeTest, ATableThatSaysHowIsClusteredSo) {
  CreateOptions create;
  create.properties = {{"memory.clusterBy", "a,b"}};
  const std::string table = make("t", 4, 1000, create);
  const auto before = table_rows(table);
  EXPECT_EQ(plan(table).placement, "hilbert");
  EXPECT_EQ(optimize(table).files_removed, 4);
  EXPECT_EQ(table_rows(table), before);
  std::string columns;
  session_->table(table)->history([&](const HistoryEntry& entry) {
    columns = entry.parameters.at("cluster_by");
    return false;
  });
  EXPECT_EQ(columns, "a;b;");
  EXPECT_EQ(optimize(table).commits, 0);
  append(table, 4000, 100);  // few beside many: placed alone
  const auto little = optimize(table);
  EXPECT_EQ(little.files_removed, 1);
  OptimizeOptions other;
  other.z_order = {"id"};
  EXPECT_THAT(failure([&] { optimize(table, other); }).message(), HasSubstr("clustered by a, b"));
}

TEST_F(OptimizeTest, RowsStayKnown) {
  for (const bool placed : {false, true}) {
    CreateOptions create;
    create.properties = {{"memory.rowIds", "_id"}, {"memory.rowRemoval", "positions"}};
    const std::string table = make(placed ? "p" : "t", 3, 500, create);
    run(plan_delete(table, "id % 7 = 1", {}));
    run(plan_update(table, schema(table), {{"a", "a + 1"}}, "id % 11 = 2", {}));
    const std::string known = fmt::format("from lake_scan({}, row_ids => true)", sql::quote_literal(table));
    const auto before = rows(known);
    OptimizeOptions options;
    if (placed) options.z_order = {"a", "text"};
    optimize(table, options);
    EXPECT_EQ(rows(known), before);
    EXPECT_THAT(files_of(table), SizeIs(1));
  }
}

TEST_F(OptimizeTest, ReadersOfChangesSeeNothing) {
  CreateOptions create;
  create.properties = {{"memory.changeFeed", "files"}};
  const std::string table = make("t", 3, 50, create);
  optimize(table);
  EXPECT_THAT(rows(fmt::format("from lake_changes({}, 4)", sql::quote_literal(table))), SizeIs(0));
}

TEST_F(OptimizeTest, WhatCannotBeIsRefusedByName) {
  CreateOptions create;
  create.partition_by = {"day"};
  const std::string table = make("t", 1, 10, create);
  const auto refused = [&](auto&& change) {
    OptimizeOptions options;
    change(options);
    const Error error = failure([&] { optimize(table, options); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << error.what();
    return error.message();
  };
  EXPECT_THAT(refused([](auto& o) { o.z_order = {"nope"}; }), HasSubstr("nope"));
  EXPECT_THAT(refused([](auto& o) { o.z_order = {"part"}; }), HasSubstr("struct"));
  EXPECT_THAT(refused([](auto& o) { o.z_order = {"day", "a"}; }), HasSubstr("partition column"));
  EXPECT_THAT(refused([](auto& o) { o.z_order = {"a", "A"}; }), HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& o) { o.z_order = {"a"}, o.sort_by = {"b"}; }), HasSubstr("one way"));
  EXPECT_THAT(refused([](auto& o) { o.full = true; }), HasSubstr("--full"));
  EXPECT_THAT(refused([](auto& o) { o.purge = true, o.z_order = {"a"}; }), HasSubstr("purge"));
  EXPECT_THAT(refused([](auto& o) { o.target_bytes = 0; }), HasSubstr("size"));
  EXPECT_THAT(refused([](auto& o) { o.where = "a = 1; drop table t"; }), HasSubstr("predicate"));
  EXPECT_EQ(latest(table)->version(), 1);
}

TEST_F(OptimizeTest, AnAppendMeanwhileIsNoHindrance) {
  const std::string table = make("t", 3, 100);
  bool appended = false;
  CommitOptions commit;
  commit.events = [&](const Event& event) {
    if (event.kind != EventKind::Stage || event.text != "commit" || appended) return;
    appended = true;
    sql::SqlSession other(engine_, formats_, context());
    other.execute("INSERT INTO " + sql::quote_identifier(table) + " (id) VALUES (-1)", {});
  };
  const auto report = optimize(table, {}, commit);
  EXPECT_EQ(report.version, 5);
  EXPECT_EQ(report.groups_lost, 0);
  EXPECT_THAT(table_rows(table), SizeIs(301));
  EXPECT_THAT(files_of(table), SizeIs(2));
}

TEST_F(OptimizeTest, AGroupThatAnotherWriterChangesIsLostAloneAndDoneAgain) {
  CreateOptions create;
  create.partition_by = {"day"};
  const std::string table = make("t", 3, 30, create);
  int changed = 0;
  CommitOptions commit;
  commit.events = [&](const Event& event) {
    if (event.kind != EventKind::Stage || event.text != "commit" || changed++ > 0) return;
    sql::SqlSession other(engine_, formats_, context());
    other.execute("DELETE FROM " + sql::quote_identifier(table) + " WHERE id = 1", {});  // of 2024-01-02
  };
  const auto report = optimize(table, {}, commit);
  EXPECT_EQ(report.groups_lost, 1);
  EXPECT_EQ(report.commits, 2);  // the two others, then the lost one
  EXPECT_THAT(table_rows(table), SizeIs(89));
  EXPECT_THAT(files_of(table), SizeIs(3));
  // What was written in vain is gone.
  EXPECT_EQ(objects(table).size(), 9u + 1u + 3u);
}

TEST_F(OptimizeTest, ALongRunCommitsAsItGoesAndGoesOnWhereItEnded) {
  const std::string table = make("t", 12, 50);
  const auto before = table_rows(table);
  OptimizeOptions options;
  options.commit_bytes = 3 * files_of(table)[0].file.bytes;
  CommitOptions commit;
  int commits = 0;
  commit.events = [&](const Event& event) {
    if (event.kind == EventKind::Stage && event.text == "commit" && ++commits == 3) commit.cancellation.cancel();
  };
  EXPECT_EQ(failure([&] { optimize(table, options, commit); }).code(), ErrorCode::Cancelled);
  const auto interrupted = files_of(table).size();
  EXPECT_LT(interrupted, 12u);
  EXPECT_GT(interrupted, 1u);
  EXPECT_EQ(table_rows(table), before);
  const auto report = optimize(table, options);
  EXPECT_GE(report.commits, 1);
  EXPECT_EQ(table_rows(table), before);
  EXPECT_EQ(optimize(table, options).commits, 0);
}

TEST_F(OptimizeTest, OnlyOnTopOfAVersion) {
  const std::string table = make("t", 3, 10);
  OptimizeOptions options;
  CommitOptions commit;
  commit.if_version = 1;
  EXPECT_EQ(failure([&] { optimize(table, options, commit); }).code(), ErrorCode::Conflict);
  EXPECT_EQ(objects(table).size(), 3u);
  commit.if_version = 3;
  EXPECT_EQ(optimize(table, options, commit).version, 4);
}

TEST_F(OptimizeTest, ProgressReachesTheEndOnce) {
  CreateOptions create;
  create.partition_by = {"day"};
  const std::string table = make("t", 3, 3000, create);
  std::vector<double> shares;
  CommitOptions commit;
  commit.events = [&](const Event& event) {
    if (event.kind == EventKind::Progress) shares.push_back(event.fraction);
  };
  optimize(table, {}, commit);
  ASSERT_GE(shares.size(), 3u);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_DOUBLE_EQ(shares.back(), 1);
}

}  // namespace
}  // namespace lakelet::operations
