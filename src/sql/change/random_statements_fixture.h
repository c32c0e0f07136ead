// For the tests of this folder that run random statements: what is drawn, and on which tables.
#pragma once

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "sql/sql_fixture.h"

namespace lakelet::sql {

// How a table lets rows go, and the seed of what is done to it.
struct RandomCase {
  const char* removal;
  bool partitioned;
  unsigned seed;

  std::vector<std::string> partition_by() const {
    return partitioned ? std::vector<std::string>{"p"} : std::vector<std::string>{};
  }
};

inline void PrintTo(const RandomCase& c, std::ostream* out) {
  *out << c.removal << (c.partitioned ? ", partitioned" : "") << ", seed " << c.seed;
}

// Every policy, partitioned or not, with the seeds from 1 on.
inline std::vector<RandomCase> random_cases(unsigned seeds) {
  std::vector<RandomCase> all;
  for (const char* removal : {"rewrite", "positions"}) {
    for (const bool partitioned : {false, true}) {
      for (unsigned seed = 1; seed <= seeds; ++seed) all.push_back({removal, partitioned, seed});
    }
  }
  return all;
}

class RandomStatements : public SqlFixture, public ::testing::WithParamInterface<RandomCase> {
 protected:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  template <std::size_t N>
  std::string one_of(const char* const (&choices)[N]) {
    return choices[below(N)];
  }
  // The numbers below n in random order.
  std::vector<int> shuffled(int n) {
    std::vector<int> numbers(n);
    for (int i = 0; i < n; ++i) numbers[i] = i;
    std::shuffle(numbers.begin(), numbers.end(), random_);
    return numbers;
  }
  static std::string with(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
    return text;
  }

 private:
  std::mt19937 random_{GetParam().seed};
};

}  // namespace lakelet::sql
