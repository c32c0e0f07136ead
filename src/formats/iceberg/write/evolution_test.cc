#include "formats/iceberg/write/evolution.h"

#include <gtest/gtest.h>

#include "formats/iceberg/metadata/metadata_writer.h"
#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/write/columns_in_use.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {
namespace {

TableMetadataFile table(const std::string& columns, int version = 2) {
  TableMetadataFile metadata;
  metadata.format_version = version;
  metadata.uuid = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
  metadata.location = "/lake/t";
  metadata.last_updated_ms = 1;
  if (version >= 3) metadata.next_row_id = 0;
  Schema schema = storable_schema(parse_schema(columns), version, metadata.last_column_id);
  adopt_schema(metadata, std::move(schema));
  adopt_partitioning(metadata, {});
  return metadata;
}

ErrorCode refused(const TableMetadataFile& metadata, Schema after, bool has_files = true) {
  try {
    check_schema_change(metadata, metadata.current_schema(), after, has_files);
    TableMetadataFile changed = metadata;
    adopt_schema(changed, std::move(after));
    check_columns_in_use(metadata, changed);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

Schema changed(const TableMetadataFile& metadata, std::size_t column, const std::function<void(Field&)>& change) {
  std::vector<Field> fields = metadata.current_schema().fields();
  change(fields[column]);
  return Schema(fields);
}

TEST(Evolution, IdsGoLevelByLevel) {
  std::int32_t last = 0;
  const Schema schema =
      storable_schema(parse_schema("a tinyint, s struct<x: int, l: list<string>>, m map<string, int>"), 2, last);
  EXPECT_EQ(schema[0].id, 1);
  EXPECT_EQ(schema[0].type.kind(), TypeKind::Int32);
  EXPECT_EQ(schema[2].id, 3);
  EXPECT_EQ(schema[1].type.children()[0].id, 4);
  EXPECT_EQ(schema[1].type.children()[1].type.children()[0].id, 6);
  EXPECT_EQ(schema[2].type.children()[1].id, 8);
  EXPECT_EQ(last, 8);
}

TEST(Evolution, NewerTypesNeedANewerVersion) {
  std::int32_t last = 0;
  EXPECT_THROW(storable_schema(parse_schema("v variant"), 2, last), Error);
  EXPECT_EQ(storable_schema(parse_schema("v variant"), 3, last)[0].type.kind(), TypeKind::Variant);
}

TEST(Evolution, TypesArePromotedAsTheSpecificationSays) {
  EXPECT_TRUE(promotes(Type(TypeKind::Int32), Type(TypeKind::Int64), 1));
  EXPECT_TRUE(promotes(Type(TypeKind::Float), Type(TypeKind::Double), 1));
  EXPECT_TRUE(promotes(Type::decimal(9, 2), Type::decimal(12, 2), 1));
  EXPECT_FALSE(promotes(Type::decimal(9, 2), Type::decimal(12, 3), 1));
  EXPECT_FALSE(promotes(Type(TypeKind::Int64), Type(TypeKind::Int32), 3));
  EXPECT_FALSE(promotes(Type(TypeKind::Date), Type(TypeKind::Timestamp), 2));
  EXPECT_TRUE(promotes(Type(TypeKind::Date), Type(TypeKind::Timestamp), 3));
  EXPECT_FALSE(promotes(Type(TypeKind::Int32), Type(TypeKind::String), 3));
}

TEST(Evolution, ColumnsThatAreNeededStay) {
  TableMetadataFile metadata = table("a int, b int not null, c int, d int");
  adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Identity, 0, "a"}}});
  adopt_sort_order(metadata, {{"c", Transform::Bucket, 4, false, true}});
  metadata.identifiers[0] = {2};
  const auto without = [&](std::size_t column) {
    std::vector<Field> fields = metadata.current_schema().fields();
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(column));
    return Schema(fields);
  };
  EXPECT_EQ(refused(metadata, without(0)), ErrorCode::InvalidArgument);
  EXPECT_EQ(refused(metadata, without(1)), ErrorCode::InvalidArgument);
  EXPECT_EQ(refused(metadata, without(2)), ErrorCode::InvalidArgument);
  EXPECT_EQ(refused(metadata, without(3)), ErrorCode::Internal);
  // Nor may they become what the layout doesn't take, where no file says what they were.
  const auto boolean = [](Field& field) { field.type = Type(TypeKind::Boolean); };
  EXPECT_EQ(refused(metadata, changed(metadata, 1, [](Field& field) { field.nullable = true; })),
            ErrorCode::InvalidArgument);
  TableMetadataFile after = metadata;
  adopt_schema(after, changed(metadata, 2, boolean));
  EXPECT_THROW(check_columns_in_use(metadata, after), Error);
  // What was wrong before is no reason to refuse all else.
  EXPECT_NO_THROW(check_columns_in_use(after, after));
}

