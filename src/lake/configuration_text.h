// The bytes of a configuration file, and of those that it includes.
#pragma once

#include <string>

#include "config/configuration_source.h"
#include "storage/location.h"

namespace lakelet {

// Throws Error(NotFound).
std::string configuration_text(const Location& file);

// Included files are read from the store of the file itself, from its folder on; what the session is confined to is of
// no account.
config::ConfigurationSource configuration_source(const Location& file, const config::Variables& variable);

}  // namespace lakelet
