// The kinds of catalogs that lakelet knows, by the scheme of their URIs. The only place that names them all.
//   sqlite:///lake/cat.db     a file: absolute if it is there or its folder is, else below the working folder
//   postgresql://user@host:5432/database
//   iceberg+https://host:8181/base, and iceberg+http:
// Options stand behind it: "?catalog_name=prod&warehouse=/lake".
#pragma once

#include <map>
#include <string>

#include "storage/location.h"

namespace lakelet {

// Makes the URIs of catalogs and of their tables resolve in these stores. `options`: the session's; those that a
// catalog knows, such as a token, are for all that it opens.
void add_standard_catalogs(StoreRegistry& stores, const std::string& working_folder,
                           const std::map<std::string, std::string>& options);

}  // namespace lakelet
