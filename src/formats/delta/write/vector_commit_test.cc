// Commits of rows removed by position: what is in the log, and which files of vectors are left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/log/log_names.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;

// Only counts rows.
class Footers final : public TabularIo {
 public:
  Schema parquet_schema(const std::string&) override { return {}; }
  std::optional<std::int64_t> row_count(const std::vector<std::string>& uris) override {
    asked.insert(asked.end(), uris.begin(), uris.end());
    return 1000;
  }
  OwnedArrowStream read_parquet(const TabularRead&) override { throw Error(ErrorCode::Internal, "nobody reads rows"); }
  std::uint64_t write_parquet(const std::string&, OwnedArrowStream, const std::string&) override {
    throw Error(ErrorCode::Internal, "nobody writes rows");
  }
  std::vector<std::string> asked;
};

class VectorCommitTest : public testing::Test {
 protected:
  VectorCommitTest() {
    context_.stores = std::make_shared<StoreRegistry>("/");
    context_.stores->serve("memory", "", store_);
    context_.tabular = footers_;
    context_.engine_info = "lakelet/test";
    location_ = context_.stores->resolve("memory://x/t");
    CreateSpec spec;
    spec.schema = parse_schema("id bigint");
    spec.properties = {{"delta.enableDeletionVectors", "true"}, {"delta.checkpointInterval", "1000"}};
    commit(*create_transaction(context_, location_, spec), Operation::Create);
  }

  std::shared_ptr<const DeltaSnapshot> latest() {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaTable(context_, location_).snapshot(LatestVersion{}));
  }
  static CommitOutcome try_commit(Transaction& transaction, Operation operation = Operation::Delete) {
    CommitInfo info;
    info.operation = operation;
    return transaction.commit(info, {});
  }
  static void commit(Transaction& transaction, Operation operation = Operation::Delete) {
    ASSERT_TRUE(std::holds_alternative<Committed>(try_commit(transaction, operation)));
  }
  // A file of 1000 rows.
  void append(bool counted = true) {
    const auto transaction = begin_transaction(context_, latest());
    DataFile file;
    file.uri = transaction->new_file_uri({}, make_uuid_text());
    file.bytes = 10;
    if (counted) file.rows = 1000;
    file.statistics[{"id"}] = {.null_count = 0, .min = Value(0), .max = Value(999), .has_nan = false};
    transaction->add(file);
    commit(*transaction, Operation::Append);
  }
  static DataFile first_file(const Snapshot& snapshot) { return snapshot.plan({})->next()->file; }
  static RowPositions every(std::uint64_t step, std::uint64_t end = 1000) {
    RowPositions out;
    for (std::uint64_t i = 0; i < end; i += step) out.add(i);
    return out;
  }
  std::unique_ptr<Transaction> removing(const RowPositions& positions) {
    auto transaction = begin_transaction(context_, latest());
    transaction->remove_rows(first_file(transaction->base()), positions);
    return transaction;
  }
  std::vector<std::string> vector_files() {
    std::vector<std::string> out;
    store_->list(location_.path, "", [&](const ObjectInfo& info) {
      if (info.path.ends_with(".bin")) out.push_back(info.path);
      return true;
    });
    return out;
  }
  std::vector<Action> actions(Version version) {
    const std::string path = log_path(location_, commit_name(version));
    return read_actions(store_->read_all(path), path);
  }
  template <typename T>
  std::vector<T> of(Version version) {
    std::vector<T> out;
    for (const Action& action : actions(version)) {
      if (const T* found = std::get_if<T>(&action)) out.push_back(*found);
    }
    return out;
  }

  std::shared_ptr<FaultyStore> store_ = std::make_shared<FaultyStore>(std::make_shared<MemoryStore>());
  std::shared_ptr<Footers> footers_ = std::make_shared<Footers>();
  FormatContext context_;
  Location location_;
};

TEST_F(VectorCommitTest, RemoveAndAddDifferInTheVectorAlone) {
  append();
  commit(*removing(every(2)));
  commit(*removing(every(3)));
  ASSERT_EQ(of<AddFile>(3).size(), 1u);
  ASSERT_EQ(of<RemoveFile>(3).size(), 1u);
  const AddFile before = of<AddFile>(2)[0], after = of<AddFile>(3)[0];
  const RemoveFile removed = of<RemoveFile>(3)[0];
  EXPECT_EQ(removed.path, before.path);
  EXPECT_EQ(removed.deletion_vector, before.deletion_vector);
  EXPECT_EQ(of<RemoveFile>(2)[0].deletion_vector, std::nullopt);
  EXPECT_NE(after.deletion_vector, before.deletion_vector);
  EXPECT_EQ(after.deletion_vector->cardinality, 667);
  EXPECT_EQ(after.path, before.path);
  EXPECT_EQ(after.modification_time_ms, before.modification_time_ms);
  EXPECT_THAT(*after.stats, HasSubstr("\"numRecords\":1000"));
  EXPECT_THAT(*after.stats, HasSubstr("\"tightBounds\":false"));
  EXPECT_EQ(vector_files().size(), 2u);
  EXPECT_EQ(latest()->size().rows, 333);
}

