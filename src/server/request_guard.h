// Who may ask: decided from a request's headers alone, before anything else looks at it.
#pragma once

#include <optional>
#include <string>

namespace lakelet::server {

struct RequestHeaders {
  std::string method;
  std::string path;
  std::string host;
  std::optional<std::string> origin;
  std::string fetch_site;  // Sec-Fetch-Site; empty: a client that isn't a browser, or an old one
  std::string marker;      // X-Lakelet
  std::string cookie;
  std::string token;  // of the query string
};

// Why a request is turned away.
struct Refusal {
  int status = 403;
  std::string reason;
};

// The other sites that a browser has open can send it here as well. They can't choose its Host (a name that was made to
// point to this machine stays their name), its Origin and Sec-Fetch-Site, and can't add X-Lakelet without asking first,
// which is never granted. Where others can reach the port, a token is asked for besides.
class RequestGuard {
 public:
  // `token`: empty if none is needed.
  RequestGuard(std::string bound_host, int port, std::string token);

  std::optional<Refusal> check(const RequestHeaders& request) const;
  const std::string& token() const { return token_; }
  std::string cookie_name() const;

 private:
  bool knows_host(const std::string& host) const;
  bool has_token(const RequestHeaders& request) const;

  std::string bound_host_;
  int port_;
  std::string token_;
};

// Whether only this machine can reach a server that is bound to it.
bool is_loopback(const std::string& host);

// Takes as long for every wrong guess.
bool same_secret(const std::string& a, const std::string& b);

}  // namespace lakelet::server
