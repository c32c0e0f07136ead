#include "formats/iceberg/paths.h"

#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

std::string without_slashes_at_end(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// Writers with a relative location call its files "./t/data/f" or "t/data/f".
std::string_view without_dot(std::string_view path) {
  return path.starts_with("./") ? path.substr(2) : path;
}

}  // namespace

std::string plain_path(std::string_view path) {
  if (!path.starts_with("file:/")) return std::string(path);
  path.remove_prefix(std::string_view("file:").size());
  if (path.starts_with("///")) path.remove_prefix(2);
  if (!path.starts_with("//")) return std::string(path);
  // file://folder/file: what some writers make of a relative path. Only a table that was moved can be read then.
  return "file:" + std::string(path);
}

TablePaths::TablePaths(Location root, std::string_view recorded)
    : root_(std::move(root)),
      location_(without_slashes_at_end(std::string(recorded))),
      recorded_(without_dot(without_slashes_at_end(plain_path(recorded)))) {
  differs_ = recorded_ != without_slashes_at_end(plain_path(root_.uri));
}

std::string TablePaths::below_root(std::string_view path) const {
  const std::string whole = plain_path(path);
  const std::string_view plain = without_dot(whole);
  if (!plain.starts_with(recorded_)) return {};
  const std::string_view rest = plain.substr(recorded_.size());
  if (!rest.starts_with('/') || rest.size() < 2) return {};
  return root_
      .child(std::string(
          rest.substr(rest.find_first_not_of('/') == std::string_view::npos ? 1 : rest.find_first_not_of('/'))))
      .uri;
}

// Absolute paths need a scheme, where the table's own location has one (spec.md, "Paths in Metadata").
std::string TablePaths::recorded(const std::string& uri) const {
  const std::string root = without_slashes_at_end(root_.uri);
  if (uri.starts_with(root + "/")) return location_ + uri.substr(root.size());
  return location_.starts_with("file:") && uri.starts_with('/') ? "file://" + uri : uri;
}

std::string TablePaths::resolve(std::string_view path) const {
  if (moved_) {
    if (std::string below = below_root(path); !below.empty()) return below;
  }
  return plain_path(path);
}

}  // namespace lakelet::iceberg
