#include "engine/key_index.h"

#include <functional>

namespace lakelet::engine {

namespace {

std::uint64_t hash_of(std::string_view key) {
  return std::hash<std::string_view>()(key);
}

}  // namespace

bool KeyIndex::holds(const Slot& slot, std::uint64_t hash, std::string_view key) const {
  return slot.hash == hash && slot.length == key.size() &&
         std::string_view(bytes_).substr(slot.offset, slot.length) == key;
}

void KeyIndex::grow() {
  std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
  old.swap(slots_);
  const std::uint64_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.file == kFree) continue;
    std::uint64_t at = slot.hash & mask;
    while (slots_[at].file != kFree) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void KeyIndex::add(std::string_view key, std::uint32_t file) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_of(key), mask = slots_.size() - 1;
  std::uint64_t at = hash & mask, offset = bytes_.size();
  for (; slots_[at].file != kFree; at = (at + 1) & mask) {
    if (!holds(slots_[at], hash, key)) continue;
    if (slots_[at].file == file) return;
    offset = slots_[at].offset;  // the key of another file
  }
  if (offset == bytes_.size()) bytes_ += key;
  slots_[at] = {hash, offset, static_cast<std::uint32_t>(key.size()), file};
  ++used_;
}

bool KeyIndex::contains(std::string_view key, const std::vector<bool>& files) const {
  if (slots_.empty()) return false;
  const std::uint64_t hash = hash_of(key), mask = slots_.size() - 1;
  for (std::uint64_t at = hash & mask; slots_[at].file != kFree; at = (at + 1) & mask) {
    if (slots_[at].file < files.size() && files[slots_[at].file] && holds(slots_[at], hash, key)) return true;
  }
  return false;
}

}  // namespace lakelet::engine
