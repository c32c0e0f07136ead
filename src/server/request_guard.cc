#include "server/request_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace lakelet::server {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// "[::1]:8000" -> "[::1]", "8000"; a host without a port has that of http.
std::pair<std::string, std::string> split_host(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string::npos || (host.starts_with('[') && host.ends_with(']'))) return {host, "80"};
  return {host.substr(0, colon), host.substr(colon + 1)};
}

// Names can be made to point anywhere; an address is what it is.
bool is_address(const std::string& host) {
  if (host.starts_with('[')) return host.ends_with(']');
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string cookie_value(const std::string& cookies, const std::string& name) {
  for (std::size_t at = 0; at < cookies.size();) {
    const std::size_t end = std::min(cookies.find(';', at), cookies.size());
    std::string pair = cookies.substr(at, end - at);
    pair.erase(0, std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.starts_with(fmt::format("{}=", name))) return pair.substr(name.size() + 1);
    at = end + 1;
  }
  return {};
}

}  // namespace

RequestGuard::RequestGuard(std::string bound_host, int port, std::string token)
    : bound_host_(lower(std::move(bound_host))), port_(port), token_(std::move(token)) {}

std::string RequestGuard::cookie_name() const {
  return fmt::format("lakelet-{}", port_);
}

bool RequestGuard::knows_host(const std::string& host) const {
  const auto [name, port] = split_host(lower(host));
  if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") {
    return token_.empty() ? port == std::to_string(port_) : true;
  }
  if (token_.empty()) return name == bound_host_ && is_address(name) && port == std::to_string(port_);
  return is_address(name) || name == bound_host_;
}

bool RequestGuard::has_token(const RequestHeaders& request) const {
  return token_.empty() || same_secret(cookie_value(request.cookie, cookie_name()), token_) ||
         same_secret(request.token, token_);
}

std::optional<Refusal> RequestGuard::check(const RequestHeaders& request) const {
  if (!knows_host(request.host)) return Refusal{403, "the request's Host is not this server"};
  if (request.origin && lower(*request.origin) != fmt::format("http://{}", lower(request.host))) {
    return Refusal{403, "the request comes from another site"};
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const bool api = request.path.starts_with("/api/");
  const std::string& site = request.fetch_site;
  if ((api || !reads) && !site.empty() && site != "same-origin" && site != "none") {
    return Refusal{403, "the request comes from another site"};
  }
  if (!reads && request.marker.empty()) return Refusal{403, "the header X-Lakelet is missing"};
  if (!has_token(request)) return Refusal{401, "open the address that lakelet web printed: it has the token"};
  return std::nullopt;
}

bool is_loopback(const std::string& host) {
  const std::string name = lower(host);
  return name == "localhost" || name == "::1" || name.starts_with("127.");
}

bool same_secret(const std::string& a, const std::string& b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && !b.empty(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i % b.size()]);
  }
  return difference == 0 && !b.empty();
}

}  // namespace lakelet::server
