#include "formats/delta/checkpoint/checkpoint_writer.h"

#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include "base/time.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/log/last_checkpoint.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/write/post_commit.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"
#include "storage/memory/memory_store.h"

namespace lakelet::delta {
namespace {

// Takes checkpoints apart instead of writing them: how many rows have each top-level column, and the paths in them.
class CountingTabular final : public TabularIo {
 public:
  struct File {
    std::map<std::string, int> rows;
    std::vector<std::string> paths;
    std::int64_t total = 0;
    std::string first_add;  // its cells of numbers and texts that matter here
  };

  Schema parquet_schema(const std::string&) override { throw Error(ErrorCode::Internal, "not needed"); }
  OwnedArrowStream read_parquet(const TabularRead&) override { throw Error(ErrorCode::Internal, "not needed"); }
  std::uint64_t write_parquet(const std::string& uri, OwnedArrowStream rows, const std::string&) override {
    if (fails) throw Error(ErrorCode::Exhausted, "the disk is full");
    File& file = files[uri];
    OwnedArrowSchema schema;
    EXPECT_EQ(rows->get_schema(rows.get(), schema.get()), 0);
    for (;;) {
      OwnedArrowArray batch;
      EXPECT_EQ(rows->get_next(rows.get(), batch.get()), 0);
      if (!batch) break;
      count(*schema.get(), *batch.get(), file);
    }
    return 100;
  }

  std::map<std::string, File> files;
  bool fails = false;

 private:
  static void describe(const ArrowSchema& schema, const ArrowArrayView& view, std::int64_t row,
                       const std::string& parent, std::string& out) {
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
      const ArrowSchema& field = *schema.children[i];
      const ArrowArrayView& cell = *view.children[i];
      const std::string name = parent + field.name;
      if (ArrowArrayViewIsNull(&cell, row)) continue;
      const std::string text = name == "path" ? name : described(field, cell, row, name);
      if (std::string_view(field.format) == "+s") {
        describe(field, cell, row, name + ".", out);
      } else if (!text.empty() && name != "modificationTime" && name != "dataChange") {
        out += (out.empty() ? "" : " ") + text;
      }
    }
  }
  static std::string described(const ArrowSchema& field, const ArrowArrayView& cell, std::int64_t row,
                               const std::string& name) {
    const std::string_view format = field.format;
    if (format == "u") {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(&cell, row);
      return name + "=" + std::string(text.data, static_cast<std::size_t>(text.size_bytes));
    }
    if (format.size() == 1) return name + "=" + std::to_string(ArrowArrayViewGetIntUnsafe(&cell, row));
    return "";
  }
  static void count(const ArrowSchema& schema, const ArrowArray& batch, File& file) {
    ArrowArrayView view;
    ASSERT_EQ(ArrowArrayViewInitFromSchema(&view, &schema, nullptr), NANOARROW_OK);
    ASSERT_EQ(ArrowArrayViewSetArray(&view, &batch, nullptr), NANOARROW_OK);
    ASSERT_EQ(ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, nullptr), NANOARROW_OK);
    for (std::int64_t row = 0; row < batch.length; ++row) {
      int actions = 0;
      for (std::int64_t column = 0; column < view.n_children; ++column) {
        const ArrowArrayView& action = *view.children[column];
        if (ArrowArrayViewIsNull(&action, row)) continue;
        const std::string name = schema.children[column]->name;
        ++actions;
        ++file.rows[name];
        if (name != "add" && name != "remove") continue;
        if (name == "add" && file.first_add.empty())
          describe(*schema.children[column], action, row, "", file.first_add);
        const ArrowStringView path = ArrowArrayViewGetStringUnsafe(action.children[0], row);
        file.paths.emplace_back(path.data, static_cast<std::size_t>(path.size_bytes));
      }
      EXPECT_EQ(actions, 1) << "each row is one action";
      ++file.total;
    }
    ArrowArrayViewReset(&view);
  }
};

class CheckpointWriterTest : public testing::Test {
 protected:
  CheckpointWriterTest() {
    context_.stores = std::make_shared<StoreRegistry>("/");
    context_.stores->serve("memory", "", std::make_shared<MemoryStore>());
    context_.tabular = tabular_;
    location_ = context_.stores->resolve("memory://x/t");
    CreateSpec spec;
    spec.schema = parse_schema("id bigint, p string");
    spec.partition_by = {"p"};
    spec.properties = {{"delta.checkpointInterval", "3"}};
    commit(*create_transaction(context_, location_, spec), Operation::Create);
  }

