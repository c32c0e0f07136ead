#include "http/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet {

namespace {

template <typename Function>
void find(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(handle, name));
  if (!function) throw Error(ErrorCode::Unavailable, fmt::format("the system's libcurl has no {}", name));
}

void* open_library() {
  // Debian's other builds have the same functions.
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"}) {
    if (void* handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL)) return handle;
  }
  throw Error(ErrorCode::Unavailable, "the system has no libcurl.so.4, which http: and https: need",
              "apt-get install libcurl4, or the like");
}

CurlLibrary load() {
  void* handle = open_library();
  CurlLibrary library;
  decltype(&curl_global_init) global_init = nullptr;
  find(handle, "curl_global_init", global_init);
  find(handle, "curl_easy_init", library.init);
  find(handle, "curl_easy_setopt", library.set);
  find(handle, "curl_easy_perform", library.perform);
  find(handle, "curl_easy_getinfo", library.info);
  find(handle, "curl_easy_reset", library.reset);
  find(handle, "curl_easy_cleanup", library.cleanup);
  find(handle, "curl_easy_strerror", library.text);
  find(handle, "curl_slist_append", library.append);
  find(handle, "curl_slist_free_all", library.free_list);
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    throw Error(ErrorCode::Unavailable, "the system's libcurl doesn't start");
  }
  return library;
}

}  // namespace

const CurlLibrary& curl_library() {
  static const CurlLibrary library = load();
  return library;
}

}  // namespace lakelet
