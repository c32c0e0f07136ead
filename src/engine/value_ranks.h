// Values of one column as ranks: in which of many ranges with about as many rows each a value lies. What a
// space-filling curve takes for a coordinate, so that skewed numbers and strings with a common beginning spread as well
// as any.
#pragma once

#include <cstdint>
#include <duckdb.hpp>
#include <string>
#include <vector>

namespace lakelet::engine {

class ValueRanks {
 public:
  // Ranks of `bits` bits. Throws Error(InvalidArgument) for a type whose values have no order of one dimension (nested
  // types, variants), naming `column`.
  ValueRanks(const duckdb::LogicalType& type, int bits, const std::string& column);

  // Values to learn from, NULLs too: a sample of all. They are kept until settle().
  void learn(duckdb::Vector& values, duckdb::idx_t count);
  // No more come: from now on rank() may be called, from any thread.
  void settle();
  // The ranks of flat or other vectors of the type. NULLs come last.
  void rank(duckdb::Vector& values, duckdb::idx_t count, std::uint32_t* ranks) const;

  enum class Kind { Number, Text, Key };

 private:
  const duckdb::LogicalType type_;
  const Kind kind_;
  const int bits_;
  // The least value of each range but the first, ascending; one of the two.
  std::vector<std::uint64_t> numbers_;
  std::vector<std::string> texts_;
  std::size_t nulls_ = 0;
};

}  // namespace lakelet::engine
