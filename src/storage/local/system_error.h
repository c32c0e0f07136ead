// What the operating system says when it refuses, as an Error.
#pragma once

#include <string_view>

#include "lakelet/error.h"

namespace lakelet {

// For example system_error(ENOSPC, "write", "/a/b"): Exhausted, "can't write /a/b: No space left on device", with a
// hint.
Error system_error(int error_number, std::string_view verb, std::string_view path);

}  // namespace lakelet
