// Requests over HTTP and HTTPS, by the libcurl of the system.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lakelet {

struct HttpTry;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  // Whether a request that may have been carried out can be sent again.
  bool repeatable = true;
  // Until when one that isn't can be sent again all the same, because it has a key by which the server knows it.
  std::optional<std::chrono::steady_clock::time_point> known_until{};
  std::uint64_t most_bytes = std::uint64_t{64} << 20;  // of the answer, unpacked
  bool packed = true;                                  // whether the answer may come packed; it is unpacked here
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers{};  // by their names in lower case
  std::string body{};
  bool in_doubt = false;  // an earlier try of a request that isn't repeatable may have been carried out
};

struct HttpLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds silence{30'000};       // how long nothing may come; a request takes ten times that at most
  std::chrono::milliseconds longest_wait{30'000};  // before a try, when a server asks for it
  int tries = 4;
};

// Follows no redirects, so that no header goes to a host that wasn't named, and verifies certificates. Tries again what
// didn't reach the server, what it puts off (429) and, if the request is repeatable, every fault that may pass.
// Connections are kept for the next request. Thread-safe.
class HttpClient {
 public:
  // `given_up`: whether nobody waits for an answer any more; asked about once a second, from any thread.
  explicit HttpClient(HttpLimits limits = {}, std::function<bool()> given_up = {});
  ~HttpClient();

  // Any answer, also one that says no. Throws Error(Unavailable): it wasn't carried out, or is repeatable;
  // Error(CommitUnknown): the answer to one that isn't was lost, or not waited for; Error(Exhausted): the answer is too
  // long; Error(InvalidArgument) for a URL that is none; Error(Permission): a certificate that can't be trusted;
  // Error(Cancelled): it was given up, and wasn't carried out or is repeatable. Messages name the URL without what
  // stands behind '?'.
  HttpAnswer send(const HttpRequest& request);

 private:
  struct Connections;
  // How long to wait before the next try; nullopt: there is none.
  std::optional<std::chrono::milliseconds> pause_after(HttpTry last, const HttpRequest& request, bool in_doubt,
                                                       bool silent, int made) const;

  const HttpLimits limits_;
  const std::function<bool()> given_up_;
  const std::unique_ptr<Connections> connections_;
};

}  // namespace lakelet