TEST_F(VectorCommitTest, NothingMoreRemovedIsNoChangeOfTheFile) {
  append();
  commit(*removing(every(2)));
  const auto transaction = removing(every(4));
  transaction->set_application_version("a", 1);
  commit(*transaction);
  EXPECT_TRUE(of<AddFile>(3).empty());
  EXPECT_EQ(vector_files().size(), 1u);
}

TEST_F(VectorCommitTest, AFileWithoutRowsLeftIsRemoved) {
  append();
  commit(*removing(every(2)));
  commit(*removing(every(1)));
  EXPECT_TRUE(of<AddFile>(3).empty());
  EXPECT_EQ(of<RemoveFile>(3)[0].deletion_vector, of<AddFile>(2)[0].deletion_vector);
  EXPECT_EQ(latest()->size().files, 0);
}

TEST_F(VectorCommitTest, RowsThatNobodyCountedAreCounted) {
  append(false);
  EXPECT_EQ(of<AddFile>(1)[0].stats, std::nullopt);
  commit(*removing(every(2)));
  EXPECT_EQ(footers_->asked.size(), 1u);
  EXPECT_EQ(of<AddFile>(2)[0].stats, "{\"numRecords\":1000,\"tightBounds\":false}");
}

TEST_F(VectorCommitTest, ARowThatThereIsntIsRefused) {
  append();
  RowPositions beyond;
  beyond.add(1000);
  const auto transaction = removing(beyond);
  EXPECT_THROW(try_commit(*transaction), Error);
  EXPECT_EQ(latest()->version(), 1);
}

TEST_F(VectorCommitTest, TheLoserOfARaceLeavesNoVectors) {
  append();
  const auto ours = removing(every(2)), theirs = removing(every(3));
  commit(*theirs);
  EXPECT_TRUE(std::holds_alternative<Conflict>(try_commit(*ours)));
  EXPECT_EQ(vector_files().size(), 1u);
  EXPECT_EQ(latest()->size().rows, 666);
}

TEST_F(VectorCommitTest, RetriesKeepTheVectors) {
  append();
  const auto ours = removing(every(2));
  append();
  EXPECT_EQ(std::get<Committed>(try_commit(*ours)).retries, 1);
  EXPECT_EQ(vector_files().size(), 1u);
  EXPECT_EQ(latest()->size().rows, 1500);
}

TEST_F(VectorCommitTest, VectorsThatCannotBeWrittenAreNoCommit) {
  append();
  store_->inject({.call = StoreCall::Finish});
  EXPECT_THROW(try_commit(*removing(every(2))), Error);
  store_->clear();
  EXPECT_EQ(latest()->version(), 1);
  EXPECT_TRUE(vector_files().empty());
}

TEST_F(VectorCommitTest, AnUnknownOutcomeKeepsThem) {
  append();
  const auto transaction = removing(every(2));
  store_->inject({.call = StoreCall::PutIfAbsent,
                  .effect = FaultEffect::UnknownDone,
                  .after = [&](StoreCall, const std::string&) { store_->inject({.from_then_on = true}); }});
  EXPECT_TRUE(std::holds_alternative<Unknown>(try_commit(*transaction)));
  store_->clear();
  EXPECT_EQ(latest()->version(), 2);
  EXPECT_EQ(latest()->size().rows, 500);
  EXPECT_EQ(vector_files().size(), 1u);
}

TEST_F(VectorCommitTest, WithoutTheFeatureThePropertyIsNotEnough) {
  append();
  const auto base = latest();
  EXPECT_EQ(begin_transaction(context_, base)->row_removal(), Transaction::RowRemoval::Positions);
  const auto off = begin_transaction(context_, base);
  off->set_properties({{"delta.enableDeletionVectors", "false"}});
  EXPECT_EQ(off->row_removal(), Transaction::RowRemoval::Rewrite);
  commit(*off, Operation::SetProperties);
  EXPECT_THROW(removing(every(2)), Error);
  EXPECT_EQ(latest()->protocol().reader_features, std::vector<std::string>{"deletionVectors"});
}

}  // namespace
}  // namespace lakelet::delta
