#include "storage/s3/s3_answer.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace lakelet {
namespace {

std::string list(const std::string& inside) {
  return "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inside +
         "</ListBucketResult>";
}

TEST(S3Answer, ReadsAPage) {
  const S3Page page =
      s3_page(list("<EncodingType>url</EncodingType><Prefix>a</Prefix><IsTruncated>true</IsTruncated>"
                   "<NextContinuationToken>t&amp;k</NextContinuationToken>"
                   "<Contents><Key>a/x%0Ay+z%2B</Key><LastModified>2025-01-31T12:00:00.500Z</LastModified>"
                   "<Size>7</Size></Contents><Contents><Key>b</Key></Contents>"
                   "<CommonPrefixes><Prefix>a/s+/</Prefix></CommonPrefixes>"),
              "listing");
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects[0].path, "a/x\ny z+");
  EXPECT_EQ(page.objects[0].size, 7U);
  EXPECT_EQ(page.objects[0].modified_us, parse_timestamp("2025-01-31T12:00:00Z")->us);
  EXPECT_EQ(page.objects[1].size, 0U);
  EXPECT_EQ(page.folders, std::vector<std::string>{"a/s /"});
  EXPECT_EQ(page.next, "t&k");
  EXPECT_EQ(s3_page(list("<Contents><Key>a+b%20</Key></Contents>"), "listing").objects[0].path, "a+b%20");
}

ErrorCode refusal_of(const std::string& body) {
  try {
    s3_page(body, "listing");
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << body;
  return ErrorCode::Internal;
}

TEST(S3Answer, RefusesWhatIsNoList) {
  for (const std::string& body : {std::string(), std::string("{}"), std::string("<html></html>"), list("<Contents>"),
                                  list("<IsTruncated>true</IsTruncated>"),
                                  "<!DOCTYPE x [<!ENTITY e 'x'>]>" + list("<Contents><Key>&e;</Key></Contents>")}) {
    EXPECT_EQ(refusal_of(body), ErrorCode::Unavailable) << body;
  }
}

Error error_of(int status, const std::string& body, std::map<std::string, std::string> headers = {}) {
  return s3_error({.status = status, .headers = std::move(headers), .body = body}, "lake", "reading s3://lake/k");
}

TEST(S3Answer, SaysWhatWentWrong) {
  const auto with = [](const std::string& code) {
    return "<Error><Code>" + code + "</Code><Message>it\nsays</Message></Error>";
  };
  EXPECT_EQ(error_of(404, with("NoSuchBucket")).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of(404, with("NoSuchBucket")).message(), "reading s3://lake/k: there is no bucket lake");
  EXPECT_EQ(error_of(404, "").message(), "reading s3://lake/k: it doesn't exist");
  EXPECT_EQ(error_of(403, with("AccessDenied")).message(), "reading s3://lake/k: it says (403 AccessDenied)");
  EXPECT_EQ(error_of(403, with("AccessDenied")).code(), ErrorCode::Permission);
  EXPECT_EQ(error_of(400, with("ExpiredToken")).code(), ErrorCode::Permission);
  EXPECT_EQ(error_of(200, with("SlowDown")).code(), ErrorCode::Unavailable);
  EXPECT_EQ(error_of(501, with("NotImplemented")).code(), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(error_of(500, "not xml <").code(), ErrorCode::Unavailable);
  EXPECT_EQ(error_of(301, "", {{"x-amz-bucket-region", "eu-west-1"}}).hint(), "--storage-option s3.region=eu-west-1");
  EXPECT_EQ(error_of(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-x</Region></Error>").hint(),
            "--storage-option s3.region=ap-x");
}

TEST(S3Answer, ReadsHttpDates) {
  EXPECT_EQ(http_date_us("Wed, 21 Oct 2015 07:28:00 GMT"), parse_timestamp("2015-10-21T07:28:00Z")->us);
  EXPECT_EQ(http_date_us("Wed, 21 Okt 2015 07:28:00 GMT"), 0);
  EXPECT_EQ(http_date_us(""), 0);
}

}  // namespace
}  // namespace lakelet
