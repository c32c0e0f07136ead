// Where the files are that a table's metadata names.
#pragma once

#include <string>
#include <string_view>

#include "storage/location.h"

namespace lakelet::iceberg {

// Metadata names files by absolute paths. A table that was moved or copied as a whole still names the old place: what
// lies below the recorded location is then looked for below the folder that the table was found in.
class TablePaths {
 public:
  // `root`: the table's folder as it was found; `recorded`: its location as its metadata says.
  TablePaths(Location root, std::string_view recorded);

  const Location& root() const { return root_; }
  // Whether metadata and folder name different places.
  bool differs() const { return differs_; }
  // Whether paths below the recorded location are taken as being below the folder.
  bool moved() const { return moved_; }
  void set_moved(bool moved) { moved_ = moved && differs_; }

  // As StoreRegistry::resolve takes it.
  std::string resolve(std::string_view path) const;
  // What metadata calls a file of a URI that new_uri() gave, or another one.
  std::string recorded(const std::string& uri) const;
  // The path below the folder; empty: it isn't below the recorded location.
  std::string below_root(std::string_view path) const;

 private:
  Location root_;
  std::string location_;  // as recorded
  std::string recorded_;  // without its scheme where it is local
  bool differs_ = false, moved_ = false;
};

// A local file: URI as the plain path that writers mean by it (they don't encode it); other paths as they are.
std::string plain_path(std::string_view path);

}  // namespace lakelet::iceberg
