#include "table/row_positions.h"

#include <algorithm>
#include <limits>
#include <map>
#include <roaring/roaring.hh>
#include <utility>

namespace lakelet {
namespace {

std::uint32_t high_word(std::uint64_t position) {
  return static_cast<std::uint32_t>(position >> 32);
}
std::uint32_t low_word(std::uint64_t position) {
  return static_cast<std::uint32_t>(position);
}

constexpr std::uint64_t kWordValues = std::uint64_t{1} << 32;

// The bitmap's values in [from, end), ascending: as many as are written to `values`.
std::uint32_t values_in(const Roaring& bitmap, std::uint32_t from, std::uint64_t end, std::uint32_t* values) {
  constexpr std::uint32_t kAtOnce = 256;
  roaring_uint32_iterator_t at;
  roaring_init_iterator(&bitmap.roaring, &at);
  if (!roaring_move_uint32_iterator_equalorlarger(&at, from)) return 0;
  std::uint32_t found = 0;
  while (at.has_value && at.current_value < end) {
    const auto room = static_cast<std::uint32_t>(std::min<std::uint64_t>(kAtOnce, end - at.current_value));
    found += roaring_read_uint32_iterator(&at, values + found, room);
    while (found > 0 && values[found - 1] >= end) --found;
  }
  return found;
}

}  // namespace

// One 32-bit bitmap for each high word, and not CRoaring's own 64-bit map: that one can't answer a range without
// walking all that lies before it. No bitmap is ever empty.
struct RowPositions::Impl {
  std::map<std::uint32_t, Roaring> bitmaps;
};

RowPositions::RowPositions() : impl_(std::make_unique<Impl>()) {}
RowPositions::RowPositions(const RowPositions& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
RowPositions::RowPositions(RowPositions&& other) noexcept = default;
RowPositions& RowPositions::operator=(RowPositions other) noexcept {
  impl_ = std::move(other.impl_);
  return *this;
}
RowPositions::~RowPositions() = default;

void RowPositions::add(std::uint64_t position) {
  impl_->bitmaps[high_word(position)].add(low_word(position));
}

bool RowPositions::add_checked(std::uint64_t position) {
  return impl_->bitmaps[high_word(position)].addChecked(low_word(position));
}

void RowPositions::add_range(std::uint64_t first, std::uint64_t n) {
  while (n > 0) {
    const std::uint64_t room = (std::uint64_t{1} << 32) - low_word(first);
    const std::uint64_t taken = n < room ? n : room;
    impl_->bitmaps[high_word(first)].addRange(low_word(first), std::uint64_t{low_word(first)} + taken);
    first += taken;
    n -= taken;
  }
}

void RowPositions::add_all(const RowPositions& other) {
  for (const auto& [high, bitmap] : other.impl_->bitmaps) impl_->bitmaps[high] |= bitmap;
}

void RowPositions::remove_all(const RowPositions& other) {
  if (&other == this) return impl_->bitmaps.clear();
  for (const auto& [high, bitmap] : other.impl_->bitmaps) {
    const auto own = impl_->bitmaps.find(high);
    if (own == impl_->bitmaps.end()) continue;
    own->second -= bitmap;
    if (own->second.isEmpty()) impl_->bitmaps.erase(own);
  }
}

bool RowPositions::contains(std::uint64_t position) const {
  const auto found = impl_->bitmaps.find(high_word(position));
  return found != impl_->bitmaps.end() && found->second.contains(low_word(position));
}

std::uint64_t RowPositions::count() const {
  std::uint64_t total = 0;
  for (const auto& [high, bitmap] : impl_->bitmaps) total += bitmap.cardinality();
  return total;
}

bool RowPositions::empty() const {
  return impl_->bitmaps.empty();
}

bool RowPositions::intersects(std::uint64_t first, std::uint64_t n) const {
  if (n == 0) return false;
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - first;
  const std::uint64_t last = first + (n - 1 < most ? n - 1 : most);
  for (auto i = impl_->bitmaps.lower_bound(high_word(first)); i != impl_->bitmaps.end(); ++i) {
    if (i->first > high_word(last)) return false;
    const std::uint64_t from = i->first == high_word(first) ? low_word(first) : 0;
    const std::uint64_t to = i->first == high_word(last) ? low_word(last) : std::numeric_limits<std::uint32_t>::max();
    if (roaring_bitmap_range_cardinality(&i->second.roaring, from, to + 1) > 0) return true;
  }
  return false;
}

std::uint32_t RowPositions::offsets_in(std::uint64_t first, std::uint32_t n, std::uint32_t* offsets) const {
  std::uint32_t found = 0;
  for (std::uint64_t done = 0; done < n;) {
    const std::uint64_t from = first + done;
    const std::uint64_t end = std::min<std::uint64_t>(std::uint64_t{low_word(from)} + (n - done), kWordValues);
    const auto at = impl_->bitmaps.find(high_word(from));
    if (at != impl_->bitmaps.end()) {
      const std::uint32_t read = values_in(at->second, low_word(from), end, offsets + found);
      // Modulo 2^32: what is left is less than n.
      const auto shift = static_cast<std::uint32_t>(done - low_word(from));
      for (std::uint32_t i = 0; i < read; ++i) offsets[found + i] += shift;
      found += read;
    }
    done += end - low_word(from);
  }
  return found;
}

std::vector<std::uint64_t> RowPositions::to_vector() const {
  std::vector<std::uint64_t> positions;
  positions.reserve(count());
  for (const auto& [high, bitmap] : impl_->bitmaps) {
    const std::uint64_t base = std::uint64_t{high} << 32;
    for (const std::uint32_t low : bitmap) positions.push_back(base | low);
  }
  return positions;
}

bool operator==(const RowPositions& a, const RowPositions& b) {
  return a.impl_->bitmaps == b.impl_->bitmaps;
}

void PositionsBuilder::add_range(std::uint64_t first, std::uint64_t n) {
  constexpr std::uint64_t kFew = 32;
  if (n <= kFew) {
    for (std::uint64_t i = 0; i < n; ++i) add(first + i);
    return;
  }
  flush();
  made_.add_range(first, n);  // as a run, however long
}

void PositionsBuilder::flush() {
  if (size_ > 0) made_.impl_->bitmaps[static_cast<std::uint32_t>(high_)].addMany(size_, words_.data());
  size_ = 0;
}

RowPositions PositionsBuilder::finish() {
  flush();
  return std::exchange(made_, RowPositions());
}

}  // namespace lakelet
