// A library of the system that is loaded when it is first needed, so that a machine without it lacks one kind of
// catalog only.
#pragma once

#include <string>

namespace lakelet {

class SystemLibrary {
 public:
  // `file` is the library's name with its version ("libpq.so.5"), `need` what needs it, `package` what installs it.
  // Throws Unavailable where the system has none. It stays loaded until the process ends.
  SystemLibrary(std::string file, const std::string& need, const std::string& package);

  // Sets a pointer to the function of this name; Unavailable if the library has none.
  template <typename Function>
  void find(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(address_of(name));
  }

 private:
  void* address_of(const char* name) const;

  std::string file_;
  void* handle_;
};

}  // namespace lakelet
