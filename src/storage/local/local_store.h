// The local disk, or what is mounted there. Safe between processes on file systems with an atomic
// link() or renameat2(RENAME_NOREPLACE): all of Linux's own, and NFS.
#pragma once

#include "storage/object_store.h"

namespace lakelet {

// Paths are absolute and normalised (storage/path.h). Folders come into being with the first object in them and stay
// when the last one goes. A listing follows symbolic links to files, but list() doesn't enter linked folders. Costs:
// open and read_all() of a small object are open, fstat, pread, close; put and put_if_absent are create, write,
// fsync, link or rename, and fsync of the folder.
class LocalStore final : public ObjectStore {
 public:
  void list(const std::string& prefix, const std::string& start_after,
            const std::function<bool(const ObjectInfo&)>& visit) override;
  void list_folder(const std::string& folder, const std::string& start_after,
                   const std::function<bool(const ObjectInfo&)>& visit,
                   const std::function<bool(const std::string& folder_path)>& visit_folder = {}) override;
  std::optional<ObjectInfo> find(const std::string& path) override;
  std::unique_ptr<ObjectReader> open(const std::string& path) override;
  std::unique_ptr<ObjectWriter> create(const std::string& path) override;
  void put(const std::string& path, std::string_view bytes) override;
  PutOutcome put_if_absent(const std::string& path, std::string_view bytes) override;
  void remove(const std::string& path) override;
  void copy(const std::string& from, const std::string& to) override;
};

}  // namespace lakelet
