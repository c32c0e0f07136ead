// Who we are to a REST catalog: a bearer token that was given, or one that is got with a client's credentials (RFC
// 6749, 4.4).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "http/http_client.h"

namespace lakelet::catalogs {

// Thread-safe.
class RestAuth {
 public:
  // `properties`: token, credential ("id:secret" or "secret"), oauth2-server-uri, scope, audience, resource.
  RestAuth(HttpClient& http, std::string server, std::map<std::string, std::string> properties);

  // What to send with the next request; nullopt: nothing. Gets a token where there is none yet, or it is about to end.
  // Throws Error(Permission): the server gives none.
  std::optional<std::string> token();
  // Whether there is another token than this one, which the server has refused.
  bool renew(const std::string& refused);
  // A server's own words (OAuth's "token" in its configuration) count more than ours.
  void adopt(const std::string& token);
  // The text without anything secret: tokens, credentials and the values of headers of our own.
  std::string hide(std::string text) const;

 private:
  void fetch();
  void keep_secret(const std::string& secret);
  std::string hidden(std::string text) const;

  HttpClient& http_;
  const std::string server_;
  const std::map<std::string, std::string> properties_;
  mutable std::mutex mutex_;
  std::string token_;
  std::set<std::string, std::greater<>> secrets_;  // one that another one begins comes after it
  std::optional<std::chrono::steady_clock::time_point> ends_;
};

}  // namespace lakelet::catalogs
