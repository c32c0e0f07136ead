#include "engine/tabular_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include "engine/arrow_stream.h"
#include "engine/test_table.h"

namespace lakelet::engine {
namespace {

// The rows of a stream as DuckDB prints them.
std::string rows_of(TestLake& lake, OwnedArrowStream stream) {
  const ArrowSource source(std::move(stream));
  source.create_view(*lake.connection, "stream_rows");
  return lake.query("from stream_rows");
}

void write(TestLake& lake, const std::string& uri, const std::string& query) {
  lake.query("copy (" + query + ") to 'lakelet:" + uri + "' (format parquet)");
}

TEST(TabularIo, ReadsDottedPathsAndNullsForWhatIsMissing) {
  TestLake lake;
  const std::string uri = "memory://lake/checkpoint.parquet";
  write(lake, uri,
        "select {'path': 'f' || range, 'size': range, 'partitionValues': map{'a': 'x', 'b': null}, 'tags': [1, 2]} as "
        "add, "
        "null::struct(id varchar) as \"metaData\" from range(3) union all "
        "select null, {'id': 'the id'}");
  const auto io = lake.engine.tabular();
  const Schema schema = io->parquet_schema(uri);
  ASSERT_EQ(schema.size(), 2u);
  EXPECT_EQ(to_string(schema[0].type),
            to_string(parse_type(
                "struct<path: string, size: bigint, partitionValues: map<string,string>, tags: array<int>>")));
  auto stream = io->read_parquet(
      {{uri}, {"add.path", "add.partitionValues", "add.tags", "metaData.id", "add.stats", "txn", "add"}, {}});
  EXPECT_EQ(rows_of(lake, std::move(stream)),
            "f0|{a=x, b=NULL}|[1, 2]|NULL|NULL|NULL|{'path': f0, 'size': 0, 'partitionValues': {a=x, b=NULL}, 'tags': "
            "[1, 2]}\n"
            "f1|{a=x, b=NULL}|[1, 2]|NULL|NULL|NULL|{'path': f1, 'size': 1, 'partitionValues': {a=x, b=NULL}, 'tags': "
            "[1, 2]}\n"
            "f2|{a=x, b=NULL}|[1, 2]|NULL|NULL|NULL|{'path': f2, 'size': 2, 'partitionValues': {a=x, b=NULL}, 'tags': "
            "[1, 2]}\n"
            "NULL|NULL|NULL|the id|NULL|NULL|NULL\n");
  EXPECT_EQ(rows_of(lake, io->read_parquet({{uri}, {"metaData.id"}, {"metaData", "protocol"}})), "the id\n");
  EXPECT_EQ(rows_of(lake, io->read_parquet({{uri}, {"add.size"}, {"metaData", "add.path"}})), "0\n1\n2\nNULL\n");
  EXPECT_EQ(rows_of(lake, io->read_parquet({{uri}, {"add.size"}, {"txn"}})), "");
}

TEST(TabularIo, MapsAndListsComeAsArrow) {
  TestLake lake;
  const std::string uri = "memory://lake/[odd] *name?.parquet";
  write(lake, uri,
        "select map{'k': 'v'} as m, ['a', null] as l, 'text' as s, '2024-01-01 00:00:00+00'::timestamptz as t");
  auto stream = lake.engine.tabular()->read_parquet({{uri}, {"m", "l", "s", "t", "gone"}, {}});
  const auto schema = stream_schema(*stream.get());
  ASSERT_EQ(schema->n_children, 5);
  EXPECT_STREQ(schema->children[0]->format, "+m");
  EXPECT_STREQ(schema->children[1]->format, "+l");
  EXPECT_STREQ(schema->children[2]->format, "u");
  EXPECT_STREQ(schema->children[3]->format, "tsu:UTC");
  const auto batch = next_batch(*stream.get());
  EXPECT_EQ(batch->length, 1);
  EXPECT_FALSE(next_batch(*stream.get()));
}

TEST(TabularIo, WritesAndReadsBackMoreThanOneBatch) {
  TestLake lake;
  const std::string from = "memory://lake/from.parquet", to = "memory://lake/to.parquet";
  write(lake, from, "select range as i, 'v' || range as s from range(300000)");
  const auto io = lake.engine.tabular();
  const auto size = io->write_parquet(to, io->read_parquet({{from}, {"i", "s"}, {}}), "zstd");
  const auto place = lake.stores->resolve(to);
  EXPECT_EQ(size, place.store->find(place.path)->size);
  EXPECT_EQ(lake.query("select count(*), sum(i), max(s) from 'lakelet:" + to + "'"), "300000|44999850000|v99999\n");
}

TEST(TabularIo, NamesTheFileThatItCannotRead) {
  TestLake lake;
  const auto io = lake.engine.tabular();
  const auto code = [&](const std::string& uri) {
    try {
      auto stream = io->read_parquet({{uri}, {"a"}, {}});
      while (next_batch(*stream.get())) {
      }
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(uri));
      return error.code();
    }
    return ErrorCode::Internal;
  };
  EXPECT_EQ(code("memory://lake/none.parquet"), ErrorCode::NotFound);
  const auto place = lake.stores->resolve("memory://lake/bad.parquet");
  place.store->put(place.path, "PAR1 or so it says, but no");
  EXPECT_EQ(code("memory://lake/bad.parquet"), ErrorCode::CorruptTable);
  place.store->put(place.path, "");
  EXPECT_EQ(code("memory://lake/bad.parquet"), ErrorCode::CorruptTable);
}

}  // namespace
}  // namespace lakelet::engine
