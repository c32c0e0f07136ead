// Which of several files has a key: many keys of any length, in little more memory than they take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet::engine {

class KeyIndex {
 public:
  void add(std::string_view key, std::uint32_t file);
  // Whether one of the files has it; `files` says of each number whether it counts.
  bool contains(std::string_view key, const std::vector<bool>& files) const;
  std::uint64_t size() const { return used_; }
  std::uint64_t memory_bytes() const { return slots_.capacity() * sizeof(Slot) + bytes_.capacity(); }

 private:
  struct Slot {
    std::uint64_t hash = 0, offset = 0;
    std::uint32_t length = 0, file = kFree;
  };
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;
  bool holds(const Slot& slot, std::uint64_t hash, std::string_view key) const;
  void grow();

  std::vector<Slot> slots_;  // a power of two of them, at most half of them in use
  std::string bytes_;        // the keys, back to back
  std::uint64_t used_ = 0;
};

}  // namespace lakelet::engine
