#include "catalogs/rest/rest_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/percent_encoding.h"
#include "catalogs/rest/rest_answer.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

constexpr int kUnauthorized = 401, kTokenExpired = 419;
constexpr int kForbidden = 403, kTooManyRequests = 429;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;  // as of a metadata file

constexpr std::chrono::milliseconds kParting{1'000};

// "http://host:8181" of "http://host:8181/base"
std::string origin(const std::string& url) {
  return url.substr(0, url.find('/', url.find("://") + 3));
}

bool is_path_text(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '?' && c != '#' && c != '\\'; });
}

// Answers that come before a server looks for what it did by the same key.
bool says_nothing_of_the_key(int status) {
  return status == kUnauthorized || status == kForbidden || status == kTokenExpired || status == kTooManyRequests;
}

// A server's word doesn't take our credentials to another one.
void refuse_elsewhere(const std::string& server, const std::map<std::string, std::string>& told) {
  for (const char* name : {"uri", "oauth2-server-uri"}) {
    const auto found = told.find(name);
    if (found == told.end() || found->second.find("://") == std::string::npos) continue;
    if (origin(found->second) == origin(server)) continue;
    throw Error(ErrorCode::Permission,
                fmt::format("{} wants us to use another server, {}, which wasn't named here", server, found->second),
                fmt::format("name it: {}", std::string(name) == "uri" ? "as the catalog's URI" : "OAUTH2_SERVER_URI"));
  }
}

void refuse_unknown_ways(const std::map<std::string, std::string>& settings) {
  const auto type = settings.find("rest.auth.type");
  if (type != settings.end() && type->second != "oauth2" && type->second != "none" && type->second != "sigv4") {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the catalog wants rest.auth.type '{}', which isn't supported", type->second),
                "give a bearer token: --storage-option token=...");
  }
}

std::string fill(const std::string& route, const std::vector<std::string>& values) {
  std::string path;
  std::size_t next = 0;
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (route[i] != '{') {
      path += route[i];
      continue;
    }
    path += values.at(next++);
    i = route.find('}', i);
  }
  return path;
}

}  // namespace

std::vector<std::string> namespace_levels(const std::string& name) {
  std::vector<std::string> levels(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') {
      levels.emplace_back();
    } else {
      if (name[i] == '\\' && i + 1 < name.size()) ++i;
      levels.back() += name[i];
    }
  }
  return levels;
}

std::string namespace_name(const std::vector<std::string>& levels) {
  std::string name;
  for (const std::string& level : levels) {
    if (!name.empty()) name += '.';
    for (const char c : level) {
      if (c == '.' || c == '\\') name += '\\';
      name += c;
    }
  }
  return name;
}

RestSession::RestSession(RestOptions options)
    : options_(std::move(options)),
      http_(options_.limits, options_.given_up),
      parting_({.connect = kParting, .silence = kParting, .longest_wait = kParting, .tries = 1}),
      auth_(http_, options_.server, options_.properties) {}

std::shared_ptr<const RestSession::Settings> RestSession::settings() {
  const std::lock_guard lock(mutex_);
  if (!settings_) settings_ = std::make_shared<const Settings>(ask());
  return settings_;
}

// Defaults, then what we were told, then overrides ("List all catalog configuration settings").
RestSession::Settings RestSession::ask() {
  refuse_unknown_ways(options_.properties);
  const std::string what = fmt::format("asking {} for its configuration", options_.server);
  const auto warehouse = options_.properties.find("warehouse");
  std::string url = options_.server + "/v1/config";
  if (warehouse != options_.properties.end()) url += "?warehouse=" + percent_encode(warehouse->second, "");
  const HttpAnswer answer = send_to(url, {.method = "GET", .route = "config"},
                                    rest_signing(options_.properties, options_.properties, options_.variable));
  if (answer.status != 200) {
    if (answer.status == 404 && fault_of(answer, hide_).type.empty()) {
      throw Error(ErrorCode::NotFound,
                  fmt::format("{} is no REST catalog: there is no {}/v1/config", options_.server, options_.server),
                  "name the URI that stands before /v1");
    }
    fail(answer, what);
  }
  const RestAnswer body(answer.body, what);
  std::map<std::string, std::string> settings = body.entries("defaults");
  const auto overrides = body.entries("overrides");
  refuse_elsewhere(options_.server, settings);
  refuse_elsewhere(options_.server, overrides);
  for (const auto& [name, value] : options_.properties) settings[name] = value;
  for (const auto& [name, value] : overrides) settings[name] = value;
  refuse_unknown_ways(settings);
  if (const auto token = overrides.find("token"); token != overrides.end()) auth_.adopt(token->second);

  Settings result;
  result.signing = rest_signing(settings, options_.properties, options_.variable);
  for (const std::string& endpoint : body.texts("endpoints")) result.endpoints.insert(endpoint);
  result.key_lifetime = parse_iso_duration(body.text("idempotency-key-lifetime").value_or(""));
  if (const auto prefix = settings.find("prefix"); prefix != settings.end() && !prefix->second.empty()) {
    result.prefix = prefix->second;
    while (result.prefix.ends_with('/')) result.prefix.pop_back();
    result.prefix += '/';
  }
  if (const auto separator = settings.find("namespace-separator"); separator != settings.end()) {
    result.separator = separator->second;
  }
  if (!is_path_text(result.prefix) || !is_path_text(result.separator) || result.separator.empty()) {
    throw Error(ErrorCode::CorruptTable, what + ": its prefix or namespace-separator can't stand in a URL");
  }
  return result;
}

