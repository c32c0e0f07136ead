// Clustering columns that come, change and go, and what the log says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"
#include "table/clustering.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ClusteringChangeTest : public testing::Test {
 protected:
  ClusteringChangeTest() {
    context_.stores = std::make_shared<StoreRegistry>("/");
    location_ = context_.stores->resolve("memory://test/table");
  }

  void create(const std::string& schema, Properties properties = {}, std::vector<std::string> partition_by = {}) {
    CreateSpec spec;
    spec.schema = parse_schema(schema);
    spec.properties = std::move(properties);
    spec.partition_by = std::move(partition_by);
    require_committed(create_transaction(context_, location_, spec)->commit({}, {}), location_.uri);
  }
  DeltaTable table() { return DeltaTable(context_, location_); }
  std::shared_ptr<const DeltaSnapshot> latest() {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(table().snapshot(LatestVersion{}));
  }
  std::vector<ColumnPath> columns() { return table().clustering_columns(*latest()); }
  std::unique_ptr<Transaction> begin() { return begin_transaction(context_, latest()); }
  void commit(Transaction& transaction, Operation operation) {
    CommitInfo info;
    info.operation = operation;
    require_committed(transaction.commit(info, {}), location_.uri);
  }
  static void set(Transaction& transaction, const std::string& columns) {
    Properties all = transaction.preview()->properties();
    all[kClusterBy] = columns;
    transaction.set_properties(std::move(all));
  }
  void cluster(const std::string& columns) {
    auto transaction = begin();
    set(*transaction, columns);
    commit(*transaction, Operation::SetProperties);
  }
  Error refused(const std::string& columns) {
    try {
      set(*begin(), columns);
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorCode::Internal, "nothing was refused");
  }
  // A file with statistics of the column `id` alone.
  void append() {
    auto transaction = begin();
    DataFile file;
    file.uri = transaction->new_file_uri({}, make_uuid_text());
    file.bytes = 10;
    file.rows = 1;
    ColumnStatistics statistics;
    statistics.null_count = 0;
    statistics.min = statistics.max = Value(std::int64_t{1});
    file.statistics.emplace(ColumnPath{"id"}, statistics);
    transaction->add(std::move(file));
    commit(*transaction, Operation::Append);
  }

  FormatContext context_;
  Location location_;
};

TEST_F(ClusteringChangeTest, ColumnsComeChangeAndGo) {
  create("id bigint, s struct<a: string>");
  append();
  cluster("id");
  EXPECT_THAT(columns(), ElementsAre(ColumnPath{"id"}));
  const Protocol protocol = latest()->protocol();
  EXPECT_THAT(protocol.writer_features, testing::IsSupersetOf({"clustering", "domainMetadata"}));
  EXPECT_EQ(protocol.reader_version, 1);
  EXPECT_THAT(latest()->domains().at("delta.clustering"),
              HasSubstr(R"({"clusteringColumns":[["id"]],"domainName":"delta.clustering"})"));
  cluster("");
  EXPECT_THAT(columns(), IsEmpty());
  EXPECT_FALSE(latest()->properties().contains(kClusterBy));
  auto transaction = begin();
  transaction->clear_rules();
  EXPECT_NO_THROW(commit(*transaction, Operation::SetProperties));
}

TEST_F(ClusteringChangeTest, ANewTable) {
  create("id bigint, v int", {{kClusterBy, "v"}});
  EXPECT_THAT(columns(), ElementsAre(ColumnPath{"v"}));
  EXPECT_FALSE(latest()->properties().contains(kClusterBy));
  CreateSpec spec;
  spec.schema = parse_schema("b boolean");
  spec.properties = {{kClusterBy, "b"}};
  EXPECT_THROW(create_transaction(context_, location_, spec), Error);
}

TEST_F(ClusteringChangeTest, NestedColumnsAndMappedNames) {
  create("id bigint, s struct<a: string>", {{"delta.columnMapping.mode", "name"}});
  cluster("S.`A`, id");
  EXPECT_THAT(columns(), ElementsAre(ColumnPath{"s", "a"}, ColumnPath{"id"}));
  EXPECT_THAT(latest()->domains().at("delta.clustering"), testing::Not(HasSubstr("\"id\"")));
}

TEST_F(ClusteringChangeTest, WhatCannotBeIsRefused) {
  create("id bigint, b boolean, l array<int>, x binary, more int, c int, d int, e int",
         {{"delta.dataSkippingNumIndexedCols", "5"}});
  EXPECT_THAT(refused("nope").what(), HasSubstr("no column 'nope'"));
  for (const char* column : {"b", "l", "x"}) {
    EXPECT_THAT(refused(column).what(), HasSubstr("can't be clustered")) << column;
  }
  EXPECT_THAT(refused("id,ID").what(), HasSubstr("twice"));
  EXPECT_THAT(refused("e").what(), HasSubstr("no statistics of the column 'e'"));
  EXPECT_THAT(refused("id, more, c, d, e").what(), HasSubstr("more than 4"));
  append();
  EXPECT_EQ(refused("id").code(), ErrorCode::Internal);  // nothing is
  EXPECT_EQ(refused("more").code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(refused("more").what(), HasSubstr("has no statistics of the column 'more'"));
}

TEST_F(ClusteringChangeTest, PartitionedTablesAreNotClustered) {
  create("id bigint, p int", {}, {"p"});
  EXPECT_THAT(refused("id").what(), HasSubstr("partitioned"));
  auto transaction = begin();
  set(*transaction, "");
  EXPECT_TRUE(transaction->empty());
}

TEST_F(ClusteringChangeTest, TwoAtOnceConflict) {
  create("id bigint, v bigint");
  auto slow = begin();
  set(*slow, "v");
  cluster("id");
  EXPECT_TRUE(std::holds_alternative<Conflict>(slow->commit({}, {})));
}

TEST_F(ClusteringChangeTest, ADroppedColumnOfTheSameTransaction) {
  create("id bigint, v bigint", {{"delta.columnMapping.mode", "name"}});
  auto transaction = begin();
  set(*transaction, "v");
  transaction->set_schema(Schema({latest()->schema().fields()[0]}));
  EXPECT_THROW(commit(*transaction, Operation::ChangeSchema), Error);
}

}  // namespace
}  // namespace lakelet::delta
