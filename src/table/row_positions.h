// A set of row positions of one file: compressed, sorted, up to 2^63.
#pragma once

#include <array>
#include <cstddef>
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
  // Writes those in [first, first + n), each less `first`, ascending; returns how many. `offsets` has room for n.
  std::uint32_t offsets_in(std::uint64_t first, std::uint32_t n, std::uint32_t* offsets) const;
  std::vector<std::uint64_t> to_vector() const;  // ascending
  friend bool operator==(const RowPositions& a, const RowPositions& b);

 private:
  friend class PositionsBuilder;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Makes a set of many positions in any order, fastest where they ascend.
class PositionsBuilder {
 public:
  void add(std::uint64_t position) {
    if (size_ == words_.size() || high_ != position >> 32) flush();
    high_ = position >> 32;
    words_[size_++] = static_cast<std::uint32_t>(position);
  }
  void add_range(std::uint64_t first, std::uint64_t n);
  RowPositions finish();  // what was added since the last time

 private:
  void flush();

  RowPositions made_;
  std::uint64_t high_ = 0;
  std::array<std::uint32_t, 512> words_;
  std::size_t size_ = 0;
};

}  // namespace lakelet
