#include "http/http_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "lakelet/error.h"

namespace lakelet {
namespace {

constexpr std::string_view kHang = "hang";  // an answer that doesn't come

std::string ok(const std::string& body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Kind: Test \r\n\r\n{}", body.size(), body);
}

// Answers each connection's first request with the next of the texts, and ends the connection.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = fmt::format("http://127.0.0.1:{}/p?secret=hush", ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int held : held_) ::close(held);
    ::close(listener_);
  }
  const std::string& url() const { return url_; }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (const std::string& answer : answers_) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      std::string request(65'536, '\0');
      request.resize(
          static_cast<std::size_t>(std::max<ssize_t>(0, ::recv(connection, request.data(), request.size(), 0))));
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (answer == kHang) {
        held_.push_back(connection);
        continue;
      }
      (void)!::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(connection);
    }
  }

  const std::vector<std::string> answers_;
  int listener_ = -1;
  std::string url_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> held_;
  std::thread thread_;
};

HttpLimits quick() {
  HttpLimits limits;
  limits.silence = std::chrono::milliseconds(100);
  limits.tries = 2;
  return limits;
}

std::optional<ErrorCode> fault(const HttpRequest& request, HttpLimits limits = {}) {
  try {
    HttpClient(limits).send(request);
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("hush"), std::string::npos) << error.what();
    return error.code();
  }
  return std::nullopt;
}

TEST(HttpClient, SendsAndReads) {
  ScriptedServer server({ok("body")});
  const HttpAnswer answer = HttpClient().send(
      {.method = "POST", .url = server.url(), .headers = {{"X-Mine", "yes"}}, .body = "what", .repeatable = false});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(answer.headers.at("x-kind"), "Test");
  const std::string request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /p?secret=hush HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("X-Mine: yes\r\n"), std::string::npos);
}

TEST(HttpClient, TriesAgainWhatMayPass) {
  ScriptedServer server({"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", ok("now")});
  EXPECT_EQ(HttpClient().send({.url = server.url()}).body, "now");
  ScriptedServer cut({"", ok("now")});
  EXPECT_EQ(HttpClient().send({.url = cut.url()}).body, "now");
}

TEST(HttpClient, ALostAnswerIsUnknownWhereItMatters) {
  ScriptedServer gone({""});
  EXPECT_EQ(fault({.method = "POST", .url = gone.url(), .repeatable = false}), ErrorCode::CommitUnknown);
  EXPECT_EQ(gone.requests().size(), 1U);
  ScriptedServer half({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"});
  EXPECT_EQ(fault({.method = "POST", .url = half.url(), .repeatable = false}), ErrorCode::CommitUnknown);
}

TEST(HttpClient, WhatTheServerKnowsIsSentAgain) {
  const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::hours(1); };
  const auto request = [](const ScriptedServer& server, std::chrono::steady_clock::time_point until) {
    return HttpRequest{.method = "POST", .url = server.url(), .repeatable = false, .known_until = until};
  };
  ScriptedServer cut({"", ok("now")});
  const HttpAnswer answer = HttpClient().send(request(cut, soon()));
  EXPECT_EQ(answer.body, "now");
  EXPECT_TRUE(answer.in_doubt);
  ScriptedServer late({"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", ok("now")});
  EXPECT_TRUE(HttpClient().send(request(late, soon())).in_doubt);
  ScriptedServer put_off({"HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n", ok("now")});
  EXPECT_FALSE(HttpClient().send(request(put_off, soon())).in_doubt);
  ScriptedServer never({"", ""});
  EXPECT_EQ(fault(request(never, soon()), quick()), ErrorCode::CommitUnknown);
  EXPECT_EQ(never.requests().size(), 2U);
  ScriptedServer forgets({"", ok("now")});
  EXPECT_EQ(fault(request(forgets, std::chrono::steady_clock::now())), ErrorCode::CommitUnknown);
  EXPECT_EQ(forgets.requests().size(), 1U);
}

TEST(HttpClient, ADoubtStays) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::hours(1);
  ScriptedServer put_off({"", "HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n"});
  const HttpRequest request{.method = "POST", .url = put_off.url(), .repeatable = false, .known_until = until};
  const HttpAnswer answer = HttpClient(quick()).send(request);
  EXPECT_EQ(answer.status, 429);
  EXPECT_TRUE(answer.in_doubt);

  std::optional<ScriptedServer> gone(std::in_place, std::vector<std::string>{""});
  const std::string url = gone->url();
  const auto goes_after_the_first = [&] {
    if (gone && !gone->requests().empty()) gone.reset();
    return false;
  };
  try {
    HttpClient({}, goes_after_the_first)
        .send({.method = "POST", .url = url, .repeatable = false, .known_until = until});
    ADD_FAILURE() << "it was answered";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CommitUnknown);
  }
  EXPECT_FALSE(gone);
}

