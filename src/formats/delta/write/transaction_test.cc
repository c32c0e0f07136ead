#include "formats/delta/write/transaction.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/uuid.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/protocol/action_reader.h"
#include "lakelet/error.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"

namespace lakelet::delta {
namespace {

class DeltaTransactionTest : public testing::Test {
 protected:
  DeltaTransactionTest() : store_(std::make_shared<FaultyStore>(std::make_shared<MemoryStore>())) {
    context_.stores = std::make_shared<StoreRegistry>("/");
    context_.stores->serve("memory", "", store_);
    context_.engine_info = "lakelet/test";
    location_ = context_.stores->resolve("memory://x/t");
  }

  static CreateSpec spec(const std::string& schema, std::vector<std::string> partition_by = {},
                         Properties properties = {}) {
    CreateSpec out;
    out.schema = parse_schema(schema);
    out.partition_by = std::move(partition_by);
    out.properties = std::move(properties);
    return out;
  }
  static CommitInfo info_of(Operation operation) {
    CommitInfo info;
    info.operation = operation;
    return info;
  }

  CommitOutcome create(const CreateSpec& made) {
    return create_transaction(context_, location_, made)->commit(info_of(Operation::Create), {});
  }
  std::shared_ptr<const DeltaSnapshot> latest() {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaTable(context_, location_).snapshot(LatestVersion{}));
  }
  std::unique_ptr<Transaction> begin() { return begin_transaction(context_, latest()); }

  static DataFile file(const Transaction& transaction, std::vector<Value> partition, std::int64_t low,
                       std::int64_t high) {
    DataFile out;
    out.uri = transaction.new_file_uri(partition, make_uuid_text());
    out.bytes = 10;
    out.rows = high - low + 1;
    out.partition_values = std::move(partition);
    out.statistics[{"id"}] = {.null_count = 0, .min = Value(low), .max = Value(high), .has_nan = false};
    return out;
  }
  void append(std::int64_t low, std::int64_t high, std::vector<Value> partition = {}) {
    auto transaction = begin();
    transaction->add(file(*transaction, std::move(partition), low, high));
    ASSERT_TRUE(std::holds_alternative<Committed>(transaction->commit(info_of(Operation::Append), {})));
  }
  std::vector<FileTask> files(const Snapshot& snapshot) {
    std::vector<FileTask> out;
    const auto plan = snapshot.plan({});
    while (auto task = plan->next()) out.push_back(*std::move(task));
    return out;
  }
  std::string log(Version version) { return store_->read_all(log_path(location_, commit_name(version))); }

  template <typename Call>
  static Error error_of(Call&& call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorCode::Internal, "nothing");
  }

  std::shared_ptr<FaultyStore> store_;
  FormatContext context_;
  Location location_;
};

TEST_F(DeltaTransactionTest, CreateWritesTheSmallestProtocol) {
  CreateSpec made = spec("id bigint not null, p string", {"P"}, {{"delta.appendOnly", "false"}});
  made.name = "Nm";
  made.description = "Desc";
  EXPECT_EQ(std::get<Committed>(create(made)).version, 0);
  const auto snapshot = latest();
  EXPECT_EQ(snapshot->version(), 0);
  EXPECT_EQ(snapshot->protocol(), (Protocol{1, 2, {}, {}}));
  EXPECT_EQ(snapshot->schema(), made.schema);
  EXPECT_EQ(snapshot->metadata_action().partition_columns, std::vector<std::string>{"p"});
  EXPECT_EQ(snapshot->metadata_action().name, "Nm");
  EXPECT_EQ(snapshot->properties(), (Properties{{"delta.appendOnly", "false"}}));
  EXPECT_TRUE(snapshot->metadata_action().created_time_ms);
}

TEST_F(DeltaTransactionTest, CreateAddsTheFeatureOfTimestampsWithoutZone) {
  create(spec("t struct<a: timestamp_ntz>, b int", {}, {{"delta.appendOnly", "true"}}));
  EXPECT_EQ(latest()->protocol(), (Protocol{3, 7, {"timestampNtz"}, {"timestampNtz", "appendOnly"}}));
}

