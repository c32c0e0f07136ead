#include "http/aws_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/percent_encoding.h"
#include "base/sha256.h"
#include "base/time.h"

namespace lakelet {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kDate = "x-amz-date";
constexpr const char* kToken = "x-amz-security-token";
constexpr const char* kBodySha256 = "x-amz-content-sha256";
constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

struct UrlParts {
  std::string host;  // as it is sent: without the port that its scheme has anyway
  std::string path, query;
};

UrlParts parts_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  UrlParts parts{lower(url.substr(begin, end - begin)), {}, {}};
  const std::string usual = url.starts_with("https") ? ":443" : ":80";
  if (parts.host.ends_with(usual)) parts.host.resize(parts.host.size() - usual.size());
  const std::size_t mark = std::min(url.find_first_of("?#", end), url.size());
  parts.path = url.substr(end, mark - end);
  if (parts.path.empty()) parts.path = "/";
  if (mark < url.size() && url[mark] == '?') parts.query = url.substr(mark + 1, url.find('#', mark) - mark - 1);
  return parts;
}

// RFC 3986, 5.2.4, and without empty parts: all services but S3 want it so.
std::string without_dots(const std::string& path) {
  std::vector<std::string> kept;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (part == ".." && !kept.empty()) {
      kept.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      kept.push_back(part);
    }
    begin = end + 1;
  }
  std::string result;
  for (const std::string& part : kept) result += '/' + part;
  return result.empty() || path.ends_with('/') ? result + '/' : result;
}

std::string canonical_query(const std::string& query) {
  Pairs pairs;
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string pair = query.substr(begin, end - begin);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto again = [](const std::string& text) { return percent_encode(percent_decode(text), ""); };
    if (!pair.empty()) {
      pairs.emplace_back(again(pair.substr(0, equals)), equals < pair.size() ? again(pair.substr(equals + 1)) : "");
    }
    begin = end + 1;
  }
  std::sort(pairs.begin(), pairs.end());
  std::string result;
  for (const auto& [name, value] : pairs) result += (result.empty() ? "" : "&") + name + "=" + value;
  return result;
}

// Without space at the ends, and with one where there were several.
std::string squeezed(const std::string& value) {
  std::string result;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  while (result.ends_with(' ')) result.pop_back();
  return result;
}

// By name; several of one name are one, in their order.
Pairs canonical_headers(const HttpRequest& request, const std::string& host) {
  Pairs headers;
  for (const auto& [name, value] : request.headers) headers.emplace_back(lower(name), squeezed(value));
  if (std::none_of(headers.begin(), headers.end(), [](const auto& header) { return header.first == "host"; })) {
    headers.emplace_back("host", host);
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < headers.size(); ++i) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return headers[a].first != headers[b].first ? headers[a].first < headers[b].first : a < b;
  });
  Pairs result;
  for (const std::size_t i : order) {
    if (!result.empty() && result.back().first == headers[i].first) {
      result.back().second += ',' + headers[i].second;
    } else {
      result.push_back(headers[i]);
    }
  }
  return result;
}

std::string names_of(const Pairs& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

const std::string* header(const HttpRequest& request, std::string_view wanted) {
  for (const auto& [name, value] : request.headers) {
    if (lower(name) == wanted) return &value;
  }
  return nullptr;
}

std::string canonical_request(const HttpRequest& request, const std::string& service, const std::string& body_sha256) {
  const UrlParts url = parts_of(request.url);
  const Pairs headers = canonical_headers(request, url.host);
  const std::string path = service == "s3" ? url.path : percent_encode(without_dots(url.path), "/");
  std::string text = fmt::format("{}\n{}\n{}\n", request.method, path, canonical_query(url.query));
  for (const auto& [name, value] : headers) text += name + ':' + value + '\n';
  return text + '\n' + names_of(headers) + '\n' + body_sha256;
}

std::string signing_key(const std::string& secret, const std::string& day, const AwsScope& scope) {
  std::string key = "AWS4" + secret;
  for (const std::string& next : {day, scope.region, scope.service, std::string("aws4_request")}) {
    key = bytes_of(hmac_sha256(key, next));
  }
  return key;
}

}  // namespace

std::string aws_authorization(const HttpRequest& request, const AwsKeys& keys, const AwsScope& scope,
                              const std::string& moment, const std::string& body_sha256) {
  const std::string day = moment.substr(0, 8);
  const std::string within = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string canonical = canonical_request(request, scope.service, body_sha256);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, moment, within, hex_text(sha256(canonical)));
  const std::string key = signing_key(keys.secret_access_key, day, scope);
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, keys.access_key_id, within,
                     names_of(canonical_headers(request, parts_of(request.url).host)),
                     hex_text(hmac_sha256(key, to_sign)));
}

void aws_sign(HttpRequest& request, const AwsKeys& keys, const AwsScope& scope, std::int64_t now_us) {
  std::string moment = format_iso8601(now_us, 0);  // "2015-08-30T12:36:00Z"
  std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
  request.headers.emplace_back(kDate, moment);
  if (!keys.session_token.empty()) request.headers.emplace_back(kToken, keys.session_token);
  if (!header(request, kBodySha256)) request.headers.emplace_back(kBodySha256, hex_text(sha256(request.body)));
  const std::string authorization = aws_authorization(request, keys, scope, moment, *header(request, kBodySha256));
  request.headers.emplace_back("Authorization", authorization);
}

}  // namespace lakelet
