// The kinds of catalogs that lakelet knows, by the scheme of their URIs. The only place that names them all.
//   sqlite:///lake/cat.db     a file: absolute if it is there or its folder is, else below the working folder
//   postgresql://user@host:5432/database
// Options stand behind it: "?catalog_name=prod&warehouse=/lake".
#pragma once

#include <string>

#include "storage/location.h"

namespace lakelet {

// Makes the URIs of catalogs and of their tables resolve in these stores.
void add_standard_catalogs(StoreRegistry& stores, const std::string& working_folder);

}  // namespace lakelet
