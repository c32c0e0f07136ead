#include "formats/delta/protocol/row_tracking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;

Metadata tracked() {
  Metadata metadata;
  metadata.configuration = {{"delta.enableRowTracking", "true"},
                            {"delta.rowTracking.materializedRowIdColumnName", "_row-id-col-1"},
                            {"delta.rowTracking.materializedRowCommitVersionColumnName", "_row-commit-version-col-2"}};
  return metadata;
}
Protocol supporting() {
  return {1, 7, {}, {"rowTracking", "domainMetadata"}};
}

Error refusal(const Protocol& protocol, const Metadata& metadata) {
  try {
    read_row_tracking(protocol, metadata, "t");
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorCode::Internal, "");
}

TEST(RowTracking, NamesTheColumnsOfTheFiles) {
  const RowTracking tracking = read_row_tracking(supporting(), tracked(), "t");
  EXPECT_EQ(tracking.row_id.name, "_row_id");
  EXPECT_EQ(tracking.row_id.file_name(), "_row-id-col-1");
  EXPECT_EQ(tracking.row_version.name, "_row_commit_version");
  EXPECT_EQ(tracking.row_version.file_name(), "_row-commit-version-col-2");
  EXPECT_TRUE(tracking.complete);
}

TEST(RowTracking, IsReadOnlyWhereItIsEnabled) {
  Metadata supported = tracked();
  supported.configuration["delta.enableRowTracking"] = "false";
  const Error error = refusal(supporting(), supported);
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.message(), HasSubstr("only supports the feature rowTracking"));
  EXPECT_EQ(refusal({1, 2, {}, {}}, {}).code(), ErrorCode::UnsupportedFeature);
}

TEST(RowTracking, ContradictionsAreCorrupt) {
  EXPECT_EQ(refusal({1, 2, {}, {}}, tracked()).code(), ErrorCode::CorruptTable);
  Metadata nameless = tracked();
  nameless.configuration.erase("delta.rowTracking.materializedRowIdColumnName");
  EXPECT_THAT(refusal(supporting(), nameless).message(), HasSubstr("materializedRowIdColumnName"));
}

}  // namespace
}  // namespace lakelet::delta
