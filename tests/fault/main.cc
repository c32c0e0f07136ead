// `fault_test [gtest's options]` runs the tests; `fault_test --child WORK ARGUMENTS...` is how they start processes.
#include <gtest/gtest.h>

#include <cstdio>

#include "fault/child.h"

int main(int argc, char** argv) {
  if (argc > 2 && std::string(argv[1]) == "--child") {
    try {
      return lakelet::fault::child_works().at(argv[2])({argv + 3, argv + argc});
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", argv[2], error.what());
      return 1;
    }
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
