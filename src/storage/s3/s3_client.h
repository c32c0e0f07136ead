// Signed requests to one bucket.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/http_client.h"
#include "storage/s3/s3_options.h"

namespace lakelet {

struct S3Request {
  std::string method = "GET";
  std::string key{};  // not encoded; empty: the bucket itself
  std::vector<std::pair<std::string, std::string>> query{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  bool repeatable = true;  // as HttpRequest's
};

// Thread-safe.
class S3Client {
 public:
  // `given_up`: as HttpClient's.
  S3Client(std::string scheme, std::string bucket, std::shared_ptr<S3Access> access, std::function<bool()> given_up);

  // Any answer. Repeatable requests are sent again after faults of the server that may pass, also "500 InternalError"
  // and "503 SlowDown"; all, with newer keys, after an answer that the keys have ended. Throws as HttpClient::send, and
  // Error(Permission) where there are no keys.
  HttpAnswer send(const S3Request& request);
  // As send, whether anybody waits for it or not: for what must be tidied up.
  HttpAnswer send_anyway(const S3Request& request);
  // Throws what the answer says went wrong in `doing` ("reading").
  [[noreturn]] void fail(const HttpAnswer& answer, const char* doing, const std::string& key) const;
  // "s3://bucket/key"
  std::string uri(const std::string& key) const;
  const std::string& bucket() const { return bucket_; }

 private:
  HttpAnswer send_with(HttpClient& http, const S3Request& request);
  HttpRequest prepared(const S3Request& request, const S3Options& options) const;

  const std::string scheme_, bucket_;
  const std::shared_ptr<S3Access> access_;
  const std::function<bool()> given_up_;
  HttpClient http_, tidy_;
};

}  // namespace lakelet
