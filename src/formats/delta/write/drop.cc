#include "formats/delta/write/drop.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "formats/delta/log/log_names.h"
#include "lakelet/error.h"

namespace lakelet::delta {

bool is_of_a_table(std::string_view relative) {
  const auto slash = relative.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? "" : relative.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? relative : relative.substr(slash + 1);
  const std::string_view top = relative.substr(0, relative.find('/'));
  if (top == kLogFolder || top == "_delta_index" || top == "_symlink_format_manifest") return true;
  if (folder.find(kLogFolder) != std::string_view::npos) return false;
  if (name.ends_with(".parquet") || name == "_SUCCESS") return true;
  if (name.starts_with("deletion_vector") && name.ends_with(".bin")) return true;
  return name.starts_with(".") && name.ends_with(".crc");  // Hadoop's checksum of a file beside it
}

void drop_table(const Location& location) {
  ObjectStore& store = *location.store;
  const std::string folder = location.path + "/";
  std::vector<std::string> log, files;
  store.list(folder, "", [&](const ObjectInfo& object) {
    const std::string_view relative = std::string_view(object.path).substr(folder.size());
    if (!is_of_a_table(relative)) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{} has something that isn't the table's: {}", location.uri, relative),
                  "move it elsewhere, or remove the folder by hand");
    }
    (relative.starts_with(kLogFolder) ? log : files).push_back(object.path);
    return true;
  });
  for (const std::string& path : log) store.remove(path);
  for (const std::string& path : files) store.remove(path);
}

}  // namespace lakelet::delta
