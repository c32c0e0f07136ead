// Files that a page sent, until they are imported.
#pragma once

#include <string>

#include "lakelet/source.h"
#include "server/request_body.h"
#include "server/workspace.h"

namespace lakelet::server {

// Throws Error(NotFound) for an id that isn't one.
std::string upload_path(const Workspace& workspace, const std::string& id);
// An id and the path for a file of that name; the extension stays.
std::pair<std::string, std::string> new_upload(const Workspace& workspace, const std::string& name);

// "format", "delimiter", "encoding", "header", and "name": what messages call the file.
FileOptions file_options(const RequestBody& body);

}  // namespace lakelet::server
