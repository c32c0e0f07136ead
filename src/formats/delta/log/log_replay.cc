#include "formats/delta/log/log_replay.h"

#include <fmt/format.h>

#include "formats/delta/files/file_path.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr std::size_t kManyParts = 16;
constexpr std::uint32_t kCheckMemoryEvery = 4096;  // files

// One block of all the live rows, where a long chain of refreshes has left many
// small ones.
FileListPart merge(const std::vector<FileListPart>& parts) {
  FileBlockBuilder builder;
  FileActionView file;
  for (const FileListPart& part : parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (!part.is_live(row)) continue;
      part.block->view(row, file);
      builder.append(file);
    }
  }
  FileListPart result;
  result.live = builder.size();
  result.block = builder.finish();
  return result;
}

}  // namespace

LogReplay::LogReplay(TableState base, std::uint64_t memory_limit)
    : state_(std::move(base)),
      memory_limit_(memory_limit),
      has_protocol_(state_.version >= 0),
      has_metadata_(state_.version >= 0) {
  state_.in_commit_timestamp_ms.reset();
}

void LogReplay::supersede(std::uint64_t hash, std::string_view path, std::string_view dv_id) {
  auto [row, end] = rows_.equal_range(hash);
  for (; row != end; ++row) {
    if (!builder_.block().is(row->second, path, dv_id)) continue;
    gone_[row->second] = true;
    --live_;
    rows_.erase(row);
    return;  // the base's row, if there is one, went when this one came
  }
  if (state_.files.parts.empty() && !state_.files.checkpoint) return;
  if (!touched_) touched_ = std::make_shared<FileKeySet>();
  touched_->insert(path, dv_id);
  if (touched_->size() % kCheckMemoryEvery == 0) check_memory();
}

void LogReplay::check_memory() {
  const std::uint64_t bytes = builder_.block().memory_bytes() + rows_.size() * 32 + (touched_ ? touched_->bytes() : 0);
  if (memory_limit_ == 0 || bytes <= memory_limit_) return;
  throw Error(
      ErrorCode::Exhausted,
      fmt::format("the files of the log take more than the {} MB that planning may use", memory_limit_ / 1000000),
      "raise the memory limit, or let a checkpoint be written on a larger "
      "machine");
}

void LogReplay::on_add(const FileActionView& add) {
  const std::string path = canonical_path(add.path);
  const std::string dv_id = add.deletion_vector ? add.deletion_vector->unique_id() : std::string();
  const std::uint64_t hash = file_key_hash(path, dv_id);
  supersede(hash, path, dv_id);
  const std::size_t row = builder_.append(add);
  gone_.push_back(false);
  ++live_;
  rows_.emplace(hash, static_cast<std::uint32_t>(row));
  if (row % kCheckMemoryEvery == 0) check_memory();
}

void LogReplay::on_remove(const FileActionView& remove) {
  const std::string path = canonical_path(remove.path);
  const std::string dv_id = remove.deletion_vector ? remove.deletion_vector->unique_id() : std::string();
  supersede(file_key_hash(path, dv_id), path, dv_id);
}

void LogReplay::on_txn(Txn txn) {
  std::string application = txn.app_id;
  state_.transactions.insert_or_assign(std::move(application), std::move(txn));
}

void LogReplay::on_domain_metadata(DomainMetadata domain) {
  if (domain.removed) {
    state_.domains.erase(domain.domain);
  } else {
    std::string name = domain.domain;
    state_.domains.insert_or_assign(std::move(name), std::move(domain));
  }
}

void LogReplay::on_commit_info(CommitInfoAction info) {
  if (info.in_commit_timestamp_ms) state_.in_commit_timestamp_ms = info.in_commit_timestamp_ms;
}

void LogReplay::apply_to_base() {
  if (!touched_) return;
  FileActionView file;
  for (FileListPart& part : state_.files.parts) {
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (!part.is_live(row) || !touched_->has_hash(part.block->key_hash(row))) continue;
      part.block->view(row, file);
      if (touched_->contains(file)) part.remove(row);
    }
  }
  std::erase_if(state_.files.parts, [](const FileListPart& part) { return part.live == 0; });
}

void LogReplay::supersede_checkpoint() {
  auto& superseded = state_.files.superseded;
  if (!touched_ || !state_.files.checkpoint) return;
  superseded.push_back(std::move(touched_));
  if (superseded.size() <= kManyParts) return;
  auto all = std::make_shared<FileKeySet>();
  for (const auto& keys : superseded) all->insert_all(*keys);
  superseded = {std::move(all)};
}

void LogReplay::append_new_files() {
  if (live_ == 0) return;
  FileListPart part;
  part.live = live_;
  part.block = builder_.finish();
  if (live_ < part.block->size()) part.gone = std::move(gone_);
  // A log that rewrote its files over and over would keep the text of them all.
  if (live_ * 2 < part.block->size()) part = merge({part});
  state_.files.parts.push_back(std::move(part));
  if (state_.files.parts.size() > kManyParts) state_.files.parts = {merge(state_.files.parts)};
}

TableState LogReplay::finish(Version version, const std::string& table_uri) {
  for (const auto& [there, action] : {std::pair(has_protocol_, "protocol"), std::pair(has_metadata_, "metaData")}) {
    if (!there) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("the log of {} has no {} action up to version {}", table_uri, action, version));
    }
  }
  apply_to_base();
  supersede_checkpoint();
  append_new_files();
  state_.version = version;
  return std::move(state_);
}

}  // namespace lakelet::delta
