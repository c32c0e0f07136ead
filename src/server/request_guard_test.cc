#include "server/request_guard.h"

#include <gtest/gtest.h>

namespace lakelet::server {
namespace {

const RequestGuard kLocal("127.0.0.1", 8000, "");
const RequestGuard kOpen("0.0.0.0", 8000, "secret");

RequestHeaders get(const std::string& path = "/api/tables") {
  RequestHeaders request;
  request.method = "GET";
  request.path = path;
  request.host = "127.0.0.1:8000";
  return request;
}

RequestHeaders post() {
  RequestHeaders request = get("/api/queries");
  request.method = "POST";
  request.marker = std::string("yes");
  request.origin = "http://127.0.0.1:8000";
  request.fetch_site = "same-origin";
  return request;
}

TEST(RequestGuard, ThePageItselfMayAsk) {
  EXPECT_FALSE(kLocal.check(get()));
  EXPECT_FALSE(kLocal.check(post()));
  RequestHeaders named = get();
  named.host = "LocalHost:8000";
  EXPECT_FALSE(kLocal.check(named));
}

TEST(RequestGuard, ANameThatPointsHereIsStillAnothers) {
  for (const char* host : {"evil.example:8000", "evil.example", "", "127.0.0.1.evil.example:8000", "127.0.0.1:80",
                           "127.0.0.1", "10.0.0.1:8000", "localhost:9000", "[::2]:8000"}) {
    RequestHeaders request = get();
    request.host = host;
    EXPECT_TRUE(kLocal.check(request)) << host;
  }
}

TEST(RequestGuard, OtherSitesMayNot) {
  for (const char* origin :
       {"http://evil.example", "null", "https://127.0.0.1:8000", "http://127.0.0.1:9000", "http://localhost:8000"}) {
    RequestHeaders request = post();
    request.origin = origin;
    EXPECT_TRUE(kLocal.check(request)) << origin;
  }
  for (const char* site : {"cross-site", "same-site"}) {
    RequestHeaders request = get();
    request.fetch_site = site;
    EXPECT_TRUE(kLocal.check(request)) << site;
    request.path = std::string("/");  // a link to the page is fine
    EXPECT_FALSE(kLocal.check(request)) << site;
  }
}

TEST(RequestGuard, AFormCannotPost) {
  RequestHeaders form = post();
  form.marker.clear();
  EXPECT_TRUE(kLocal.check(form));
  form.origin.reset();
  form.fetch_site.clear();
  EXPECT_TRUE(kLocal.check(form));
}

TEST(RequestGuard, WhereOthersReachItATokenIsNeeded) {
  RequestHeaders request = get();
  request.host = "192.168.1.5:8000";
  ASSERT_TRUE(kOpen.check(request));
  EXPECT_EQ(kOpen.check(request)->status, 401);
  request.cookie = std::string("a=b; lakelet-8000=secret");
  EXPECT_FALSE(kOpen.check(request));
  request.cookie = std::string("lakelet-8000=secreT");
  EXPECT_TRUE(kOpen.check(request));
  request.cookie = std::string("lakelet-8000=");
  EXPECT_TRUE(kOpen.check(request));
  request.cookie.clear();
  request.token = std::string("secret");
  EXPECT_FALSE(kOpen.check(request));
  request.host = "evil.example:8000";
  EXPECT_TRUE(kOpen.check(request));
}

TEST(RequestGuard, Loopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "::", "192.168.1.5", "myhost", ""}) EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(RequestGuard, SecretsAreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  for (const char* guess : {"", "a", "abcabc", "abd", "ABC"}) EXPECT_FALSE(same_secret(guess, "abc")) << guess;
  EXPECT_FALSE(same_secret("", ""));
}

}  // namespace
}  // namespace lakelet::server
