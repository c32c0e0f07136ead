// Requests to one REST catalog, with its configuration and our credentials.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "catalogs/rest/idempotency_key.h"
#include "catalogs/rest/rest_answer.h"
#include "catalogs/rest/rest_auth.h"
#include "catalogs/rest/rest_options.h"
#include "catalogs/rest/rest_signing.h"

namespace lakelet::catalogs {

// One of the specification's routes: "namespaces/{namespace}/tables", with what is put in the braces.
struct RestCall {
  std::string method;
  std::string route;                  // behind /v1/{prefix}/
  std::vector<std::string> values{};  // encoded already, in their order
  std::string query{};                // "pageToken=x", encoded
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  bool repeatable = true;
  // Of one that isn't: a UUID of version 7 that is the same each time that it is sent. Empty: it is sent once.
  std::string key{};
  bool parting = false;  // sent though nobody waits for answers any more; once, and not for long
};

// Asks for the configuration with the first request. Thread-safe.
class RestSession {
 public:
  explicit RestSession(RestOptions options);

  // Any answer but one that refuses our token, for which another is got once if it can be. Throws as HttpClient::send,
  // and Error(UnsupportedFeature) for a route that the server says it hasn't. What isn't repeatable is sent again with
  // a key where the server knows those.
  HttpAnswer send(const RestCall& call);
  // Whether the server says that it has the route, or, for offers(), doesn't say which ones it has.
  bool lists(const std::string& method, const std::string& route);
  bool offers(const std::string& method, const std::string& route);
  // A namespace "a.b" as it stands in a route.
  std::string namespace_value(const std::string& name);
  // Throws what the answer says went wrong in `what`.
  [[noreturn]] void fail(const HttpAnswer& answer, const std::string& what) const;
  // The error for such an answer, without anything secret.
  Error error_in(const HttpAnswer& answer, const std::string& what) const { return error_of(answer, what, hide_); }
  const std::string& server() const { return options_.server; }
  const RestOptions& options() const { return options_; }
  // Ends early where nobody waits any more. Throws Error(Cancelled).
  void wait(std::chrono::milliseconds duration) const;

 private:
  struct Settings {
    std::string prefix;             // "" or "name/"
    std::string separator = "%1F";  // of a namespace's levels, encoded
    std::optional<RestSigning> signing;
    std::set<std::string> endpoints;  // "GET /v1/{prefix}/namespaces"; empty: the server doesn't say
    std::optional<std::chrono::milliseconds> key_lifetime;  // of Idempotency-Keys; nullopt: it knows none
  };
  std::shared_ptr<const Settings> settings();
  Settings ask();
  HttpAnswer send_to(const std::string& url, const RestCall& call, const std::optional<RestSigning>& signing,
                     const std::optional<IdempotencyKey>& key = {});

  const RestOptions options_;
  HttpClient http_, parting_;
  RestAuth auth_;
  const Hide hide_ = [this](std::string text) { return auth_.hide(std::move(text)); };
  std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
};

// The levels of "a.b"; a dot in a level is written "\.", and a backslash "\\".
std::vector<std::string> namespace_levels(const std::string& name);
std::string namespace_name(const std::vector<std::string>& levels);

}  // namespace lakelet::catalogs
