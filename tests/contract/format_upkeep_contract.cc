// The verbs that keep a table healthy: what every format makes of them, or how it refuses them.
#include "base/time.h"
#include "contract/format_contract.h"
#include "table/upkeep.h"

namespace lakelet {
namespace {

class FormatUpkeepContract : public FormatContract {
 protected:
  // Whether the format does it. If it doesn't, it says so by name and has touched nothing.
  template <typename Call>
  bool supported(Call call) {
    const Version before = latest()->version();
    const auto files = paths(*latest());
    try {
      call();
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature) << error.what();
      EXPECT_EQ(latest()->version(), before);
      EXPECT_EQ(paths(*latest()), files);
      return false;
    }
  }

  // The only file of a version, by its path below the table's folder.
  std::string file_of(const Snapshot& snapshot) {
    const std::string uri = plan(snapshot).at(0).file.uri, folder = location.uri + "/";
    EXPECT_TRUE(uri.starts_with(folder)) << uri;
    return uri.substr(folder.size());
  }

  // Version 1 has one file, version 2 another one too, version 3 only that.
  std::unique_ptr<FormatTable> create_with_history() {
    auto table = create();
    append(*table);
    append(*table, {}, 10);
    const auto transaction = table->begin(latest());
    for (const FileTask& task : plan(*at(nth(1)))) transaction->remove(task.file);
    commit(*transaction, Operation::Delete);
    return table;
  }
};

TEST_P(FormatUpkeepContract, ARestoreBringsFilesBackAndTakesOthersAway) {
  const auto table = create_with_history();
  const auto transaction = table->begin(latest());
  Restoration restoration;
  if (!supported([&] { restoration = transaction->restore(*at(nth(1))); })) {
    GTEST_SKIP() << "the format restores nothing, and says so";
  }
  ASSERT_EQ(restoration.restored.size(), 1u);
  EXPECT_EQ(restoration.restored[0].path, *paths(*at(nth(1))).begin());
  EXPECT_EQ(restoration.restored[0].bytes, 1000u);
  EXPECT_THAT(restoration.restored[0].uris, testing::ElementsAre(plan(*at(nth(1)))[0].file.uri));
  EXPECT_EQ(restoration.files_removed, 1);
  EXPECT_EQ(restoration.bytes_removed, 1000u);
  EXPECT_EQ(restoration.files, 1);
  // Where versions are names, the table is at the old one again.
  ASSERT_EQ(ordinal(commit(*transaction, Operation::Restore)), counts_versions() ? 4 : 1);
  EXPECT_EQ(paths(*latest()), paths(*at(nth(1))));
  EXPECT_EQ(paths(*at(nth(3))).size(), 1u);
  EXPECT_NE(paths(*at(nth(3))), paths(*latest()));
}

TEST_P(FormatUpkeepContract, ARestoreLeavesOutWhatIsGone) {
  const auto table = create_with_history();
  const auto transaction = table->begin(latest());
  const auto gone = paths(*at(nth(1)));
  if (!supported([&] { transaction->restore(*at(nth(2)), gone); })) {
    GTEST_SKIP() << "the format restores nothing, and says so";
  }
  EXPECT_TRUE(transaction->restore(*at(nth(2)), gone).restored.empty());
  if (!transaction->empty()) commit(*transaction, Operation::Restore);
  EXPECT_EQ(paths(*latest()), paths(*at(nth(3))));
}

TEST_P(FormatUpkeepContract, ARestoreBringsColumnsBackAndNoIdTwice) {
  const auto table = create();
  append(*table);
  const auto wider = table->begin(latest());
  std::vector<Field> fields = latest()->schema().fields();
  fields.push_back(parse_schema("later string").fields()[0]);
  wider->set_schema(Schema(fields));
  commit(*wider, Operation::ChangeSchema);
  const auto added = latest()->schema().fields().back();
  const auto transaction = table->begin(latest());
  if (!supported([&] { transaction->restore(*at(nth(1))); })) {
    GTEST_SKIP() << "the format restores nothing, and says so";
  }
  commit(*transaction, Operation::Restore);
  EXPECT_EQ(latest()->schema(), at(nth(1))->schema());
  const auto again = table->begin(latest());
  fields.back().name = "other";
  again->set_schema(Schema(fields));
  commit(*again, Operation::ChangeSchema);
  const auto& other = latest()->schema().fields().back();
  EXPECT_EQ(other.id.has_value(), added.id.has_value());
  if (added.id) {
    EXPECT_GT(*other.id, *added.id);
  }
}

TEST_P(FormatUpkeepContract, WhoCameBeforeARestoreIsNotLostUnseen) {
  const auto table = create_with_history();
  const auto transaction = table->begin(latest());
  if (!supported([&] { transaction->restore(*at(nth(1))); })) {
    GTEST_SKIP() << "the format restores nothing, and says so";
  }
  append(*open(), {}, 20);
  const auto outcome = try_commit(*transaction, {}, Operation::Restore);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_EQ(ordinal(std::get<Conflict>(outcome).winner), 4);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatUpkeepContract, WhatVersionsWithinTheRetentionNeedIsKept) {
  const auto table = create_with_history();
  const std::string removed = file_of(*at(nth(1))), live = file_of(*latest());
  const auto asked = [&](std::int64_t retention_us, std::int64_t later_us) {
    RetentionRequest request;
    request.retention_us = retention_us;
    request.now_us = now_us() + later_us;
    request.by_log = true;
    return table->retention(latest(), request);
  };
  std::unique_ptr<FileRetention> retention;
  if (!supported([&] { retention = asked(kMicrosPerDay, 0); }))
    GTEST_SKIP() << "the format has no retention, and says so";
  EXPECT_EQ(retention->folder().uri, location.uri);
  EXPECT_EQ(retention->retention_us(), kMicrosPerDay);
  EXPECT_GE(retention->least_retention_us(), 0);
  EXPECT_EQ(retention->standing(live), FileRetention::Standing::Needed);
  EXPECT_EQ(retention->standing(removed), FileRetention::Standing::Needed);
  EXPECT_EQ(retention->standing("stranger.parquet"), FileRetention::Standing::Unnamed);
  const auto told = [](const FileRetention& of) {
    std::multiset<std::string> all;
    of.each_removed([&](const std::string& path) {
      all.insert(path);
      return true;
    });
    return all;
  };
  EXPECT_TRUE(told(*retention).empty());
  // Two days later nobody needs what was removed before yesterday.
  retention = asked(kMicrosPerDay, 2 * kMicrosPerDay);
  EXPECT_EQ(retention->standing(live), FileRetention::Standing::Needed);
  EXPECT_EQ(retention->standing(removed), FileRetention::Standing::Removed);
  // Formats whose versions have files of their own tell of those as well.
  EXPECT_EQ(told(*retention).count(removed), 1u);
  for (const std::string& path : told(*retention)) {
    EXPECT_EQ(retention->standing(path), FileRetention::Standing::Removed) << path;
  }
  int visits = 0;
  retention->each_removed([&](const std::string&) { return ++visits < 1; });
  EXPECT_EQ(visits, 1);
  // What says what the table is isn't a file that could go.
  location.store->list(location.path + "/", "", [&](const ObjectInfo& object) {
    const std::string path = object.path.substr(location.path.size() + 1);
    EXPECT_NE(retention->standing(path), FileRetention::Standing::Unnamed) << path;
    return true;
  });
}

TEST_P(FormatUpkeepContract, ATableIsTheSameAfterEachTaskOnItsLog) {
  const auto table = create_with_history();
  const auto before = paths(*latest());
  int done = 0;
  for (const LogTask task : {LogTask::Compact, LogTask::Checkpoint, LogTask::CleanUp}) {
    LogRequest request;
    request.task = task;
    request.now_us = now_us() + 400 * kMicrosPerDay;
    LogPlan planned;
    if (!supported([&] { planned = table->plan_log(request); })) continue;
    ++done;
    EXPECT_EQ(planned.task, task);
    const bool nothing = planned.writes.empty() && planned.removes.empty();
    const LogReport report = table->run_log(planned, {});
    EXPECT_EQ(report.files_removed.size(), planned.removes.size());
    EXPECT_EQ(report.files_written.empty(), planned.writes.empty());
    EXPECT_EQ(report.version == -1, nothing);
    if (counts_versions()) {
      EXPECT_EQ(ordinal(latest()->version()), 3);
    }
    EXPECT_EQ(paths(*latest()), before);
    // What was done isn't done again.
    planned = table->plan_log(request);
    EXPECT_TRUE(planned.writes.empty());
    EXPECT_TRUE(planned.removes.empty());
  }
  if (done == 0) GTEST_SKIP() << "the format does nothing to its log, and says so";
  append(*open(), {}, 30);
  EXPECT_EQ(paths(*latest()).size(), before.size() + 1);
}

TEST_P(FormatUpkeepContract, ACloneIsATableOfItsOwn) {
  const auto table = create_with_history();
  const Location place = context.stores->resolve(location.uri + "_clone");
  std::unique_ptr<Transaction> transaction;
  if (!supported([&] { transaction = format->clone(context, place, latest()); })) {
    EXPECT_FALSE(format->detect(place));
    GTEST_SKIP() << "the format makes no clones, and says so";
  }
  for (const FileTask& task : plan(*latest())) transaction->adopt(task, task.file.uri);
  EXPECT_FALSE(format->detect(place));
  commit(*transaction, Operation::Clone);
  const auto clone = format->open(context, place);
  const auto snapshot = clone->snapshot(LatestVersion{});
  if (counts_versions()) {
    EXPECT_EQ(snapshot->version(), 0);
  }
  EXPECT_EQ(snapshot->schema(), latest()->schema());
  // A format may note in one of its own that files are shared.
  for (const auto& property : latest()->properties()) EXPECT_THAT(snapshot->properties(), testing::Contains(property));
  EXPECT_NE(snapshot->metadata().id, latest()->metadata().id);
  ASSERT_EQ(plan(*snapshot).size(), 1u);
  EXPECT_EQ(plan(*snapshot)[0].file.uri, plan(*latest())[0].file.uri);
  EXPECT_EQ(plan(*snapshot)[0].file.rows, 10);
  // Neither hears of what happens to the other.
  append(*clone, {}, 40);
  EXPECT_EQ(plan(*clone->snapshot(LatestVersion{})).size(), 2u);
  EXPECT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(ordinal(latest()->version()), 3);
}

TEST_P(FormatUpkeepContract, NothingIsWrongWithAGoodTable) {
  const auto table = create_with_history();
  for (const bool full : {false, true}) {
    table->examine({full}, [](const Finding& finding) {
      ADD_FAILURE() << finding.check << ": " << finding.subject << ": " << finding.message;
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, FormatUpkeepContract, testing::ValuesIn(formats_on_stores()), name_of_format);

}  // namespace
}  // namespace lakelet
