// The files of the pages, as they are inside the program.
#pragma once

#include <string_view>
#include <vector>

namespace lakelet::server {

struct Asset {
  std::string_view path;  // "/index.html", "/assets/index-1a2b.js"
  std::string_view type;  // of its content
  std::string_view tag;   // changes with the content
  std::string_view gzip;  // the content, compressed; empty for one that is sent as it is
  std::string_view plain;
};

const std::vector<Asset>& assets();
// Null if there is none at that path.
const Asset* find_asset(std::string_view path);

}  // namespace lakelet::server
