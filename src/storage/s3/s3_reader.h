// Reads one object of a bucket in ranges.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "storage/object_store.h"
#include "storage/s3/s3_client.h"

namespace lakelet {

// One request opens an object and brings its end, which is all of a small one. What was replaced since then isn't read:
// Error(Unavailable).
class S3Reader final : public ObjectReader {
 public:
  S3Reader(std::shared_ptr<S3Client> client, const std::string& key);

  const ObjectInfo& info() const override { return info_; }
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  struct Block {
    std::uint64_t begin = 0;
    std::string bytes;
    bool holds(std::uint64_t offset, std::size_t length) const {
      return offset >= begin && offset + length <= begin + bytes.size();
    }
  };
  std::string fetch(std::uint64_t offset, std::size_t length);
  bool take_held(std::uint64_t offset, std::span<std::byte> out);

  const std::shared_ptr<S3Client> client_;
  ObjectInfo info_;
  std::string tag_;  // ETag
  Block end_;
  std::mutex mutex_;
  Block ahead_;                 // of a reader that goes on in small steps
  std::uint64_t expected_ = 0;  // where it goes on
};

}  // namespace lakelet
