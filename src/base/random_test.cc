#include "base/random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

namespace lakelet {
namespace {

TEST(Random, ASeedFixesTheSequence) {
  std::thread([] {
    seed_random(7);
    const std::uint64_t first = random_bits();
    const std::uint64_t second = random_bits();
    EXPECT_NE(first, second);
    seed_random(7);
    EXPECT_EQ(random_bits(), first);
    EXPECT_EQ(random_bits(), second);
  }).join();
}

TEST(Random, FractionsFillTheUnitInterval) {
  double sum = 0, least = 1, most = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = random_fraction();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.05);
  EXPECT_LT(least, 0.01);
  EXPECT_GT(most, 0.99);
}

TEST(Random, ThreadsAndForkedChildrenDiffer) {
  std::set<std::uint64_t> seen{random_bits()};
  std::uint64_t other = 0;
  std::thread([&] { other = random_bits(); }).join();
  seen.insert(other);

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::uint64_t bits = random_bits();
    ::_exit(::write(ends[1], &bits, sizeof bits) == sizeof bits ? 0 : 1);
  }
  std::uint64_t of_child = 0;
  ASSERT_EQ(::read(ends[0], &of_child, sizeof of_child), static_cast<ssize_t>(sizeof of_child));
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  seen.insert(of_child);
  seen.insert(random_bits());
  EXPECT_EQ(seen.size(), 4u);
}

TEST(Random, EntropyFillsTheWholeSpan) {
  std::array<std::byte, 300> a{}, b{};
  fill_with_entropy(a);
  fill_with_entropy(b);
  EXPECT_NE(a, b);
  EXPECT_TRUE(std::any_of(a.end() - 32, a.end(), [](std::byte x) { return x != std::byte{}; }));
}

}  // namespace
}  // namespace lakelet
