// Where something is: a store, and a path in it. URIs are resolved to locations by a StoreRegistry.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/object_store.h"

namespace lakelet {

struct Location {
  std::shared_ptr<ObjectStore> store;
  std::string path;  // within the store, no trailing slash
  std::string
      uri;  // as shown to people and as StoreRegistry::resolve takes it: "/lake/t", "memory://tests/t", "s3://b/t"

  // The location of `relative` ('/'-separated, not encoded) below this one.
  Location child(const std::string& relative) const;
};

// The stores of a session, by URI. Plain paths and file: URIs are the local disk (relative ones against the working
// folder given here); memory://name/path is a store that lives as long as the registry. Thread-safe.
class StoreRegistry {
 public:
  explicit StoreRegistry(std::string working_folder);
  // "." and "..", double and trailing slashes are resolved by the text alone; a file: URI is percent-decoded, a plain
  // path is taken as it stands. Behind an authority paths have no leading slash: memory://name/a is "a" in that store.
  // Throws Error(InvalidArgument) for a scheme that nobody serves, Error(UnsupportedFeature) for s3, gs, az and the
  // like.
  Location resolve(const std::string& uri);
  // Serves scheme://authority/... with this store from now on, instead of what did before: how tests slip in a faulty
  // or recording store ("faulty", "" -> any authority). An empty scheme replaces the local disk. Behind an empty
  // authority a path is absolute, so that scheme:///tmp/x can be served by a decorator of the local disk.
  void serve(const std::string& scheme, const std::string& authority, std::shared_ptr<ObjectStore> store);
  // From now on resolve() throws Error(Permission) for what is neither one of these folders nor in one of them.
  void confine(const std::vector<std::string>& folders);

 private:
  Location locate(const std::string& uri);
  std::shared_ptr<ObjectStore> find_served(const std::string& scheme, const std::string& authority) const;

  std::mutex mutex_;
  std::string working_folder_;
  std::shared_ptr<ObjectStore> local_;
  std::map<std::string, std::shared_ptr<ObjectStore>> memory_stores_;  // by name
  std::map<std::string, std::shared_ptr<ObjectStore>> served_;         // by scheme://authority
  std::vector<std::string> confined_to_;                               // URIs; empty: everything is in reach
};

}  // namespace lakelet
