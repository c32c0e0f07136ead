// The files that a checkpoint in Parquet lists: read when somebody wants them,
// and only what is wanted of them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "formats/delta/files/file_list.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "table/table_format.h"

namespace lakelet::delta {

// What to read of each file besides its path, its size and its deletion vector.
struct FileRequest {
  bool partition_values = true;
  bool details = true;  // times, tags, row ids: to be asked for file by file
  enum class Statistics {
    None,
    Columns,  // the row count and `columns`, as LiveFiles::statistics() gives them
    Text      // all of them, as the JSON text of FileActionView::stats
  };
  Statistics statistics = Statistics::None;
  std::vector<StatisticsReader::Column> columns = {};
};

class CheckpointAdds {
 public:
  // `uris`: Parquet files that together list every file once; `bytes`: their size.
  CheckpointAdds(std::vector<std::string> uris, std::uint64_t bytes) : uris_(std::move(uris)), bytes_(bytes) {}

  const std::vector<std::string>& uris() const { return uris_; }
  bool large() const;
  // All of it, for a small checkpoint: read once, kept as long as this. Null for a large one, which is read anew each
  // time. Thread-safe.
  std::shared_ptr<const FileBlock> kept(TabularIo& tabular) const;
  // How many rows its files have, which is no less than the files that it lists; from their footers alone. 0: unknown.
  std::int64_t rows(TabularIo& tabular) const;

 private:
  std::vector<std::string> uris_;
  std::uint64_t bytes_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const FileBlock> kept_;
  mutable std::int64_t rows_ = -1;
};

// A pull stream of those files. One batch is in memory at a time.
class AddStream {
 public:
  // What they need must outlive the stream.
  AddStream(TabularIo& tabular, const std::vector<std::string>& uris, const FileRequest& request);
  ~AddStream();
  AddStream(const AddStream&) = delete;
  AddStream& operator=(const AddStream&) = delete;

  // Fills `file` with views that are valid until the next call: all but the details. False at the end. Throws
  // Error(CorruptTable) and Error(NotFound) naming the file.
  bool next(FileActionView& file);
  // The details of the same, where they were requested.
  void read_details(FileActionView& file) const;
  // Of the file that next() gave, where columns were requested.
  FileStatistics statistics();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::delta