TEST(Evolution, ColumnsThatAreExchangedTakeTheOrderAlong) {
  TableMetadataFile metadata = table("a int, b int not null");
  metadata.identifiers[0] = {2};
  adopt_sort_order(metadata, {{"a", Transform::Identity, 0, false, true}});
  forget_gone_columns(metadata);
  EXPECT_EQ(metadata.default_sort_order_id, 1);
  EXPECT_EQ(metadata.identifiers[0], std::vector<std::int32_t>{2});
  TableMetadataFile other = metadata;
  adopt_schema(other, storable_schema(parse_schema("a int, b int not null"), 2, other.last_column_id));
  EXPECT_THROW(check_columns_in_use(metadata, other), Error);
  forget_gone_columns(other);
  EXPECT_EQ(other.default_sort_order_id, 0);
  EXPECT_FALSE(other.identifiers.contains(other.current_schema_id));
  EXPECT_NO_THROW(check_columns_in_use(metadata, other));
  EXPECT_EQ(other.identifiers.at(0), std::vector<std::int32_t>{2});
}

TEST(Evolution, FilesDecideWhatMayChange) {
  const TableMetadataFile metadata = table("a int, b string");
  EXPECT_EQ(refused(metadata, changed(metadata, 0, [](Field& field) { field.type = Type(TypeKind::String); })),
            ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refused(metadata, changed(metadata, 0, [](Field& field) { field.type = Type(TypeKind::Int64); })),
            ErrorCode::Internal);
  const Schema added = changed(metadata, 1, [](Field& field) {
    field.id = 3;
    field.nullable = false;
  });
  EXPECT_EQ(refused(metadata, added, true), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refused(metadata, added, false), ErrorCode::Internal);
}

TEST(Evolution, ASchemaThatWasThereComesBack) {
  TableMetadataFile metadata = table("a int, b string");
  const Schema first = metadata.current_schema();
  adopt_schema(metadata, changed(metadata, 0, [](Field& field) { field.name = "c"; }));
  EXPECT_EQ(metadata.current_schema_id, 1);
  adopt_schema(metadata, first);
  EXPECT_EQ(metadata.current_schema_id, 0);
  EXPECT_EQ(metadata.schemas.size(), 2u);
}

TEST(Evolution, PartitionFieldsKeepTheirIds) {
  TableMetadataFile metadata = table("a int, ts timestamp");
  adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Bucket, 4, ""}}});
  adopt_partitioning(metadata, Partitioning{0, {{"ts", Transform::Day, 0, ""}, {"a", Transform::Bucket, 4, ""}}});
  const PartitionSpec& spec = metadata.specs.at(metadata.default_spec_id);
  EXPECT_EQ(metadata.default_spec_id, 2);
  EXPECT_EQ(spec.fields[0].field_id, 1001);
  EXPECT_EQ(spec.fields[0].name, "ts_day");
  EXPECT_EQ(spec.fields[1].field_id, 1000);
  EXPECT_EQ(spec.fields[1].name, "a_bucket");
  adopt_partitioning(metadata, {});
  EXPECT_EQ(metadata.default_spec_id, 0);
  EXPECT_EQ(metadata.last_partition_id, 1001);
  EXPECT_THROW(adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Day, 0, ""}}}), Error);
  EXPECT_THROW(adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Bucket, 4, "ts"}}}), Error);
}

TEST(Evolution, VersionOneKeepsItsPlaces) {
  TableMetadataFile metadata = table("a int, b int", 1);
  adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Identity, 0, "a"}}});
  adopt_partitioning(metadata, Partitioning{0, {{"b", Transform::Identity, 0, "b"}}});
  const PartitionSpec& spec = metadata.specs.at(metadata.default_spec_id);
  ASSERT_EQ(spec.fields.size(), 2u);
  EXPECT_EQ(spec.fields[0].transform, Transform::Void);
  EXPECT_EQ(spec.fields[1].field_id, 1001);
  adopt_partitioning(metadata, Partitioning{0, {{"a", Transform::Identity, 0, "a"}}});
  const PartitionSpec& again = metadata.specs.at(metadata.default_spec_id);
  ASSERT_EQ(again.fields.size(), 3U);
  EXPECT_EQ(again.fields[0].name, "a_1000");
  EXPECT_EQ(again.fields[2].name, "a");
  EXPECT_EQ(again.fields[2].field_id, 1002);
}

