#include "formats/delta/files/file_list.h"

#include <algorithm>
#include <numeric>

#include "formats/delta/files/file_path.h"

namespace lakelet::delta {

void StringColumn::shrink() {
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

const FileBlock::Rare* FileBlock::rare(std::size_t row) const {
  if (row >= rare_index_.size() || rare_index_[row] < 0) return nullptr;
  return &rare_[rare_index_[row]];
}

const DeletionVectorDescriptor* FileBlock::deletion_vector(std::size_t row) const {
  const Rare* more = rare(row);
  return more && more->deletion_vector ? &*more->deletion_vector : nullptr;
}

std::string FileBlock::dv_id(std::size_t row) const {
  const DeletionVectorDescriptor* dv = deletion_vector(row);
  return dv ? dv->unique_id() : std::string();
}

std::optional<std::int64_t> FileBlock::base_row_id(std::size_t row) const {
  const Rare* more = rare(row);
  return more ? more->base_row_id : std::nullopt;
}

std::optional<std::int64_t> FileBlock::default_row_commit_version(std::size_t row) const {
  const Rare* more = rare(row);
  return more ? more->default_row_commit_version : std::nullopt;
}

std::uint64_t FileBlock::memory_bytes() const {
  std::uint64_t total =
      paths_.bytes() + stats_.bytes() + size() * 25 + rare_index_.capacity() * 4 + rare_.capacity() * sizeof(Rare);
  for (const PartitionColumn& column : partition_columns_)
    total += column.codes.capacity() * 4 + column.dictionary.bytes();
  return total;
}

int FileBlock::partition_column(std::string_view physical_name) const {
  for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
    if (partition_columns_[i].name == physical_name) return static_cast<int>(i);
  }
  return -1;
}

AddFile FileBlock::add_file(std::size_t row) const {
  FileActionView file;
  view(row, file);
  return to_add_file(file);
}

void FileBlock::view(std::size_t row, FileActionView& out) const {
  out.path = paths_[row];
  out.partition_values.clear();
  for (const PartitionColumn& column : partition_columns_) {
    const std::uint32_t code = row < column.codes.size() ? column.codes[row] : PartitionColumn::kAbsent;
    if (code == PartitionColumn::kAbsent) continue;
    out.partition_values.emplace_back(
        column.name, code == PartitionColumn::kNull
                         ? std::nullopt
                         : std::optional<std::string_view>(column.dictionary[code - PartitionColumn::kFirst]));
  }
  out.size = sizes_[row];
  out.modification_time_ms = modified_[row];
  out.data_change = data_change_[row];
  out.stats.reset();
  if (!stats_[row].empty()) out.stats = stats_[row];
  out.tags.clear();
  out.deletion_vector.reset();
  out.base_row_id.reset();
  out.default_row_commit_version.reset();
  out.clustering_provider.reset();
  if (const Rare* more = rare(row)) {
    for (const auto& [name, value] : more->tags) out.tags.emplace_back(name, value);
    out.deletion_vector = more->deletion_vector;
    out.base_row_id = more->base_row_id;
    out.default_row_commit_version = more->default_row_commit_version;
    if (more->clustering_provider) out.clustering_provider = *more->clustering_provider;
  }
}

bool FileBlock::is(std::size_t row, std::string_view canonical, std::string_view id) const {
  const std::string_view path = paths_[row];
  if (is_canonical(path) ? path != canonical : canonical_path(path) != canonical) return false;
  const DeletionVectorDescriptor* dv = deletion_vector(row);
  return dv ? dv->unique_id() == id : id.empty();
}

std::optional<std::size_t> FileBlock::find(std::string_view canonical, std::string_view id) const {
  std::call_once(index_once_, [this] {
    by_hash_.resize(size());
    std::iota(by_hash_.begin(), by_hash_.end(), 0u);
    std::sort(by_hash_.begin(), by_hash_.end(),
              [this](std::uint32_t a, std::uint32_t b) { return std::pair(hashes_[a], a) < std::pair(hashes_[b], b); });
  });
  const std::uint64_t hash = file_key_hash(canonical, id);
  auto end = std::upper_bound(by_hash_.begin(), by_hash_.end(), hash,
                              [this](std::uint64_t key, std::uint32_t row) { return key < hashes_[row]; });
  while (end != by_hash_.begin() && hashes_[*(end - 1)] == hash) {
    --end;
    if (is(*end, canonical, id)) return *end;
  }
  return std::nullopt;
}

FileBlockBuilder::FileBlockBuilder(Purpose purpose) : purpose_(purpose), block_(std::make_unique<FileBlock>()) {}
FileBlockBuilder::~FileBlockBuilder() = default;

PartitionColumn& FileBlockBuilder::column(std::string_view name) {
  int index = block_->partition_column(name);
  if (index < 0) {
    index = static_cast<int>(block_->partition_columns_.size());
    block_->partition_columns_.push_back({std::string(name), {}, {}});
    codes_.emplace_back();
  }
  return block_->partition_columns_[index];
}

void FileBlockBuilder::set_partition_value(std::string_view name, std::optional<std::string_view> value) {
  PartitionColumn& target = column(name);
  const std::size_t row = block_->sizes_.size() - 1;
  target.codes.resize(row + 1, PartitionColumn::kAbsent);
  if (!value) {
    target.codes[row] = PartitionColumn::kNull;
    return;
  }
  auto& codes = codes_[&target - block_->partition_columns_.data()];
  scratch_.assign(*value);
  const auto [entry, is_new] =
      codes.try_emplace(scratch_, static_cast<std::uint32_t>(codes.size()) + PartitionColumn::kFirst);
  if (is_new) target.dictionary.append(*value);
  target.codes[row] = entry->second;
}

std::size_t FileBlockBuilder::append(const FileActionView& add) {
  FileBlock& block = *block_;
  const std::size_t row = block.size();
  block.paths_.append(add.path);
  block.sizes_.push_back(add.size.value_or(0));
  block.modified_.push_back(add.modification_time_ms);
  block.data_change_.push_back(add.data_change);
  block.stats_.append(purpose_ == Purpose::List ? add.stats.value_or(std::string_view{}) : std::string_view{});
  for (const auto& [name, value] : add.partition_values) set_partition_value(name, value);
  if (!add.tags.empty() || add.deletion_vector || add.base_row_id || add.default_row_commit_version ||
      add.clustering_provider) {
    FileBlock::Rare rare;
    for (const auto& [name, value] : add.tags) rare.tags.emplace(name, value);
    rare.deletion_vector = add.deletion_vector;
    rare.base_row_id = add.base_row_id;
    rare.default_row_commit_version = add.default_row_commit_version;
    if (add.clustering_provider) rare.clustering_provider.emplace(*add.clustering_provider);
    block.rare_index_.resize(row + 1, -1);
    block.rare_index_[row] = static_cast<std::int32_t>(block.rare_.size());
    block.rare_.push_back(std::move(rare));
  }
  if (purpose_ == Purpose::Record) return row;
  const std::string id = add.deletion_vector ? add.deletion_vector->unique_id() : std::string();
  block.hashes_.push_back(is_canonical(add.path) ? file_key_hash(add.path, id)
                                                 : file_key_hash(canonical_path(add.path), id));
  return row;
}

std::shared_ptr<const FileBlock> FileBlockBuilder::finish() {
  FileBlock& block = *block_;
  block.paths_.shrink();
  block.stats_.shrink();
  for (PartitionColumn& column : block.partition_columns_) {
    column.codes.resize(block.size(), PartitionColumn::kAbsent);
    column.codes.shrink_to_fit();
  }
  std::shared_ptr<const FileBlock> result = std::move(block_);
  block_ = std::make_unique<FileBlock>();
  codes_.clear();
  return result;
}

void FileListPart::remove(std::size_t row) {
  if (gone.empty()) gone.resize(block->size());
  gone[row] = true;
  --live;
}

std::size_t FileList::listed() const {
  std::size_t total = 0;
  for (const FileListPart& part : parts) total += part.live;
  return total;
}

std::uint64_t FileList::bytes() const {
  std::uint64_t total = 0;
  for (const FileListPart& part : parts) total += part.block->memory_bytes() + part.gone.size() / 8;
  for (const auto& keys : superseded) total += keys->bytes();
  return total;
}

bool FileList::is_superseded(const FileActionView& file) const {
  for (const auto& keys : superseded) {
    if (keys->contains(file)) return true;
  }
  return false;
}

std::optional<FileList::Position> FileList::find(std::string_view path, std::string_view dv_id) const {
  const std::string canonical = canonical_path(path);
  for (const FileListPart& part : parts) {
    const auto row = part.block->find(canonical, dv_id);
    if (row && part.is_live(*row)) return Position{part.block, *row};
  }
  return std::nullopt;
}

}  // namespace lakelet::delta
