#include "http/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <thread>

#include "base/random.h"
#include "http/curl_library.h"
#include "http/retry.h"
#include "lakelet/error.h"

namespace lakelet {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMostTotalToSilence = 10, kServerFault = 500;
constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 20;

struct FreeList {
  void operator()(curl_slist* list) const { curl_library().free_list(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// One try, as libcurl's callbacks see it.
struct Exchange {
  const HttpRequest& request;
  const HttpLimits& limits;
  const std::function<bool()>& given_up;
  HttpAnswer answer{};
  std::size_t header_bytes = 0;
  curl_off_t moved = 0;
  steady_clock::time_point last_move = steady_clock::now();
  bool too_long = false, silent = false;
};

std::string shown(const std::string& url) {
  return url.substr(0, url.find_first_of("?#"));
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  if (exchange.answer.body.size() + bytes > exchange.request.most_bytes) {
    exchange.too_long = true;
    return 0;
  }
  exchange.answer.body.append(data, bytes);
  return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  exchange.header_bytes += bytes;
  if (exchange.header_bytes > kMostHeaderBytes) {
    exchange.too_long = true;
    return 0;
  }
  std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) exchange.answer.headers.clear();  // an interim answer came before
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return bytes;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!value.empty() && space(value.front())) value.remove_prefix(1);
  while (!value.empty() && space(value.back())) value.remove_suffix(1);
  exchange.answer.headers[std::move(name)] = value;
  return bytes;
}

// Called about once a second while nothing moves, and more often else.
int look_around(void* user, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  auto& exchange = *static_cast<Exchange*>(user);
  const auto now = steady_clock::now();
  if (received + sent != exchange.moved) {
    exchange.moved = received + sent;
    exchange.last_move = now;
  }
  exchange.silent = now - exchange.last_move > exchange.limits.silence + exchange.limits.connect;
  return exchange.silent || exchange.given_up() ? 1 : 0;
}

HeaderList header_list(const HttpRequest& request) {
  HeaderList list;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_library().append(list.get(), line.c_str());
    if (!longer) throw Error(ErrorCode::Exhausted, "no memory for the headers of a request");
    (void)list.release();
    list.reset(longer);
  };
  add("Expect:");
  for (const auto& [name, value] : request.headers) {
    if (value.find_first_of("\r\n") != std::string::npos || name.find_first_of("\r\n:") != std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the header {} can't have line breaks in it", name));
    }
    add(fmt::format("{}: {}", name, value));
  }
  return list;
}

// Nobody means a proxy there, whatever the environment says.
bool is_this_machine(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string_view host = std::string_view(url).substr(std::min(begin, url.size()));
  return host.starts_with("127.") || host.starts_with("[::1]") || host.starts_with("localhost:") ||
         host.starts_with("localhost/");
}

void prepare(CURL* handle, const Exchange& exchange, const HeaderList& headers) {
  const CurlLibrary& curl = curl_library();
  const HttpRequest& request = exchange.request;
  curl.reset(handle);
  curl.set(handle, CURLOPT_URL, request.url.c_str());
  curl.set(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl.set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  if (is_this_machine(request.url)) curl.set(handle, CURLOPT_PROXY, "");
  curl.set(handle, CURLOPT_NOSIGNAL, 1L);
  curl.set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl.set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (request.packed) curl.set(handle, CURLOPT_ACCEPT_ENCODING, "");
  curl.set(handle, CURLOPT_PATH_AS_IS, 1L);  // as it was signed
  curl.set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(exchange.limits.connect.count()));
  curl.set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.limits.silence.count() * kMostTotalToSilence));
  curl.set(handle, CURLOPT_USERAGENT, "lakelet");
  curl.set(handle, CURLOPT_HTTPHEADER, headers.get());
  curl.set(handle, CURLOPT_WRITEFUNCTION, &take_body);
  curl.set(handle, CURLOPT_WRITEDATA, &exchange);
  curl.set(handle, CURLOPT_HEADERFUNCTION, &take_header);
  curl.set(handle, CURLOPT_HEADERDATA, &exchange);
  curl.set(handle, CURLOPT_XFERINFOFUNCTION, &look_around);
  curl.set(handle, CURLOPT_XFERINFODATA, &exchange);
  curl.set(handle, CURLOPT_NOPROGRESS, 0L);
  // libcurl itself sends again what a kept connection gave no answer to.
  curl.set(handle, CURLOPT_FRESH_CONNECT, request.repeatable ? 0L : 1L);
  if (request.method == "HEAD") {
    curl.set(handle, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      curl.set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl.set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl.set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

bool is_certificate_fault(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CERTPROBLEM ||
         code == CURLE_SSL_CACERT_BADFILE;
}

HttpTry::End end_of(CURLcode code, CURL* handle) {
  switch (code) {
    case CURLE_OK:
      return HttpTry::End::Answered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpTry::End::NotSent;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
      return HttpTry::End::Final;
    default:
      break;
  }
  if (is_certificate_fault(code)) return HttpTry::End::Final;
  long sent = 0;
  curl_library().info(handle, CURLINFO_REQUEST_SIZE, &sent);
  return sent > 0 ? HttpTry::End::MaybeSent : HttpTry::End::NotSent;
}

void require_wanted(const std::function<bool()>& given_up, bool in_doubt) {
  if (!given_up()) return;
  throw in_doubt ? Error(ErrorCode::CommitUnknown, "cancelled before the answer came")
                 : Error(ErrorCode::Cancelled, "cancelled");
}

// In slices, so that it ends early when it is given up.
void wait(milliseconds duration, const std::function<bool()>& given_up) {
  constexpr milliseconds kSlice{20};
  const auto until = steady_clock::now() + duration;
  while (steady_clock::now() < until && !given_up()) {
    std::this_thread::sleep_for(std::min<steady_clock::duration>(kSlice, until - steady_clock::now()));
  }
}

// `in_doubt`: it may have been carried out, and isn't repeatable.
[[noreturn]] void throw_fault(CURLcode code, bool in_doubt, const Exchange& exchange) {
  const std::string url = shown(exchange.request.url);
  if (!in_doubt) {
    require_wanted(exchange.given_up, false);
    if (exchange.too_long) {
      throw Error(ErrorCode::Exhausted,
                  fmt::format("the answer of {} is longer than {} bytes", url, exchange.request.most_bytes));
    }
  }
  const std::string text = exchange.given_up() ? "cancelled before the answer came"
                           : exchange.too_long ? "the answer is too long"
                           : exchange.silent   ? "it fell silent"
                                               : curl_library().text(code);
  if (is_certificate_fault(code) && !in_doubt) {
    throw Error(ErrorCode::Permission, fmt::format("{} can't be trusted: {}", url, text));
  }
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is no http: or https: URL", url));
  }
  throw Error(in_doubt ? ErrorCode::CommitUnknown : ErrorCode::Unavailable,
              fmt::format("{} {}: {}", exchange.request.method, url, text));
}

}  // namespace

