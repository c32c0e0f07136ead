#include "storage/s3/s3_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/percent_encoding.h"
#include "base/random.h"
#include "lakelet/error.h"
#include "storage/path.h"
#include "storage/s3/s3_answer.h"
#include "storage/s3/s3_reader.h"
#include "storage/s3/s3_writer.h"

namespace lakelet {

namespace {

constexpr std::uint64_t kMostCopied = std::uint64_t{5} << 30;  // "CopyObject"
constexpr int kMostConflicts = 10, kMostDoubts = 3;
constexpr int kNoAnswer = 0, kNotImplemented = 501;
const std::pair<std::string, std::string> kBytes{"Content-Type", "application/octet-stream"};

bool is_folder_mark(const std::string& path) {
  return path.ends_with('/');
}

}  // namespace

S3Store::S3Store(const std::string& scheme, const std::string& bucket, std::shared_ptr<S3Access> access,
                 std::function<bool()> given_up)
    : client_(std::make_shared<S3Client>(scheme, bucket, std::move(access), std::move(given_up))) {
  if (bucket.ends_with("--x-s3")) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} is a directory bucket, which isn't supported", bucket));
  }
}

void S3Store::pages(const std::string& prefix, const std::string& start_after, bool one_level,
                    const std::function<bool(const S3Page&)>& visit) {
  S3Request request{.query = {{"list-type", "2"}, {"prefix", prefix}, {"encoding-type", "url"}}};
  if (one_level) request.query.emplace_back("delimiter", "/");
  if (!start_after.empty()) request.query.emplace_back("start-after", start_after);
  const auto first = request.query;
  while (true) {
    const HttpAnswer answer = client_->send(request);
    if (answer.status != 200) client_->fail(answer, "listing", prefix);
    const S3Page page = s3_page(answer.body, fmt::format("listing {}", client_->uri(prefix)));
    if (!visit(page) || page.next.empty()) return;
    request.query = first;
    request.query.emplace_back("continuation-token", page.next);
  }
}

void S3Store::list(const std::string& prefix, const std::string& start_after,
                   const std::function<bool(const ObjectInfo&)>& visit) {
  pages(prefix, start_after, false, [&](const S3Page& page) {
    return std::all_of(page.objects.begin(), page.objects.end(), [&](const ObjectInfo& object) {
      return is_folder_mark(object.path) || object.path <= start_after || visit(object);
    });
  });
}

void S3Store::list_folder(const std::string& folder, const std::string& start_after,
                          const std::function<bool(const ObjectInfo&)>& visit,
                          const std::function<bool(const std::string& folder_path)>& visit_folder) {
  const auto show_folder = [&](const std::string& path) {
    if (!visit_folder || !reaches_beyond(path, start_after)) return true;
    return visit_folder(path.substr(0, path.size() - 1));
  };
  const auto show = [&](const ObjectInfo& object) {
    return is_folder_mark(object.path) || object.path <= start_after || visit(object);
  };
  pages(folder.empty() ? "" : folder + '/', start_after, true, [&](const S3Page& page) {
    auto sub_folder = page.folders.begin();
    for (const ObjectInfo& object : page.objects) {
      for (; sub_folder != page.folders.end() && *sub_folder < object.path; ++sub_folder) {
        if (!show_folder(*sub_folder)) return false;
      }
      if (!show(object)) return false;
    }
    return std::all_of(sub_folder, page.folders.end(), show_folder);
  });
}

std::optional<ObjectInfo> S3Store::find(const std::string& path) {
  if (path.empty()) return std::nullopt;
  const HttpAnswer answer = client_->send({.method = "HEAD", .key = path});
  if (answer.status == 404) return std::nullopt;
  if (answer.status != 200) {
    // HEAD doesn't say why: what GET answers does.
    const HttpAnswer why = client_->send({.key = path, .headers = {{"Range", "bytes=0-0"}}});
    client_->fail(why.status >= 300 ? why : answer, "looking for", path);
  }
  const auto header = [&](const char* name) {
    const auto found = answer.headers.find(name);
    return found == answer.headers.end() ? std::string() : found->second;
  };
  return ObjectInfo{path, std::strtoull(header("content-length").c_str(), nullptr, 10),
                    http_date_us(header("last-modified"))};
}

std::unique_ptr<ObjectReader> S3Store::open(const std::string& path) {
  if (path.empty()) throw Error(ErrorCode::InvalidArgument, client_->uri(path) + " is a bucket, and no object");
  return std::make_unique<S3Reader>(client_, path);
}

std::unique_ptr<ObjectWriter> S3Store::create(const std::string& path) {
  return std::make_unique<S3Writer>(client_, path);
}

void S3Store::put(const std::string& path, std::string_view bytes) {
  const HttpAnswer answer =
      client_->send({.method = "PUT", .key = path, .headers = {kBytes}, .body = std::string(bytes)});
  if (answer.status != 200) client_->fail(answer, "writing", path);
}

// "How to prevent object overwrites with conditional writes": 412 is somebody's object, 409 a race that may go either
// way and is to be tried again.
PutOutcome S3Store::put_if_absent(const std::string& path, std::string_view bytes) {
  const S3Request request{.method = "PUT",
                          .key = path,
                          .headers = {kBytes, {"If-None-Match", "*"}},
                          .body = std::string(bytes),
                          .repeatable = false};
  bool in_doubt = false;  // whether an earlier try may have written it
  for (int made = 1;; ++made) {
    HttpAnswer answer{.status = kNoAnswer};
    try {
      answer = client_->send(request);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::CommitUnknown && in_doubt) return PutOutcome::Unknown;
      if (error.code() != ErrorCode::CommitUnknown) throw;
    }
    if (answer.status == 200) return PutOutcome::Created;
    if (answer.status == 412) return in_doubt ? PutOutcome::Unknown : PutOutcome::Exists;
    const bool conflict = answer.status == 409;
    const bool doubtful = answer.status == kNoAnswer || (answer.status >= 500 && answer.status != kNotImplemented);
    in_doubt = in_doubt || doubtful;
    const bool again = (conflict && made < kMostConflicts) || (doubtful && made < kMostDoubts);
    if (!again && in_doubt) return PutOutcome::Unknown;
    if (!again) client_->fail(answer, "writing", path);
    std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(50.0 * made * (0.5 + random_fraction()))));
  }
}

void S3Store::remove(const std::string& path) {
  const HttpAnswer answer = client_->send({.method = "DELETE", .key = path});
  if (answer.status != 204 && answer.status != 200 && answer.status != 404) client_->fail(answer, "removing", path);
  if (answer.status == 404 && s3_code(answer) == "NoSuchBucket") client_->fail(answer, "removing", path);
}

// The answer may be 200 and have an error in it ("CopyObject").
void S3Store::copy(const std::string& from, const std::string& to) {
  const auto source = find(from);
  if (!source) throw Error(ErrorCode::NotFound, fmt::format("copying {}: it doesn't exist", client_->uri(from)));
  if (from == to) return;
  if (source->size > kMostCopied) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("copying {}: S3 copies 5 GiB at most, and it has {} bytes",
                                                           client_->uri(from), source->size));
  }
  const std::string place = '/' + percent_encode(client_->bucket(), "") + '/' + percent_encode(from, "/");
  const HttpAnswer answer =
      client_->send({.method = "PUT", .key = to, .headers = {{"x-amz-copy-source", place}, kBytes}});
  if (answer.status != 200 || !s3_code(answer).empty()) client_->fail(answer, "copying", from);
}

}  // namespace lakelet