TEST_F(DeltaTransactionTest, CreateOverATableIsAlreadyExists) {
  create(spec("id bigint"));
  EXPECT_EQ(error_of([&] { create(spec("id bigint")); }).code(), ErrorCode::AlreadyExists);
  // Also when version 0 was cleaned up, and only a checkpoint and what follows are left.
  store_->remove(log_path(location_, commit_name(0)));
  store_->put(log_path(location_, commit_name(7)), "{}\n");
  EXPECT_EQ(error_of([&] { create(spec("id bigint")); }).code(), ErrorCode::AlreadyExists);
}

TEST_F(DeltaTransactionTest, CreateThatLosesARaceIsAlreadyExists) {
  auto first = create_transaction(context_, location_, spec("id bigint"));
  auto second = create_transaction(context_, location_, spec("other int"));
  store_->inject({.call = StoreCall::PutIfAbsent, .effect = FaultEffect::None, .before = [&](StoreCall, const auto&) {
                    store_->clear();
                    second->commit(info_of(Operation::Create), {});
                  }});
  EXPECT_EQ(error_of([&] { first->commit(info_of(Operation::Create), {}); }).code(), ErrorCode::AlreadyExists);
  EXPECT_EQ(latest()->schema().fields()[0].name, "other");
}

TEST_F(DeltaTransactionTest, CreateRefusesWhatItCanNotKeep) {
  const auto code = [&](const CreateSpec& made) {
    return error_of([&] { create_transaction(context_, location_, made); }).code();
  };
  EXPECT_EQ(code(spec("id int", {}, {{"delta.feature.clustering", "supported"}})), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(code(spec("id int", {}, {{"delta.enableChangeDataCapture", "true"}})), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(code(spec("id int", {}, {{"delta.columnMapping.maxColumnId", "7"}})), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id int", {}, {{"delta.apendOnly", "true"}})), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id int", {}, {{"delta.appendOnly", "yes"}})), ErrorCode::InvalidArgument);
  CreateSpec twice;
  twice.schema = Schema({{.name = "id", .type = TypeKind::Int32}, {.name = "ID", .type = TypeKind::Int32}});
  EXPECT_EQ(code(twice), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id int", {"id"})), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id int, a int", {"b"})), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id int, a array<int>", {"a"})), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(spec("id uint")), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(CreateSpec()), ErrorCode::InvalidArgument);
  EXPECT_NO_THROW(create_transaction(context_, location_, spec("id int", {}, {{"mine", "x"}})));
}

TEST_F(DeltaTransactionTest, AppendWritesEncodedPathsThatOpenAgain) {
  create(spec("id bigint, p string, d date", {"p", "d"}));
  append(1, 3, {Value("é /%"), Value(0)});
  append(4, 4, {Value(), Value()});
  append(5, 5, {Value(""), Value()});
  EXPECT_NE(log(1).find("\"path\":\"p=%25C3%25A9%2520%252F%2525/d=1970-01-01/part-00000-"), std::string::npos)
      << log(1);
  EXPECT_NE(log(1).find("\"partitionValues\":{\"d\":\"1970-01-01\",\"p\":\"é /%\"}"), std::string::npos) << log(1);
  EXPECT_NE(log(2).find("\"path\":\"p=__HIVE_DEFAULT_PARTITION__/d=__HIVE_DEFAULT_PARTITION__/"), std::string::npos);
  EXPECT_NE(log(3).find("\"p\":null"), std::string::npos) << log(3);
  const auto found = files(*latest());
  ASSERT_EQ(found.size(), 3U);
  bool seen = false;
  for (const FileTask& task : found) {
    if (task.file.partition_values[0].is_null()) continue;
    seen = true;
    EXPECT_EQ(task.file.partition_values[0], Value("é /%"));
    EXPECT_NE(task.file.uri.find("memory://x/t/p=%C3%A9%20%2F%25/d=1970-01-01/part-00000-"), std::string::npos)
        << task.file.uri;
  }
  EXPECT_TRUE(seen);
}

