#include "formats/delta/write/restored_table.h"

#include "formats/delta/schema/row_rules.h"
#include "formats/delta/write/log_fixture.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RestoreTest : public LogFixture {
 protected:
  static AddFile add(const std::string& path) { return {.path = path, .size = 10, .stats = "{\"numRecords\":1}"}; }
  static RemoveFile remove(const std::string& path) { return {.path = path, .deletion_timestamp_ms = 1}; }
  Version put_next(const std::vector<Action>& actions) {
    const Version version = latest()->version() + 1;
    put(version, actions);
    return version;
  }
  Version restore(Version version, const std::set<std::string>& missing = {}) {
    const auto transaction = begin();
    transaction->restore(*at(version), missing);
    return commit(*transaction, Operation::Restore);
  }
  std::vector<std::string> files(VersionSelector version = LatestVersion{}) {
    std::vector<std::string> out;
    at(version)->for_each_file([&](const AddFile& file) {
      out.push_back(file.path + (file.deletion_vector ? "*" : ""));
      return true;
    });
    return out;
  }
  Error refusal(Version version) {
    try {
      restore(version);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::Internal, "none");
  }
};

TEST_F(RestoreTest, FilesComeBackAndGo) {
  create("id bigint");
  put_next({add("a"), add("b")});
  put_next({remove("a"), add("c")});
  EXPECT_EQ(restore(1), 3);
  EXPECT_THAT(files(), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(only<AddFile>(3).path, "a");
  EXPECT_TRUE(only<AddFile>(3).data_change);
  EXPECT_EQ(only<RemoveFile>(3).path, "c");
  const auto info = only<CommitInfoAction>(3);
  EXPECT_EQ(info.operation, "RESTORE");
  EXPECT_THAT(info.json, HasSubstr(R"("operationParameters":{"version":1,"timestamp":null})"));
  EXPECT_EQ(info.operation_metrics.at("numRestoredFiles"), "1");
  EXPECT_EQ(info.operation_metrics.at("numRemovedFiles"), "1");
  EXPECT_EQ(info.operation_metrics.at("numOfFilesAfterRestore"), "2");
  EXPECT_EQ(info.operation_metrics.at("tableSizeAfterRestore"), "20");
  EXPECT_EQ(info.is_blind_append, false);
}

TEST_F(RestoreTest, ToNoRowsAtAll) {
  create("id bigint");
  append();
  append();
  restore(0);
  EXPECT_THAT(files(), IsEmpty());
}

// Nobody held the rows to them then.
TEST_F(RestoreTest, RulesThatTheProtocolLackedDoNotComeToLife) {
  create("id bigint, v int");
  auto transaction = begin();
  transaction->set_value_rule("id", IdentityValue{});
  commit(*transaction, Operation::SetProperties);
  put_next({Protocol{1, 2, {}, {}}});
  transaction = begin();
  transaction->set_properties({{"delta.feature.identityColumns", "supported"}});
  commit(*transaction, Operation::SetProperties);
  restore(2);
  EXPECT_THAT(latest()->protocol().writer_features, testing::Contains("identityColumns"));
  EXPECT_TRUE(latest()->row_rules().identities.empty());
  restore(1);
  EXPECT_EQ(latest()->row_rules().identities.size(), 1u);
}

TEST_F(RestoreTest, TheSameContentsAreNoCommit) {
  create("id bigint");
  append();
  EXPECT_EQ(restore(1), 1);
  EXPECT_EQ(latest()->version(), 1);
}

TEST_F(RestoreTest, AnotherDeletionVectorIsAnotherFile) {
  create("id bigint", {{"delta.enableDeletionVectors", "true"}});
  AddFile with = add("a");
  with.deletion_vector = DeletionVectorDescriptor{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 1};
  put_next({add("a")});
  put_next({remove("a"), with});
  const auto transaction = begin();
  const Restoration restoration = transaction->restore(*at(1));
  ASSERT_EQ(restoration.restored.size(), 1u);
  EXPECT_THAT(restoration.restored[0].uris, ElementsAre("memory://x/t/a"));
  commit(*transaction, Operation::Restore);
  EXPECT_THAT(files(), ElementsAre("a"));
  EXPECT_TRUE(only<RemoveFile>(3).deletion_vector);
  const auto back = begin();
  EXPECT_EQ(back->restore(*at(2)).restored[0].uris.size(), 2u);
  commit(*back, Operation::Restore);
  EXPECT_THAT(files(), ElementsAre("a*"));
}

TEST_F(RestoreTest, FilesThatAreGoneAreLeftOut) {
  create("id bigint");
  put_next({add("a"), add("b")});
  put_next({remove("a"), remove("b")});
  restore(1, {"a"});
  EXPECT_THAT(files(), ElementsAre("b"));
}

TEST_F(RestoreTest, ColumnsAndPropertiesComeBackTheProtocolStays) {
  create("id bigint", {{"owner", "me"}, {"delta.checkpointInterval", "50"}});
  const auto change = begin();
  change->set_properties({{"delta.enableDeletionVectors", "true"}});
  change->set_schema(parse_schema("id bigint, more string"));
  commit(*change, Operation::ChangeSchema);
  restore(0);
  EXPECT_EQ(latest()->schema(), parse_schema("id bigint"));
  EXPECT_EQ(latest()->properties().at("owner"), "me");
  EXPECT_FALSE(latest()->properties().contains("delta.enableDeletionVectors"));
  EXPECT_EQ(latest()->protocol().writer_version, 7);
  EXPECT_EQ(latest()->metadata_action().id, at(0)->metadata_action().id);
}

TEST_F(RestoreTest, IdsOfColumnsAreNeverGivenTwice) {
  create("id bigint, a int", {{"delta.columnMapping.mode", "name"}});
  const auto change = begin();
  std::vector<Field> fields = change->base().schema().fields();
  fields.push_back({.name = "b", .type = TypeKind::Int32});
  change->set_schema(Schema(fields));
  commit(*change, Operation::ChangeSchema);
  restore(0);
  EXPECT_EQ(latest()->schema().size(), 2u);
  EXPECT_EQ(latest()->properties().at("delta.columnMapping.maxColumnId"), "3");
  EXPECT_EQ(latest()->schema()[1].physical_name, at(0)->schema()[1].physical_name);
}

TEST_F(RestoreTest, NotToBeforeColumnsHadIds) {
  create("id bigint");
  set("delta.columnMapping.mode", "name");
  const Error error = refusal(0);
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.message(), HasSubstr("delta.columnMapping.mode"));
}

