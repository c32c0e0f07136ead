// CALL: what a procedure is given, when it is refused, and how it ends.
#include "sql/procedure/procedure.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ProcedureTest : public SqlFixture {
 protected:
  ProcedureTest() {
    auto procedures = std::make_shared<ProcedureRegistry>();
    procedures->add(echo("lake_test_changing", true));
    procedures->add(echo("lake_test_looking", false));
    procedures->add(waiting());
    FormatContext context{stores_, engine_->tabular(), "lakelet/test", {}};
    session_ = std::make_unique<SqlSession>(engine_, formats_, context, nullptr, procedures);
  }

  // Gives its arguments back as text.
  Procedure echo(std::string name, bool changes) {
    Procedure procedure;
    procedure.name = std::move(name);
    procedure.positional = {{.name = "table", .type = TypeKind::String, .table = true}};
    procedure.named = {{.name = "days", .type = TypeKind::Int64},
                       {.name = "force", .type = TypeKind::Boolean},
                       {.name = "columns", .type = Type::list(TypeKind::String)},
                       {.name = "fail", .type = TypeKind::String}};
    procedure.columns =
        Schema({{.name = "argument", .type = TypeKind::String}, {.name = "value", .type = TypeKind::String}});
    procedure.changes = changes;
    procedure.run = [this](const ProcedureCall& call) {
      ++runs_;
      if (call.has("fail")) throw Error(ErrorCode::Conflict, call.text("fail"), "a hint");
      std::vector<std::vector<Value>> rows{{"table", call.text("table")}};
      if (const auto days = call.integer("days")) rows.push_back({"days", std::to_string(*days)});
      if (call.flag("force")) rows.push_back({"force", Value()});
      for (const Value& column : call.items("columns")) rows.push_back({"column", column});
      return all_rows(std::move(rows));
    };
    return procedure;
  }
  Procedure waiting() {
    Procedure procedure;
    procedure.name = "lake_test_waiting";
    procedure.columns = Schema({{.name = "n", .type = TypeKind::Int64}});
    procedure.run = [this](const ProcedureCall& call) -> ProcedureRows {
      waiting_ = true;
      while (true) {
        call.cancellation().check();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    };
    return procedure;
  }
  std::vector<std::string> call(const std::string& text) {
    sql::Rows result = session_->query(text);
    return text_of(result, 1);
  }

  int runs_ = 0;
  std::atomic<bool> waiting_ = false;
};

TEST_F(ProcedureTest, ArgumentsArriveWithTheirTypes) {
  const std::string t = make_table("t", "id bigint");
  EXPECT_THAT(call("CALL lake_test_changing(" + t + ")"), ElementsAre("memory://lake/t"));
  EXPECT_THAT(call("CALL lake_test_changing(" + t + ", days => 7, force => true, columns => ['a', 'b'])"),
              ElementsAre("memory://lake/t", "7", "NULL", "a", "b"));
  EXPECT_THAT(call("CALL lake_test_changing(" + t + ", days => NULL, force => false)"), ElementsAre("memory://lake/t"));
  EXPECT_EQ(runs_, 3);
}

TEST_F(ProcedureTest, WhatDoesNotFitIsRefused) {
  const std::string t = make_table("t", "id bigint");
  EXPECT_EQ(query_failure("CALL lake_test_changing()").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(query_failure("CALL lake_test_changing(NULL)").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(query_failure("CALL lake_test_changing(" + t + ", weeks => 1)").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(query_failure("CALL lake_test_changing(" + t + ", days => 'soon')").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(runs_, 0);
}

TEST_F(ProcedureTest, ATableOfAnAttachedLakeGoesByItsName) {
  make_table("t", "id bigint");
  run("ATTACH 'memory://lake' AS l (TYPE lakelet)");
  EXPECT_THAT(call("CALL lake_test_changing('l.t')"), ElementsAre("memory://lake/t"));
  EXPECT_THAT(call("CALL lake_test_changing('l.main.t')"), ElementsAre("memory://lake/t"));
  EXPECT_THAT(call("CALL lake_test_changing('nothing.is.here')"), ElementsAre("/nothing.is.here"));
  run("CREATE TABLE plain (a int)");
  EXPECT_THAT(query_failure("CALL lake_test_changing('plain')").message(), HasSubstr("plain"));
  run("DETACH l");
}

TEST_F(ProcedureTest, ErrorsComeOutAsTheyWereThrown) {
  const std::string t = make_table("t", "id bigint");
  const Error error = query_failure("CALL lake_test_changing(" + t + ", fail => 'lost')");
  EXPECT_EQ(error.code(), ErrorCode::Conflict);
  EXPECT_EQ(error.message(), "lost");
  EXPECT_EQ(error.hint(), "a hint");
}

TEST_F(ProcedureTest, AQueryDoesNotChangeTables) {
  const std::string t = make_table("t", "id bigint");
  EXPECT_THAT(query_failure("SELECT * FROM lake_test_changing(" + t + ")").hint(), HasSubstr("CALL"));
  run("EXPLAIN CALL lake_test_changing(" + t + ")");
  EXPECT_EQ(runs_, 0);
  EXPECT_EQ(rows("SELECT value AS r FROM lake_test_looking(" + t + ")").size(), 1u);
  EXPECT_EQ(runs_, 1);
}

TEST_F(ProcedureTest, ParametersAreBound) {
  make_table("t", "id bigint");
  sql::Rows bound = session_->query("CALL lake_test_changing($table)", {{"table", "memory://lake/t"}});
  EXPECT_THAT(text_of(bound, 1), ElementsAre("memory://lake/t"));
}

TEST_F(ProcedureTest, NotInATransactionThatChangedTheTable) {
  const std::string t = make_table("t", "id bigint"), other = make_table("other", "id bigint");
  run("BEGIN");
  run("SELECT * FROM " + t);
  call("CALL lake_test_changing(" + t + ")");
  run("INSERT INTO " + t + " VALUES (1)");
  call("CALL lake_test_changing(" + other + ")");
  const Error error = query_failure("CALL lake_test_changing(" + t + ")");
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.hint(), HasSubstr("COMMIT"));
  run("ROLLBACK");
  EXPECT_EQ(runs_, 2);
  run("BEGIN");
  run("DROP TABLE " + t);
  EXPECT_EQ(query_failure("CALL lake_test_changing(" + t + ")").code(), ErrorCode::InvalidArgument);
  run("ROLLBACK");
}

TEST_F(ProcedureTest, CancellingEndsIt) {
  std::thread other([this] {
    while (!waiting_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    session_->cancel();
  });
  EXPECT_EQ(query_failure("CALL lake_test_waiting()").code(), ErrorCode::Cancelled);
  other.join();
  EXPECT_EQ(query_failure("CALL lake_test_waiting()").code(), ErrorCode::Cancelled);  // before it starts
}

TEST_F(ProcedureTest, OneNameIsOneProcedure) {
  ProcedureRegistry registry;
  registry.add(waiting());
  EXPECT_THROW(registry.add(waiting()), Error);
}

}  // namespace
}  // namespace lakelet::sql