TEST(MetadataWriter, WhatIsWrittenIsReadAgain) {
  for (const int version : {1, 2, 3}) {
    TableMetadataFile metadata =
        table("a int not null comment 'key', s struct<x: decimal(9,2)>, l list<date>", version);
    metadata.properties["k"] = "v \"quoted\"";
    SnapshotEntry entry;
    entry.id = 7;
    entry.timestamp_ms = 5;
    entry.sequence_number = version >= 2 ? 1 : 0;
    entry.manifest_list = "/lake/t/metadata/l.avro";
    entry.summary["operation"] = "append";
    entry.schema_id = 0;
    if (version >= 3) entry.first_row_id = entry.added_rows = 0;
    metadata.snapshots.push_back(entry);
    metadata.current_snapshot_id = 7;
    metadata.references["main"] = {7, true};
    metadata.references["old"] = {7, false};
    metadata.snapshot_log.push_back({5, 7});
    metadata.metadata_log.push_back({3, "/lake/t/metadata/v1.metadata.json"});
    const TableMetadataFile read = read_table_metadata(write_table_metadata(metadata));
    EXPECT_EQ(read.format_version, version);
    EXPECT_EQ(read.current_schema(), metadata.current_schema());
    EXPECT_EQ(read.current_schema()[0].doc, "key");
    EXPECT_EQ(read.properties, metadata.properties);
    EXPECT_EQ(read.references.size(), 2u);
    EXPECT_FALSE(read.references.at("old").branch);
    EXPECT_EQ(read.snapshots.at(0).summary, entry.summary);
    EXPECT_EQ(read.snapshots.at(0).first_row_id, entry.first_row_id);
    EXPECT_EQ(read.metadata_log.at(0).file, metadata.metadata_log.at(0).file);
    // And once more, by way of the text that it was read from.
    EXPECT_EQ(write_table_metadata(read), write_table_metadata(read_table_metadata(write_table_metadata(read))));
  }
}

constexpr const char* kForeign =
    R"({"format-version":2,"table-uuid":"6ba7b810-9dad-41d1-80b4-00c04fd430c8","location":"/lake/t","last-sequence-number":1,)"
    R"("last-updated-ms":1,"last-column-id":1,"current-schema-id":0,"schemas":[{"type":"struct","schema-id":0,"mine":1,)"
    R"("fields":[{"id":1,"name":"a","required":false,"type":"int"}]}],"default-spec-id":0,"partition-specs":[{"spec-id":0,)"
    R"("fields":[]}],"last-partition-id":999,"default-sort-order-id":1,"sort-orders":[{"order-id":1,"fields":[{"transform":)"
    R"("identity","source-id":1,"direction":"desc","null-order":"nulls-last"}]}],"snapshots":[{"snapshot-id":7,)"
    R"("sequence-number":1,"timestamp-ms":1,"summary":{"operation":"append"},"manifest-list":"l","odd":[1,2]}],)"
    R"("current-snapshot-id":7,"refs":{"main":{"snapshot-id":7,"type":"branch","max-snapshot-age-ms":5}},)"
    R"("statistics":[{"snapshot-id":7,"statistics-path":"p"},{"snapshot-id":8,"statistics-path":"q"}],"future":{"x":[]}})";

TEST(MetadataWriter, WhatItDoesNotKnowStays) {
  TableMetadataFile metadata = read_table_metadata(kForeign);
  EXPECT_EQ(metadata.sort_columns, std::vector<std::int32_t>{1});
  metadata.properties["new"] = "1";
  const std::string text = write_table_metadata(metadata);
  for (const char* part : {"\"mine\":1", "\"odd\":[1,2]", "\"max-snapshot-age-ms\":5", "\"future\":{\"x\":[]}",
                           "\"desc\"", "\"statistics-path\":\"p\"", "\"new\":\"1\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  // Of a snapshot that isn't there.
  EXPECT_EQ(text.find("\"statistics-path\":\"q\""), std::string::npos);
}

}  // namespace
}  // namespace lakelet::iceberg
