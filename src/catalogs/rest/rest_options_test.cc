#include "catalogs/rest/rest_options.h"

#include <gtest/gtest.h>

#include "catalogs/rest/rest_answer.h"

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

TEST(RestAnswer, WhatServersSayOfErrors) {
  const HttpAnswer iceberg{404, {}, R"({"error":{"message":"no\ntable","type":"NoSuchTableException","code":404}})"};
  EXPECT_EQ(error_of(iceberg, "x").code(), ErrorCode::NotFound);
  EXPECT_EQ(std::string(error_of(iceberg, "loading").what()), "loading: no table (status 404)");
  const HttpAnswer oauth{400, {}, R"({"error":"invalid_client","error_description":"who?"})"};
  EXPECT_EQ(fault_of(oauth).type, "invalid_client");
  EXPECT_EQ(fault_of(oauth).message, "who?");
  for (const char* body : {"", "<html>", "[]", "{}", R"({"error":null})", R"({"error":{"message":7}})"}) {
    EXPECT_EQ(error_of({503, {}, body}, "x").code(), ErrorCode::Unavailable);
    EXPECT_TRUE(fault_of({503, {}, body}).message.empty());
  }
  EXPECT_LT(fault_of({400, {}, "{\"error\":{\"message\":\"" + std::string(100'000, 'x') + "\"}}"}).message.size(),
            1000U);
  EXPECT_EQ(error_of({302, {}, ""}, "x").code(), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace lakelet::catalogs
