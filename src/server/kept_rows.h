// Rows of a query that are kept to be looked at: as the batches in which they came.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "lakelet/rows.h"

namespace lakelet::server {

// One thread adds, any number read. Readers share the batches: nothing is copied, and what they hold outlives this.
class KeptRows {
 public:
  explicit KeptRows(Rows& rows);  // takes the schema of the rows

  const Schema& schema() const { return schema_; }
  void add(OwnedArrowArray batch);
  std::int64_t size() const;
  std::uint64_t bytes() const;

  // From the row `first` on; next() has to be called before the first cell, as always. At most what is there now.
  Rows from(std::int64_t first) const;

 private:
  using Batch = std::shared_ptr<const OwnedArrowArray>;
  struct Stream;

  Schema schema_;
  std::shared_ptr<const OwnedArrowSchema> arrow_;
  mutable std::mutex mutex_;
  std::vector<Batch> batches_;
  std::vector<std::int64_t> starts_;  // of each batch
  std::int64_t size_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace lakelet::server
