#include "table/row_positions.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace lakelet {
namespace {

constexpr std::uint64_t kWord = std::uint64_t{1} << 32;

TEST(RowPositions, AreASortedSet) {
  RowPositions positions;
  EXPECT_TRUE(positions.empty());
  positions.add(7);
  EXPECT_FALSE(positions.add_checked(7));
  EXPECT_TRUE(positions.add_checked(3 * kWord + 5));
  positions.add(0);
  EXPECT_EQ(positions.to_vector(), (std::vector<std::uint64_t>{0, 7, 3 * kWord + 5}));
  EXPECT_EQ(positions.count(), 3u);
  EXPECT_TRUE(positions.contains(3 * kWord + 5));
  EXPECT_FALSE(positions.contains(5));
}

TEST(RowPositions, CopiesAreIndependent) {
  RowPositions first;
  first.add(1);
  RowPositions second = first;
  second.add(2);
  EXPECT_EQ(first.count(), 1u);
  first = second;
  EXPECT_EQ(first, second);
  RowPositions moved = std::move(second);
  EXPECT_EQ(moved.count(), 2u);
}

TEST(RowPositions, ARangeMayCrossWords) {
  RowPositions positions;
  positions.add_range(kWord - 3, 5);
  EXPECT_EQ(positions.to_vector(), (std::vector<std::uint64_t>{kWord - 3, kWord - 2, kWord - 1, kWord, kWord + 1}));
  positions.add_range(10, 0);
  EXPECT_EQ(positions.count(), 5u);
  EXPECT_TRUE(positions.intersects(0, kWord));
  EXPECT_TRUE(positions.intersects(kWord + 1, 1));
  EXPECT_FALSE(positions.intersects(kWord + 2, ~std::uint64_t{0}));
  EXPECT_FALSE(positions.intersects(0, kWord - 3));
  EXPECT_FALSE(positions.intersects(kWord, 0));
}

TEST(RowPositions, AnotherSetIsTakenAway) {
  RowPositions positions, others;
  positions.add_range(0, 10);
  positions.add(std::uint64_t{5} << 32);
  others.add_range(3, 100);
  others.add(std::uint64_t{5} << 32);
  others.add(std::uint64_t{9} << 32);
  positions.remove_all(others);
  EXPECT_EQ(positions.to_vector(), (std::vector<std::uint64_t>{0, 1, 2}));
  positions.remove_all(positions);
  EXPECT_TRUE(positions.empty());
  EXPECT_EQ(positions, RowPositions());
}

TEST(RowPositions, BehaveLikeASet) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    RowPositions positions, more;
    std::set<std::uint64_t> expected;
    const std::uint64_t span = round % 2 ? 3 * kWord : 100'000;
    for (int i = 0; i < 300; ++i) {
      const std::uint64_t at = random() % span;
      (i % 2 ? positions : more).add(at);
      expected.insert(at);
    }
    positions.add_all(more);
    EXPECT_EQ(positions.to_vector(), std::vector<std::uint64_t>(expected.begin(), expected.end()));
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t first = random() % span;
      const std::uint64_t n = random() % (i % 2 ? span : 2048);
      const auto at = expected.lower_bound(first);
      EXPECT_EQ(positions.intersects(first, n), at != expected.end() && *at < first + n) << first << " " << n;
      EXPECT_EQ(positions.contains(first), expected.count(first) == 1);
    }
  }
}

// Sets of every density, as arrays, bitmaps and runs inside, over the seam of two words.
TEST(RowPositions, OffsetsInAreThoseOfTheStretch) {
  std::mt19937_64 random(7);
  for (const std::uint64_t density : {1, 2, 10, 300, 70'000}) {
    PositionsBuilder builder;
    std::set<std::uint64_t> expected;
    const std::uint64_t base = kWord - 200'000;
    for (std::uint64_t i = 0; i < 400'000; ++i) {
      if (random() % density != 0) continue;
      builder.add(base + i);
      expected.insert(base + i);
    }
    builder.add_range(base + 450'000, 5'000);
    for (std::uint64_t i = 0; i < 5'000; ++i) expected.insert(base + 450'000 + i);
    const RowPositions positions = builder.finish();
    ASSERT_EQ(positions.count(), expected.size());
    for (int round = 0; round < 300; ++round) {
      const std::uint64_t first = base - 3'000 + random() % 460'000;
      const auto n = static_cast<std::uint32_t>(random() % 2'049);
      std::vector<std::uint32_t> found(n), wanted;
      found.resize(positions.offsets_in(first, n, found.data()));
      for (auto at = expected.lower_bound(first); at != expected.end() && *at < first + n; ++at) {
        wanted.push_back(static_cast<std::uint32_t>(*at - first));
      }
      ASSERT_EQ(found, wanted) << "density " << density << ", " << n << " from " << first;
    }
  }
}

TEST(RowPositions, ABuilderTakesPositionsInAnyOrder) {
  PositionsBuilder builder;
  std::mt19937_64 random(11);
  RowPositions expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t position = (random() % 3) * kWord + random() % 100'000;
    builder.add(position);
    expected.add(position);
    if (i % 100 == 0) {
      const std::uint64_t n = random() % 100;
      builder.add_range(position, n);
      expected.add_range(position, n);
    }
  }
  EXPECT_EQ(builder.finish(), expected);
  EXPECT_TRUE(builder.finish().empty());
}

}  // namespace
}  // namespace lakelet
