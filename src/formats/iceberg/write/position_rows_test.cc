#include "formats/iceberg/write/position_rows.h"

#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include <string>
#include <utility>
#include <vector>

namespace lakelet::iceberg {
namespace {

using Rows = std::vector<std::pair<std::string, std::int64_t>>;

Rows read(OwnedArrowStream stream, std::size_t& batches) {
  OwnedArrowSchema schema;
  EXPECT_EQ(stream->get_schema(stream.get(), schema.get()), 0);
  EXPECT_EQ(std::string(schema->children[0]->name), "file_path");
  EXPECT_EQ(std::string(schema->children[1]->name), "pos");
  Rows rows;
  for (batches = 0;; ++batches) {
    OwnedArrowArray batch;
    EXPECT_EQ(stream->get_next(stream.get(), batch.get()), 0);
    if (!batch) return rows;
    ArrowArrayView view;
    EXPECT_EQ(ArrowArrayViewInitFromSchema(&view, schema.get(), nullptr), NANOARROW_OK);
    EXPECT_EQ(ArrowArrayViewSetArray(&view, batch.get(), nullptr), NANOARROW_OK);
    for (std::int64_t i = 0; i < batch->length; ++i) {
      const ArrowStringView path = ArrowArrayViewGetStringUnsafe(view.children[0], i);
      rows.emplace_back(std::string(path.data, static_cast<std::size_t>(path.size_bytes)),
                        ArrowArrayViewGetIntUnsafe(view.children[1], i));
    }
    ArrowArrayViewReset(&view);
  }
}

TEST(PositionRows, AreByPathAndPosition) {
  PositionsByPath removed;
  Rows expected;
  removed["b"].add_range(0, 150'000);
  for (const std::uint64_t position : {std::uint64_t{7}, std::uint64_t{3}, std::uint64_t{1} << 40}) {
    removed["a"].add(position);
  }
  removed["empty"];
  removed["z"].add(0);
  for (const std::int64_t position : {std::int64_t{3}, std::int64_t{7}, std::int64_t{1} << 40}) {
    expected.emplace_back("a", position);
  }
  for (std::int64_t i = 0; i < 150'000; ++i) expected.emplace_back("b", i);
  expected.emplace_back("z", 0);
  std::size_t batches = 0;
  EXPECT_EQ(read(position_rows(removed), batches), expected);
  EXPECT_EQ(batches, 2u);
  EXPECT_TRUE(read(position_rows({}), batches).empty());
  EXPECT_EQ(batches, 0u);
}

}  // namespace
}  // namespace lakelet::iceberg
