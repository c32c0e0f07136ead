#include "formats/iceberg/write/drop.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "formats/iceberg/metadata/metadata_files.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

bool is_of_a_table(std::string_view relative) {
  const std::string_view name = last_part(relative);
  if (name.ends_with(".crc") && name.starts_with('.')) return true;  // Hadoop's checksum of a file beside it
  if (relative.starts_with("metadata/")) {
    return is_metadata_name(name) || name == "version-hint.text" || name.ends_with(".avro") ||
           name.ends_with(".stats") || name.ends_with(".puffin");
  }
  return relative.starts_with("data/") &&
         (name.ends_with(".parquet") || name.ends_with(".puffin") || name.ends_with(".orc") || name.ends_with(".avro"));
}

}  // namespace

void drop_table(const Location& location) {
  ObjectStore& store = *location.store;
  const std::string folder = location.path + "/";
  std::vector<std::pair<std::int64_t, std::string>> metadata;
  std::vector<std::string> hints, files;
  store.list(folder, "", [&](const ObjectInfo& object) {
    const std::string_view relative = std::string_view(object.path).substr(folder.size());
    if (!is_of_a_table(relative)) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{} has something that isn't the table's: {}", location.uri, relative),
                  "move it elsewhere, or remove the folder by hand");
    }
    const std::string_view name = last_part(relative);
    if (name == "version-hint.text") {
      hints.push_back(object.path);
    } else if (relative.starts_with("metadata/") && is_metadata_name(name)) {
      metadata.emplace_back(metadata_version(name).value_or(0), object.path);
    } else {
      files.push_back(object.path);
    }
    return true;
  });
  std::sort(metadata.begin(), metadata.end());
  for (const std::string& path : hints) store.remove(path);
  for (const auto& [version, path] : metadata) store.remove(path);
  for (const std::string& path : files) store.remove(path);
}

}  // namespace lakelet::iceberg
