// Columns that are renamed, dropped and widened, and what the log says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/log/log_names.h"
#include "formats/delta/schema/column_uses.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"
#include "table/schema_alteration.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;
using testing::Not;

class MetadataChangeTest : public testing::Test {
 protected:
  MetadataChangeTest() {
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
  std::shared_ptr<const DeltaSnapshot> latest() {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaTable(context_, location_).snapshot(LatestVersion{}));
  }
  std::unique_ptr<Transaction> begin() { return begin_transaction(context_, latest()); }
  void append(std::vector<Value> partition = {}) {
    auto transaction = begin();
    DataFile file;
    file.uri = transaction->new_file_uri(partition, make_uuid_text());
    file.bytes = 10;
    file.rows = 1;
    file.partition_values = std::move(partition);
    transaction->add(std::move(file));
    commit(*transaction);
  }
  Version commit(Transaction& transaction, Operation operation = Operation::ChangeSchema) {
    CommitInfo info;
    info.operation = operation;
    return require_committed(transaction.commit(info, {}), location_.uri).version;
  }
  void set(Properties properties) {
    auto transaction = begin();
    Properties all = transaction->base().properties();
    for (auto& [name, value] : properties) all[name] = value;
    transaction->set_properties(std::move(all));
    commit(*transaction, Operation::SetProperties);
  }
  void alter(const Alteration& change, bool rows_read = false) {
    auto transaction = begin();
    if (rows_read) transaction->read_where(Predicate::always());
    transaction->set_schema(altered(transaction->base().schema(), change));
    commit(*transaction);
  }
  template <typename Call>
  static Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::Internal, "none");
  }
  std::string newest_commit() {
    return location_.store->read_all(log_path(location_, commit_name(latest()->version())));
  }
  std::string schema_text() { return latest()->metadata_action().schema_string; }

  FormatContext context_;
  Location location_;
};

TEST_F(MetadataChangeTest, AnExistingTableGetsColumnMapping) {
  create("id int, s struct<a: int, b: array<struct<c: int>>>, p string", {}, {"p"});
  append({Value("x")});
  set({{"delta.columnMapping.mode", "name"}});
  const auto snapshot = latest();
  EXPECT_EQ(snapshot->protocol(), (Protocol{2, 7, {}, {"appendOnly", "invariants", "columnMapping"}}));
  EXPECT_EQ(snapshot->properties().at("delta.columnMapping.maxColumnId"), "6");
  EXPECT_EQ(snapshot->schema()[0].physical_name, "id");
  EXPECT_EQ(snapshot->schema()[1].type.children()[0].physical_name, "a");
  EXPECT_EQ(snapshot->write_layout().file_schema[0].name, "id");

  alter(RenameColumn{{"id"}, "number"});
  EXPECT_THAT(newest_commit(), HasSubstr("RENAME COLUMN"));
  alter(RenameColumn{{"p"}, "part"});
  alter(DropColumn{{"s", "b"}});
  EXPECT_EQ(to_string(latest()->schema()), "number int, s struct<a: int>, part string");
  EXPECT_EQ(latest()->metadata_action().partition_columns, std::vector<std::string>{"part"});
  EXPECT_EQ(latest()->schema()[0].physical_name, "id");
  EXPECT_EQ(latest()->write_layout().file_schema[0].name, "id");
  const auto plan = latest()->plan({});
  EXPECT_EQ(plan->next()->file.partition_values[0], Value("x"));

  Field again;
  again.name = "id";
  again.type = TypeKind::String;
  alter(AddColumn{{}, again, {}});
  const Field added = latest()->schema()[3];
  EXPECT_EQ(added.id, 7);
  EXPECT_THAT(added.physical_name, HasSubstr("col-"));
  EXPECT_EQ(latest()->properties().at("delta.columnMapping.maxColumnId"), "7");
  alter(DropColumn{{"id"}});
  alter(AddColumn{{}, again, {}});
  EXPECT_EQ(latest()->schema()[3].id, 8);  // an id is never given twice
}

