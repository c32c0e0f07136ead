// Writes one object of a bucket as a stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/object_store.h"
#include "storage/s3/s3_client.h"

namespace lakelet {

// Holds one part of the object in memory: 8 MiB, and more only beyond 8 GiB. What fits into one part is put at once;
// more becomes a multipart upload, which is aborted where it isn't finished.
class S3Writer final : public ObjectWriter {
 public:
  S3Writer(std::shared_ptr<S3Client> client, std::string key);
  ~S3Writer() override;

  void append(std::span<const std::byte> bytes) override;
  std::uint64_t written() const override { return written_; }
  void finish() override;

 private:
  std::size_t part_size() const;
  void begin();
  void send_part();
  void complete();
  bool is_complete();

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  std::string part_;
  std::string upload_;             // id; empty: no upload was begun, or it is over
  std::vector<std::string> tags_;  // of the parts so far
  std::uint64_t written_ = 0;
};

}  // namespace lakelet
