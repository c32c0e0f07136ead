// Data files that were written and that no commit has yet: they go with whoever wrote them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "storage/location.h"
#include "table/data_file.h"

namespace lakelet::operations {

class WrittenFiles {
 public:
  explicit WrittenFiles(StoreRegistry& stores) : stores_(stores) {}
  // Removes those that are left, as far as it can, unless they are to be kept: what stays is an orphan that nothing
  // refers to.
  ~WrittenFiles();
  WrittenFiles(const WrittenFiles&) = delete;
  WrittenFiles& operator=(const WrittenFiles&) = delete;

  void add(const std::vector<DataFile>& files);
  // Now.
  void remove(const std::vector<DataFile>& files);
  // A commit has them.
  void forget() { uris_.clear(); }
  // A commit may have them.
  void keep(bool keep = true) { keep_ = keep; }

 private:
  void remove_one(const std::string& uri) noexcept;

  StoreRegistry& stores_;
  std::set<std::string> uris_;
  bool keep_ = false;
};

}  // namespace lakelet::operations