  Version commit(Transaction& transaction, Operation operation) {
    CommitInfo info;
    info.operation = operation;
    CommitOptions options;
    options.events = [this](const Event& event) { events_.push_back(event); };
    return std::get<Committed>(transaction.commit(info, options)).version;
  }
  std::shared_ptr<const DeltaSnapshot> latest() {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaTable(context_, location_).snapshot(LatestVersion{}));
  }
  void put(Version version, const std::vector<Action>& actions) {
    location_.store->put(log_path(location_, commit_name(version)), write_actions(actions));
  }
  void append() {
    const auto transaction = begin_transaction(context_, latest());
    DataFile file;
    file.partition_values = {Value("a")};
    file.uri = transaction->new_file_uri(file.partition_values, std::to_string(latest()->version()));
    transaction->add(std::move(file));
    commit(*transaction, Operation::Append);
  }
  std::string last_checkpoint() { return location_.store->read_all(log_path(location_, kLastCheckpointName)); }
  static AddFile add(const std::string& path) {
    return {.path = path, .partition_values = {{"p", std::nullopt}}, .size = 1, .modification_time_ms = 1};
  }
  static RemoveFile remove(const std::string& path, std::optional<std::int64_t> when) {
    return {.path = path, .deletion_timestamp_ms = when};
  }

  std::shared_ptr<CountingTabular> tabular_ = std::make_shared<CountingTabular>();
  FormatContext context_;
  Location location_;
  std::vector<Event> events_;
};

TEST_F(CheckpointWriterTest, HoldsTheWholeState) {
  const std::int64_t now = now_us() / 1000;
  const std::int64_t week = std::int64_t{7} * 24 * 3600 * 1000;
  put(1, {add("a"), add("b"), add("c"), Txn{"app", 7, 1}});
  put(2, {remove("b", now), remove("old", now - week - 1), remove("never", std::nullopt), Txn{"app", 8, 1}});
  const CheckpointResult result = write_checkpoint(*latest());
  EXPECT_EQ(result.version, 2);
  EXPECT_EQ(result.parts, 1);
  EXPECT_EQ(result.added_files, 2);
  ASSERT_EQ(tabular_->files.size(), 1U);
  const auto& [uri, file] = *tabular_->files.begin();
  EXPECT_EQ(uri, "memory://x/t/_delta_log/00000000000000000002.checkpoint.parquet");
  EXPECT_EQ(file.rows,
            (std::map<std::string, int>{{"protocol", 1}, {"metaData", 1}, {"txn", 1}, {"add", 2}, {"remove", 1}}));
  EXPECT_EQ(file.total, result.actions);
  EXPECT_EQ(file.paths, (std::vector<std::string>{"a", "c", "b"}));
  EXPECT_EQ(last_checkpoint().substr(0, 60), R"({"version":2,"size":6,"sizeInBytes":100,"numOfAddFiles":2,"c)");
  EXPECT_EQ(last_checkpoint_hint(location_), 2);
}

TEST_F(CheckpointWriterTest, KeepsDomainsWhereThereAreAny) {
  put(1, {Protocol{1, 7, {}, {"domainMetadata"}}, DomainMetadata{"d", "{}", false}});
  write_checkpoint(*latest());
  EXPECT_EQ(tabular_->files.begin()->second.rows.at("domainMetadata"), 1);
}

const Protocol kV2{3, 7, {"v2Checkpoint"}, {"v2Checkpoint"}};

Metadata with(Metadata metadata, const StringMap& properties) {
  for (const auto& [name, value] : properties) metadata.configuration[name] = value;
  return metadata;
}

TEST_F(CheckpointWriterTest, TheV2PolicyMakesOneNamedByAUuid) {
  const Metadata metadata = latest()->metadata_action();
  put(1, {kV2, with(metadata, {{"delta.checkpointPolicy", "v2"}}), add("a"), Txn{"app", 7, 1}});
  const CheckpointResult result = write_checkpoint(*latest());
  EXPECT_EQ(result.sidecars, 0);
  ASSERT_EQ(tabular_->files.size(), 1U);
  const auto& [uri, file] = *tabular_->files.begin();
  const auto name = parse_log_name(std::string_view(uri).substr(uri.rfind('/') + 1));
  ASSERT_TRUE(name);
  EXPECT_EQ(name->kind, LogName::Kind::V2CheckpointParquet);
  EXPECT_EQ(name->version, 1);
  EXPECT_EQ(file.rows, (std::map<std::string, int>{
                           {"checkpointMetadata", 1}, {"protocol", 1}, {"metaData", 1}, {"txn", 1}, {"add", 1}}));
  EXPECT_EQ(file.total, result.actions);
  EXPECT_EQ(last_checkpoint_hint(location_), 1);
}

TEST_F(CheckpointWriterTest, WithoutTheFeatureThePolicyMeansNothing) {
  put(1, {with(latest()->metadata_action(), {{"delta.checkpointPolicy", "v2"}}), add("a")});
  write_checkpoint(*latest());
  EXPECT_TRUE(tabular_->files.contains("memory://x/t/_delta_log/00000000000000000001.checkpoint.parquet"));
}