TEST_F(MetadataChangeTest, ANewTableMayHaveIds) {
  create("id int, s struct<a: int>", {{"delta.columnMapping.mode", "id"}});
  EXPECT_EQ(latest()->protocol(), (Protocol{2, 7, {}, {"columnMapping"}}));
  EXPECT_EQ(latest()->column_matching(), ColumnMatching::ById);
  EXPECT_EQ(latest()->schema()[1].type.children()[0].id, 3);
  EXPECT_THAT(latest()->schema()[0].physical_name, HasSubstr("col-"));
  EXPECT_EQ(error_of([&] { set({{"delta.columnMapping.mode", "name"}}); }).code(), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(error_of([&] { set({{"delta.columnMapping.maxColumnId", "99"}}); }).code(), ErrorCode::InvalidArgument);
}

TEST_F(MetadataChangeTest, WithoutMappingColumnsStay) {
  create("id int, a int");
  append();
  const Error error = error_of([&] { alter(RenameColumn{{"a"}, "b"}); });
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.hint(), HasSubstr("delta.columnMapping.mode"));
  EXPECT_EQ(error_of([&] { set({{"delta.columnMapping.mode", "id"}}); }).code(), ErrorCode::UnsupportedFeature);
}

TEST_F(MetadataChangeTest, TypesGetWiderWhereTheTableSaysSo) {
  create("a tinyint, d decimal(5,2), l array<int>, m map<int, struct<x: float>>, t date, p smallint", {}, {"p"});
  append({Value(std::int64_t{5})});
  const Alteration wider = SetColumnType{{"a"}, TypeKind::Int32};
  const Error refused = error_of([&] { alter(wider); });
  EXPECT_EQ(refused.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(refused.hint(), HasSubstr("delta.enableTypeWidening"));
  EXPECT_FALSE(latest()->widens(TypeKind::Int8, TypeKind::Int32));

  set({{"delta.enableTypeWidening", "true"}});
  EXPECT_EQ(latest()->protocol(), (Protocol{3, 7, {"typeWidening"}, {"appendOnly", "invariants", "typeWidening"}}));
  EXPECT_TRUE(latest()->widens(TypeKind::Int8, TypeKind::Int32));
  alter(wider);
  alter(SetColumnType{{"a"}, TypeKind::Int64});
  alter(SetColumnType{{"d"}, Type::decimal(10, 4)});
  alter(SetColumnType{{"l", "element"}, TypeKind::Int64});
  alter(SetColumnType{{"m", "key"}, TypeKind::Int64});
  alter(SetColumnType{{"m", "value", "x"}, TypeKind::Double});
  alter(SetColumnType{{"t"}, TypeKind::Timestamp});
  alter(SetColumnType{{"p"}, TypeKind::Int32});
  EXPECT_THAT(newest_commit(), HasSubstr("CHANGE COLUMN"));
  EXPECT_THAT(
      schema_text(),
      HasSubstr(
          R"("delta.typeChanges":[{"fromType":"byte","toType":"integer"},{"fromType":"integer","toType":"long"}])"));
  EXPECT_THAT(schema_text(), HasSubstr(R"x({"fromType":"decimal(5,2)","toType":"decimal(10,4)"})x"));
  EXPECT_THAT(schema_text(), HasSubstr(R"({"fromType":"integer","toType":"long","fieldPath":"element"})"));
  EXPECT_THAT(schema_text(), HasSubstr(R"({"fromType":"integer","toType":"long","fieldPath":"key"})"));
  EXPECT_THAT(schema_text(), HasSubstr(R"({"fromType":"float","toType":"double"})"));
  EXPECT_THAT(latest()->protocol().reader_features, testing::Contains("timestampNtz"));
  for (const auto& [column, type] : {std::pair{"a", Type(TypeKind::Int32)},
                                     {"a", Type(TypeKind::Double)},
                                     {"a", Type(TypeKind::String)},
                                     {"d", Type::decimal(11, 6)}}) {
    EXPECT_EQ(error_of([&] { alter(SetColumnType{{column}, type}); }).code(), ErrorCode::InvalidArgument) << column;
  }
}

TEST_F(MetadataChangeTest, NotNullNeedsALookAtTheRows) {
  create("a int, b int not null");
  append();
  EXPECT_EQ(error_of([&] { alter(SetNotNull{{"a"}, true}); }).code(), ErrorCode::InvalidArgument);
  alter(SetNotNull{{"a"}, true}, true);
  alter(SetNotNull{{"b"}, false});
  EXPECT_EQ(to_string(latest()->schema()), "a int not null, b int");
}

TEST_F(MetadataChangeTest, AConstraintHoldsItsColumns) {
  create("a int, b int, c int", {{"delta.columnMapping.mode", "name"}});
  auto transaction = begin();
  transaction->set_constraint("Positive", "a > 0 AND `b` < 5");
  commit(*transaction, Operation::SetProperties);
  EXPECT_EQ(latest()->properties().at("delta.constraints.positive"), "a > 0 AND `b` < 5");
  EXPECT_THAT(latest()->protocol().writer_features, testing::Contains("checkConstraints"));
  EXPECT_THAT(newest_commit(), HasSubstr("ADD CONSTRAINT"));
  EXPECT_THAT(error_of([&] { begin()->set_schema(altered(latest()->schema(), DropColumn{{"b"}})); }).message(),
              HasSubstr("the constraint positive"));
  EXPECT_NO_THROW(begin()->set_schema(altered(latest()->schema(), DropColumn{{"c"}})));
  EXPECT_EQ(error_of([&] { begin()->set_constraint("POSITIVE", "a > 1"); }).code(), ErrorCode::AlreadyExists);
  EXPECT_EQ(error_of([&] { begin()->set_constraint("other", std::nullopt); }).code(), ErrorCode::NotFound);
  Properties properties = latest()->properties();
  properties["delta.constraints.sneaked"] = "a > 2";
  EXPECT_EQ(error_of([&] { begin()->set_properties(properties); }).code(), ErrorCode::InvalidArgument);
}

TEST_F(MetadataChangeTest, APreviewShowsWhatIsNotCommittedYet) {
  create("a int", {{"delta.columnMapping.mode", "name"}});
  append();
  auto transaction = begin();
  EXPECT_EQ(transaction->preview(), transaction->base_pointer());
  transaction->set_schema(parse_schema("b int"));
  transaction->set_properties({{"delta.columnMapping.mode", "name"}, {"mine", "1"}});
  const auto preview = transaction->preview();
  EXPECT_EQ(preview->schema()[0].name, "b");
  EXPECT_EQ(preview->schema()[0].id, 2);
  EXPECT_EQ(preview->properties().at("mine"), "1");
  EXPECT_EQ(preview->properties().at("delta.columnMapping.maxColumnId"), "2");
  EXPECT_EQ(preview->version(), 1);
  EXPECT_TRUE(preview->plan({})->next().has_value());
}

TEST_F(MetadataChangeTest, PartitionColumnsAndVoidColumnsStay) {
  create("a int, p int", {{"delta.columnMapping.mode", "name"}}, {"p"});
  EXPECT_EQ(error_of([&] { alter(DropColumn{{"p"}}); }).code(), ErrorCode::InvalidArgument);
}

TEST(ColumnUsesTest, WordsOfTheirOwn) {
  EXPECT_TRUE(mentions("a > 0", "A"));
  EXPECT_TRUE(mentions("length(`a b`) > 0", "a b"));
  EXPECT_TRUE(mentions("\"a\" is not null", "a"));
  EXPECT_FALSE(mentions("aa > 0 and b = 'a'", "a"));
  EXPECT_TRUE(mentions("b = 'it\\'s' and a > 0", "a"));
}

TEST_F(MetadataChangeTest, RulesOfColumnsAreMetadataAndFeatures) {
  create("a int, b bigint, c int");
  append();
  auto transaction = begin();
  transaction->set_value_rule("A", DefaultValue{"1 + 2"});
  EXPECT_THAT(error_of([&] { transaction->set_value_rule("none", DefaultValue{"1"}); }).what(),
              HasSubstr("no column 'none'"));
  EXPECT_EQ(error_of([&] { transaction->set_value_rule("c", std::nullopt); }).code(), ErrorCode::NotFound);
  commit(*transaction);
  auto now = latest();
  EXPECT_EQ(now->row_rules().defaults.at(0).column, "a");
  EXPECT_THAT(now->protocol().writer_features, testing::Contains("allowColumnDefaults"));
  EXPECT_THAT(now->protocol().writer_features, Not(testing::Contains("generatedColumns")));
  EXPECT_EQ(now->protocol().reader_version, 1);

  transaction = begin();
  transaction->set_value_rule("c", GeneratedValue{"a + 1"});
  EXPECT_THAT(error_of([&] { commit(*transaction); }).what(), HasSubstr("the files that are there don't have its"));
  transaction = begin();
  EXPECT_THAT(error_of([&] { transaction->set_value_rule("a", GeneratedValue{"c + 1"}); }).what(),
              HasSubstr("has a default"));
  EXPECT_THAT(error_of([&] { transaction->set_value_rule("c", IdentityValue{}); }).what(),
              HasSubstr("identity column 'c' is int"));
  EXPECT_THAT(error_of([&] { transaction->set_value_rule("b", IdentityValue{1, 0}); }).what(), HasSubstr("steps of 0"));
  transaction->set_value_rule("a", std::nullopt);
  commit(*transaction);
  EXPECT_TRUE(latest()->row_rules().empty());
}

// Spark doesn't open a table with features whose NOT NULL isn't among them.
TEST_F(MetadataChangeTest, NotNullIsAnInvariant) {
  create("a int, s struct<b: int not null>", {{"delta.enableDeletionVectors", "true"}});
  EXPECT_THAT(latest()->protocol().writer_features, testing::Contains("invariants"));
}

TEST_F(MetadataChangeTest, ATableThatIsMadeAnewHasNoOldRules) {
  create("a int, b bigint");
  auto transaction = begin();
  transaction->set_constraint("positive", "a > 0");
  transaction->set_value_rule("b", IdentityValue{5, -1, true});
  commit(*transaction);
  EXPECT_EQ(latest()->row_rules().identities.at(0).step, -1);
  transaction = begin();
  transaction->clear_rules();
  transaction->set_schema(parse_schema("c int"));
  commit(*transaction);
  EXPECT_TRUE(latest()->row_rules().empty());
}

// Else the next id would be 1, which a row may have.
TEST_F(MetadataChangeTest, RulesThatTheProtocolLacksDoNotComeToLife) {
  const auto expect_forgotten = [&](const std::string& place, const std::function<void(Transaction&)>& change) {
    location_ = context_.stores->resolve("memory://test/" + place);
    create("id bigint, g int, v int");
    auto transaction = begin();
    transaction->set_value_rule("id", IdentityValue{});
    transaction->set_value_rule("g", GeneratedValue{"v + 1"});
    commit(*transaction);
    location_.store->put(log_path(location_, commit_name(2)),
                         R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})");
    append();
    EXPECT_THAT(latest()->metadata_action().schema_string, HasSubstr("delta.identity"));
    EXPECT_TRUE(latest()->row_rules().empty());
    transaction = begin();
    change(*transaction);
    commit(*transaction);
    EXPECT_THAT(latest()->metadata_action().schema_string, Not(HasSubstr("delta.identity")));
    EXPECT_THAT(latest()->metadata_action().schema_string, Not(HasSubstr("delta.generationExpression")));
    EXPECT_THAT(latest()->protocol().writer_features, Not(testing::Contains("generatedColumns")));
    EXPECT_TRUE(latest()->row_rules().identities.empty());
    EXPECT_TRUE(latest()->row_rules().generated.empty());
  };
  expect_forgotten("a", [](Transaction& change) {
    change.set_schema(altered(change.base().schema(), AddColumn{{}, {"w", Type(TypeKind::Int32)}, std::nullopt}));
  });
  expect_forgotten("b", [](Transaction& change) { change.set_properties({{"delta.enableDeletionVectors", "true"}}); });
  expect_forgotten("c", [](Transaction& change) {
    change.set_properties({{"delta.feature.identityColumns", "supported"}});
  });
  expect_forgotten("d", [](Transaction& change) { change.set_value_rule("v", DefaultValue{"1"}); });
}