struct HttpClient::Connections {
  std::mutex mutex;
  std::vector<CURL*> idle;

  CURL* take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CURL* handle = idle.back();
        idle.pop_back();
        return handle;
      }
    }
    CURL* handle = curl_library().init();
    if (!handle) throw Error(ErrorCode::Exhausted, "no memory for a connection");
    return handle;
  }
  void give_back(CURL* handle) {
    const std::lock_guard lock(mutex);
    idle.push_back(handle);
  }
  ~Connections() {
    for (CURL* handle : idle) curl_library().cleanup(handle);
  }
};

HttpClient::HttpClient(HttpLimits limits, std::function<bool()> given_up)
    : limits_(limits),
      given_up_(given_up ? std::move(given_up) : [] { return false; }),
      connections_(std::make_unique<Connections>()) {}
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::send(const HttpRequest& request) {
  const HeaderList headers = header_list(request);
  const auto give_back = [this](CURL* used) { connections_->give_back(used); };
  const std::unique_ptr<CURL, decltype(give_back)> handle(connections_->take(), give_back);
  bool in_doubt = false;  // whether an earlier try may have been carried out
  for (int made = 1;; ++made) {
    require_wanted(given_up_, in_doubt);
    Exchange exchange{request, limits_, given_up_};
    prepare(handle.get(), exchange, headers);
    const CURLcode code = curl_library().perform(handle.get());
    HttpTry last;
    last.end = end_of(code, handle.get());
    bool doubtful = last.end == HttpTry::End::MaybeSent;
    if (exchange.too_long) last.end = HttpTry::End::Final;
    if (code == CURLE_OK) {
      long status = 0;
      curl_off_t after = 0;
      curl_library().info(handle.get(), CURLINFO_RESPONSE_CODE, &status);
      if (curl_library().info(handle.get(), CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0) {
        last.retry_after = milliseconds(std::min<curl_off_t>(after, 86'400) * 1000);
      }
      last.status = exchange.answer.status = static_cast<int>(status);
      doubtful = status >= kServerFault;
    }
    doubtful = !request.repeatable && (doubtful || in_doubt);
    const auto pause = pause_after(last, request, doubtful, exchange.silent, made);
    if (!pause) {
      if (code != CURLE_OK) throw_fault(code, doubtful, exchange);
      exchange.answer.in_doubt = in_doubt;
      return std::move(exchange.answer);
    }
    in_doubt = doubtful;
    wait(*pause, given_up_);
  }
}

std::optional<milliseconds> HttpClient::pause_after(HttpTry last, const HttpRequest& request, bool in_doubt,
                                                    bool silent, int made) const {
  const bool known = request.known_until.has_value();
  // Who was silent for so long isn't asked a third time.
  if (silent && (request.repeatable || known) && made > 1) last.end = HttpTry::End::Final;
  const auto pause = wait_before_retry(last, request.repeatable || known, made, limits_, random_fraction());
  if (pause && in_doubt && steady_clock::now() + *pause >= *request.known_until) return std::nullopt;
  return pause;
}

}  // namespace lakelet
