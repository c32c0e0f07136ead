#include "base/system_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet {

SystemLibrary::SystemLibrary(std::string file, const std::string& need, const std::string& package)
    : file_(std::move(file)), handle_(::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_) return;
  throw Error(ErrorCode::Unavailable, fmt::format("the system has no {}, which {} need", file_, need),
              fmt::format("apt-get install {}, or the like", package));
}

void* SystemLibrary::address_of(const char* name) const {
  void* found = ::dlsym(handle_, name);
  if (!found) throw Error(ErrorCode::Unavailable, fmt::format("{} has no {}", file_, name));
  return found;
}

}  // namespace lakelet
