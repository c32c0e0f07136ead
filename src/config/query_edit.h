// A saved query put into the text of a configuration file, of which all else stays as it is, comments too.
#pragma once

#include <string>

#include "lakelet/configured.h"

namespace lakelet::config {

// The file's new text. A query of that name is put in the old one's place if `replace`, else it is
// Error(AlreadyExists). Throws Error(InvalidArgument) for a query that can't be kept as it is (no name, "${" in it),
// Error(UnsupportedFeature) for a file whose queries are written in a way that isn't edited (in braces, by a variable):
// the hint has what to put in by hand.
std::string with_query(const std::string& name, const std::string& text, const SavedQuery& query, bool replace);

}  // namespace lakelet::config
