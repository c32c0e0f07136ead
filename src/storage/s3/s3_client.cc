#include "storage/s3/s3_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <thread>

#include "base/percent_encoding.h"
#include "base/random.h"
#include "base/time.h"
#include "http/retry.h"
#include "lakelet/error.h"
#include "storage/s3/s3_answer.h"

namespace lakelet {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;
constexpr int kInternalError = 500;

bool keys_have_ended(const HttpAnswer& answer) {
  if (answer.status != 400 && answer.status != 401 && answer.status != 403) return false;
  if (answer.body.empty()) return true;  // HEAD says no more
  const std::string code = s3_code(answer);
  return code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired" ||
         code == "InvalidAccessKeyId" || code == "AccessDenied";
}

// Whether it can stand before a host's name, with a certificate for that.
bool fits_in_a_host(const std::string& bucket) {
  return std::all_of(bucket.begin(), bucket.end(),
                     [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-'; });
}

std::string base_url(const S3Options& options, const std::string& bucket) {
  std::string endpoint = options.endpoint;
  if (endpoint.empty()) {
    endpoint =
        fmt::format("https://s3.{}.amazonaws.com{}", options.region, options.region.starts_with("cn-") ? ".cn" : "");
  }
  if (options.path_style || !fits_in_a_host(bucket)) return endpoint + '/' + percent_encode(bucket, "");
  const std::size_t host = endpoint.find("://") + 3;
  return endpoint.substr(0, host) + bucket + '.' + endpoint.substr(host);
}

}  // namespace

S3Client::S3Client(std::string scheme, std::string bucket, std::shared_ptr<S3Access> access,
                   std::function<bool()> given_up)
    : scheme_(std::move(scheme)),
      bucket_(std::move(bucket)),
      access_(std::move(access)),
      given_up_(given_up ? std::move(given_up) : [] { return false; }),
      http_(access_->current()->limits, given_up_),
      tidy_(access_->current()->limits) {}

std::string S3Client::uri(const std::string& key) const {
  return fmt::format("{}://{}{}{}", scheme_, bucket_, key.empty() ? "" : "/", key);
}

void S3Client::fail(const HttpAnswer& answer, const char* doing, const std::string& key) const {
  throw s3_error(answer, bucket_, fmt::format("{} {}", doing, uri(key)));
}

HttpRequest S3Client::prepared(const S3Request& request, const S3Options& options) const {
  HttpRequest result;
  result.method = request.method;
  result.url = base_url(options, bucket_) + '/' + percent_encode(request.key, "/");
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    result.url += mark + name + '=' + percent_encode(value, "");
    mark = '&';
  }
  result.headers = request.headers;
  result.body = request.body;
  result.repeatable = request.repeatable;
  result.most_bytes = kMostBytes;
  result.packed = false;
  if (options.anonymous) return result;
  if (options.keys.empty()) {
    throw Error(
        ErrorCode::Permission, fmt::format("there are no keys for {}", uri(request.key)),
        "--storage-option s3.access-key-id=... and s3.secret-access-key=..., the variables AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or s3.anonymous=true for what everybody may read");
  }
  aws_sign(result, options.keys, {options.region, "s3"}, now_us());
  return result;
}

HttpAnswer S3Client::send(const S3Request& request) {
  return send_with(http_, request);
}

HttpAnswer S3Client::send_anyway(const S3Request& request) {
  return send_with(tidy_, request);
}

HttpAnswer S3Client::send_with(HttpClient& http, const S3Request& request) {
  bool renewed = false;
  for (int made = 1;; ++made) {
    const auto options = access_->current();
    HttpAnswer answer = http.send(prepared(request, *options));
    if (!renewed && keys_have_ended(answer) && access_->renewed(*options)) {
      renewed = true;
      continue;
    }
    if (answer.status != kInternalError) return answer;
    const HttpTry last{HttpTry::End::Answered, 503};
    const auto pause = wait_before_retry(last, request.repeatable, made, options->limits, random_fraction());
    if (!pause) return answer;
    const auto until = std::chrono::steady_clock::now() + *pause;
    while (std::chrono::steady_clock::now() < until && !given_up_()) std::this_thread::sleep_for(milliseconds(20));
  }
}

}  // namespace lakelet
