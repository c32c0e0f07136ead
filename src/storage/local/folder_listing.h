// Walks folders of the local disk in the byte order of full paths.
#pragma once

#include <functional>
#include <string>

#include "storage/object_store.h"

namespace lakelet {

struct FolderListing {
  std::string folder;       // no trailing slash, but for "/"
  std::string name_prefix;  // only entries of `folder` that start with it
  std::string start_after;  // only objects beyond this path
  std::function<bool(const ObjectInfo&)> visit;
  // Called for a sub-folder in its place in the order.
  std::function<bool(const std::string&)> visit_folder;
};

// Returns false if a callback stopped it. A folder that isn't there, or is a file, has no entries. Memory is that of
// the names of one folder; the only requests are its entries, and one stat for each object that is visited.
bool list_one_folder(const FolderListing& listing);

// The same with the objects of every sub-folder. Sub-folders that are symbolic links aren't entered: they may form a
// circle.
bool list_folder_tree(const FolderListing& listing);

}  // namespace lakelet