TEST_F(RestoreTest, RowIdsGoOn) {
  create("id bigint", {{"delta.enableRowTracking", "true"}});
  append();
  append();
  restore(1);
  const auto transaction = begin();
  add_file(*transaction);
  const Version version = commit(*transaction, Operation::Append);
  EXPECT_EQ(only<AddFile>(version).base_row_id, 2);
}

TEST_F(RestoreTest, WhateverIsCommittedMeanwhileIsAConflict) {
  create("id bigint");
  append();
  append();
  const auto transaction = begin();
  transaction->restore(*at(1));
  append();
  CommitInfo info;
  info.operation = Operation::Restore;
  const auto outcome = transaction->commit(info, {});
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_THAT(std::get<Conflict>(outcome).what, HasSubstr("restore"));
}

TEST_F(RestoreTest, ARemarkIsNoConflictButForTheStartOfAVacuum) {
  const auto winner = [](const std::string& operation) {
    CommitInfoAction info;
    info.operation = operation;
    return WinningCommit{1, {info}};
  };
  EXPECT_FALSE(conflict_with_restore(winner("VACUUM END")));
  EXPECT_TRUE(conflict_with_restore(winner("VACUUM START")));
}

TEST_F(RestoreTest, NotInATableThatOnlyGrows) {
  create("id bigint", {{"delta.appendOnly", "true"}});
  append();
  append();
  EXPECT_EQ(refusal(1).code(), ErrorCode::UnsupportedFeature);
}

TEST_F(RestoreTest, ClusteringIsRestoredOtherDomainsStay) {
  create("id bigint");
  const Protocol protocol{1, 7, {}, {"domainMetadata", "clustering", "appendOnly", "invariants"}};
  put_next({protocol, DomainMetadata{"delta.clustering", R"({"clusteringColumns":[["id"]]})", false}});
  put_next({DomainMetadata{"delta.clustering", R"({"clusteringColumns":[]})", false},
            DomainMetadata{"mine", "{}", false}, add("a")});
  restore(1);
  EXPECT_THAT(latest()->state().domains.at("delta.clustering").configuration, HasSubstr("id"));
  EXPECT_TRUE(latest()->state().domains.contains("mine"));
  restore(0);
  EXPECT_FALSE(latest()->state().domains.contains("delta.clustering"));
}

TEST_F(RestoreTest, TransactionsOfApplicationsStay) {
  create("id bigint");
  const auto transaction = begin();
  add_file(*transaction);
  transaction->set_application_version("app", 7);
  commit(*transaction, Operation::Append);
  restore(0);
  EXPECT_EQ(latest()->state().transactions.at("app").version, 7);
}

}  // namespace
}  // namespace lakelet::delta
