#include "base/system_library.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet {
namespace {

TEST(SystemLibrary, FindsFunctions) {
  const SystemLibrary library("libm.so.6", "tests", "libc6");
  double (*cosine)(double) = nullptr;
  library.find("cos", cosine);
  EXPECT_EQ(cosine(0), 1);
}

TEST(SystemLibrary, SaysWhatIsMissing) {
  try {
    SystemLibrary("libnosuch.so.7", "catalogs of no kind", "libnosuch7");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Unavailable);
    EXPECT_EQ(std::string(error.what()), "the system has no libnosuch.so.7, which catalogs of no kind need");
    EXPECT_EQ(error.hint(), "apt-get install libnosuch7, or the like");
  }
  void (*none)() = nullptr;
  try {
    SystemLibrary("libm.so.6", "tests", "libc6").find("no_such_function", none);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "libm.so.6 has no no_such_function");
  }
}

}  // namespace
}  // namespace lakelet
