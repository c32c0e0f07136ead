// Many stores under one scheme, of which each URI has its own: buckets.
#pragma once

#include <memory>
#include <string>

#include "storage/object_store.h"

namespace lakelet {

// What StoreRegistry serves for such a scheme, where a store is expected: it asks for the one behind a URI, and gives
// out that. Has no objects itself, and takes none. Thread-safe.
class StoreFamily : public ObjectStore {
 public:
  // `uri`: as Location::uri. Throws Error(InvalidArgument) for one that names no store.
  virtual std::shared_ptr<ObjectStore> store_of(const std::string& uri) = 0;

  void list(const std::string&, const std::string&, const std::function<bool(const ObjectInfo&)>&) final {}
  void list_folder(const std::string&, const std::string&, const std::function<bool(const ObjectInfo&)>&,
                   const std::function<bool(const std::string&)>&) final {}
  std::optional<ObjectInfo> find(const std::string&) final { return std::nullopt; }
  std::unique_ptr<ObjectReader> open(const std::string& path) final;  // Throws Error(Internal), all of these.
  std::unique_ptr<ObjectWriter> create(const std::string& path) final;
  void put(const std::string& path, std::string_view bytes) final;
  PutOutcome put_if_absent(const std::string& path, std::string_view bytes) final;
  void remove(const std::string& path) final;
  void copy(const std::string& from, const std::string& to) final;
};

}  // namespace lakelet
