#include "formats/iceberg/manifest/manifest_writer.h"

#include <gtest/gtest.h>

#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/manifest/manifest_schema.h"

namespace lakelet::iceberg {
namespace {

class ManifestWriterTest : public testing::TestWithParam<int> {
 protected:
  ManifestWriterTest() {
    spec.id = 3;
    spec.fields = {{1, 1000, "city", Transform::Identity, 0},
                   {2, 1001, "odd name-1", Transform::Day, 0},
                   {3, 1002, "amount", Transform::Identity, 0},
                   {4, 1003, "gone", Transform::Void, 0}};
    header.format_version = GetParam();
    header.schema = R"({"type":"struct","schema-id":0,"fields":[]})";
    header.layout.spec = &spec;
    header.layout.types = {Type(TypeKind::String), Type(TypeKind::Int32), Type::decimal(20, 2), Type(TypeKind::Null)};
  }

  static ManifestEntry entry(const std::string& path, const Value& city) {
    ManifestEntry entry;
    entry.status = EntryStatus::Added;
    entry.snapshot_id = 77;
    entry.path = path;
    entry.format = "parquet";
    entry.partition = {city, Value(std::int64_t{19000}), Value(Decimal{-150}), Value()};
    entry.records = 10;
    entry.bytes = 1000;
    entry.sort_order_id = 0;
    entry.details = std::make_shared<FileDetails>();
    entry.details->metrics[1] = {10, 1, {}, "a", "b"};
    entry.details->metrics[5] = {10, 0, 2, {}, {}};
    entry.details->column_bytes[1] = 55;
    entry.details->split_offsets = {4, 500};
    return entry;
  }

  std::vector<ManifestEntry> read(const std::string& file, const ManifestFile& manifest) const {
    const std::vector<std::int32_t> none;
    ManifestReader reader(
        std::as_bytes(std::span(file)), manifest, [&](int) { return header.layout; }, none, true);
    std::vector<ManifestEntry> entries;
    ManifestEntry entry;
    while (reader.next(entry)) entries.push_back(entry);
    return entries;
  }

  PartitionSpec spec;
  ManifestHeader header;
};

TEST_P(ManifestWriterTest, EntriesComeBack) {
  ManifestWriter writer(header, 77);
  writer.add(entry("/a", Value("Oslo")), true);
  ManifestEntry existing = entry("/b", Value());
  existing.status = EntryStatus::Existing;
  existing.snapshot_id = 5;
  existing.sequence_number = 2;
  existing.file_sequence_number = 1;
  writer.add(existing, false);
  ManifestEntry deleted = existing;
  deleted.path = "/c";
  deleted.status = EntryStatus::Deleted;
  writer.add(deleted, false);
  ManifestFile manifest;
  const std::string file = writer.finish(manifest);
  manifest.path = "/m";
  EXPECT_EQ(manifest.added_files, 1);
  EXPECT_EQ(manifest.existing_rows, 10);
  EXPECT_EQ(manifest.deleted_files, 1);
  EXPECT_TRUE(manifest.partitions.at(0).contains_null);
  EXPECT_EQ(manifest.partitions.at(0).lower, "Oslo");
  EXPECT_FALSE(manifest.partitions.at(1).contains_null);

  manifest.sequence_number = GetParam() >= 2 ? 9 : 0;
  const auto entries = read(file, manifest);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].partition,
            existing.partition.empty() ? std::vector<Value>() : entry("/a", Value("Oslo")).partition);
  EXPECT_EQ(entries[0].sequence_number, manifest.sequence_number);
  EXPECT_EQ(entries[0].snapshot_id, 77);
  EXPECT_EQ(entries[1].sequence_number, GetParam() >= 2 ? 2 : 0);
  EXPECT_EQ(entries[1].snapshot_id, 5);
  EXPECT_TRUE(entries[1].partition[0].is_null());
  EXPECT_EQ(entries[2].status, EntryStatus::Deleted);
  const FileDetails& details = *entries[0].details;
  EXPECT_EQ(details.metrics.at(1).lower, "a");
  EXPECT_EQ(details.metrics.at(5).nans, 2);
  EXPECT_EQ(details.column_bytes.at(1), 55);
  EXPECT_EQ(details.split_offsets, (std::vector<std::int64_t>{4, 500}));
}

TEST_P(ManifestWriterTest, AListComesBack) {
  ManifestWriter writer(header, 77);
  writer.add(entry("/a", Value("Oslo")), true);
  ManifestFile manifest;
  writer.finish(manifest);
  manifest.path = "/m";
  manifest.first_row_id = 40;
  const std::string list = write_manifest_list({manifest}, GetParam(), 77, 76, 9);
  const auto read = read_manifest_list(std::as_bytes(std::span(list)));
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].path, "/m");
  EXPECT_EQ(read[0].spec_id, 3);
  EXPECT_EQ(read[0].added_rows, 10);
  EXPECT_EQ(read[0].snapshot_id, 77);
  EXPECT_EQ(read[0].sequence_number, GetParam() >= 2 ? 9 : 0);
  EXPECT_EQ(read[0].min_sequence_number, GetParam() >= 2 ? 9 : 0);
  EXPECT_EQ(read[0].partitions.at(0).upper, "Oslo");
  EXPECT_EQ(read[0].first_row_id.has_value(), GetParam() >= 3);
}

INSTANTIATE_TEST_SUITE_P(FormatVersions, ManifestWriterTest, testing::Values(1, 2, 3));

TEST(AvroName, IsWhatTheReferenceImplementationMakesOfIt) {
  EXPECT_EQ(avro_name("city"), "city");
  EXPECT_EQ(avro_name("9x"), "_9x");
  EXPECT_EQ(avro_name("odd name-1"), "odd_x20name_x2D1");
}

TEST(DecimalBytes, AreAsFewAsHoldEveryNumber) {
  EXPECT_EQ(decimal_bytes(2), 1u);
  EXPECT_EQ(decimal_bytes(3), 2u);
  EXPECT_EQ(decimal_bytes(9), 4u);
  EXPECT_EQ(decimal_bytes(18), 8u);
  EXPECT_EQ(decimal_bytes(38), 16u);
}

}  // namespace
}  // namespace lakelet::iceberg
