#include "catalogs/rest/rest_options.h"

#include <gtest/gtest.h>

#include "catalogs/rest/rest_answer.h"
#include "catalogs/rest/rest_auth.h"

namespace lakelet::catalogs {
namespace {

RestOptions options(const std::string& uri, const std::map<std::string, std::string>& given = {}) {
  return rest_options(parse_catalog_address(uri), given);
}

std::optional<ErrorCode> refused(const std::string& uri) {
  try {
    options(uri);
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("hush"), std::string::npos) << error.what();
    return error.code();
  }
  return std::nullopt;
}

TEST(RestOptions, ServersAndTheirOptions) {
  EXPECT_EQ(options("iceberg+http://h:8181").server, "http://h:8181");
  EXPECT_EQ(options("iceberg+https://h/base/").server, "https://h/base");
  EXPECT_EQ(options("iceberg+https://h/base/v1").server, "https://h/base");
  const auto told = options("iceberg+http://h?warehouse=s3%3A%2F%2Fb%2Fw&oauth2_server_uri=http%3A%2F%2Fa").properties;
  EXPECT_EQ(told.at("warehouse"), "s3://b/w");
  EXPECT_EQ(told.at("oauth2-server-uri"), "http://a");
}

TEST(RestOptions, WhatAUriLosesOfAUriInItComesBack) {
  EXPECT_EQ(options("iceberg+http://h?warehouse=s3:/b/w").properties.at("warehouse"), "s3://b/w");
  EXPECT_EQ(options("iceberg+http://h?warehouse=file:/a").properties.at("warehouse"), "file:///a");
  EXPECT_EQ(options("iceberg+http://h?warehouse=name:/x").properties.at("warehouse"), "name://x");
  EXPECT_EQ(options("iceberg+http://h?warehouse=/a").properties.at("warehouse"), "/a");
}

TEST(RestOptions, SecretsComeFromTheSessionAndNeverFromTheUri) {
  const auto told =
      options("iceberg+http://h?scope=s", {{"token", "t"}, {"scope", "other"}, {"header.X", "y"}, {"region", "z"}});
  EXPECT_EQ(told.properties, (std::map<std::string, std::string>{{"token", "t"}, {"scope", "s"}, {"header.X", "y"}}));
  for (const char* uri :
       {"iceberg+http://h?token=hush", "iceberg+http://h?credential=a:hush", "iceberg+http://h?TOKEN=hush",
        "iceberg+http://me:hush@h", "iceberg+http://hush@h/x", "iceberg+http://h?header.X=hush", "iceberg+http://",
        "iceberg+http://h?what=x", "iceberg+http://h?hush"}) {
    EXPECT_EQ(refused(uri), ErrorCode::InvalidArgument) << uri;
  }
}

TEST(RestOptions, LimitsAreTheSessions) {
  const auto limits = options("iceberg+http://h", {{"timeout", "2s"}, {"connect_timeout", "300ms"}}).limits;
  EXPECT_EQ(limits.silence, std::chrono::seconds(2));
  EXPECT_EQ(limits.connect, std::chrono::milliseconds(300));
}

TEST(RestOptions, OneSpelling) {
  EXPECT_EQ(canonical_uri("iceberg+http://h/?scope=a&WAREHOUSE=b"), "iceberg+http://h?scope=a&warehouse=b");
  EXPECT_EQ(canonical_uri(canonical_uri("iceberg+http://h?warehouse=a%26b")), "iceberg+http://h?warehouse=a%26b");
}

std::string as_it_is(std::string text) {
  return text;
}

TEST(RestAnswer, WhatServersSayOfErrors) {
  const HttpAnswer iceberg{404, {}, R"({"error":{"message":"no\ntable","type":"NoSuchTableException","code":404}})"};
  EXPECT_EQ(error_of(iceberg, "x", as_it_is).code(), ErrorCode::NotFound);
  EXPECT_EQ(std::string(error_of(iceberg, "loading", as_it_is).what()), "loading: no table (status 404)");
  const HttpAnswer oauth{400, {}, R"({"error":"invalid_client","error_description":"who?"})"};
  EXPECT_EQ(fault_of(oauth, as_it_is).type, "invalid_client");
  EXPECT_EQ(fault_of(oauth, as_it_is).message, "who?");
  for (const char* body : {"", "<html>", "[]", "{}", R"({"error":null})", R"({"error":{"message":7}})"}) {
    EXPECT_EQ(error_of({503, {}, body}, "x", as_it_is).code(), ErrorCode::Unavailable);
    EXPECT_TRUE(fault_of({503, {}, body}, as_it_is).message.empty());
  }
  const HttpAnswer talkative{400, {}, R"({"error":{"message":")" + std::string(100'000, 'x') + R"("}})"};
  EXPECT_LT(fault_of(talkative, as_it_is).message.size(), 1000U);
  EXPECT_EQ(error_of({302, {}, ""}, "x", as_it_is).code(), ErrorCode::InvalidArgument);
}

TEST(RestAuth, HidesWhatIsSecretInWhateverForm) {
  HttpClient http;
  const std::string token(600, 't');
  const RestAuth auth(http, "http://h",
                      {{"token", token}, {"credential", "me:a b/c"}, {"header.X-Api-Key", "key"}, {"scope", "shown"}});
  const Hide hide = [&](std::string text) { return auth.hide(std::move(text)); };
  EXPECT_EQ(hide("key, a b/c, a%20b%2Fc, me:a b/c; shown"), "***, ***, ***, ***; shown");
  // Longer than what is shown of a message.
  const HttpAnswer echo{401, {}, R"({"error":{"message":"bad token )" + token + R"("}})"};
  EXPECT_EQ(std::string(error_of(echo, "asking", hide).what()), "asking: bad token *** (status 401)");
}

}  // namespace
}  // namespace lakelet::catalogs
