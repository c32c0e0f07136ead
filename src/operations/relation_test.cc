// Files as rows: what is read, with which types, and what is said of files that aren't right.
#include "operations/arrow_file_writer.h"
#include "operations/operations_fixture.h"

namespace lakelet::operations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RelationTest : public OperationsFixture {
 protected:
  std::vector<std::string> read(const std::string& path, FileOptions options = {}, const Schema* table = nullptr) {
    return rows("FROM " + files({path}, table, std::move(options)).from);
  }
  const Schema weather_ = parse_schema("time timestamp, city string, temperature float");
};

TEST_F(RelationTest, CsvTakesTheTablesTypes) {
  file("day.csv", "city,temperature,time\nParis,12.1,2025-03-01T13:00:00\n007,1e1,2025-03-01 14:00:00+02:00\n");
  const Relation relation = files({"day.csv"}, &weather_);
  EXPECT_THAT(relation.columns, ElementsAre("city", "temperature", "time"));
  EXPECT_THAT(rows("FROM " + relation.from),
              ElementsAre("007|10.0|2025-03-01 12:00:00+00", "Paris|12.1|2025-03-01 13:00:00+00"));
}

TEST_F(RelationTest, CsvWithoutATableFindsTypes) {
  file("x.csv", "a,b,c\n1,x,2025-01-31\n2,,\n");
  EXPECT_THAT(rows("SELECT typeof(a), typeof(b), typeof(c), a, b, c FROM " + files({"x.csv"}).from),
              ElementsAre("BIGINT|VARCHAR|DATE|1|x|2025-01-31", "BIGINT|VARCHAR|DATE|2|NULL|NULL"));
}

TEST_F(RelationTest, CsvDialects) {
  file("semicolon.csv", "a;b\r\n1;\"x;\"\"y\"\"\r\nz\"\r\n");
  EXPECT_THAT(read("semicolon.csv"), ElementsAre("1|x;\"y\"\r\nz"));
  file("tab.tsv", "a\tb\n1\tx y\n");
  EXPECT_THAT(read("tab.tsv"), ElementsAre("1|x y"));
  file("latin.csv", "a\ncaf\xe9\n");
  FileOptions latin;
  latin.encoding = "latin-1";
  EXPECT_THAT(read("latin.csv", latin), ElementsAre("café"));
  file("utf16.csv", std::string("a\0,\0b\0\n\0001\0,\0x\0\n\0", 16));
  FileOptions utf16;
  utf16.encoding = "utf-16";
  EXPECT_THAT(read("utf16.csv", utf16), ElementsAre("1|x"));
  file("pipe.csv", "a|b\n1|2,3\n");
  FileOptions pipe;
  pipe.delimiter = "|";
  EXPECT_THAT(read("pipe.csv", pipe), ElementsAre("1|2,3"));
}

TEST_F(RelationTest, CsvWithoutHeaderHasTheTablesColumns) {
  file("bare.csv", "2025-03-01T13:00:00Z,Paris,12\n");
  FileOptions options;
  options.header = false;
  const Relation relation = files({"bare.csv"}, &weather_, options);
  EXPECT_THAT(relation.columns, ElementsAre("time", "city", "temperature"));
  EXPECT_THAT(rows("FROM " + relation.from), ElementsAre("2025-03-01 13:00:00+00|Paris|12.0"));
}

TEST_F(RelationTest, ACsvWithOnlyAHeaderHasNoRows) {
  file("empty.csv", "time,city,temperature\n");
  EXPECT_THAT(read("empty.csv", {}, &weather_), IsEmpty());
}

TEST_F(RelationTest, ABadRowIsNamedByFileLineAndColumn) {
  const std::string table = make_table("t", "time timestamp, city string, temperature float");
  file("bad.csv", "time,city,temperature\n2025-03-01T13:00:00Z,Paris,1\n2025-03-01T14:00:00Z,Paris,warm\n");
  const Error error = failure([&] { run(plan_append(table, files({"bad.csv"}, &weather_), {})); });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
  EXPECT_THAT(error.message(),
              AllOf(HasSubstr("bad.csv"), HasSubstr("line 3"), HasSubstr("temperature"), HasSubstr("warm")));
  EXPECT_THAT(table_rows(table), IsEmpty());
}

