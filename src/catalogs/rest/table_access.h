// What a REST catalog gives with a table to read and write its files: "vended credentials".
#pragma once

#include <map>
#include <string>

#include "catalogs/rest/rest_answer.h"

namespace lakelet::catalogs {

// Options of object stores by the URIs of the table's own places, of which those below another one count more: its
// location, where its properties say that data and metadata go, and the folder of its metadata file. From `config` and
// `storage-credentials` of a LoadTableResult, where the longest prefix counts ("StorageCredential"); what a server says
// of other places is left alone. Empty: it gives nothing. Throws Error(UnsupportedFeature) for requests that the server
// wants to sign itself.
std::map<std::string, std::map<std::string, std::string>> table_access(const RestAnswer& table,
                                                                       const std::string& what);

}  // namespace lakelet::catalogs
