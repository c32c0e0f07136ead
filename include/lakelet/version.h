// The library's own version: as `lakelet --version` says it and as tables' histories keep it. CMakeLists.txt says the
// same.
#pragma once

namespace lakelet {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace lakelet
