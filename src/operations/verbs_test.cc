// The verbs on a table of a format that isn't known by name here.
#include "operations/operations_fixture.h"

namespace lakelet::operations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VerbsTest : public OperationsFixture {
 protected:
  // (1, a), (2, b), (3, NULL)
  std::string three_rows() {
    const std::string table = make_table("t", "id int, name string");
    run(plan_append(table, rows_of("select * from (values (1, 'a'), (2, 'b'), (3, null)) as v(id, name)"), {}));
    return table;
  }
  MergeStep step(MergeMatch match, MergeAction action, bool all, Assignments set = {}, std::string condition = {}) {
    return {match, action, all, std::move(set), std::move(condition)};
  }
};

TEST_F(VerbsTest, CreateMakesAnEmptyTableOnce) {
  CreateOptions options;
  options.partition_by = {"NAME"};
  const std::string table = make_table("t", "id int, name string", options);
  EXPECT_THAT(table_rows(table), IsEmpty());
  EXPECT_THAT(session_->table(table)->snapshot(LatestVersion{})->partitioning().columns(), ElementsAre("name"));
  EXPECT_EQ(failure([&] { make_table("t", "id int"); }).code(), ErrorCode::AlreadyExists);
}

TEST_F(VerbsTest, CreateRefusesWhatNoTableCanBe) {
  EXPECT_EQ(failure([&] { make_table("a", ""); }).code(), ErrorCode::InvalidArgument);
  CreateOptions options;
  options.partition_by = {"nope"};
  EXPECT_THAT(failure([&] { make_table("b", "id int", options); }).message(), HasSubstr("nope"));
  options.partition_by = {"id", "ID"};
  EXPECT_EQ(failure([&] { make_table("c", "id int", options); }).code(), ErrorCode::InvalidArgument);
  options = {};
  options.format = "nonsense";
  const Error error = failure([&] { make_table("d", "id int", options); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.hint(), HasSubstr("memory_format"));
}

TEST_F(VerbsTest, AppendAddsRowsByName) {
  const std::string table = three_rows();
  const Report report = run(plan_append(table, rows_of("select 'd' as name, 4 as id"), {}));
  EXPECT_EQ(report.version, 2);
  EXPECT_EQ(report.rows_inserted, 1);
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|b", "3|NULL", "4|d"));
}

TEST_F(VerbsTest, AppendRefusesColumnsThatTheTableDoesNotHave) {
  const std::string table = three_rows();
  const Error error = failure([&] { run(plan_append(table, rows_of("select 4 as id, 5 as extra"), {})); });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
  EXPECT_THAT(error.message(), HasSubstr("extra"));
  EXPECT_THAT(table_rows(table), SizeIs(3));
}

TEST_F(VerbsTest, AppendAddsColumnsWhereAskedTo) {
  const std::string table = three_rows();
  WriteOptions options;
  options.schema_mode = SchemaMode::Merge;
  run(plan_append(table, rows_of("select 4 as id, 5 as extra"), options));
  EXPECT_THAT(table_rows(table), ElementsAre("1|a|NULL", "2|b|NULL", "3|NULL|NULL", "4|NULL|5"));
  options.schema_mode = SchemaMode::Overwrite;
  EXPECT_EQ(failure([&] { plan_append(table, rows_of("select 1 as id"), options); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(VerbsTest, AppendMakesATableWithItsFirstRows) {
  sql::NewTable created;
  created.spec.partition_by = {"name"};
  const Report report = run(plan_append(uri("new"), rows_of("select 1 as id, 'a' as name"), {}, std::move(created)));
  EXPECT_EQ(report.version, 0);
  EXPECT_THAT(table_rows(uri("new")), ElementsAre("1|a"));
}

TEST_F(VerbsTest, OverwriteReplacesEverything) {
  const std::string table = three_rows();
  run(plan_overwrite(table, rows_of("select 9 as id, 'z' as name"), "", {}));
  EXPECT_THAT(table_rows(table), ElementsAre("9|z"));
}

TEST_F(VerbsTest, OverwriteWhereReplacesOnlyThoseRows) {
  const std::string table = three_rows();
  const Report report = run(plan_overwrite(table, rows_of("select 2 as id, 'new' as name"), "id = 2", {}));
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|new", "3|NULL"));
}

TEST_F(VerbsTest, OverwriteWhereKeepsRowsForWhichThePredicateIsNull) {
  const std::string table = three_rows();
  run(plan_overwrite(table, rows_of("select 7 as id, 'b' as name"), "name >= 'a'", {}));
  EXPECT_THAT(table_rows(table), ElementsAre("3|NULL", "7|b"));
}

TEST_F(VerbsTest, OverwriteWhereRefusesRowsOutsideOfIt) {
  const std::string table = three_rows();
  for (const char* row : {"select 3 as id, 'x' as name", "select null::int as id, 'x' as name"}) {
    const Error error = failure([&] { run(plan_overwrite(table, rows_of(row), "id = 2", {})); });
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << row;
    EXPECT_THAT(error.message(), HasSubstr("id = 2"));
  }
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|b", "3|NULL"));
}

TEST_F(VerbsTest, DeleteRemovesRowsForWhichThePredicateIsTrue) {
  const std::string table = three_rows();
  const Report report = run(plan_delete(table, "name <> 'a' -- all others", {}));
  EXPECT_EQ(report.rows_deleted, 1);
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "3|NULL"));
  run(plan_delete(table, "", {}));
  EXPECT_THAT(table_rows(table), IsEmpty());
}

TEST_F(VerbsTest, UpdateSetsColumnsFromTheOldRow) {
  const std::string table = three_rows();
  const Report report =
      run(plan_update(table, schema(table), {{"ID", "id * 10"}, {"name", "name || id"}}, "id < 3", {}));
  EXPECT_EQ(report.rows_updated, 2);
  EXPECT_THAT(table_rows(table), ElementsAre("3|NULL", "10|a1", "20|b2"));
}

TEST_F(VerbsTest, UpdateRefusesColumnsThatAreNotThereOrTwice) {
  const std::string table = three_rows();
  const Error error = failure([&] { plan_update(table, schema(table), {{"nope", "1"}}, "", {}); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("nope"));
  EXPECT_THROW(plan_update(table, schema(table), {{"id", "1"}, {"ID", "2"}}, "", {}), Error);
  EXPECT_THROW(plan_update(table, schema(table), {}, "", {}), Error);
}

TEST_F(VerbsTest, TextThatIsNotOneExpressionIsRefused) {
  const std::string table = three_rows();
  const std::string evil = "1=1); DROP TABLE x; --";
  const Relation source = rows_of("select 1 as id");
  const Assignments evil_set = {{"id", "1, name = 'x'"}};
  for (const auto& plan : std::vector<std::function<void()>>{
           [&] { plan_delete(table, evil, {}); },
           [&] {
             plan_update(table, schema(table), {{"id", "1"}}, evil, {});
           },
           [&] { plan_update(table, schema(table), evil_set, "", {}); },
           [&] { plan_overwrite(table, source, evil, {}); },
           [&] {
             plan_merge(table, schema(table), source, evil, {step(MergeMatch::Matched, MergeAction::Delete, false)},
                        {});
           },
           [&] {
             plan_merge(table, schema(table), source, "true",
                        {step(MergeMatch::Matched, MergeAction::Delete, false, {}, evil)}, {});
           },
           [&] {
             plan_merge(table, schema(table), source, "true",
                        {step(MergeMatch::NotMatched, MergeAction::Insert, false, evil_set)}, {});
           },
           [&] { rows_of("select 1; drop table x"); },
           [&] { rows_of("delete from t"); },
       }) {
    EXPECT_EQ(failure(plan).code(), ErrorCode::InvalidArgument);
  }
  EXPECT_THAT(table_rows(table), SizeIs(3));
}

TEST_F(VerbsTest, PathsAndNamesAreQuoted) {
  const std::string table = make_table("it's \"odd\"", "\"a \"\"b\"\"\" int");
  run(plan_append(table, rows_of("select 1 as \"a \"\"b\"\"\""), {}));
  run(plan_update(table, schema(table), {{"a \"b\"", "2"}}, "", {}));
  EXPECT_THAT(table_rows(table), ElementsAre("2"));
}

TEST_F(VerbsTest, MergeUpdatesInsertsAndDeletes) {
  const std::string table = three_rows();
  const Relation source = rows_of("select * from (values (2, 'B'), (3, 'gone'), (4, 'd')) as v(id, name)");
  const Report report = run(plan_merge(
      table, schema(table), source, "target.id = source.id",
      {step(MergeMatch::Matched, MergeAction::Delete, false, {}, "source.name = 'gone'"),
       step(MergeMatch::Matched, MergeAction::Update, true), step(MergeMatch::NotMatched, MergeAction::Insert, true)},
      {}));
  EXPECT_EQ(report.version, 2);
  EXPECT_EQ(report.rows_updated, 1);
  EXPECT_EQ(report.rows_deleted, 1);
  EXPECT_EQ(report.rows_inserted, 1);
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|B", "4|d"));
}

TEST_F(VerbsTest, MergeChangesRowsThatTheSourceDoesNotHave) {
  const std::string table = three_rows();
  const Relation source = rows_of("select 2 as id, 'B' as name");
  run(plan_merge(
      table, schema(table), source, "target.id = source.id",
      {step(MergeMatch::NotMatchedBySource, MergeAction::Update, false, {{"name", "'old'"}}, "target.id = 1"),
       step(MergeMatch::NotMatchedBySource, MergeAction::Delete, false)},
      {}));
  EXPECT_THAT(table_rows(table), ElementsAre("1|old", "2|b"));
}

TEST_F(VerbsTest, MergeInsertsTheColumnsThatAreNamed) {
  const std::string table = three_rows();
  run(plan_merge(table, schema(table), rows_of("select 8 as k"), "target.id = source.k",
                 {step(MergeMatch::NotMatched, MergeAction::Insert, false, {{"id", "source.k"}})}, {}));
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|b", "3|NULL", "8|NULL"));
}

TEST_F(VerbsTest, MergeRefusesTwoSourceRowsForOneRow) {
  const std::string table = three_rows();
  const Relation source = rows_of("select * from (values (2, 'x'), (2, 'y')) as v(id, name)");
  const Error error = failure([&] {
    run(plan_merge(table, schema(table), source, "target.id = source.id",
                   {step(MergeMatch::Matched, MergeAction::Update, true)}, {}));
  });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
  EXPECT_THAT(table_rows(table), ElementsAre("1|a", "2|b", "3|NULL"));
}

TEST_F(VerbsTest, MergeOfAllColumnsNeedsThemInTheTable) {
  const std::string table = three_rows();
  const Error error = failure([&] {
    plan_merge(table, schema(table), rows_of("select 1 as id, 2 as extra"), "target.id = source.id",
               {step(MergeMatch::NotMatched, MergeAction::Insert, true)}, {});
  });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
  EXPECT_THAT(error.message(), HasSubstr("extra"));
  EXPECT_THROW(plan_merge(table, schema(table), rows_of("select 1 as id"), "true", {}, {}), Error);
}

TEST_F(VerbsTest, MergeAddsTheColumnsThatItWritesWhereAskedTo) {
  const std::string table = three_rows();
  WriteOptions options;
  options.schema_mode = SchemaMode::Merge;
  const auto all = std::vector{step(MergeMatch::Matched, MergeAction::Update, true),
                               step(MergeMatch::NotMatched, MergeAction::Insert, true)};
  const std::string rows = "select 1 as id, 'm' as name, 10::BIGINT as extra union all select 7, 'n', 70";
  const Report report = run(plan_merge(table, schema(table), rows_of(rows), "target.id = source.id", all, options));
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(table_rows(table), ElementsAre("1|m|10", "2|b|NULL", "3|NULL|NULL", "7|n|70"));
  auto one = step(MergeMatch::Matched, MergeAction::Update, false);
  one.set = {{"More", "source.more + 1"}};
  run(plan_merge(table, schema(table), rows_of("select 2 as id, 5 as more, 6 as unused"), "target.id = source.id",
                 {one}, options));
  EXPECT_EQ(to_string(schema(table)), "id int, name string, extra bigint, more int");
  EXPECT_THAT(table_rows(table), ElementsAre("1|m|10|NULL", "2|b|NULL|6", "3|NULL|NULL|NULL", "7|n|70|NULL"));
  options.schema_mode = SchemaMode::Overwrite;
  EXPECT_EQ(failure([&] { plan_merge(table, schema(table), rows_of(rows), "true", all, options); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(VerbsTest, IfVersionRefusesATableThatMoved) {
  const std::string table = three_rows();
  WriteOptions options;
  options.if_version = 0;
  const Error error = failure([&] { run(plan_delete(table, "id = 1", options)); });
  EXPECT_EQ(error.code(), ErrorCode::Conflict) << error.what();
  options.if_version = 1;
  EXPECT_EQ(run(plan_delete(table, "id = 1", options)).version, 2);
}

TEST_F(VerbsTest, AnApplicationsWriteIsMadeOnce) {
  const std::string table = three_rows();
  WriteOptions options;
  options.application_version = {"loader", 7};
  run(plan_append(table, rows_of("select 4 as id"), options));
  run(plan_append(table, rows_of("select 4 as id"), options));
  EXPECT_THAT(table_rows(table), SizeIs(4));
}

TEST_F(VerbsTest, APlanChangesNothing) {
  const std::string table = three_rows();
  plan_delete(table, "", {});
  plan_overwrite(table, rows_of("select 1 as id"), "id = 1", {});
  EXPECT_THAT(table_rows(table), SizeIs(3));
}

}  // namespace
}  // namespace lakelet::operations
