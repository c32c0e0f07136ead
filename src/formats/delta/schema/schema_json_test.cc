#include "formats/delta/schema/schema_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

// The example of the protocol, compact.
constexpr const char* kExample =
    R"({"type":"struct","fields":[{"name":"a","type":"integer","nullable":false,"metadata":{}},)"
    R"({"name":"b","type":{"type":"struct","fields":[{"name":"d","type":"integer","nullable":false,"metadata":{}}]},"nullable":true,"metadata":{}},)"
    R"({"name":"c","type":{"type":"array","elementType":"integer","containsNull":false},"nullable":true,"metadata":{}},)"
    R"({"name":"e","type":{"type":"array","elementType":{"type":"struct","fields":[{"name":"d","type":"integer","nullable":false,"metadata":{}}]},"containsNull":true},"nullable":true,"metadata":{}},)"
    R"({"name":"f","type":{"type":"map","keyType":"string","valueType":"string","valueContainsNull":true},"nullable":true,"metadata":{}}]})";

TEST(SchemaJson, TheProtocolsExampleComesBackAsItWas) {
  const Schema schema = read_schema_json(kExample, ColumnMappingMode::None);
  EXPECT_EQ(to_string(schema),
            "a int not null, b struct<d: int not null>, c list<int not null>, e list<struct<d: int not null>>, "
            "f map<string, string>");
  EXPECT_EQ(write_schema_json(schema), kExample);
}

TEST(SchemaJson, EveryPrimitiveType) {
  for (const char* name : {"string", "long", "integer", "short", "byte", "float", "double", "decimal(38,18)", "boolean",
                           "binary", "date", "timestamp", "timestamp_ntz", "variant", "void"}) {
    const std::string text = std::string(R"({"type":"struct","fields":[{"name":"x","type":")") + name +
                             R"(","nullable":true,"metadata":{}}]})";
    EXPECT_EQ(write_schema_json(read_schema_json(text, ColumnMappingMode::None)), text);
  }
}

TEST(SchemaJson, KeepsMetadataThatIsNotOurs) {
  const std::string text =
      R"({"type":"struct","fields":[{"name":"x","type":"long","nullable":true,"metadata":{"comment":"say \"x\"","delta.invariants":"{\"a\":1}","list":[1,2.5,{"k":null}]}}]})";
  const Schema schema = read_schema_json(text, ColumnMappingMode::None);
  EXPECT_EQ(schema[0].doc, "say \"x\"");
  EXPECT_EQ(schema[0].metadata.at("list"), R"([1,2.5,{"k":null}])");
  EXPECT_EQ(write_schema_json(schema), text);
}

TEST(SchemaJson, ColumnMappingCountsOnlyWhereItIsOn) {
  const std::string text =
      R"({"type":"struct","fields":[{"name":"x","type":"long","nullable":true,"metadata":{"delta.columnMapping.id":4,"delta.columnMapping.physicalName":"col-5f"}}]})";
  const Schema mapped = read_schema_json(text, ColumnMappingMode::Name);
  EXPECT_EQ(mapped[0].id, 4);
  EXPECT_EQ(mapped[0].file_name(), "col-5f");
  const Schema plain = read_schema_json(text, ColumnMappingMode::None);
  EXPECT_EQ(plain[0].id, std::nullopt);
  EXPECT_EQ(plain[0].file_name(), "x");
  EXPECT_EQ(write_schema_json(mapped), text);
  EXPECT_EQ(write_schema_json(plain), text);
  EXPECT_THROW(read_schema_json(kExample, ColumnMappingMode::Id), Error);
}

ErrorCode refusal(const std::string& text) {
  try {
    read_schema_json(text, ColumnMappingMode::None);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

TEST(SchemaJson, RefusesWhatIsNoSchema) {
  EXPECT_EQ(refusal(""), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal("{\"type\":\"struct\"}"), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal("\"long\""), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal(R"({"type":"struct","fields":[{"type":"long"}]})"), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal(R"x({"type":"struct","fields":[{"name":"a","type":"decimal(40,2)"}]})x"), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal(R"x({"type":"struct","fields":[{"name":"a","type":"decimal(4,2"}]})x"), ErrorCode::CorruptTable);
  EXPECT_EQ(refusal(R"({"type":"struct","fields":[{"name":"a","type":"long"},{"name":"A","type":"long"}]})"),
            ErrorCode::CorruptTable);
  EXPECT_EQ(refusal(R"({"type":"struct","fields":[{"name":"a","type":"interval year"}]})"),
            ErrorCode::UnsupportedFeature);
}

TEST(SchemaJson, RefusesToWriteWhatDeltaLacks) {
  EXPECT_THROW(write_schema_json(parse_schema("a uint")), Error);
  EXPECT_THROW(write_schema_json(parse_schema("a struct<t: time>")), Error);
}

}  // namespace
}  // namespace lakelet::delta
