// The buckets that a session reaches: with its own options, and with what catalogs lend for their tables.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lake/running_work.h"
#include "storage/lent_access.h"
#include "storage/location.h"
#include "storage/s3/s3_options.h"
#include "storage/store_family.h"

namespace lakelet {

// The session's options with those that were lent on top. Keys, regions and endpoints belong together: lent keys
// replace all of ours. Ours go to no endpoint that wasn't named here: Error(Permission).
StoreOptions with_lent(const StoreOptions& own, const StoreOptions& lent, const Variable& variable);

// Buckets are opened when they are first named. Thread-safe.
class BucketStores : public StoreFamily, public std::enable_shared_from_this<BucketStores> {
 public:
  BucketStores(StoreOptions options, Variable variable, std::shared_ptr<RunningWork> work)
      : options_(std::move(options)), variable_(std::move(variable)), work_(std::move(work)) {}

  // Of all the schemes that mean S3.
  static void serve(StoreRegistry& stores, const std::shared_ptr<BucketStores>& buckets);
  static bool is_bucket_uri(const std::string& uri);
  std::shared_ptr<ObjectStore> store_of(const std::string& uri) override;
  // As Lend. Of several places that a URI lies below, the longest counts.
  void lend(const std::string& uri, LentAccess access);

 private:
  struct Lent {
    std::shared_ptr<S3Access> access;
    std::shared_ptr<ObjectStore> store;
  };
  std::shared_ptr<ObjectStore> open(const std::string& bucket, std::shared_ptr<S3Access> access) const;
  S3Options combined(const StoreOptions& lent) const;

  const StoreOptions options_;
  const Variable variable_;
  const std::shared_ptr<RunningWork> work_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ObjectStore>> own_;  // by bucket
  std::map<std::string, Lent> lent_;                         // by bucket/path
};

}  // namespace lakelet
