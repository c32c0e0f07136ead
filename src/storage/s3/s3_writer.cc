#include "storage/s3/s3_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "storage/s3/s3_answer.h"

namespace lakelet {

namespace {

// "Amazon S3 multipart upload limits": 10,000 parts of 5 MiB to 5 GiB.
constexpr std::size_t kFirstPart = std::size_t{8} << 20, kMostPart = std::size_t{1} << 30;
constexpr std::size_t kPartsOfOneSize = 1000, kMostParts = 10'000;
constexpr const char* kWriting = "writing";
const std::pair<std::string, std::string> kBytes{"Content-Type", "application/octet-stream"};

std::string xml_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

S3Writer::S3Writer(std::shared_ptr<S3Client> client, std::string key)
    : client_(std::move(client)), key_(std::move(key)) {}

S3Writer::~S3Writer() {
  if (upload_.empty()) return;
  try {
    client_->send_anyway({.method = "DELETE", .key = key_, .query = {{"uploadId", upload_}}});
  } catch (const std::exception&) {  // the bucket's own rules end it some day
  }
}

// Doubled every thousand parts, so that an object may have its 5 TiB.
std::size_t S3Writer::part_size() const {
  return std::min(kFirstPart << (tags_.size() / kPartsOfOneSize), kMostPart);
}

void S3Writer::append(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::size_t done = 0; done < text.size();) {
    if (part_.size() == part_size()) send_part();
    const std::size_t fits = std::min(part_size() - part_.size(), text.size() - done);
    part_.append(text, done, fits);
    done += fits;
    written_ += fits;
  }
}

void S3Writer::begin() {
  const HttpAnswer answer =
      client_->send({.method = "POST", .key = key_, .query = {{"uploads", ""}}, .headers = {kBytes}});
  if (answer.status != 200) client_->fail(answer, kWriting, key_);
  upload_ = s3_text(answer.body, "UploadId");
  if (upload_.empty()) {
    throw Error(ErrorCode::Unavailable, fmt::format("{} {}: the server names no upload", kWriting, client_->uri(key_)));
  }
}

void S3Writer::send_part() {
  if (upload_.empty()) begin();
  if (tags_.size() >= kMostParts) {
    throw Error(ErrorCode::Exhausted, fmt::format("{} {}: it has too many parts", kWriting, client_->uri(key_)));
  }
  const S3Request request{.method = "PUT",
                          .key = key_,
                          .query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", upload_}},
                          .headers = {kBytes},
                          .body = std::move(part_)};
  part_.clear();
  const HttpAnswer answer = client_->send(request);
  const auto tag = answer.headers.find("etag");
  if (answer.status != 200 || tag == answer.headers.end()) client_->fail(answer, kWriting, key_);
  tags_.push_back(tag->second);
}

void S3Writer::finish() {
  if (upload_.empty()) {
    const HttpAnswer answer =
        client_->send({.method = "PUT", .key = key_, .headers = {kBytes}, .body = std::move(part_)});
    part_.clear();
    if (answer.status != 200) client_->fail(answer, kWriting, key_);
    return;
  }
  if (!part_.empty()) send_part();
  complete();
  upload_.clear();
}

// The answer may be 200 and have an error in it ("CompleteMultipartUpload"). One that was lost is found by the object.
void S3Writer::complete() {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, xml_text(tags_[i]));
  }
  const HttpAnswer answer = client_->send({.method = "POST",
                                           .key = key_,
                                           .query = {{"uploadId", upload_}},
                                           .headers = {{"Content-Type", "application/xml"}},
                                           .body = body + "</CompleteMultipartUpload>"});
  const std::string code = s3_code(answer);
  if (answer.status == 200 && code.empty()) return;
  if (code == "NoSuchUpload" && is_complete()) return;  // an earlier try did it
  client_->fail(answer, kWriting, key_);
}

bool S3Writer::is_complete() {
  const HttpAnswer answer = client_->send({.method = "HEAD", .key = key_});
  const auto size = answer.headers.find("content-length");
  return answer.status == 200 && size != answer.headers.end() && size->second == std::to_string(written_);
}

}  // namespace lakelet
