#include "formats/delta/files/live_files.h"

#include "lakelet/error.h"

namespace lakelet::delta {

LiveFiles::LiveFiles(const FormatContext& context, const FileList& files, FileRequest request)
    : tabular_(context.tabular.get()),
      files_(files),
      request_(std::move(request)),
      in_checkpoint_(files.checkpoint != nullptr) {
  if (!in_checkpoint_) return;
  if (!tabular_) throw Error(ErrorCode::Internal, "reading a checkpoint needs an engine that reads Parquet");
  kept_ = files.checkpoint->kept(*tabular_);
  if (!kept_) stream_ = std::make_unique<AddStream>(*tabular_, files.checkpoint->uris(), request_);
}

bool LiveFiles::next_of_checkpoint() {
  while (kept_ ? row_ < kept_->size() : stream_->next(file_)) {
    if (kept_) kept_->view(row_++, file_);
    if (files_.superseded.empty() || !files_.is_superseded(file_)) return true;
  }
  return false;
}

bool LiveFiles::next_of_blocks() {
  for (; part_ < files_.parts.size(); ++part_, row_ = 0) {
    const FileListPart& part = files_.parts[part_];
    while (row_ < part.block->size()) {
      const std::size_t row = row_++;
      if (!part.is_live(row)) continue;
      part.block->view(row, file_);
      return true;
    }
  }
  return false;
}

bool LiveFiles::next() {
  if (in_checkpoint_) {
    if (next_of_checkpoint()) return true;
    in_checkpoint_ = false;
    row_ = 0;
    stream_.reset();
  }
  return next_of_blocks();
}

const FileActionView& LiveFiles::whole_file() {
  if (in_checkpoint_ && stream_) stream_->read_details(file_);
  return file_;
}

FileStatistics LiveFiles::statistics() {
  if (in_checkpoint_ && stream_) return stream_->statistics();
  if (!text_statistics_) text_statistics_.emplace(request_.columns);
  return text_statistics_->read(file_.stats.value_or(std::string_view{}));
}

}  // namespace lakelet::delta
