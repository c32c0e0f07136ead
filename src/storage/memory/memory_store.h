// Objects in memory, for tests and for tables that nobody keeps.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>

#include "storage/object_store.h"

namespace lakelet {

// Any text is a path. Each call is atomic; a listing sees what is there as it gets to it. A callback may call the
// store. A reader keeps the bytes it opened alive, whatever is put or removed after.
class MemoryStore final : public ObjectStore {
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

 private:
  struct Object {
    std::shared_ptr<const std::string> bytes;
    std::int64_t modified_us = 0;
  };

  static ObjectInfo info_of(const std::string& path, const Object& object);
  Object get(const std::string& path) const;  // throws NotFound
  // The first object whose path is greater than `after` (or at least `at_least`, where that is greater).
  std::optional<ObjectInfo> next(const std::string& at_least, const std::string& after) const;

  mutable std::shared_mutex mutex_;
  std::map<std::string, Object> objects_;
};

}  // namespace lakelet
