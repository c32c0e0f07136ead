// The contract of object stores, on a server of S3: tests/interop/test_s3_store.py starts one, and runs this.
#include "storage/s3/s3_store.h"

#include <cstdlib>
#include <iostream>

#include "contract/object_store_contract.h"

namespace lakelet {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value) return value;
  std::cerr << name << " isn't set: run tests/interop/test_s3_store.py\n";
  std::exit(2);
}

StoreUnderTest s3_store() {
  static int roots = 0;
  const std::string bucket = variable("LAKELET_TEST_BUCKET");
  const auto from_environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  auto access = std::make_shared<S3Access>(s3_options({}, from_environment));
  return {std::make_shared<S3Store>("s3", bucket, access), "contract/" + std::to_string(++roots), nullptr};
}

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreContract,
                         ::testing::Values(StoreFactory{"s3", s3_store, /*lists_pages=*/true}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace lakelet
