#include "server/upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace lakelet::server {
namespace {

bool plain(unsigned char c) {
  return std::isalnum(c) != 0;
}

// ".csv.gz" of "My file.csv.gz": what tells the format.
std::string extensions(const std::string& name) {
  std::string found;
  std::size_t end = name.size();
  for (int i = 0; i < 2; ++i) {
    const std::size_t dot = name.rfind('.', end == 0 ? 0 : end - 1);
    if (dot == std::string::npos || end - dot > 9) break;
    const std::string part = name.substr(dot + 1, end - dot - 1);
    if (part.empty() || !std::all_of(part.begin(), part.end(), plain)) break;
    found = fmt::format(".{}{}", part, found);
    end = dot;
  }
  return found;
}

}  // namespace

std::string upload_path(const Workspace& workspace, const std::string& id) {
  const bool good = !id.empty() && id.front() != '.' &&
                    std::all_of(id.begin(), id.end(), [](unsigned char c) { return plain(c) || c == '.'; });
  const std::string path = workspace.temporary_folder + "/upload-" + id;
  std::error_code problem;
  if (good && std::filesystem::is_regular_file(path, problem)) return path;
  throw Error(ErrorCode::NotFound, "the uploaded file isn't there any more", "choose it again");
}

std::pair<std::string, std::string> new_upload(const Workspace& workspace, const std::string& name) {
  const std::string id = random_token() + extensions(name);
  return {id, workspace.temporary_folder + "/upload-" + id};
}

FileOptions file_options(const RequestBody& body) {
  FileOptions options;
  if (const std::string format = body.text("format", ""); !format.empty()) options.format = parse_file_format(format);
  options.delimiter = body.text("delimiter", "");
  options.encoding = body.text("encoding", "utf-8");
  options.header = body.flag("header", true);
  options.shown_as = body.text("name", "");
  options.sheet = body.text("sheet", "");
  return options;
}

}  // namespace lakelet::server
