// How a table's files lie: many small ones, partitions of very different size. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "lakelet/health.h"
#include "table/data_file.h"

namespace lakelet::operations {

// Fed with every live file, then asked once.
class LayoutAdvice {
 public:
  explicit LayoutAdvice(std::uint64_t target_file_bytes) : target_(target_file_bytes) {}
  void add(const DataFile& file, std::int64_t deleted_rows);
  std::vector<Finding> findings() const;

 private:
  struct Partition {
    std::int64_t files = 0, small_files = 0;
    std::uint64_t bytes = 0, small_bytes = 0;
  };
  std::uint64_t target_;
  std::map<std::vector<std::string>, Partition> partitions_;  // by values, as text
  std::int64_t files_ = 0, rows_ = 0, deleted_rows_ = 0, files_with_deletes_ = 0;
};

}  // namespace lakelet::operations
