// A set of row positions of one file: compressed, sorted, up to 2^63.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lakelet {

class RowPositions {
 public:
  RowPositions();
  RowPositions(const RowPositions&);
  RowPositions(RowPositions&&) noexcept;
  RowPositions& operator=(RowPositions) noexcept;
  ~RowPositions();

  void add(std::uint64_t position);
  bool add_checked(std::uint64_t position);              // false if it was there already
  void add_range(std::uint64_t first, std::uint64_t n);  // [first, first + n)
  void add_all(const RowPositions& other);
  void remove_all(const RowPositions& other);
  bool contains(std::uint64_t position) const;
  std::uint64_t count() const;
  bool empty() const;
  // Whether any position lies in [first, first + n).
  bool intersects(std::uint64_t first, std::uint64_t n) const;
  std::vector<std::uint64_t> to_vector() const;  // ascending
  friend bool operator==(const RowPositions& a, const RowPositions& b);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet
