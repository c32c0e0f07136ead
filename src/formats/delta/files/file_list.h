// Live files as columns: paths, sizes, partition values and statistics of a
// million files in a few large arrays.
//
// A FileBlock is an immutable run of rows, from a run of commits. A FileList is
// what a version sees: the checkpoint's files, which stay in the checkpoint
// until somebody wants them, without those that commits named since; and
// blocks, for each with the rows that are gone. Versions share all of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/delta/files/file_keys.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

// Text by row, back to back.
class StringColumn {
 public:
  void append(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(bytes_.size());
  }
  std::string_view operator[](std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(bytes_).substr(begin, ends_[row] - begin);
  }
  std::size_t size() const { return ends_.size(); }
  std::uint64_t bytes() const { return bytes_.capacity() + ends_.capacity() * 8; }
  void shrink();

 private:
  std::string bytes_;
  std::vector<std::uint64_t> ends_;
};

// One partition column: a dictionary and a code for each row. Pruning judges
// each distinct value once.
struct PartitionColumn {
  static constexpr std::uint32_t kAbsent = 0, kNull = 1, kFirst = 2;
  std::string name;                  // physical
  std::vector<std::uint32_t> codes;  // dictionary[code - kFirst]
  StringColumn dictionary;
};

class FileBlock {
 public:
  FileBlock() = default;
  FileBlock(const FileBlock&) = delete;
  FileBlock& operator=(const FileBlock&) = delete;

  std::size_t size() const { return sizes_.size(); }
  std::string_view path(std::size_t row) const { return paths_[row]; }
  std::int64_t bytes(std::size_t row) const { return sizes_[row]; }
  std::int64_t modification_time_ms(std::size_t row) const { return modified_[row]; }
  std::string_view stats(std::size_t row) const { return stats_[row]; }  // JSON text; empty: none
  std::uint64_t key_hash(std::size_t row) const { return hashes_[row]; }
  const DeletionVectorDescriptor* deletion_vector(std::size_t row) const;  // nullptr: none
  std::string dv_id(std::size_t row) const;                                // empty: none
  std::optional<std::int64_t> base_row_id(std::size_t row) const;
  std::optional<std::int64_t> default_row_commit_version(std::size_t row) const;
  const std::vector<PartitionColumn>& partition_columns() const { return partition_columns_; }
  // -1 if no file of the block names it.
  int partition_column(std::string_view physical_name) const;
  AddFile add_file(std::size_t row) const;
  // The same as views into the block; keeps the buffers of `out`.
  void view(std::size_t row, FileActionView& out) const;
  std::uint64_t memory_bytes() const;
  // Whether the row is this logical file.
  bool is(std::size_t row, std::string_view canonical_path, std::string_view dv_id) const;
  // The last row of this logical file; builds an index on first use.
  // Thread-safe.
  std::optional<std::size_t> find(std::string_view canonical_path, std::string_view dv_id) const;

 private:
  friend class FileBlockBuilder;
  struct Rare {  // what few files have
    StringMap tags;
    std::optional<DeletionVectorDescriptor> deletion_vector;
    std::optional<std::int64_t> base_row_id, default_row_commit_version;
    std::optional<std::string> clustering_provider;
  };
  const Rare* rare(std::size_t row) const;

  StringColumn paths_, stats_;
  std::vector<std::int64_t> sizes_, modified_;
  std::vector<std::uint64_t> hashes_;
  std::vector<bool> data_change_;
  std::vector<PartitionColumn> partition_columns_;
  std::vector<std::int32_t> rare_index_;  // -1: none; empty as long as no row has any
  std::vector<Rare> rare_;
  mutable std::once_flag index_once_;
  mutable std::vector<std::uint32_t> by_hash_;  // rows ordered by hash
};

class FileBlockBuilder {
 public:
  // A mere record of files is without their statistics, and nobody will look for a file in it.
  enum class Purpose { List, Record };
  explicit FileBlockBuilder(Purpose purpose = Purpose::List);
  ~FileBlockBuilder();
  // Returns the row.
  std::size_t append(const FileActionView& add);
  std::size_t size() const { return block_->size(); }
  const FileBlock& block() const { return *block_; }
  std::shared_ptr<const FileBlock> finish();

 private:
  PartitionColumn& column(std::string_view name);
  void set_partition_value(std::string_view name, std::optional<std::string_view> value);

  Purpose purpose_;
  std::unique_ptr<FileBlock> block_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> codes_;
  std::string scratch_;
};

struct FileListPart {
  std::shared_ptr<const FileBlock> block;
  std::vector<bool> gone;  // by row; empty: all are there
  std::size_t live = 0;
  bool is_live(std::size_t row) const { return gone.empty() || !gone[row]; }
  void remove(std::size_t row);  // that is live
};

class CheckpointAdds;

struct FileList {
  std::shared_ptr<const CheckpointAdds> checkpoint = {};  // null: none
  // The files of the checkpoint that commits after it named: they are gone, or
  // they are in the blocks now.
  std::vector<std::shared_ptr<const FileKeySet>> superseded = {};
  std::vector<FileListPart> parts = {};

  std::size_t listed() const;   // live files of the blocks
  std::uint64_t bytes() const;  // of memory
  bool is_superseded(const FileActionView& file) const;
  struct Position {
    std::shared_ptr<const FileBlock> block;
    std::size_t row = 0;
  };
  // The live logical file, by its path as in the log (any spelling); nullopt if
  // no block has it.
  std::optional<Position> find(std::string_view path, std::string_view dv_id) const;
};

}  // namespace lakelet::delta