TEST_F(DeltaTransactionTest, RemoveRepeatsThePathByteForByte) {
  create(spec("id bigint, p string", {"p"}));
  // As Spark spells it: the letter stays as it is.
  store_->put(log_path(location_, commit_name(1)),
              "{\"add\":{\"path\":\"p=é/a%20b.parquet\",\"partitionValues\":{\"p\":\"é\"},\"size\":3,"
              "\"modificationTime\":1,\"dataChange\":true,\"tags\":{\"t\":\"u\"}}}\n");
  auto transaction = begin();
  transaction->remove(files(transaction->base()).at(0).file);
  ASSERT_TRUE(std::holds_alternative<Committed>(transaction->commit(info_of(Operation::Delete), {})));
  const std::vector<Action> actions = read_actions(log(2), "test");
  const RemoveFile& remove = std::get<RemoveFile>(actions.at(1));
  EXPECT_EQ(remove.path, "p=é/a%20b.parquet");
  EXPECT_TRUE(remove.extended_file_metadata);
  EXPECT_EQ(remove.size, 3);
  EXPECT_EQ(remove.partition_values, (PartitionValues{{"p", "é"}}));
  EXPECT_TRUE(files(*latest()).empty());
}

TEST_F(DeltaTransactionTest, NothingToCommitWritesNothing) {
  create(spec("id bigint"));
  auto transaction = begin();
  EXPECT_TRUE(transaction->empty());
  transaction->set_properties({});
  EXPECT_TRUE(transaction->empty());
  EXPECT_EQ(std::get<Committed>(transaction->commit(info_of(Operation::Append), {})).version, 0);
  EXPECT_EQ(latest()->version(), 0);
}

TEST_F(DeltaTransactionTest, AppendsOnOneBaseAllLand) {
  create(spec("id bigint"));
  std::vector<std::unique_ptr<Transaction>> transactions;
  for (int i = 0; i < 4; ++i) transactions.push_back(begin());
  for (auto& transaction : transactions) {
    transaction->add(file(*transaction, {}, 1, 2));
    ASSERT_TRUE(std::holds_alternative<Committed>(transaction->commit(info_of(Operation::Append), {})));
  }
  EXPECT_EQ(latest()->version(), 4);
  EXPECT_EQ(files(*latest()).size(), 4U);
}

