#include "storage/s3/s3_answer.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <memory>
#include <string_view>

#include "base/percent_encoding.h"
#include "base/time.h"

namespace lakelet {

namespace {

constexpr std::size_t kLongestMessage = 300;

// Calls back for each element that ends, with the names that it stands in ("ListBucketResult/Contents/Key") and its
// text.
class Elements {
 public:
  using Visit = std::function<void(const std::string& path, const std::string& text)>;

  // Whether it is XML.
  static bool read(const std::string& body, const Visit& visit) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree);
    if (!parser) throw Error(ErrorCode::Exhausted, "no memory to read XML");
    Elements elements{parser.get(), visit};
    XML_SetUserData(parser.get(), &elements);
    XML_SetElementHandler(parser.get(), &Elements::begin, &Elements::end);
    XML_SetCharacterDataHandler(parser.get(), &Elements::characters);
    // No answer of S3 declares a type; entities are what hostile ones do harm with.
    XML_SetStartDoctypeDeclHandler(parser.get(), &Elements::doctype);
    return XML_Parse(parser.get(), body.data(), static_cast<int>(body.size()), 1) == XML_STATUS_OK;
  }

 private:
  Elements(XML_Parser parser, const Visit& visit) : parser_(parser), visit_(visit) {}

  static void begin(void* user, const char* name, const char**) {
    auto& self = *static_cast<Elements*>(user);
    self.starts_.push_back(self.path_.size());
    if (!self.path_.empty()) self.path_ += '/';
    self.path_ += name;
    self.text_.clear();
  }
  static void end(void* user, const char*) {
    auto& self = *static_cast<Elements*>(user);
    self.visit_(self.path_, self.text_);
    self.path_.resize(self.starts_.back());
    self.starts_.pop_back();
    self.text_.clear();
  }
  static void characters(void* user, const char* data, int length) {
    static_cast<Elements*>(user)->text_.append(data, static_cast<std::size_t>(length));
  }
  static void doctype(void* user, const char*, const char*, const char*, int) {
    XML_StopParser(static_cast<Elements*>(user)->parser_, XML_FALSE);
  }

  const XML_Parser parser_;
  const Visit& visit_;
  std::string path_, text_;
  std::vector<std::size_t> starts_;
};

// A key as it stands in a list with encoding-type=url.
std::string decoded(std::string text, bool encoded) {
  if (!encoded) return text;
  std::replace(text.begin(), text.end(), '+', ' ');
  return percent_decode(text);
}

// A list says more of the second than HEAD does.
std::int64_t whole_seconds(const std::string& text) {
  const auto moment = parse_timestamp(text);
  return moment ? moment->us - moment->us % kMicrosPerSecond : 0;
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  if (text.size() > kLongestMessage) text = text.substr(0, kLongestMessage) + "...";
  return text;
}

ErrorCode code_of(int status, const std::string& code) {
  if (code == "SlowDown" || code == "RequestTimeout" || code == "InternalError") return ErrorCode::Unavailable;
  if (code == "EntityTooLarge" || code == "QuotaExceeded") return ErrorCode::Exhausted;
  if (code == "NotImplemented") return ErrorCode::UnsupportedFeature;
  if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired") return ErrorCode::Permission;
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::Permission;
    case 404:
      return ErrorCode::NotFound;
    case 405:
    case 501:
      return ErrorCode::UnsupportedFeature;
    case 408:
    case 409:
    case 412:
    case 429:
      return ErrorCode::Unavailable;
    default:
      return status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidArgument;
  }
}

std::string hint_of(int status, const std::string& code) {
  if (code == "SignatureDoesNotMatch") return "the secret access key isn't the one of this access key id";
  if (code == "InvalidAccessKeyId") return "nobody there knows this access key id; is the endpoint the right one?";
  if (code == "RequestTimeTooSkewed") return "this machine's clock is wrong";
  if (code == "ExpiredToken" || code == "TokenRefreshRequired") return "the temporary keys have ended: give new ones";
  if (code == "InvalidToken") return "the session token doesn't belong to these keys";
  if (status == 403)
    return "the keys may not do this here: --storage-option s3.access-key-id=... and s3.secret-access-key=...";
  return {};
}

std::optional<std::string> header(const HttpAnswer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
}

