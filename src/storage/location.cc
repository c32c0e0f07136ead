#include "storage/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/percent_encoding.h"
#include "lakelet/error.h"
#include "storage/local/local_store.h"
#include "storage/memory/memory_store.h"
#include "storage/path.h"
#include "storage/store_family.h"

namespace lakelet {

namespace {

struct Uri {
  std::string scheme;  // lower case; empty: a plain path
  std::string authority;
  std::string path;  // from the slash after the authority on
};

bool is_scheme(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '-' || c == '.'; });
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// "a:b" is a plain path, as a colon may stand in a file's name: only "x://" and "file:" are URIs.
Uri split_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return {{}, {}, std::string(text)};
  Uri uri{to_lower(text.substr(0, colon)), {}, {}};
  std::string_view rest = text.substr(colon + 1);
  if (!rest.starts_with("//")) {
    if (uri.scheme != "file") return {{}, {}, std::string(text)};
    uri.path = rest;
    return uri;
  }
  rest.remove_prefix(2);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  uri.authority = rest.substr(0, slash);
  uri.path = rest.substr(slash);
  return uri;
}

std::string store_key(const std::string& scheme, const std::string& authority) {
  return scheme + "://" + authority;
}

[[noreturn]] void refuse_scheme(const std::string& uri, const std::string& scheme) {
  static constexpr std::array<std::string_view, 12> kLater = {"s3",    "s3a",  "s3n",   "gs",  "gcs",   "az",
                                                              "azure", "abfs", "abfss", "adl", "wasbs", "r2"};
  if (std::find(kLater.begin(), kLater.end(), scheme) != kLater.end()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{}: object stores ({}://) aren't supported yet", uri, scheme),
                "use a table on the local disk: a path, or a file: URI");
  }
  throw Error(ErrorCode::InvalidArgument, fmt::format("{}: nothing serves {}://", uri, scheme),
              "use a path, a file: URI or memory://name/path");
}

// The absolute path that a file: URI names.
std::string file_path(const std::string& text, const Uri& uri) {
  if (!uri.authority.empty() && to_lower(uri.authority) != "localhost") {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{}: a file: URI can't name the host '{}'", text, uri.authority),
                "write file:///path, with three slashes");
  }
  if (uri.path.empty() || uri.path.front() != '/') {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{}: a file: URI needs an absolute path", text),
                "write file:///path, or a plain relative path");
  }
  return percent_decode(uri.path);
}

// Behind an authority (a bucket, a memory store's name) a path has no leading slash; behind none it is absolute.
Location in_store(std::shared_ptr<ObjectStore> store, const Uri& uri) {
  std::string path = normalise_path(uri.path);
  if (!uri.authority.empty() && !path.empty()) path.erase(0, 1);
  std::string text = uri.scheme + "://" + uri.authority;
  text = uri.authority.empty() ? text + path : path.empty() ? text : join_path(text, path);
  return {std::move(store), std::move(path), std::move(text)};
}

}  // namespace

Location Location::child(const std::string& relative) const {
  return {store, join_path(path, relative), join_path(uri, relative)};
}

StoreRegistry::StoreRegistry(std::string working_folder)
    : working_folder_(std::move(working_folder)), local_(std::make_shared<LocalStore>()) {}

Location StoreRegistry::resolve(const std::string& uri) {
  Location location = locate(uri);
  const std::lock_guard lock(mutex_);
  const auto holds = [&](const std::string& folder) {
    const bool catalog = folder.find("://") != std::string::npos;  // its tables are "sqlite:///cat.db#ns.table"
    return location.uri == folder || location.uri.starts_with(folder.ends_with('/') ? folder : folder + '/') ||
           (catalog && location.uri.starts_with(folder + '#'));
  };
  if (confined_to_.empty() || std::any_of(confined_to_.begin(), confined_to_.end(), holds)) return location;
  throw Error(ErrorCode::Permission, location.uri + " is outside of the folders that this session may use");
}

void StoreRegistry::confine(const std::vector<std::string>& folders) {
  std::vector<std::string> uris;
  for (const std::string& folder : folders) uris.push_back(locate(folder).uri);
  const std::lock_guard lock(mutex_);
  confined_to_ = std::move(uris);
}

Location StoreRegistry::locate(const std::string& uri) {
  if (uri.empty()) throw Error(ErrorCode::InvalidArgument, "the path is empty");
  if (uri.find('\0') != std::string::npos)
    throw Error(ErrorCode::InvalidArgument, uri + ": a path can't hold a zero byte");
  const Uri parsed = split_uri(uri);
  const std::lock_guard lock(mutex_);
  if (auto served = find_served(parsed.scheme, parsed.authority)) {
    const auto family = std::dynamic_pointer_cast<StoreFamily>(served);
    Location location = in_store(std::move(served), parsed);
    if (family) location.store = family->store_of(location.uri);
    return location;
  }
  if (parsed.scheme.empty() || parsed.scheme == "file") {
    std::string path = parsed.scheme.empty() ? parsed.path : file_path(uri, parsed);
    if (path.front() != '/') path = join_path(working_folder_, path);
    path = normalise_path(path);
    return {local_, path, path};
  }
  if (parsed.scheme != "memory") refuse_scheme(uri, parsed.scheme);
  auto& store = memory_stores_[parsed.authority];
  if (!store) store = std::make_shared<MemoryStore>();
  return in_store(store, parsed);
}

std::shared_ptr<ObjectStore> StoreRegistry::find_served(const std::string& scheme, const std::string& authority) const {
  for (const std::string& key : {store_key(scheme, authority), store_key(scheme, "")}) {
    if (const auto found = served_.find(key); found != served_.end()) return found->second;
  }
  return nullptr;
}

void StoreRegistry::serve(const std::string& scheme, const std::string& authority, std::shared_ptr<ObjectStore> store) {
  const std::lock_guard lock(mutex_);
  if (scheme.empty()) {
    local_ = std::move(store);
  } else {
    served_[store_key(to_lower(scheme), authority)] = std::move(store);
  }
}

}  // namespace lakelet
