// Changes of what a table is: its columns, properties and names.
#include "contract/format_contract.h"
#include "table/schema_alteration.h"

namespace lakelet {
namespace {

Field field(const std::string& text) {
  return parse_schema(text)[0];
}

TEST_P(FormatContract, APreviewShowsWhatIsNotCommittedYet) {
  append(*create());
  auto table = open();
  auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->set_schema(altered(transaction->base().schema(), AddColumn{{}, field("extra int"), {}}));
  Properties properties = transaction->base().properties();
  properties["mine"] = "1";
  transaction->set_properties(properties);
  transaction->set_name("n", "d");
  const auto preview = transaction->preview();
  EXPECT_EQ(preview->schema().size(), 4u);
  EXPECT_EQ(preview->properties().at("mine"), "1");
  EXPECT_EQ(preview->metadata().description, "d");
  EXPECT_EQ(preview->version(), transaction->base().version());
  EXPECT_EQ(plan(*preview).size(), 1u);
  EXPECT_EQ(latest()->schema().size(), 3u);
  commit(*transaction, Operation::ChangeSchema);
  EXPECT_EQ(latest()->schema(), preview->schema());
  EXPECT_EQ(latest()->properties().at("mine"), "1");
  EXPECT_EQ(latest()->metadata().name, "n");
}

TEST_P(FormatContract, ColumnsThatFilesHaveByNameStay) {
  append(*create());
  if (latest()->column_matching() == ColumnMatching::ById) GTEST_SKIP() << "files have their columns by id";
  for (const Alteration& change : {Alteration(DropColumn{{"value"}}), Alteration(RenameColumn{{"value"}, "other"})}) {
    auto table = open();
    auto transaction = table->begin(table->snapshot(LatestVersion{}));
    const Error error = error_of([&] {
      transaction->set_schema(altered(transaction->base().schema(), change));
      try_commit(*transaction, {}, Operation::ChangeSchema);
    });
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(ordinal(latest()->version()), 1);
}

TEST_P(FormatContract, ColumnsMoveAndGetComments) {
  append(*create());
  auto table = open();
  auto transaction = table->begin(table->snapshot(LatestVersion{}));
  Schema schema = altered(transaction->base().schema(), MoveColumn{{"value"}, {}});
  schema = altered(schema, SetColumnComment{{"city"}, "where"});
  transaction->set_schema(schema);
  commit(*transaction, Operation::ChangeSchema);
  EXPECT_EQ(latest()->schema()[0].name, "value");
  EXPECT_EQ(latest()->schema().find("city")->doc, "where");
}

TEST_P(FormatContract, ADroppedTableIsGone) {
  create();
  EXPECT_TRUE(format->detect(location));
  format->drop(context, location);
  EXPECT_FALSE(format->detect(location));
  create();
  EXPECT_EQ(ordinal(latest()->version()), 0);
}

}  // namespace
}  // namespace lakelet
