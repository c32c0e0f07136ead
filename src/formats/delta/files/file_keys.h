// A set of logical files: what later actions said of files that an unread part
// of the log still lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/delta/protocol/action_reader.h"

namespace lakelet::delta {

// The identity of a logical file: canonical path and unique id of the deletion
// vector (empty: none).
std::uint64_t file_key_hash(std::string_view canonical_path, std::string_view dv_id);

// Both are kept, not only their hash: a file that merely shares a hash must not
// be lost. Immutable once shared.
class FileKeySet {
 public:
  void insert(std::string_view canonical_path, std::string_view dv_id);
  void insert_all(const FileKeySet& other);
  bool contains(std::string_view canonical_path, std::string_view dv_id) const;
  bool contains(const FileActionView& file) const;
  bool has_hash(std::uint64_t hash) const;  // false: it surely doesn't contain a key with that hash
  std::size_t size() const { return ends_.size(); }
  std::uint64_t bytes() const { return text_.capacity() + (ends_.capacity() * 3) * 8 + slots_.capacity() * 4; }

 private:
  struct Entry {
    std::string_view path, dv_id;
  };
  Entry entry(std::uint32_t index) const;
  // The slot of the key, or the free one where it would go.
  std::size_t slot(std::uint64_t hash, std::string_view path, std::string_view dv_id) const;
  void grow();

  std::string text_;                 // path, then vector's id, back to back
  std::vector<std::uint64_t> ends_;  // of each entry's text; its path ends at path_ends_
  std::vector<std::uint64_t> path_ends_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> slots_;  // entry + 1; 0: free
};

}  // namespace lakelet::delta
