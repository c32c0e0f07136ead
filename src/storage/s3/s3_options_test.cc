#include "storage/s3/s3_options.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

using Options = std::map<std::string, std::string>;

Variable from(const Options& values) {
  return [values](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(S3OptionsTest, TakesEverybodysNames) {
  for (const Options& options :
       {Options{
            {"s3.access-key-id", "i"}, {"s3.secret-access-key", "s"}, {"s3.region", "r"}, {"s3.endpoint", "http://h/"}},
        Options{{"AWS_ACCESS_KEY_ID", "i"},
                {"AWS_SECRET_ACCESS_KEY", "s"},
                {"AWS_REGION", "r"},
                {"AWS_ENDPOINT_URL", "http://h"}},
        Options{{"access_key_id", "i"}, {"secret_access_key", "s"}, {"region", "r"}, {"endpoint_url", "http://h"}},
        Options{{"client.access-key-id", "i"},
                {"client.secret-access-key", "s"},
                {"client.region", "r"},
                {"endpoint", "http://h"}}}) {
    const S3Options read = s3_options(options, {});
    EXPECT_EQ(read.keys.access_key_id, "i");
    EXPECT_EQ(read.keys.secret_access_key, "s");
    EXPECT_EQ(read.region, "r");
    EXPECT_EQ(read.endpoint, "http://h");
    EXPECT_TRUE(read.path_style);
  }
  EXPECT_EQ(s3_options({}, {}).region, "us-east-1");
  EXPECT_FALSE(s3_options({}, {}).path_style);
  EXPECT_FALSE(s3_options({{"s3.endpoint", "https://h"}, {"aws_virtual_hosted_style_request", "true"}}, {}).path_style);
}

TEST(S3OptionsTest, KeysComeFromOnePlace) {
  const Variable all =
      from({{"AWS_ACCESS_KEY_ID", "vi"}, {"AWS_SECRET_ACCESS_KEY", "vs"}, {"AWS_SESSION_TOKEN", "vt"}});
  EXPECT_EQ(s3_options({}, all).keys.session_token, "vt");
  const S3Options own = s3_options({{"s3.access-key-id", "i"}, {"s3.secret-access-key", "s"}}, all);
  EXPECT_EQ(own.keys.access_key_id, "i");
  EXPECT_EQ(own.keys.session_token, "");
  EXPECT_TRUE(s3_options({{"s3.anonymous", "true"}}, all).keys.empty());
}

ErrorCode refusal_of(const Options& options) {
  try {
    s3_options(options, {});
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("hush"), std::string::npos) << error.what();
    return error.code();
  }
  return ErrorCode::Internal;
}

TEST(S3OptionsTest, RefusesByName) {
  EXPECT_EQ(refusal_of({{"s3.secret-access-key", "hush"}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of({{"s3.endpoint", "h:9000"}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of({{"s3.endpoint", "http://me:hush@h"}, {"s3.region", "r/x"}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of({{"s3.endpoint", "http://h"}, {"allow_http", "false"}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of({{"s3.path-style-access", "maybe"}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of({{"s3.remote-signing-enabled", "true"}}), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refusal_of({{"client.assume-role.arn", "a"}}), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refusal_of({{"s3.sse.type", "kms"}}), ErrorCode::UnsupportedFeature);
}

S3Options keys(const std::string& id, std::optional<std::int64_t> end = {}) {
  S3Options options;
  options.keys = {id, "secret"};
  options.keys_end_us = end;
  return options;
}

TEST(S3AccessTest, RenewsWhatEndsOrIsRefused) {
  int asked = 0;
  const auto renew = [&] { return keys(std::to_string(++asked), now_us() + 3600 * kMicrosPerSecond); };
  S3Access ending(keys("0", now_us() + 10 * kMicrosPerSecond), renew);
  EXPECT_EQ(ending.current()->keys.access_key_id, "1");
  EXPECT_EQ(ending.current()->keys.access_key_id, "1");
  EXPECT_TRUE(ending.renewed(keys("0")));  // others did it meanwhile
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(ending.renewed(keys("1")));
  EXPECT_EQ(ending.current()->keys.access_key_id, "2");
  S3Access fixed(keys("0", 0));
  EXPECT_EQ(fixed.current()->keys.access_key_id, "0");
  EXPECT_FALSE(fixed.renewed(keys("0")));
}

}  // namespace
}  // namespace lakelet
