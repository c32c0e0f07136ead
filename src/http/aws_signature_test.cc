#include "http/aws_signature.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/sha256.h"
#include "base/time.h"

namespace lakelet {
namespace {

struct Vector {
  const char* name;
  const char* method;
  const char* path;
  std::vector<std::pair<std::string, std::string>> headers;
  const char* body;
  const char* signed_headers;
  const char* signature;
};

void PrintTo(const Vector& vector, std::ostream* out) {
  *out << vector.name;
}

// AWS's test suite for signers ("aws-signing-test-suite/v4"): requests whose paths are to be normalised.
const std::vector<Vector>& suite() {
  static const std::vector<Vector> kVectors = {
      {"get-header-key-duplicate",
       "GET",
       "/",
       {{"My-Header1", "value2"},
        {"My-Header1", "value2"},
        {"My-Header1", "value1"},
        {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;x-amz-date",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-multiline",
       "GET",
       "/",
       {{"My-Header1", "value1\n  value2\n     value3"}, {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;x-amz-date",
       "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd"},
      {"get-header-value-order",
       "GET",
       "/",
       {{"My-Header1", "value4"},
        {"My-Header1", "value1"},
        {"My-Header1", "value3"},
        {"My-Header1", "value2"},
        {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;x-amz-date",
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-trim",
       "GET",
       "/",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}, {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-relative-normalized",
       "GET",
       "/example/..",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-relative-relative-normalized",
       "GET",
       "/example1/example2/../..",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash-dot-slash-normalized",
       "GET",
       "/./",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash-normalized",
       "GET",
       "//",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash-pointless-dot-normalized",
       "GET",
       "/./example",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
      {"get-slashes-normalized",
       "GET",
       "//example//",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"get-space-normalized",
       "GET",
       "/example space/",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-unreserved",
       "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8",
       "GET",
       "/ሴ",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-vanilla-empty-query-key",
       "GET",
       "/?Param1=value1",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-vanilla-query-order-encoded",
       "GET",
       "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/?Param2=value2&Param1=value1",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-unreserved",
       "GET",
       "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~"
       "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-vanilla-query",
       "GET",
       "/",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-utf8-query",
       "GET",
       "/?ሴ=bar",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-vanilla-with-session-token",
       "GET",
       "/",
       {{"X-Amz-Security-Token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"},
        {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date;x-amz-security-token",
       "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
      {"get-vanilla",
       "GET",
       "/",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-header-key-case",
       "POST",
       "/",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-header-key-sort",
       "POST",
       "/",
       {{"My-Header1", "value1"}, {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;x-amz-date",
       "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
      {"post-header-value-case",
       "POST",
       "/",
       {{"My-Header1", "VALUE1"}, {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;my-header1;x-amz-date",
       "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
      {"post-sts-header-before",
       "POST",
       "/",
       {{"X-Amz-Security-Token",
         "AQoDYXdzEPT//////////"
         "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
         "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+"
         "xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="},
        {"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date;x-amz-security-token",
       "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
      {"post-vanilla-empty-query-value",
       "POST",
       "/?Param1=value1",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-vanilla-query",
       "POST",
       "/?Param1=value1",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-vanilla",
       "POST",
       "/",
       {{"X-Amz-Date", "20150830T123600Z"}},
       "",
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-x-www-form-urlencoded-parameters",
       "POST",
       "/",
       {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
        {"Content-Length", "13"},
        {"X-Amz-Date", "20150830T123600Z"},
        {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}},
       "Param1=value1",
       "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
       "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {{"Content-Type", "application/x-www-form-urlencoded"},
        {"Content-Length", "13"},
        {"X-Amz-Date", "20150830T123600Z"},
        {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}},
       "Param1=value1",
       "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
       "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
  };
  return kVectors;
}

class AwsSignatureSuite : public ::testing::TestWithParam<Vector> {};

TEST_P(AwsSignatureSuite, SignsAsAwsDoes) {
  const Vector& vector = GetParam();
  const AwsKeys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
  HttpRequest request{.method = vector.method, .url = std::string("https://example.amazonaws.com") + vector.path};
  request.headers = vector.headers;
  request.body = vector.body;
  EXPECT_EQ(
      aws_authorization(request, keys, {"us-east-1", "service"}, "20150830T123600Z", hex_text(sha256(vector.body))),
      std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=") +
          vector.signed_headers + ", Signature=" + vector.signature);
}

INSTANTIATE_TEST_SUITE_P(Suite, AwsSignatureSuite, ::testing::ValuesIn(suite()), [](const auto& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// "Examples: Signature Calculations in AWS Signature Version 4" of the S3 API reference.
std::string signature_for_s3(HttpRequest request) {
  const AwsKeys keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
  request.url = "https://examplebucket.s3.amazonaws.com" + request.url;
  aws_sign(request, keys, {"us-east-1", "s3"}, parse_timestamp("2013-05-24T00:00:00Z")->us);
  const std::string& value = request.headers.back().second;
  return value.substr(value.find("Signature=") + 10);
}

TEST(AwsSignature, TheExamplesOfS3) {
  EXPECT_EQ(signature_for_s3({.url = "/test.txt", .headers = {{"Range", "bytes=0-9"}}}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(signature_for_s3(
                {.method = "PUT",
                 .url = "/test%24file.text",
                 .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                 .body = "Welcome to Amazon S3."}),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(signature_for_s3({.url = "/?lifecycle"}),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(signature_for_s3({.url = "/?max-keys=2&prefix=J"}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [given, value] : request.headers) {
    if (given == name) return value;
  }
  return "none";
}

TEST(AwsSignature, SaysWhatItSigned) {
  HttpRequest request{.method = "PUT", .url = "http://127.0.0.1:9000/b/x%20y", .body = "abc"};
  aws_sign(request, {"id", "secret", "token"}, {"eu-west-1", "s3"}, 0);
  EXPECT_EQ(header(request, "x-amz-date"), "19700101T000000Z");
  EXPECT_EQ(header(request, "x-amz-security-token"), "token");
  EXPECT_EQ(header(request, "x-amz-content-sha256"), hex_text(sha256("abc")));
  EXPECT_TRUE(header(request, "Authorization")
                  .starts_with("AWS4-HMAC-SHA256 Credential=id/19700101/eu-west-1/s3/aws4_request, "
                               "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="));
}

// The paths of other services are encoded twice, a port that the scheme has anyway is not sent.
TEST(AwsSignature, TellsServicesAndPortsApart) {
  const auto authorization = [](const std::string& url, const std::string& service) {
    return aws_authorization({.url = url}, {"id", "secret"}, {"r", service}, "20150830T123600Z", "");
  };
  EXPECT_EQ(authorization("https://h:443/a", "s3"), authorization("https://h/a", "s3"));
  EXPECT_NE(authorization("https://h:444/a", "s3"), authorization("https://h/a", "s3"));
  EXPECT_EQ(authorization("https://h/a b", "x"), authorization("https://h/./a b", "x"));
  EXPECT_NE(authorization("https://h/a%1Fb", "s3"), authorization("https://h/./a%1Fb", "s3"));
  EXPECT_NE(authorization("https://h/a%1Fb", "x"), authorization("https://h/a\x1f"
                                                                 "b",
                                                                 "x"));
}

}  // namespace
}  // namespace lakelet