TEST(HttpClient, SilenceEnds) {
  ScriptedServer server({std::string(kHang), std::string(kHang)});
  EXPECT_EQ(fault({.url = server.url()}, quick()), ErrorCode::Unavailable);
  ScriptedServer once({std::string(kHang)});
  EXPECT_EQ(fault({.method = "POST", .url = once.url(), .repeatable = false}, quick()), ErrorCode::CommitUnknown);
}

TEST(HttpClient, FollowsNobodyElsewhere) {
  ScriptedServer server({"HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"});
  EXPECT_EQ(HttpClient().send({.url = server.url()}).status, 302);
}

TEST(HttpClient, AnswersHaveAnEnd) {
  ScriptedServer server({ok(std::string(1000, 'x'))});
  EXPECT_EQ(fault({.url = server.url(), .most_bytes = 999}), ErrorCode::Exhausted);
  ScriptedServer commit({ok(std::string(1000, 'x'))});
  EXPECT_EQ(fault({.method = "POST", .url = commit.url(), .repeatable = false, .most_bytes = 999}),
            ErrorCode::CommitUnknown);
  ScriptedServer headers({"HTTP/1.1 200 OK\r\nX: " + std::string(2'000'000, 'x') + "\r\n\r\n", ""});
  EXPECT_TRUE(fault({.url = headers.url()}).has_value());
}

TEST(HttpClient, NobodyThereAndNoUrl) {
  std::string url;
  {
    ScriptedServer server({});
    url = server.url();
  }
  EXPECT_EQ(fault({.url = url}), ErrorCode::Unavailable);
  EXPECT_EQ(fault({.method = "POST", .url = url, .repeatable = false}), ErrorCode::Unavailable);
  EXPECT_EQ(fault({.url = "file:///etc/hostname?hush"}), ErrorCode::InvalidArgument);
  EXPECT_EQ(fault({.url = url, .headers = {{"A", "b\r\nC: d"}}}), ErrorCode::InvalidArgument);
}

// What a request ends with that nobody waits for any more once the server has it.
std::optional<ErrorCode> given_up(const std::function<HttpRequest(const std::string& url)>& request) {
  ScriptedServer server({std::string(kHang)});
  HttpLimits patient;
  patient.silence = std::chrono::hours(1);
  try {
    HttpClient(patient, [&] { return !server.requests().empty(); }).send(request(server.url()));
  } catch (const Error& error) {
    EXPECT_EQ(server.requests().size(), 1U);
    return error.code();
  }
  return std::nullopt;
}

TEST(HttpClient, CanBeGivenUp) {
  EXPECT_EQ(given_up([](const std::string& url) { return HttpRequest{.url = url}; }), ErrorCode::Cancelled);
}

TEST(HttpClient, WhatIsGivenUpMayHaveBeenDone) {
  EXPECT_EQ(given_up([](const std::string& url) {
              return HttpRequest{.method = "POST", .url = url, .body = "what", .repeatable = false};
            }),
            ErrorCode::CommitUnknown);
}

TEST(HttpClient, NothingIsAskedForNobody) {
  ScriptedServer server({ok("body")});
  try {
    HttpClient({}, [] { return true; }).send({.method = "POST", .url = server.url(), .repeatable = false});
    ADD_FAILURE() << "it was sent";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace lakelet
