#include "formats/delta/schema/readable_schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

Schema changed(const std::string& from, const std::string& to) {
  return read_schema_json(
      fmt::format(
          R"x({{"type":"struct","fields":[{{"name":"s","type":{{"type":"struct","fields":[{{"name":"a","type":"{1}","nullable":true,"metadata":{{"delta.typeChanges":[{{"fromType":"{0}","toType":"{1}"}}]}}}}]}},"nullable":true,"metadata":{{}}}}]}})x",
          from, to),
      ColumnMappingMode::None);
}

TEST(ReadableSchema, TheProtocolsTypeChangesPass) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"byte", "short"},
                                                                                 {"byte", "long"},
                                                                                 {"integer", "long"},
                                                                                 {"float", "double"},
                                                                                 {"integer", "double"},
                                                                                 {"date", "timestamp_ntz"},
                                                                                 {"decimal(5,2)", "decimal(7,3)"},
                                                                                 {"decimal(5,2)", "decimal(5,2)"},
                                                                                 {"integer", "decimal(10,0)"},
                                                                                 {"byte", "decimal(12,2)"},
                                                                                 {"long", "decimal(20,0)"}}) {
    EXPECT_NO_THROW(require_known_type_changes(changed(from, to))) << from << " to " << to;
  }
}

TEST(ReadableSchema, OtherTypeChangesAreRefusedByName) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"long", "integer"},
                                                                                 {"integer", "string"},
                                                                                 {"long", "double"},
                                                                                 {"date", "timestamp"},
                                                                                 {"decimal(5,2)", "decimal(6,4)"},
                                                                                 {"integer", "decimal(9,0)"},
                                                                                 {"long", "decimal(19,0)"}}) {
    try {
      require_known_type_changes(changed(from, to));
      ADD_FAILURE() << from << " to " << to;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
      EXPECT_THAT(error.what(), testing::HasSubstr("'s.a' was changed from " + from + " to " + to));
    }
  }
}

TEST(ReadableSchema, VoidColumnsAreNotShown) {
  Schema schema = parse_schema("a int, s struct<x: int>");
  std::vector<Field> fields = schema.fields();
  Field empty;
  empty.name = "v";
  fields.push_back(empty);
  fields[1].type = Type::structure({fields[1].type.children()[0], empty});
  EXPECT_EQ(to_string(without_void_columns(Schema(fields))), "a int, s struct<x: int>");
  EXPECT_EQ(without_void_columns(Schema({empty})).size(), 1u);
}

}  // namespace
}  // namespace lakelet::delta
