#include "formats/delta/files/file_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "formats/delta/files/partition_reader.h"
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
  FileActionView copied;
  for (const std::size_t row : {1, 0}) {
    block->view(row, copied);
    second.append(copied);
  }
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
  FileList list;
  list.parts.push_back(part);
  EXPECT_EQ(list.find("file-999", "")->row, 999u);
  EXPECT_EQ(list.find("file-3", "")->row, 3u);
  EXPECT_EQ(list.find("file-3", "iabcde")->row, 1001u);
  EXPECT_EQ(list.find("p=é/x", "")->row, 1000u);
  EXPECT_FALSE(list.find("file-1000", ""));
  list.parts[0].remove(3);
  EXPECT_FALSE(list.find("file-3", ""));
  EXPECT_EQ(list.listed(), 1001u);
}

TEST(PartitionReader, ParsesEachDistinctValueOnce) {
  std::vector<FileActionView> files;
  for (int i = 0; i < 6; ++i) {
    FileActionView file = view("f");
    if (i == 0) file.partition_values = {{"p", "1"}};
    if (i == 1) file.partition_values = {{"p", "2"}};
    if (i == 2) file.partition_values = {{"p", "1"}};
    if (i == 3) file.partition_values = {{"p", std::nullopt}};
    if (i == 4) file.partition_values = {{"p", ""}};
    files.push_back(file);  // the last one doesn't name the column
  }
  PartitionReader reader({{"p", Field{.name = "p", .type = TypeKind::Int32}},
                          {"other", Field{.name = "other", .type = TypeKind::String}}});
  const auto value = [&](std::size_t column, std::size_t file) {
    return reader.value(column, reader.code(column, files[file]));
  };
  EXPECT_EQ(reader.code(0, files[0]), reader.code(0, files[2]));
  EXPECT_NE(reader.code(0, files[0]), reader.code(0, files[1]));
  EXPECT_EQ(value(0, 0), Value(1));
  EXPECT_EQ(value(0, 1), Value(2));
  for (std::size_t row : {3, 4, 5}) EXPECT_TRUE(value(0, row).is_null());
  EXPECT_TRUE(value(1, 0).is_null());
}

TEST(PartitionReader, ForgetsWhatGetsTooMuch) {
  PartitionReader reader({{"p", Field{.name = "p", .type = TypeKind::Int64}}});
  int clears = 0;
  for (int i = 0; i < 600'000; ++i) {
    const std::string text = std::to_string(i);
    FileActionView file = view("f");
    file.partition_values = {{"p", text}};
    if (reader.full()) reader.clear(), ++clears;
    ASSERT_EQ(reader.value(0, reader.code(0, file)), Value(i));
  }
  EXPECT_EQ(clears, 2);
}

TEST(PartitionReader, NamesTheColumnOfABadValue) {
  FileActionView file = view("p=x/f");
  file.partition_values = {{"p", "x"}};
  PartitionReader reader({{"p", Field{.name = "p", .type = TypeKind::Int32}}});
  const std::uint32_t code = reader.code(0, file);
  try {
    reader.value(0, code);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_NE(std::string(error.what()).find("column p"), std::string::npos);
  }
}

TEST(FileKeySet, HoldsPathsWithTheirVectors) {
  FileKeySet keys;
  for (int i = 0; i < 10'000; ++i) keys.insert(fmt::format("f{}", i), i % 3 == 0 ? fmt::format("v{}", i) : "");
  keys.insert("f1", "");
  EXPECT_EQ(keys.size(), 10'000u);
  EXPECT_TRUE(keys.contains("f1", ""));
  EXPECT_FALSE(keys.contains("f3", ""));
  EXPECT_TRUE(keys.contains("f3", "v3"));
  EXPECT_FALSE(keys.contains("f10000", ""));
  EXPECT_FALSE(keys.contains("f", "3v3"));  // the same letters, cut elsewhere
  EXPECT_TRUE(keys.has_hash(file_key_hash("f1", "")));
  FileKeySet all;
  EXPECT_FALSE(all.contains("f1", ""));
  all.insert_all(keys);
  EXPECT_EQ(all.size(), 10'000u);
  FileActionView file = view("file:/x/%66");
  all.insert("/x/f", "");
  EXPECT_TRUE(all.contains(file));
}

}  // namespace
}  // namespace lakelet::delta
