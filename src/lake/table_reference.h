// "path", "path@v12", "path@2025-01-31T12:00:00Z", "path@branch": read in one place for every surface.
#pragma once

#include <functional>
#include <string>

#include "lakelet/metadata.h"

namespace lakelet {

struct TableReference {
  std::string path;  // or URI
  VersionSelector selector = LatestVersion{};

  bool latest() const { return std::holds_alternative<LatestVersion>(selector); }
};

// What is behind the last '@' is "v12" or "12" (a version), a timestamp or a date (UTC unless it names a zone), or the
// name of a branch or tag. A path that `exists` as written wins over that; `exists` is only asked about text with an
// '@'. Throws Error(InvalidArgument) for an empty path or a version that no table can have.
TableReference parse_table_reference(const std::string& text,
                                     const std::function<bool(const std::string& path)>& exists);

// The selector as it is written: "@v12", "@2025-01-31T12:00:00Z", "@main"; empty for the latest version.
std::string to_string(const VersionSelector& selector);

}  // namespace lakelet
