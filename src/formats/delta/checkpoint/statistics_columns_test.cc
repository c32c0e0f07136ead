#include "formats/delta/checkpoint/statistics_columns.h"

#include <gtest/gtest.h>

#include "formats/delta/statistics/parsed_statistics.h"
#include "lakelet/arrow.h"

namespace lakelet::delta {
namespace {

// Text -> columns -> text, as a checkpoint's reader makes it.
std::string through(const std::string& schema_text, const std::string& json) {
  const Schema schema = parse_schema(schema_text);
  std::vector<ColumnPath> columns;
  for (const auto& [path, column] : statistics_columns(schema)) columns.push_back(path);
  for (const Field& field : schema.fields()) {
    if (field.type.kind() == TypeKind::List || field.type.kind() == TypeKind::Binary) columns.push_back({field.name});
  }
  StatisticsColumns converter(schema, columns);
  OwnedArrowSchema type;
  ArrowSchemaInit(type.get());
  converter.set_type(type.get());
  EXPECT_EQ(ArrowSchemaSetName(type.get(), "stats_parsed"), NANOARROW_OK);
  OwnedArrowArray array;
  EXPECT_EQ(ArrowArrayInitFromSchema(array.get(), type.get(), nullptr), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayStartAppending(array.get()), NANOARROW_OK);
  converter.append("", array.get());
  converter.append(json, array.get());
  EXPECT_EQ(ArrowArrayFinishBuildingDefault(array.get(), nullptr), NANOARROW_OK);
  ArrowArrayView view;
  EXPECT_EQ(ArrowArrayViewInitFromSchema(&view, type.get(), nullptr), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayViewSetArray(&view, array.get(), nullptr), NANOARROW_OK);
  ParsedStatisticsText text;
  text.bind(*type.get(), view);
  EXPECT_EQ(text.text(0), "");
  std::string out = text.text(1);
  ArrowArrayViewReset(&view);
  return out;
}

TEST(StatisticsColumns, EveryTypeKeepsItsBounds) {
  const std::string json =
      R"({"numRecords":9,"minValues":{"b":false,"t":-128,"s":-5,"i":1,"l":-9223372036854775808,"f":0.5,"d":-1.25,)"
      R"("c":-12345678901234567890.12,"x":"a","day":"2024-02-29","at":"2024-01-01T00:00:00.123000Z",)"
      R"("local":"2024-01-01T00:00:00.123456"},)"
      R"("maxValues":{"b":true,"t":127,"s":5,"i":2,"l":9223372036854775807,"f":1.5,"d":1e+300,)"
      R"("c":98765432109876543210.99,"x":"z\"é","day":"2024-03-01","at":"2024-01-02T00:00:00.123000Z",)"
      R"("local":"2024-01-02T00:00:00.123456"},)"
      R"("nullCount":{"b":0,"t":1,"s":2,"i":3,"l":4,"f":5,"d":6,"c":7,"x":8,"day":9,"at":0,"local":0},"tightBounds":true})";
  EXPECT_EQ(through("b boolean, t tinyint, s smallint, i int, l bigint, f float, d double, c decimal(38,2), x string, "
                    "day date, at timestamp, local timestamp_ntz",
                    json),
            json);
}

TEST(StatisticsColumns, NestedColumnsAndThoseWithoutBounds) {
  const std::string json = R"({"numRecords":2,"minValues":{"a":{"b":{"c":1}}},"maxValues":{"a":{"b":{"c":4}}},)"
                           R"("nullCount":{"a":{"b":{"c":0}},"list":1,"bytes":2}})";
  EXPECT_EQ(through("a struct<b: struct<c: bigint>>, list list<int>, bytes binary", json), json);
  // No bounds at all: Parquet has no empty groups.
  EXPECT_EQ(through("list list<int>", R"({"numRecords":2,"minValues":{},"maxValues":{},"nullCount":{"list":1}})"),
            R"({"numRecords":2,"nullCount":{"list":1}})");
}

TEST(StatisticsColumns, WhatIsNotOfTheColumnsTypeIsLeftOut) {
  EXPECT_EQ(through("i tinyint, at timestamp, c decimal(5,2)",
                    R"({"numRecords":2,"minValues":{"i":1000,"at":"2024-01-01T00:00:00","c":1.234},)"
                    R"("maxValues":{"i":"x","at":5,"c":12.3},"nullCount":{"i":0}})"),
            R"({"numRecords":2,"maxValues":{"c":12.30},"nullCount":{"i":0}})");
  EXPECT_EQ(through("i int", "rubbish"), "");
}

}  // namespace
}  // namespace lakelet::delta