HttpAnswer RestSession::send_to(const std::string& url, const RestCall& call, const std::optional<RestSigning>& signing,
                                const std::optional<IdempotencyKey>& key) {
  const auto attempt = [&](const std::optional<std::string>& token) {
    HttpRequest request;
    request.method = call.method;
    request.url = url;
    request.headers = {{"Accept", "application/json"}};
    request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
    for (const auto& [name, value] : options_.properties) {
      constexpr std::string_view kHeader = "header.";
      if (name.starts_with(kHeader)) request.headers.emplace_back(name.substr(kHeader.size()), value);
    }
    if (token) request.headers.emplace_back("Authorization", "Bearer " + *token);
    if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = call.body;
    request.repeatable = call.repeatable;
    if (key) {
      request.headers.emplace_back("Idempotency-Key", key->text);
      request.known_until = key->until;
    }
    request.most_bytes = kMostBytes;
    if (signing) sign_for_catalog(request, *signing);
    return (call.parting ? parting_ : http_).send(request);
  };
  const auto token = auth_.token();
  HttpAnswer answer = attempt(token);
  const bool refused = answer.status == kUnauthorized || answer.status == kTokenExpired;
  if (refused && token && auth_.renew(*token)) {
    const bool in_doubt = answer.in_doubt;
    answer = attempt(auth_.token());
    answer.in_doubt |= in_doubt;
  }
  if (answer.in_doubt && says_nothing_of_the_key(answer.status)) {
    throw Error(ErrorCode::CommitUnknown,
                error_of(answer, fmt::format("{} {}", call.method, call.route), hide_).what());
  }
  return answer;
}

bool RestSession::lists(const std::string& method, const std::string& route) {
  return settings()->endpoints.contains(fmt::format("{} /v1/{{prefix}}/{}", method, route));
}

bool RestSession::offers(const std::string& method, const std::string& route) {
  return settings()->endpoints.empty() || lists(method, route);
}

HttpAnswer RestSession::send(const RestCall& call) {
  const auto known = settings();
  if (!offers(call.method, call.route)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the catalog {} doesn't offer {} {}", options_.server, call.method, call.route));
  }
  std::string url = options_.server + "/v1/" + known->prefix + fill(call.route, call.values);
  if (!call.query.empty()) url += "?" + call.query;
  if (call.repeatable || !known->key_lifetime) return send_to(url, call, known->signing);
  return send_to(url, call, known->signing, idempotency_key(call.key, *known->key_lifetime));
}

std::string RestSession::namespace_value(const std::string& name) {
  const auto known = settings();
  std::string text;
  for (const std::string& level : namespace_levels(name)) {
    text += (text.empty() ? "" : known->separator) + percent_encode(level, "");
  }
  return text;
}

void RestSession::wait(std::chrono::milliseconds duration) const {
  constexpr std::chrono::milliseconds kSlice{20};
  const auto until = std::chrono::steady_clock::now() + duration;
  do {
    if (options_.given_up && options_.given_up()) throw Error(ErrorCode::Cancelled, "cancelled");
    std::this_thread::sleep_for(kSlice);
  } while (std::chrono::steady_clock::now() < until);
}

void RestSession::fail(const HttpAnswer& answer, const std::string& what) const {
  throw error_of(answer, what, hide_);
}

}  // namespace lakelet::catalogs