TEST_F(MetadataChangeTest, DomainsComeAndGo) {
  create("a int");
  auto transaction = begin();
  transaction->set_domain("mine", R"({"x": 1})");
  EXPECT_EQ(error_of([&] { transaction->set_domain("delta.rowTracking", "{}"); }).code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { transaction->set_domain("other", std::nullopt); }).code(), ErrorCode::NotFound);
  commit(*transaction);
  EXPECT_EQ(latest()->domains().at("mine"), R"({"x": 1})");
  auto slow = begin(), fast = begin(), elsewhere = begin();
  slow->set_domain("mine", "2");
  fast->set_domain("mine", std::nullopt);
  elsewhere->set_domain("another", "3");
  commit(*fast);
  const auto outcome = slow->commit({}, {});
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_THAT(std::get<Conflict>(outcome).what, HasSubstr("the same domain 'mine'"));
  commit(*elsewhere);
  EXPECT_EQ(latest()->domains().size(), 1u);
}

TEST_F(MetadataChangeTest, RowTrackingSwitchedOnNumbersTheFiles) {
  create("a int");
  append();
  append();
  auto slow = begin();
  set({{"delta.enableRowTracking", "true"}});
  const auto now = latest();
  std::set<std::int64_t> ids;
  std::int64_t files = 0;
  now->for_each_file([&](const AddFile& file) {
    ids.insert(file.base_row_id.value());
    EXPECT_EQ(file.default_row_commit_version, now->version());
    EXPECT_FALSE(file.data_change);
    ++files;
    return true;
  });
  EXPECT_EQ(files, 2);
  EXPECT_EQ(ids, (std::set<std::int64_t>{0, 1}));
  EXPECT_EQ(now->domains().at("delta.rowTracking"), R"({"rowIdHighWaterMark":1})");
  append();
  EXPECT_EQ(latest()->domains().at("delta.rowTracking"), R"({"rowIdHighWaterMark":2})");
  slow->set_properties({{"delta.enableRowTracking", "true"}});
  EXPECT_TRUE(std::holds_alternative<Conflict>(slow->commit({}, {})));
}

TEST_F(MetadataChangeTest, FilesThatComeInBetweenHaveNoIds) {
  create("a int");
  append();
  auto slow = begin();
  slow->set_properties({{"delta.enableRowTracking", "true"}});
  append();
  EXPECT_TRUE(std::holds_alternative<Conflict>(slow->commit({}, {})));
}

TEST_F(MetadataChangeTest, ListedColumnsFollow) {
  create("a int, b int", {{"delta.columnMapping.mode", "name"}, {"delta.dataSkippingStatsColumns", "a,b"}});
  alter(RenameColumn{{"a"}, "z"});
  EXPECT_EQ(latest()->properties().at("delta.dataSkippingStatsColumns"), "z,b");
  alter(DropColumn{{"b"}});
  EXPECT_EQ(latest()->properties().at("delta.dataSkippingStatsColumns"), "z");
}

}  // namespace
}  // namespace lakelet::delta
