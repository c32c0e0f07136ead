// What a client of S3 is told, by the names that pyiceberg, Java's Iceberg and deltalake have for it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/aws_signature.h"

namespace lakelet {

struct S3Options {
  std::string endpoint;  // "http://127.0.0.1:9000", no trailing slash; empty: AWS's own of the region
  std::string region = "us-east-1";
  bool path_style = false;  // http://host/bucket/key, not http://bucket.host/key
  bool anonymous = false;   // requests aren't signed
  AwsKeys keys;
  std::optional<std::int64_t> keys_end_us{};  // when they are refused; microseconds since the epoch
  HttpLimits limits{};
};

// The value of a variable that the surface knows: AWS_ACCESS_KEY_ID and the like. May be empty.
using Variable = std::function<std::optional<std::string>(const std::string& name)>;

// "S3.Access_Key_Id" as "s3.access-key-id", "AWS_REGION" as "aws-region".
std::string s3_option_name(const std::string& option);

// Of "s3.access-key-id", "client.access-key-id", "AWS_ACCESS_KEY_ID", "access_key_id" and so on: whatever comes first
// in this order. Other options are left alone. Variables count where no option says anything; keys are taken from one
// place, all of them. Throws Error(UnsupportedFeature) for ways to get keys, or to encrypt, that aren't supported, and
// Error(InvalidArgument). Values of secrets aren't in messages.
S3Options s3_options(const std::map<std::string, std::string>& options, const Variable& variable);

// Options whose keys may be replaced by others while they are used. Thread-safe.
class S3Access {
 public:
  // `renew` gives newer ones; empty: nobody does. It is called by one thread at a time.
  explicit S3Access(S3Options options, std::function<S3Options()> renew = {});
  void replace(S3Options options, std::function<S3Options()> renew);

  // Renewed before if they are about to end.
  std::shared_ptr<const S3Options> current();
  // Whether there are other keys than these, which were refused.
  bool renewed(const S3Options& refused);

 private:
  bool renew();

  std::mutex mutex_;
  std::function<S3Options()> renew_;
  std::shared_ptr<const S3Options> options_;
};

}  // namespace lakelet