// The region that the bucket is in, where that is what is wrong.
std::string right_region(const HttpAnswer& answer, const std::string& code) {
  const bool elsewhere = (answer.status >= 300 && answer.status < 400) || code == "AuthorizationHeaderMalformed" ||
                         code == "IllegalLocationConstraintException" || (answer.status == 400 && code.empty());
  if (!elsewhere) return {};
  if (const auto said = header(answer, "x-amz-bucket-region")) return *said;
  return s3_text(answer.body, "Region");
}

}  // namespace

S3Page s3_page(const std::string& body, const std::string& what) {
  S3Page page;
  ObjectInfo object;
  std::string prefix;
  bool encoded = false, truncated = false, list = false;
  const bool xml = Elements::read(body, [&](const std::string& path, const std::string& text) {
    constexpr std::string_view kRoot = "ListBucketResult";
    if (path == kRoot) list = true;
    if (!path.starts_with(kRoot) || path.size() <= kRoot.size()) return;
    const std::string_view name = std::string_view(path).substr(kRoot.size() + 1);
    if (name == "EncodingType") encoded = text == "url";
    if (name == "IsTruncated") truncated = text == "true";
    if (name == "NextContinuationToken") page.next = text;
    if (name == "Contents/Key") object.path = text;
    if (name == "Contents/Size") std::from_chars(text.data(), text.data() + text.size(), object.size);
    if (name == "Contents/LastModified") object.modified_us = whole_seconds(text);
    if (name == "Contents") page.objects.push_back(std::exchange(object, {}));
    if (name == "CommonPrefixes/Prefix") page.folders.push_back(text);
  });
  if (!xml || !list || (truncated && page.next.empty())) {
    throw Error(ErrorCode::Unavailable, fmt::format("{}: the answer is no list of objects", what),
                "is the endpoint one of S3?");
  }
  if (!truncated) page.next.clear();
  for (ObjectInfo& each : page.objects) each.path = decoded(std::move(each.path), encoded);
  for (std::string& each : page.folders) each = decoded(std::move(each), encoded);
  return page;
}

std::string s3_text(const std::string& body, const std::string& element) {
  std::string found;
  Elements::read(body, [&](const std::string& path, const std::string& text) {
    if (found.empty() && path.substr(path.rfind('/') + 1) == element) found = text;
  });
  return found;
}

std::string s3_code(const HttpAnswer& answer) {
  return s3_text(answer.body, "Code");
}

Error s3_error(const HttpAnswer& answer, const std::string& bucket, const std::string& what) {
  const std::string code = s3_code(answer);
  const std::string region = right_region(answer, code);
  if (!region.empty()) {
    return Error(ErrorCode::InvalidArgument, fmt::format("{}: the bucket is in the region {}", what, region),
                 fmt::format("--storage-option s3.region={}", region));
  }
  if (answer.status >= 300 && answer.status < 400) {
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("{}: the server sends us elsewhere (status {}), and redirects aren't followed", what,
                             answer.status),
                 "name the bucket's region: --storage-option s3.region=..., or its endpoint: s3.endpoint=...");
  }
  if (code == "NoSuchBucket") {
    return Error(ErrorCode::NotFound, fmt::format("{}: there is no bucket {}", what, bucket));
  }
  if (answer.status == 404) return Error(ErrorCode::NotFound, what + ": it doesn't exist");
  if (answer.status == 412) {
    return Error(ErrorCode::Unavailable, what + ": it was replaced while it was read", "try again");
  }
  std::string said = one_line(s3_text(answer.body, "Message"));
  if (said.empty()) said = code.empty() ? "the server doesn't say why" : code;
  const std::string status =
      code.empty() ? fmt::format("status {}", answer.status) : fmt::format("{} {}", answer.status, code);
  return Error(code_of(answer.status, code), fmt::format("{}: {} ({})", what, said, status),
               hint_of(answer.status, code));
}

std::int64_t http_date_us(const std::string& text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t kLength = 29;
  if (text.size() != kLength || !text.ends_with(" GMT")) return 0;
  const auto month = std::find(kMonths.begin(), kMonths.end(), std::string_view(text).substr(8, 3));
  if (month == kMonths.end()) return 0;
  const auto moment = parse_timestamp(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month - kMonths.begin() + 1,
                                                  text.substr(5, 2), text.substr(17, 8)));
  return moment ? moment->us : 0;
}

}  // namespace lakelet
