// Every file of a version, one after the other: those of its checkpoint that no
// later commit named, then those of the commits. One batch of the checkpoint is
// in memory at a time.
#pragma once

#include <memory>
#include <optional>

#include "formats/delta/checkpoint/checkpoint_adds.h"
#include "formats/delta/files/file_list.h"

namespace lakelet::delta {

// Not thread-safe. What it is made from must outlive it.
class LiveFiles {
 public:
  LiveFiles(const FormatContext& context, const FileList& files, FileRequest request);

  // False at the end. Throws as AddStream.
  bool next();
  // The one that next() found, but for its details; views are valid until the next call.
  const FileActionView& file() const { return file_; }
  // With its details, where they were requested.
  const FileActionView& whole_file();
  // Of the same, where columns were requested.
  FileStatistics statistics();

 private:
  bool next_of_checkpoint();
  bool next_of_blocks();

  TabularIo* tabular_;
  const FileList& files_;
  const FileRequest request_;
  FileActionView file_;
  std::unique_ptr<AddStream> stream_;      // of a large checkpoint
  std::shared_ptr<const FileBlock> kept_;  // or of a small one
  bool in_checkpoint_;
  std::size_t part_ = 0, row_ = 0;
  std::optional<StatisticsReader> text_statistics_;
};

}  // namespace lakelet::delta
