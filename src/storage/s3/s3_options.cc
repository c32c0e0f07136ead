#include "storage/s3/s3_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet {

namespace {

using Options = std::map<std::string, std::string>;
using Names = std::vector<const char*>;

// How long before their end keys are renewed.
constexpr std::int64_t kRenewBeforeUs = 300 * kMicrosPerSecond;

struct KeyNames {
  const char *id, *secret, *token;
};
constexpr std::array<KeyNames, 4> kKeys = {{
    {"s3.access-key-id", "s3.secret-access-key", "s3.session-token"},
    {"client.access-key-id", "client.secret-access-key", "client.session-token"},
    {"aws-access-key-id", "aws-secret-access-key", "aws-session-token"},
    {"access-key-id", "secret-access-key", "session-token"},
}};

// Ways to get keys that need another server, and what must not be left undone in silence.
constexpr std::array<const char*, 9> kRefused = {"s3.role-arn",
                                                 "client.role-arn",
                                                 "client.assume-role.arn",
                                                 "aws-role-arn",
                                                 "aws-web-identity-token-file",
                                                 "s3.signer",
                                                 "s3.sse.key",
                                                 "s3.sse.md5",
                                                 "aws-sse-customer-key-base64"};

std::string text(const Options& options, const Names& names, const std::string& otherwise = {}) {
  for (const char* name : names) {
    if (const auto found = options.find(name); found != options.end()) return found->second;
  }
  return otherwise;
}

std::optional<bool> flag(const Options& options, const Names& names) {
  for (const char* name : names) {
    const auto found = options.find(name);
    if (found == options.end()) continue;
    const std::string value = s3_option_name(found->second);
    if (value == "true" || value == "1" || value == "yes" || value == "on") return true;
    if (value == "false" || value == "0" || value == "no" || value == "off" || value.empty()) return false;
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is true or false, and not '{}'", name, found->second));
  }
  return std::nullopt;
}

std::string variable_value(const Variable& variable, const Names& names) {
  if (!variable) return {};
  for (const char* name : names) {
    if (const auto value = variable(name); value && !value->empty()) return *value;
  }
  return {};
}

AwsKeys keys_of(const Options& options, const Variable& variable) {
  for (const KeyNames& names : kKeys) {
    const AwsKeys keys{text(options, {names.id}), text(options, {names.secret}), text(options, {names.token})};
    if (keys.empty()) continue;
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("S3's keys come in pairs: {} is missing",
                                                          keys.access_key_id.empty() ? names.id : names.secret));
    }
    return keys;
  }
  AwsKeys keys{variable_value(variable, {"AWS_ACCESS_KEY_ID"}), variable_value(variable, {"AWS_SECRET_ACCESS_KEY"}),
               variable_value(variable, {"AWS_SESSION_TOKEN"})};
  return keys.access_key_id.empty() || keys.secret_access_key.empty() ? AwsKeys{} : keys;
}

void refuse(const Options& options) {
  for (const char* name : kRefused) {
    if (text(options, {name}).empty()) continue;
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("S3 with the option {} isn't supported", name),
                "give s3.access-key-id, s3.secret-access-key and, if they are temporary, s3.session-token");
  }
  if (flag(options, {"s3.remote-signing-enabled"}).value_or(false)) {
    throw Error(ErrorCode::UnsupportedFeature,
                "S3 with requests that another server signs (s3.remote-signing-enabled) "
                "isn't supported",
                "ask the catalog for credentials, or give s3.access-key-id and s3.secret-access-key");
  }
  const std::string encryption = text(options, {"s3.sse.type", "aws-server-side-encryption"}, "none");
  if (encryption != "none") {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("encryption by S3 that each request asks for ('{}') isn't supported", encryption),
                "make it the bucket's default");
  }
}

std::string endpoint_of(const Options& options, const Variable& variable) {
  std::string endpoint = text(
      options, {"s3.endpoint", "aws-endpoint-url-s3", "aws-endpoint-url", "aws-endpoint", "endpoint-url", "endpoint"});
  if (endpoint.empty())
    endpoint = variable_value(variable, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"});
  if (endpoint.empty()) return endpoint;
  const bool plain = endpoint.starts_with("http://");
  if ((!plain && !endpoint.starts_with("https://")) || endpoint.find_first_of("@?# ") != std::string::npos) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} is no endpoint of S3", endpoint.substr(endpoint.rfind('@') + 1)),
                "write https://host, or http://host:port, without a user and without '?'");
  }
  if (plain && flag(options, {"aws-allow-http", "allow-http"}) == false) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} isn't https:, and allow_http is false", endpoint));
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

bool path_style_of(const Options& options, bool own_endpoint) {
  if (const auto said = flag(options, {"s3.path-style-access"})) return *said;
  if (const auto said = flag(options, {"s3.force-virtual-addressing", "aws-virtual-hosted-style-request",
                                       "virtual-hosted-style-request"})) {
    return !*said;
  }
  return own_endpoint;
}

std::optional<std::int64_t> end_of(const std::string& milliseconds) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(milliseconds.data(), milliseconds.data() + milliseconds.size(), value);
  if (milliseconds.empty() || problem != std::errc{} || end != milliseconds.data() + milliseconds.size()) return {};
  return micros_of_millis(value);
}

}  // namespace

std::string s3_option_name(const std::string& option) {
  std::string name;
  for (const char c : option) name += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

S3Options s3_options(const Options& given, const Variable& variable) {
  Options options;
  for (const auto& [name, value] : given) options[s3_option_name(name)] = value;
  refuse(options);
  S3Options result;
  result.endpoint = endpoint_of(options, variable);
  result.region = text(options, {"s3.region", "client.region", "aws-region", "region", "aws-default-region"});
  if (result.region.empty()) result.region = variable_value(variable, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (result.region.empty() || result.region == "auto") result.region = "us-east-1";
  const bool letters = std::all_of(result.region.begin(), result.region.end(),
                                   [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
  if (!letters) throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no region of S3", result.region));
  result.path_style = path_style_of(options, !result.endpoint.empty());
  result.anonymous = flag(options, {"s3.anonymous", "aws-skip-signature", "skip-signature"}).value_or(false);
  if (!result.anonymous) result.keys = keys_of(options, variable);
  result.keys_end_us = end_of(text(options, {"s3.session-token-expires-at-ms"}));
  result.limits.tries = 6;
  return result;
}

S3Access::S3Access(S3Options options, std::function<S3Options()> renew)
    : renew_(std::move(renew)), options_(std::make_shared<const S3Options>(std::move(options))) {}

void S3Access::replace(S3Options options, std::function<S3Options()> renew) {
  const std::lock_guard lock(mutex_);
  options_ = std::make_shared<const S3Options>(std::move(options));
  renew_ = std::move(renew);
}

std::shared_ptr<const S3Options> S3Access::current() {
  const std::lock_guard lock(mutex_);
  const bool ends = options_->keys_end_us && now_us() >= *options_->keys_end_us - kRenewBeforeUs;
  if (ends && renew_) renew();
  return options_;
}

bool S3Access::renewed(const S3Options& refused) {
  const std::lock_guard lock(mutex_);
  const auto same = [&] {
    const AwsKeys &now = options_->keys, &then = refused.keys;
    return now.access_key_id == then.access_key_id && now.session_token == then.session_token &&
           now.secret_access_key == then.secret_access_key;
  };
  if (!same()) return true;
  return renew_ && renew() && !same();
}

bool S3Access::renew() {
  options_ = std::make_shared<const S3Options>(renew_());
  return true;
}

}  // namespace lakelet
