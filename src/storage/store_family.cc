#include "storage/store_family.h"

#include "lakelet/error.h"

namespace lakelet {

namespace {

[[noreturn]] void refuse(const std::string& path) {
  throw Error(ErrorCode::Internal, path + " was looked for in no bucket");
}

}  // namespace

std::unique_ptr<ObjectReader> StoreFamily::open(const std::string& path) {
  refuse(path);
}

std::unique_ptr<ObjectWriter> StoreFamily::create(const std::string& path) {
  refuse(path);
}

void StoreFamily::put(const std::string& path, std::string_view) {
  refuse(path);
}

PutOutcome StoreFamily::put_if_absent(const std::string& path, std::string_view) {
  refuse(path);
}

void StoreFamily::remove(const std::string& path) {
  refuse(path);
}

void StoreFamily::copy(const std::string& from, const std::string&) {
  refuse(from);
}

}  // namespace lakelet
