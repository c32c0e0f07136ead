#include "formats/delta/files/file_keys.h"

#include <functional>

#include "formats/delta/files/file_path.h"

namespace lakelet::delta {

std::uint64_t file_key_hash(std::string_view canonical_path, std::string_view dv_id) {
  const std::uint64_t path = std::hash<std::string_view>{}(canonical_path);
  if (dv_id.empty()) return path;
  return path ^ (std::hash<std::string_view>{}(dv_id)*0x9E3779B97F4A7C15ull);
}

FileKeySet::Entry FileKeySet::entry(std::uint32_t index) const {
  const std::uint64_t begin = index == 0 ? 0 : ends_[index - 1];
  const std::string_view text(text_);
  return {text.substr(begin, path_ends_[index] - begin),
          text.substr(path_ends_[index], ends_[index] - path_ends_[index])};
}

std::size_t FileKeySet::slot(std::uint64_t hash, std::string_view path, std::string_view dv_id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const std::uint32_t index = slots_[at] - 1;
    if (hashes_[index] != hash) continue;
    const Entry known = entry(index);
    if (known.path == path && known.dv_id == dv_id) break;
  }
  return at;
}

void FileKeySet::grow() {
  std::vector<std::uint32_t> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const std::uint32_t each : old) {
    if (each == 0) continue;
    std::size_t at = hashes_[each - 1] & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = each;
  }
}

void FileKeySet::insert(std::string_view path, std::string_view dv_id) {
  if (size() * 2 >= slots_.size()) grow();
  const std::uint64_t hash = file_key_hash(path, dv_id);
  const std::size_t at = slot(hash, path, dv_id);
  if (slots_[at] != 0) return;
  text_.append(path);
  path_ends_.push_back(text_.size());
  text_.append(dv_id);
  ends_.push_back(text_.size());
  hashes_.push_back(hash);
  slots_[at] = static_cast<std::uint32_t>(ends_.size());
}

void FileKeySet::insert_all(const FileKeySet& other) {
  for (std::uint32_t i = 0; i < other.size(); ++i) {
    const Entry each = other.entry(i);
    insert(each.path, each.dv_id);
  }
}

bool FileKeySet::contains(std::string_view path, std::string_view dv_id) const {
  if (slots_.empty()) return false;
  return slots_[slot(file_key_hash(path, dv_id), path, dv_id)] != 0;
}

bool FileKeySet::has_hash(std::uint64_t hash) const {
  if (slots_.empty()) return false;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    if (hashes_[slots_[at] - 1] == hash) return true;
  }
  return false;
}

bool FileKeySet::contains(const FileActionView& file) const {
  if (slots_.empty()) return false;
  const std::string id = file.deletion_vector ? file.deletion_vector->unique_id() : std::string();
  return is_canonical(file.path) ? contains(file.path, id) : contains(canonical_path(file.path), id);
}

}  // namespace lakelet::delta
