#include "catalogs/rest/rest_auth.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/percent_encoding.h"
#include "catalogs/rest/rest_answer.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

constexpr const char* kUsualScope = "catalog";

std::string property(const std::map<std::string, std::string>& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

std::string form(const std::map<std::string, std::string>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    text += (text.empty() ? "" : "&") + name + "=" + percent_encode(value, "");
  }
  return text;
}

}  // namespace

RestAuth::RestAuth(HttpClient& http, std::string server, std::map<std::string, std::string> properties)
    : http_(http),
      server_(std::move(server)),
      properties_(std::move(properties)),
      token_(property(properties_, "token")) {
  const std::string credential = property(properties_, "credential");
  keep_secret(token_);
  keep_secret(credential);
  keep_secret(credential.substr(credential.find(':') + 1));
  for (const auto& [name, value] : properties_) {
    if (name.starts_with("header.") || name.ends_with("secret-access-key") || name.ends_with("session-token")) {
      keep_secret(value);
    }
  }
}

std::optional<std::string> RestAuth::token() {
  const std::lock_guard lock(mutex_);
  const bool over = ends_ && std::chrono::steady_clock::now() >= *ends_;
  if ((token_.empty() || over) && !property(properties_, "credential").empty()) fetch();
  return token_.empty() ? std::nullopt : std::optional(token_);
}

bool RestAuth::renew(const std::string& refused) {
  const std::lock_guard lock(mutex_);
  if (token_ != refused) return true;
  if (property(properties_, "credential").empty()) return false;
  fetch();
  return token_ != refused;
}

void RestAuth::adopt(const std::string& token) {
  const std::lock_guard lock(mutex_);
  token_ = token;
  keep_secret(token);
  ends_.reset();
}

void RestAuth::fetch() {
  const std::string credential = property(properties_, "credential");
  const std::size_t colon = credential.find(':');
  const std::string scope = property(properties_, "scope");
  HttpRequest request;
  request.method = "POST";
  request.url = property(properties_, "oauth2-server-uri");
  if (request.url.empty()) request.url = server_ + "/v1/oauth/tokens";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = form({{"grant_type", "client_credentials"},
                       {"client_id", colon == std::string::npos ? "" : credential.substr(0, colon)},
                       {"client_secret", colon == std::string::npos ? credential : credential.substr(colon + 1)},
                       {"scope", scope.empty() ? kUsualScope : scope},
                       {"audience", property(properties_, "audience")},
                       {"resource", property(properties_, "resource")}});
  const std::string what = fmt::format("getting a token from {}", request.url.substr(0, request.url.find('?')));
  const HttpAnswer answer = http_.send(request);
  if (answer.status < 200 || answer.status > 299) {
    const Error said = error_of(answer, what, [this](std::string text) { return hidden(std::move(text)); });
    // The server knows the client and doesn't want it (RFC 6749, 5.2), or is out of order.
    const bool refused = answer.status == 400 || answer.status == 401 || answer.status == 403;
    throw Error(refused ? ErrorCode::Permission : said.code(), said.message(), said.hint());
  }
  const RestAnswer body(answer.body, what);
  token_ = body.text("access_token").value_or("");
  if (token_.empty()) throw Error(ErrorCode::Permission, what + ": the answer has no access_token");
  keep_secret(token_);
  ends_.reset();
  if (const auto seconds = body.number("expires_in"); seconds && *seconds > 0) {
    // Some of the time is left for the requests that it goes with.
    const auto usable = std::chrono::seconds(std::max<std::int64_t>(*seconds - 60, *seconds / 2));
    ends_ = std::chrono::steady_clock::now() + std::min<std::chrono::seconds>(usable, std::chrono::hours(24 * 365));
  }
}

void RestAuth::keep_secret(const std::string& secret) {
  if (secret.empty()) return;
  secrets_.insert(secret);
  secrets_.insert(percent_encode(secret, ""));  // as it stands in a form
}

std::string RestAuth::hide(std::string text) const {
  const std::lock_guard lock(mutex_);
  return hidden(std::move(text));
}

std::string RestAuth::hidden(std::string text) const {
  constexpr std::string_view kHidden = "***";
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kHidden.size())) {
      text.replace(at, secret.size(), kHidden);
    }
  }
  return text;
}

}  // namespace lakelet::catalogs
