// The tables that a configuration file names, and its catalogs.
#pragma once

#include <memory>

#include "catalogs/registry.h"
#include "config/configuration_source.h"
#include "lake/session_state.h"

namespace lakelet {

// Read with the first question, and then once; what is wrong with the file says each question: Error(InvalidArgument)
// with its line, Error(NotFound) without a file. `state` outlives it.
std::unique_ptr<sql::LakeNames> configured_names(const SessionState& state, const Location& file);

// The same for a file that is attached, read now; null if its name doesn't end in .yml or .yaml.
std::unique_ptr<sql::LakeNames> names_in_file(const SessionState& state, const Location& file);

// The catalogs of the file whose URI is wanted, read anew with each call; throws as the names do. Without a file there
// are none.
catalogs::Configured configured_catalogs(const Location& file, const config::Variables& variable);

}  // namespace lakelet
