#include "lake/bucket_stores.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "storage/path.h"
#include "storage/s3/s3_store.h"

namespace lakelet {

namespace {

bool is_key(const std::string& name) {
  return name.ends_with("access-key-id") || name.ends_with("secret-access-key") ||
         name.find("session-token") != std::string::npos;
}

bool is_region(const std::string& name) {
  return name == "region" || name.ends_with(".region") || name.ends_with("-region");
}

bool is_anonymous(const std::string& name) {
  return name == "s3.anonymous" || name.ends_with("skip-signature");
}

StoreOptions spelled(const StoreOptions& options) {
  StoreOptions result;
  for (const auto& [name, value] : options) result[s3_option_name(name)] = value;
  return result;
}

// "bucket/path" of "s3a://bucket//path/"
std::string without_scheme(const std::string& uri) {
  const std::string place = normalise_path(uri.substr(std::min(uri.find("://") + 3, uri.size())));
  return place == "/" ? "" : place;
}

template <typename Is>
bool has(const StoreOptions& options, const Is& is) {
  return std::any_of(options.begin(), options.end(), [&](const auto& option) { return is(option.first); });
}

}  // namespace

StoreOptions with_lent(const StoreOptions& own, const StoreOptions& lent, const Variable& variable) {
  StoreOptions result = spelled(own);
  StoreOptions above = spelled(lent);
  const auto erase = [&](const auto& which) {
    std::erase_if(result, [&](const auto& option) { return which(option.first); });
  };
  if (has(above, is_key)) {
    erase(is_key);
    erase(is_anonymous);
    above.erase("s3.remote-signing-enabled");
  } else if (const auto endpoint = above.find("s3.endpoint"); endpoint != above.end()) {
    const S3Options ours = s3_options(own, variable);
    std::string theirs = endpoint->second;
    while (theirs.ends_with('/')) theirs.pop_back();
    if (!ours.keys.empty() && ours.endpoint != theirs) {
      throw Error(ErrorCode::Permission,
                  fmt::format("the catalog wants our keys of S3 to be used at {}, which wasn't named here", theirs),
                  fmt::format("name it: --storage-option s3.endpoint={}", theirs));
    }
  }
  if (has(above, is_region)) erase(is_region);
  for (auto& [name, value] : above) result[name] = value;
  return result;
}

std::shared_ptr<ObjectStore> BucketStores::open(const std::string& bucket, std::shared_ptr<S3Access> access) const {
  return std::make_shared<S3Store>("s3", bucket, std::move(access), [work = work_] { return work->given_up(); });
}

void BucketStores::serve(StoreRegistry& stores, const std::shared_ptr<BucketStores>& buckets) {
  for (const char* scheme : {"s3", "s3a", "s3n"}) stores.serve(scheme, "", buckets);
}

bool BucketStores::is_bucket_uri(const std::string& uri) {
  return uri.starts_with("s3://") || uri.starts_with("s3a://") || uri.starts_with("s3n://");
}

std::shared_ptr<ObjectStore> BucketStores::store_of(const std::string& uri) {
  std::string place = without_scheme(uri);
  const std::string bucket = place.substr(0, place.find('/'));
  if (bucket.empty()) {
    throw Error(ErrorCode::InvalidArgument, uri + " names no bucket", "write s3://bucket/path");
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t end = place.size(); end != std::string::npos && !lent_.empty(); end = place.rfind('/')) {
    place.resize(end);
    if (const auto found = lent_.find(place); found != lent_.end()) return found->second.store;
  }
  auto& store = own_[bucket];
  if (!store) store = open(bucket, std::make_shared<S3Access>(s3_options(options_, variable_)));
  return store;
}

S3Options BucketStores::combined(const StoreOptions& lent) const {
  return s3_options(with_lent(options_, lent, variable_), variable_);
}

void BucketStores::lend(const std::string& uri, LentAccess access) {
  S3Options options = combined(access.options);
  std::function<S3Options()> renew;
  if (access.renew) {
    renew = [self = weak_from_this(), from = std::move(access.renew)] {
      const auto alive = self.lock();
      if (!alive) throw Error(ErrorCode::Cancelled, "the session has ended");
      return alive->combined(from());
    };
  }
  const std::string place = without_scheme(uri);
  const std::lock_guard lock(mutex_);
  Lent& lent = lent_[place];
  if (lent.access) {
    lent.access->replace(std::move(options), std::move(renew));
    return;
  }
  lent.access = std::make_shared<S3Access>(std::move(options), std::move(renew));
  lent.store = open(place.substr(0, place.find('/')), lent.access);
}

}  // namespace lakelet