TEST_F(CheckpointWriterTest, ManyFilesGoIntoSidecars) {
  std::vector<Action> actions = {kV2, with(latest()->metadata_action(), {{"delta.checkpointPolicy", "v2"}}),
                                 remove("gone", now_us() / 1000)};
  for (int i = 0; i < 100; ++i) actions.emplace_back(add("file-" + std::to_string(i)));
  put(1, actions);
  const CheckpointResult result = write_checkpoint(*latest(), {.most_embedded = 50, .rows_per_sidecar = 40});
  EXPECT_EQ(result.sidecars, 3);
  ASSERT_EQ(tabular_->files.size(), 4U);
  std::set<std::string> paths;
  int checkpoints = 0;
  for (const auto& [uri, file] : tabular_->files) {
    if (uri.find("/_delta_log/_sidecars/") == std::string::npos) {
      ++checkpoints;
      EXPECT_EQ(file.rows, (std::map<std::string, int>{
                               {"checkpointMetadata", 1}, {"protocol", 1}, {"metaData", 1}, {"sidecar", 3}}));
      continue;
    }
    EXPECT_LE(file.total, 40);
    paths.insert(file.paths.begin(), file.paths.end());
  }
  EXPECT_EQ(checkpoints, 1);
  EXPECT_EQ(paths.size(), 101U);
}

TEST_F(CheckpointWriterTest, EveryTenthHasTheNameThatAllClientsKnow) {
  put(1,
      {kV2, with(latest()->metadata_action(), {{"delta.checkpointPolicy", "v2"}, {"delta.checkpointInterval", "1"}})});
  for (Version version = 2; version <= 10; ++version) put(version, {add(std::to_string(version))});
  write_checkpoint(*latest());
  const auto& [uri, file] = *tabular_->files.begin();
  EXPECT_EQ(uri, "memory://x/t/_delta_log/00000000000000000010.checkpoint.parquet");
  EXPECT_EQ(file.rows.at("checkpointMetadata"), 1);
}

TEST_F(CheckpointWriterTest, StatisticsAreTextOrColumnsAsThePropertiesSay) {
  const Metadata metadata = latest()->metadata_action();
  AddFile file = add("a");
  file.partition_values["p"] = "x";
  file.stats =
      R"({"numRecords":3,"minValues":{"id":-5},"maxValues":{"id":7},"nullCount":{"id":1},"tightBounds":false})";
  put(1, {with(metadata,
               {{"delta.checkpoint.writeStatsAsStruct", "true"}, {"delta.checkpoint.writeStatsAsJson", "false"}}),
          file, add("b")});
  write_checkpoint(*latest());
  EXPECT_EQ(tabular_->files.begin()->second.first_add,
            "path size=1 partitionValues_parsed.p=x stats_parsed.numRecords=3 stats_parsed.minValues.id=-5 "
            "stats_parsed.maxValues.id=7 stats_parsed.nullCount.id=1 stats_parsed.tightBounds=0");
}

TEST_F(CheckpointWriterTest, ManyActionsMakeSeveralParts) {
  std::vector<Action> actions;
  for (int i = 0; i < 100; ++i) actions.emplace_back(add("file-" + std::to_string(i)));
  put(1, actions);
  const CheckpointResult result = write_checkpoint(*latest(), {.rows_per_part = 30});
  EXPECT_EQ(result.parts, 4);
  ASSERT_EQ(tabular_->files.size(), 4U);
  EXPECT_TRUE(tabular_->files.contains(
      "memory://x/t/_delta_log/00000000000000000001.checkpoint.0000000003.0000000004.parquet"));
  std::int64_t total = 0;
  for (const auto& [uri, file] : tabular_->files) total += file.total;
  EXPECT_EQ(total, 102);
  EXPECT_NE(last_checkpoint().find("\"parts\":4"), std::string::npos);
}

TEST_F(CheckpointWriterTest, TheHintNeverGoesBack) {
  put(1, {add("a")});
  const auto older = latest();
  put(2, {add("b")});
  write_checkpoint(*latest());
  write_checkpoint(*older);
  EXPECT_NE(last_checkpoint().find("\"version\":2"), std::string::npos);
}

TEST_F(CheckpointWriterTest, CommitsLeaveOneAtEveryInterval) {
  for (int i = 0; i < 7; ++i) append();
  std::vector<std::string> uris;
  for (const auto& [uri, file] : tabular_->files) uris.push_back(uri.substr(uri.rfind('/') + 1));
  EXPECT_EQ(uris, (std::vector<std::string>{"00000000000000000003.checkpoint.parquet",
                                            "00000000000000000006.checkpoint.parquet"}));
  EXPECT_TRUE(events_.empty());
}

TEST_F(CheckpointWriterTest, AFailureIsAWarningAndTheCommitStands) {
  tabular_->fails = true;
  for (int i = 0; i < 3; ++i) append();
  EXPECT_EQ(latest()->version(), 3);
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].kind, EventKind::Warning);
  EXPECT_NE(events_[0].text.find("the disk is full"), std::string::npos);
}

}  // namespace
}  // namespace lakelet::delta
