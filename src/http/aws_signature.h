// AWS Signature Version 4 (AWS, "Signature Version 4 signing process"): who sends a request, and that it wasn't
// changed.
#pragma once

#include <cstdint>
#include <string>

#include "http/http_client.h"

namespace lakelet {

struct AwsKeys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token{};  // of temporary keys

  bool empty() const { return access_key_id.empty() && secret_access_key.empty(); }
};

struct AwsScope {
  std::string region;
  std::string service;  // "s3", "execute-api"
};

// Adds x-amz-date, x-amz-security-token where there is one, x-amz-content-sha256 where the request has none, and
// Authorization. Every header that the request has by then is signed. `now_us`: the server's clock may be 15 minutes
// off. The path of the URL, which is encoded already, is taken as it stands for s3, and encoded once more for all other
// services.
void aws_sign(HttpRequest& request, const AwsKeys& keys, const AwsScope& scope, std::int64_t now_us);

// The value of Authorization for a request with just these headers. `moment`: "20150830T123600Z".
std::string aws_authorization(const HttpRequest& request, const AwsKeys& keys, const AwsScope& scope,
                              const std::string& moment, const std::string& body_sha256);

}  // namespace lakelet