TEST_F(RelationTest, ARowWithTooManyOrTooFewFieldsIsNamed) {
  const std::string table = make_table("t", "a int, b int");
  const Schema types = schema(table);
  file("many.csv", "a,b\n1,2\n3,4,5,6\n");
  EXPECT_THAT(failure([&] { run(plan_append(table, files({"many.csv"}, &types), {})); }).message(),
              AllOf(HasSubstr("many.csv"), HasSubstr("line 3")));
  file("few.csv", "a,b\n1,2\n3,4\n5\n");
  EXPECT_THAT(failure([&] { run(plan_append(table, files({"few.csv"}, &types), {})); }).message(),
              AllOf(HasSubstr("few.csv"), HasSubstr("line 4")));
}

TEST_F(RelationTest, JsonInItsForms) {
  file("a.json", R"([{"a": 1, "b": {"c": [1, 2]}}, {"a": 2}])");
  EXPECT_THAT(read("a.json"), ElementsAre(R"(1|{"c":[1,2]})", "2|NULL"));
  file("b.jsonl", "{\"time\": \"2025-03-01T13:00:00\", \"temperature\": 3}\n{\"city\": \"Rome\"}\n");
  EXPECT_THAT(rows("SELECT time, city, temperature FROM " + files({"b.jsonl"}, &weather_).from),
              ElementsAre("2025-03-01 13:00:00+00|NULL|3.0", "NULL|Rome|NULL"));
}

TEST_F(RelationTest, ParquetAndArrow) {
  sql::Rows some = session_->query("SELECT 1::SMALLINT AS a, 'x' AS b, [1.5, NULL] AS c");
  engine_->tabular()->write_parquet(folder_ + "/x.parquet", std::move(some.stream), "snappy");
  EXPECT_THAT(read("x.parquet"), ElementsAre("1|x|[1.5,null]"));
  sql::Rows more = session_->query("SELECT range AS a, 'y' || range AS b FROM range(3)");
  write_arrow_file(Rows(more.schema, std::move(more.stream)), stores_->resolve("y.arrow"));
  const Relation arrow = files({"y.arrow"});
  EXPECT_TRUE(arrow.once);
  EXPECT_THAT(arrow.columns, ElementsAre("a", "b"));
  EXPECT_THAT(rows("FROM " + arrow.from), ElementsAre("0|y0", "1|y1", "2|y2"));
}

TEST_F(RelationTest, SeveralFilesAreMatchedByName) {
  file("1.csv", "a,b\n1,x\n");
  file("2.csv", "b,a\ny,2\n");
  file("3.jsonl", "{\"a\": 3}\n");
  const Relation relation = files({"1.csv", "2.csv", "3.jsonl"});
  EXPECT_THAT(relation.columns, ElementsAre("a", "b"));
  EXPECT_THAT(rows("FROM " + relation.from), ElementsAre("1|x", "2|y", "3|NULL"));
}

TEST_F(RelationTest, FilesThatAreNotRight) {
  EXPECT_EQ(failure([&] { files({"missing.csv"}); }).code(), ErrorCode::NotFound);
  file("what", "x");
  EXPECT_THAT(failure([&] { files({"what"}); }).hint(), HasSubstr("--input-format"));
  file("x.docx", "x");
  EXPECT_EQ(failure([&] { files({"x.docx"}); }).code(), ErrorCode::InvalidArgument);
  file("bad.parquet", "this is no parquet file");
  EXPECT_THAT(std::string(failure([&] { files({"bad.parquet"}); }).what()), HasSubstr("bad.parquet"));
  file("bad.arrow", "this is no arrow file at all");
  const Error arrow = failure([&] { files({"bad.arrow"}); });
  EXPECT_EQ(arrow.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(arrow.message(), HasSubstr("bad.arrow"));
  file("bad.json", "[{\"a\": 1},");
  EXPECT_THAT(std::string(failure([&] { read("bad.json"); }).what()), HasSubstr("bad.json"));
}

TEST_F(RelationTest, StreamsQueriesAndSnapshots) {
  sql::SqlSession other(engine_, formats_, context());
  sql::Rows some = other.query("SELECT 5 AS a");
  const Relation stream = prepare_relation(std::move(some.stream), nullptr, workspace());
  EXPECT_THAT(stream.columns, ElementsAre("a"));
  EXPECT_THAT(rows("FROM " + stream.from), ElementsAre("5"));

  const Relation query = prepare_relation(Source::Query{"select $x::int as x; ", {{"x", "3"}}}, nullptr, workspace());
  EXPECT_THAT(query.columns, ElementsAre("x"));

  const std::string table = make_table("t", "id int");
  run(plan_append(table, rows_of("select 1 as id"), {}));
  const Relation old = prepare_relation(session_->table(table)->snapshot(Version{0}), nullptr, workspace());
  EXPECT_THAT(rows("FROM " + old.from), IsEmpty());
}

}  // namespace
}  // namespace lakelet::operations
