#include "formats/delta/write/conflict.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

AddFile added(const std::string& path, bool data_change = true) {
  return {.path = path, .data_change = data_change};
}
RemoveFile removed(const std::string& path, bool data_change = true) {
  return {.path = path, .data_change = data_change};
}
CommitInfoAction said(bool blind) {
  CommitInfoAction info;
  info.operation = "WRITE";
  info.engine_info = "other/1";
  info.is_blind_append = blind;
  return info;
}

OwnChanges blind_append() {
  return {};
}
// Read what is in "a*" files, replaced a1.
OwnChanges rewrite(Isolation isolation = Isolation::Serializable) {
  OwnChanges ours;
  ours.isolation = isolation;
  ours.files_read = {"a1", "a2"};
  ours.files_removed = {"a1"};
  ours.applications = {"app"};
  ours.would_have_read = [](const AddFile& add) { return add.path.starts_with("a"); };
  return ours;
}

struct Case {
  const char* name;
  OwnChanges ours;
  std::vector<Action> winner;
  const char* collision;  // a part of the sentence; empty: none
};

class Conflicts : public testing::TestWithParam<Case> {};

TEST_P(Conflicts, AreFoundWhereTheyAre) {
  const Case& test = GetParam();
  const auto conflict = find_conflict(test.ours, {.version = 7, .actions = test.winner});
  if (std::string(test.collision).empty()) {
    EXPECT_FALSE(conflict) << conflict->what;
    return;
  }
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->winner, 7);
  EXPECT_NE(conflict->what.find(test.collision), std::string::npos) << conflict->what;
}

OwnChanges changing_metadata() {
  OwnChanges ours = rewrite(Isolation::WriteSerializable);
  ours.changes_metadata = true;
  return ours;
}

INSTANTIATE_TEST_SUITE_P(
    Matrix, Conflicts,
    testing::Values(
        Case{"append_append", blind_append(), {said(true), added("a9")}, ""},
        Case{"append_delete", blind_append(), {said(false), removed("a1")}, ""},
        Case{"append_rewrite", blind_append(), {said(false), removed("a1"), added("a9")}, ""},
        Case{"append_metadata", blind_append(), {Metadata{}}, "schema or properties"},
        Case{"append_protocol", blind_append(), {Protocol{}}, "protocol"},
        Case{"append_txn", blind_append(), {Txn{"app", 1, {}}}, ""},
        Case{"rewrite_append_elsewhere", rewrite(), {said(true), added("b9")}, ""},
        Case{"rewrite_append_in_reach", rewrite(), {said(true), added("a9")}, "added the file a9"},
        Case{"rewrite_append_in_reach_write_serializable",
             rewrite(Isolation::WriteSerializable),
             {said(true), added("a9")},
             ""},
        Case{"rewrite_unsaid_append_write_serializable",
             rewrite(Isolation::WriteSerializable),
             {added("a9")},
             "added the file a9"},
        Case{"rewrite_rewrite_write_serializable",
             rewrite(Isolation::WriteSerializable),
             {said(false), added("a9")},
             "added the file a9"},
        Case{"metadata_append_write_serializable", changing_metadata(), {said(true), added("a9")}, "added the file a9"},
        Case{"rewrite_delete_elsewhere", rewrite(), {removed("b1")}, ""},
        Case{"rewrite_delete_of_read", rewrite(), {removed("a2")}, "removed rows from the file a2"},
        Case{"rewrite_delete_of_removed", rewrite(), {removed("a1")}, "replaces too"},
        Case{"rewrite_compaction_of_read", rewrite(), {removed("a2", false), added("a3", false)}, ""},
        Case{"rewrite_compaction_of_removed", rewrite(), {removed("a1", false), added("a3", false)}, "replaces too"},
        Case{"rewrite_same_path_written_otherwise", rewrite(), {removed("%61%31")}, "replaces too"},
        Case{"rewrite_same_application", rewrite(), {Txn{"app", 4, {}}}, "same application 'app'"},
        Case{"rewrite_other_application", rewrite(), {Txn{"other", 4, {}}}, ""},
        Case{"rewrite_domain", rewrite(), {DomainMetadata{"d", "", false}}, ""}),
    [](const auto& info) { return info.param.name; });

TEST(Conflict, NamesTheAuthor) {
  const auto conflict = find_conflict(rewrite(), {.version = 3, .actions = {said(false), removed("a1")}});
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->who, "WRITE by other/1");
}

TEST(Conflict, IsolationLevelIsAProperty) {
  EXPECT_EQ(isolation_level({}), Isolation::Serializable);
  EXPECT_EQ(isolation_level({{"delta.isolationLevel", "WriteSerializable"}}), Isolation::WriteSerializable);
  EXPECT_EQ(isolation_level({{"delta.isolationLevel", "Serializable"}}), Isolation::Serializable);
}

}  // namespace
}  // namespace lakelet::delta
