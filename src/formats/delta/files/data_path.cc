#include "formats/delta/files/data_path.h"

#include <string_view>

#include "base/percent_encoding.h"
#include "base/random.h"

namespace lakelet::delta {
namespace {

constexpr std::size_t kLongestFolder = 200;  // of the 255 bytes that most file systems take
constexpr std::string_view kNullFolder = "__HIVE_DEFAULT_PARTITION__";

}  // namespace

// Hive escapes a handful of ASCII characters; we escape everything that isn't unreserved, which every reader of Hive
// folders undoes in the same way. So folders are plain ASCII, and the path in the log survives peers that decode it and
// encode it again with a set of characters of their own when they remove the file.
std::string partition_folder(const std::vector<std::pair<std::string, std::optional<std::string>>>& values) {
  std::string out;
  for (const auto& [column, value] : values) {
    std::string folder = percent_encode(column, "") + "=";
    folder += value && !value->empty() ? percent_encode(*value, "") : std::string(kNullFolder);
    if (folder.size() > kLongestFolder) return "";
    // A folder that starts with "_" is hidden: no data file may lie in it (PROTOCOL.md, "Data Files").
    if (folder.front() == '_' || folder.front() == '.') return "";
    if (!out.empty()) out += '/';
    out += folder;
  }
  return out;
}

std::string data_file_path(const std::string& folder, const std::string& unique, const std::string& compression) {
  std::string name = "part-00000-" + unique + "-c000";
  if (!compression.empty() && compression != "none" && compression != "uncompressed") name += "." + compression;
  name += ".parquet";
  return folder.empty() ? name : folder + "/" + name;
}

std::string random_prefix(int length) {
  constexpr std::string_view kCharacters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string out;
  for (int i = 0; i < length; ++i) out.push_back(kCharacters[random_bits() % kCharacters.size()]);
  return out;
}

}  // namespace lakelet::delta
