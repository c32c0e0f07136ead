// Objects in a bucket of S3, or of another server that speaks its protocol.
#pragma once

#include <memory>
#include <string>

#include "storage/object_store.h"
#include "storage/s3/s3_client.h"

namespace lakelet {

// Names that end in '/' are what other clients mean folders by, and aren't listed. put_if_absent is a conditional
// request ("If-None-Match: *"), which the server must know: those that don't replace what is there in silence.
class S3Store final : public ObjectStore {
 public:
  // `scheme`: as it stands in the bucket's URIs, for messages. Throws Error(UnsupportedFeature) for buckets that list
  // in no order ("--x-s3").
  S3Store(const std::string& scheme, const std::string& bucket, std::shared_ptr<S3Access> access,
          std::function<bool()> given_up = {});

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
  void copy(const std::string& from, const std::string& to) override;  // up to 5 GiB

 private:
  void pages(const std::string& prefix, const std::string& start_after, bool one_level,
             const std::function<bool(const struct S3Page&)>& visit);

  const std::shared_ptr<S3Client> client_;
};

}  // namespace lakelet