TEST_F(DeltaTransactionTest, EightThreadsLoseNoAppend) {
  create(spec("id bigint", {}, {{"delta.checkpointInterval", "1000"}}));
  std::atomic<int> committed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        auto transaction = begin();
        transaction->add(file(*transaction, {}, 1, 2));
        committed += std::holds_alternative<Committed>(transaction->commit(info_of(Operation::Append), {}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(committed, 40);
  EXPECT_EQ(latest()->version(), 40);
  EXPECT_EQ(files(*latest()).size(), 40U);
}

TEST_F(DeltaTransactionTest, ARewriteMeetsAnAppendOnlyWhereItRead) {
  create(spec("id bigint"));
  append(1, 10);
  const auto rewrite = [&](std::int64_t appended) {
    auto transaction = begin();
    transaction->read_where(Predicate::compare({"id"}, Comparison::LessOrEqual, Value(std::int64_t{5})));
    for (const FileTask& task : files(transaction->base())) {
      if (task.file.path.empty()) continue;
      transaction->read_file(task.file);
      transaction->remove(task.file);
      break;
    }
    transaction->add(file(*transaction, {}, 6, 10));
    append(appended, appended);
    return transaction->commit(info_of(Operation::Delete), {});
  };
  const CommitOutcome collided = rewrite(3);
  ASSERT_TRUE(std::holds_alternative<Conflict>(collided));
  EXPECT_EQ(std::get<Conflict>(collided).winner, 2);
  EXPECT_EQ(std::get<Conflict>(collided).who, "WRITE by lakelet/test");
  EXPECT_TRUE(std::holds_alternative<Committed>(rewrite(30)));
}

TEST_F(DeltaTransactionTest, ADeleteOfTheSameFileIsAConflict) {
  create(spec("id bigint"));
  append(1, 10);
  auto first = begin();
  auto second = begin();
  first->remove(files(first->base()).at(0).file);
  second->remove(files(second->base()).at(0).file);
  EXPECT_TRUE(std::holds_alternative<Committed>(first->commit(info_of(Operation::Delete), {})));
  EXPECT_TRUE(std::holds_alternative<Conflict>(second->commit(info_of(Operation::Delete), {})));
}

TEST_F(DeltaTransactionTest, WhatWasReadAndRemovedInBetweenIsAConflict) {
  create(spec("id bigint"));
  append(1, 10);
  append(100, 110);
  auto merge = begin();  // found nothing to change in 1..10, and inserts
  merge->read_where(Predicate::compare({"id"}, Comparison::Less, Value(std::int64_t{50})));
  merge->add(file(*merge, {}, 5, 5));
  auto deletes = begin();
  for (const FileTask& task : files(deletes->base())) deletes->remove(task.file);
  deletes->commit(info_of(Operation::Delete), {});
  EXPECT_TRUE(std::holds_alternative<Conflict>(merge->commit(info_of(Operation::Merge), {})));
}

TEST_F(DeltaTransactionTest, IfVersionForbidsTheRebase) {
  create(spec("id bigint"));
  auto transaction = begin();
  transaction->add(file(*transaction, {}, 1, 1));
  append(2, 2);
  CommitOptions options;
  options.if_version = 0;
  const CommitOutcome outcome = transaction->commit(info_of(Operation::Append), options);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_TRUE(std::get<Conflict>(outcome).version_moved);
}

TEST_F(DeltaTransactionTest, ALostAnswerIsReadBack) {
  create(spec("id bigint"));
  for (const FaultEffect effect : {FaultEffect::UnknownDone, FaultEffect::UnknownUndone}) {
    const Version before = latest()->version();
    auto transaction = begin();
    transaction->add(file(*transaction, {}, 1, 1));
    store_->inject({.call = StoreCall::PutIfAbsent, .effect = effect});
    const CommitOutcome outcome = transaction->commit(info_of(Operation::Append), {});
    store_->clear();
    ASSERT_TRUE(std::holds_alternative<Committed>(outcome));
    EXPECT_EQ(std::get<Committed>(outcome).version, before + 1);
    EXPECT_EQ(latest()->version(), before + 1);
  }
}

TEST_F(DeltaTransactionTest, AFailedPutLeavesTheTableAsItWas) {
  create(spec("id bigint"));
  auto transaction = begin();
  transaction->add(file(*transaction, {}, 1, 1));
  store_->inject({.call = StoreCall::PutIfAbsent, .effect = FaultEffect::Fail, .code = ErrorCode::Permission});
  EXPECT_EQ(error_of([&] { transaction->commit(info_of(Operation::Append), {}); }).code(), ErrorCode::Permission);
  store_->clear();
  EXPECT_EQ(latest()->version(), 0);
}

TEST_F(DeltaTransactionTest, AnApplicationVersionIsCommittedOnce) {
  create(spec("id bigint"));
  const auto write = [&](std::int64_t version) {
    auto transaction = begin();
    transaction->add(file(*transaction, {}, 1, 1));
    transaction->set_application_version("app", version);
    return std::get<Committed>(transaction->commit(info_of(Operation::Append), {})).version;
  };
  EXPECT_EQ(write(7), 1);
  EXPECT_EQ(write(7), 1);
  EXPECT_EQ(write(6), 1);
  EXPECT_EQ(write(8), 2);
  EXPECT_EQ(files(*latest()).size(), 2U);
}

TEST_F(DeltaTransactionTest, AppendOnlyTablesTakeAppendsAlone) {
  create(spec("id bigint", {}, {{"delta.appendOnly", "true"}}));
  append(1, 1);
  auto transaction = begin();
  transaction->remove(files(transaction->base()).at(0).file);
  const Error error = error_of([&] { transaction->commit(info_of(Operation::Delete), {}); });
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_NE(std::string(error.what()).find("delta.appendOnly"), std::string::npos);
}

TEST_F(DeltaTransactionTest, TheSchemaGrowsAndIsReplacedOnlyWithAllFiles) {
  create(spec("id bigint"));
  append(1, 1);
  const auto change = [&](const std::string& schema, bool overwrite) {
    auto transaction = begin();
    if (overwrite) {
      for (const FileTask& task : files(transaction->base())) transaction->remove(task.file);
    }
    transaction->set_schema(parse_schema(schema));
    return transaction->commit(info_of(Operation::ChangeSchema), {});
  };
  EXPECT_TRUE(std::holds_alternative<Committed>(change("id bigint, a timestamp_ntz", false)));
  EXPECT_EQ(latest()->protocol(), (Protocol{3, 7, {"timestampNtz"}, {"appendOnly", "invariants", "timestampNtz"}}));
  for (const char* schema : {"id int, a timestamp_ntz", "id bigint not null, a timestamp_ntz",
                             "id bigint, a timestamp_ntz, b int not null"}) {
    EXPECT_EQ(error_of([&] { change(schema, false); }).code(), ErrorCode::InvalidArgument) << schema;
  }
  EXPECT_EQ(error_of([&] { change("id bigint", false); }).code(), ErrorCode::UnsupportedFeature);
  EXPECT_TRUE(std::holds_alternative<Committed>(change("other string not null", true)));
  EXPECT_EQ(latest()->schema(), parse_schema("other string not null"));
  EXPECT_TRUE(files(*latest()).empty());
}

TEST_F(DeltaTransactionTest, AnAppendNeverGetsUnderAnotherSchema) {
  create(spec("id bigint"));
  const auto replace = [&](const std::string& schema) {
    auto transaction = begin();
    for (const FileTask& task : files(transaction->base())) transaction->remove(task.file);
    transaction->set_schema(parse_schema(schema));
    append(1, 1);
    return transaction->commit(info_of(Operation::Overwrite), {});
  };
  EXPECT_TRUE(std::holds_alternative<Conflict>(replace("id string")));
  EXPECT_TRUE(std::holds_alternative<Conflict>(replace("other bigint")));
  EXPECT_TRUE(std::holds_alternative<Committed>(replace("id bigint, other int")));
}

TEST_F(DeltaTransactionTest, ChangesOfMetadataMakeOneAction) {
  create(spec("id bigint, p int"));
  auto transaction = begin();
  transaction->set_properties({{"mine", "1"}});
  transaction->set_name("n", "d");
  transaction->set_schema(parse_schema("id bigint, p int, q int"));
  transaction->set_partitioning({.id = 0, .fields = {{.column = "p", .name = "p"}}});
  EXPECT_TRUE(std::holds_alternative<Committed>(transaction->commit(info_of(Operation::SetProperties), {})));
  const std::vector<Action> actions = read_actions(log(1), "test");
  ASSERT_EQ(actions.size(), 2U);
  const Metadata& metadata = std::get<Metadata>(actions[1]);
  EXPECT_EQ(metadata.name, "n");
  EXPECT_EQ(metadata.configuration, (StringMap{{"mine", "1"}}));
  EXPECT_EQ(metadata.partition_columns, std::vector<std::string>{"p"});
  EXPECT_EQ(metadata.id, std::get<Metadata>(read_actions(log(0), "test")[2]).id);
}

TEST_F(DeltaTransactionTest, RowsOfAFileAreNotMarkedYet) {
  create(spec("id bigint"));
  append(1, 1);
  auto transaction = begin();
  EXPECT_EQ(transaction->row_removal(), Transaction::RowRemoval::Rewrite);
  EXPECT_EQ(error_of([&] { transaction->remove_rows(files(transaction->base()).at(0).file, RowPositions()); }).code(),
            ErrorCode::UnsupportedFeature);
}

TEST_F(DeltaTransactionTest, ARowWithoutAValueForANotNullPartitionIsRefused) {
  create(spec("id bigint, p string not null", {"p"}));
  auto transaction = begin();
  transaction->add(file(*transaction, {Value("")}, 1, 1));
  EXPECT_EQ(error_of([&] { transaction->commit(info_of(Operation::Append), {}); }).code(),
            ErrorCode::ConstraintViolation);
}

}  // namespace
}  // namespace lakelet::delta
