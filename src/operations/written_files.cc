#include "operations/written_files.h"

namespace lakelet::operations {

WrittenFiles::~WrittenFiles() {
  if (keep_) return;
  for (const std::string& uri : uris_) remove_one(uri);
}

void WrittenFiles::add(const std::vector<DataFile>& files) {
  for (const DataFile& file : files) uris_.insert(file.uri);
}

void WrittenFiles::remove(const std::vector<DataFile>& files) {
  for (const DataFile& file : files) {
    if (uris_.erase(file.uri) > 0) remove_one(file.uri);
  }
}

void WrittenFiles::remove_one(const std::string& uri) noexcept {
  try {
    const Location location = stores_.resolve(uri);
    location.store->remove(location.path);
  } catch (...) {  // it stays, and vacuum finds it
  }
}

}  // namespace lakelet::operations
