#include "formats/delta/file_list.h"

#include <algorithm>
#include <numeric>

#include "formats/delta/file_path.h"

namespace lakelet::delta {

namespace {

// Most paths are written in one way only: spare them the copy.
bool is_canonical(std::string_view path) {
  return path.find('%') == std::string_view::npos && !path.starts_with("file:");
}

}  // namespace

void StringColumn::shrink() {
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

std::uint64_t file_key_hash(std::string_view canonical_path, std::string_view dv_id) {
  const std::uint64_t path = std::hash<std::string_view>{}(canonical_path);
  if (dv_id.empty()) return path;
  return path ^ (std::hash<std::string_view>{}(dv_id)*0x9E3779B97F4A7C15ull);
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

int FileBlock::partition_column(std::string_view physical_name) const {
  for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
    if (partition_columns_[i].name == physical_name) return static_cast<int>(i);
  }
  return -1;
}

AddFile FileBlock::add_file(std::size_t row) const {
  AddFile add;
  add.path = paths_[row];
  for (const PartitionColumn& column : partition_columns_) {
    const std::uint32_t code = row < column.codes.size() ? column.codes[row] : PartitionColumn::kAbsent;
    if (code == PartitionColumn::kAbsent) continue;
    if (code == PartitionColumn::kNull) {
      add.partition_values.emplace(column.name, std::nullopt);
    } else {
      add.partition_values.emplace(column.name, column.dictionary[code - PartitionColumn::kFirst]);
    }
  }
  add.size = sizes_[row];
  add.modification_time_ms = modified_[row];
  add.data_change = data_change_[row];
  if (!stats_[row].empty()) add.stats = stats_[row];
  if (const Rare* more = rare(row)) {
    add.tags = more->tags;
    add.deletion_vector = more->deletion_vector;
    add.base_row_id = more->base_row_id;
    add.default_row_commit_version = more->default_row_commit_version;
    add.clustering_provider = more->clustering_provider;
  }
  return add;
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

FileBlockBuilder::FileBlockBuilder() : block_(std::make_unique<FileBlock>()) {}
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
  block.stats_.append(add.stats.value_or(std::string_view{}));
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
  const std::string id = add.deletion_vector ? add.deletion_vector->unique_id() : std::string();
  block.hashes_.push_back(is_canonical(add.path) ? file_key_hash(add.path, id)
                                                 : file_key_hash(canonical_path(add.path), id));
  return row;
}

std::size_t FileBlockBuilder::append(const FileBlock& from, std::size_t from_row) {
  FileBlock& block = *block_;
  const std::size_t row = block.size();
  block.paths_.append(from.path(from_row));
  block.sizes_.push_back(from.sizes_[from_row]);
  block.modified_.push_back(from.modified_[from_row]);
  block.data_change_.push_back(from.data_change_[from_row]);
  block.stats_.append(from.stats_[from_row]);
  for (const PartitionColumn& source : from.partition_columns_) {
    const std::uint32_t code = from_row < source.codes.size() ? source.codes[from_row] : PartitionColumn::kAbsent;
    if (code == PartitionColumn::kAbsent) continue;
    set_partition_value(source.name, code == PartitionColumn::kNull
                                         ? std::nullopt
                                         : std::optional(source.dictionary[code - PartitionColumn::kFirst]));
  }
  if (const FileBlock::Rare* rare = from.rare(from_row)) {
    block.rare_index_.resize(row + 1, -1);
    block.rare_index_[row] = static_cast<std::int32_t>(block.rare_.size());
    block.rare_.push_back(*rare);
  }
  block.hashes_.push_back(from.hashes_[from_row]);
  return row;
}

void FileBlockBuilder::set_stats(std::size_t first, const std::vector<std::string>& stats) {
  StringColumn all;
  for (std::size_t row = 0; row < size(); ++row) {
    const bool given = row >= first && row - first < stats.size();
    all.append(given ? std::string_view(stats[row - first]) : block_->stats_[row]);
  }
  block_->stats_ = std::move(all);
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

std::size_t FileList::size() const {
  std::size_t total = 0;
  for (const FileListPart& part : parts) total += part.live;
  return total;
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
