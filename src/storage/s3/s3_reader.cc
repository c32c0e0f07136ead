#include "storage/s3/s3_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "lakelet/error.h"
#include "storage/s3/s3_answer.h"

namespace lakelet {

namespace {

constexpr std::size_t kEnd = std::size_t{64} << 10;
constexpr std::size_t kSmall = std::size_t{256} << 10, kAhead = std::size_t{1} << 20;
constexpr std::size_t kMostAtOnce = std::size_t{16} << 20;
constexpr const char* kReading = "reading";

std::string header(const HttpAnswer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? std::string() : found->second;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "bytes 10-19/100" (RFC 9110, 14.4)
struct ContentRange {
  std::uint64_t begin = 0, size = 0;
};
ContentRange content_range(const std::string& text) {
  const std::size_t begin = text.find(' ') + 1, slash = text.find('/');
  if (!text.starts_with("bytes ") || slash == std::string::npos) return {};
  return {number(std::string_view(text).substr(begin)), number(std::string_view(text).substr(slash + 1))};
}

}  // namespace

S3Reader::S3Reader(std::shared_ptr<S3Client> client, const std::string& key) : client_(std::move(client)) {
  HttpAnswer answer = client_->send({.key = key, .headers = {{"Range", fmt::format("bytes=-{}", kEnd)}}});
  // An empty object has no range (RFC 9110, 15.5.17).
  if (answer.status == 416) answer = client_->send({.key = key});
  if (answer.status != 200 && answer.status != 206) client_->fail(answer, kReading, key);
  info_ = {key, answer.body.size(), http_date_us(header(answer, "last-modified"))};
  tag_ = header(answer, "etag");
  if (answer.status == 206) {
    const ContentRange range = content_range(header(answer, "content-range"));
    if (range.begin + answer.body.size() != range.size) {
      throw Error(ErrorCode::Unavailable, fmt::format("{} {}: the server sent another range than it was asked for",
                                                      kReading, client_->uri(key)));
    }
    info_.size = range.size;
    end_.begin = range.begin;
  }
  end_.bytes = std::move(answer.body);
}

std::string S3Reader::fetch(std::uint64_t offset, std::size_t length) {
  S3Request request{.key = info_.path};
  request.headers = {{"Range", fmt::format("bytes={}-{}", offset, offset + length - 1)}};
  if (!tag_.empty()) request.headers.emplace_back("If-Match", tag_);
  HttpAnswer answer = client_->send(request);
  if (answer.status == 416) answer.status = 412;
  if (answer.status != 206) client_->fail(answer, kReading, info_.path);
  const ContentRange range = content_range(header(answer, "content-range"));
  if (range.begin != offset || answer.body.size() != length) {
    throw Error(ErrorCode::Unavailable, fmt::format("{} {}: the server sent another range than it was asked for",
                                                    kReading, client_->uri(info_.path)));
  }
  return std::move(answer.body);
}

bool S3Reader::take_held(std::uint64_t offset, std::span<std::byte> out) {
  const auto take = [&](const Block& block) {
    if (!block.holds(offset, out.size())) return false;
    std::memcpy(out.data(), block.bytes.data() + (offset - block.begin), out.size());
    return true;
  };
  if (take(end_)) return true;
  const std::lock_guard lock(mutex_);
  return take(ahead_);
}

std::size_t S3Reader::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= info_.size || out.empty()) return 0;
  out = out.first(std::min<std::uint64_t>(out.size(), info_.size - offset));
  const std::size_t all = out.size();
  bool goes_on;
  {
    const std::lock_guard lock(mutex_);
    goes_on = std::exchange(expected_, offset + all) == offset;
  }
  if (take_held(offset, out)) return all;
  if (goes_on && all <= kSmall) {
    Block block{offset, fetch(offset, std::min<std::uint64_t>(kAhead, info_.size - offset))};
    std::memcpy(out.data(), block.bytes.data(), all);
    const std::lock_guard lock(mutex_);
    ahead_ = std::move(block);
    return all;
  }
  while (!out.empty()) {
    const std::string part = fetch(offset, std::min(out.size(), kMostAtOnce));
    std::memcpy(out.data(), part.data(), part.size());
    offset += part.size();
    out = out.subspan(part.size());
  }
  return all;
}

}  // namespace lakelet
