#include "formats/delta/file_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "formats/delta/partition_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

FileActionView view(std::string_view path) {
  FileActionView result;
  result.path = path;
  result.size = 10;
  return result;
}

TEST(FileBlock, GivesBackWhatItTook) {
  FileBlockBuilder builder;
  FileActionView plain = view("a.parquet");
  plain.partition_values = {{"p", "x"}, {"q", std::nullopt}};
  plain.stats = R"({"numRecords":1})";
  FileActionView rare = view("p=%20/b.parquet");
  rare.tags = {{"k", "v"}};
  rare.deletion_vector = DeletionVectorDescriptor{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6};
  rare.base_row_id = 7;
  rare.clustering_provider = "liquid";
  rare.data_change = false;
  builder.append(plain);
  builder.append(rare);
  const auto block = builder.finish();
  ASSERT_EQ(block->size(), 2u);
  EXPECT_EQ(block->add_file(0), to_add_file(plain));
  EXPECT_EQ(block->add_file(1), to_add_file(rare));
  EXPECT_EQ(block->dv_id(1), "uab^-aqEH.-t@S}K{vb[*k^@4");
  // And so does a copy.
  FileBlockBuilder second;
  second.append(*block, 1);
  second.append(*block, 0);
  const auto copy = second.finish();
  EXPECT_EQ(copy->add_file(0), to_add_file(rare));
  EXPECT_EQ(copy->add_file(1), to_add_file(plain));
}

TEST(FileBlock, FindsByPathInAnySpellingAndDeletionVector) {
  FileBlockBuilder builder;
  for (int i = 0; i < 1000; ++i) builder.append(view(fmt::format("file-{}", i)));
  builder.append(view("p=%C3%A9/x"));
  FileActionView with_dv = view("file-3");
  with_dv.deletion_vector = DeletionVectorDescriptor{'i', "abcde", std::nullopt, 1, 1};
  builder.append(with_dv);
  FileListPart part;
  part.block = builder.finish();
  part.live = part.block->size();
  FileList list{{part}};
  EXPECT_EQ(list.find("file-999", "")->row, 999u);
  EXPECT_EQ(list.find("file-3", "")->row, 3u);
  EXPECT_EQ(list.find("file-3", "iabcde")->row, 1001u);
  EXPECT_EQ(list.find("p=é/x", "")->row, 1000u);
  EXPECT_FALSE(list.find("file-1000", ""));
  list.parts[0].remove(3);
  EXPECT_FALSE(list.find("file-3", ""));
  EXPECT_EQ(list.size(), 1001u);
}

TEST(PartitionReader, ParsesEachDistinctValueOnce) {
  FileBlockBuilder builder;
  for (int i = 0; i < 6; ++i) {
    const std::string path = fmt::format("f{}", i);
    FileActionView file = view(path);
    if (i == 0) file.partition_values = {{"p", "1"}};
    if (i == 1) file.partition_values = {{"p", "2"}};
    if (i == 2) file.partition_values = {{"p", "1"}};
    if (i == 3) file.partition_values = {{"p", std::nullopt}};
    if (i == 4) file.partition_values = {{"p", ""}};
    builder.append(file);  // the last one doesn't name the column
  }
  const auto block = builder.finish();
  const std::vector<PartitionColumnSpec> columns = {{"p", TypeKind::Int32}, {"other", TypeKind::String}};
  PartitionReader reader(*block, columns);
  EXPECT_EQ(reader.code(0, 0), reader.code(0, 2));
  EXPECT_EQ(reader.value(0, 0), Value(1));
  EXPECT_EQ(reader.value(0, 1), Value(2));
  for (std::size_t row : {3, 4, 5}) EXPECT_TRUE(reader.value(0, row).is_null());
  EXPECT_TRUE(reader.value(1, 0).is_null());
}

TEST(PartitionReader, NamesTheFileOfABadValue) {
  FileBlockBuilder builder;
  FileActionView file = view("p=x/f");
  file.partition_values = {{"p", "x"}};
  builder.append(file);
  const auto block = builder.finish();
  const std::vector<PartitionColumnSpec> columns = {{"p", TypeKind::Int32}};
  PartitionReader reader(*block, columns);
  try {
    reader.value(0, 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_NE(std::string(error.what()).find("p=x/f"), std::string::npos);
  }
}

}  // namespace
}  // namespace lakelet::delta
