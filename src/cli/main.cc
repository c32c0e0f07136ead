#include "cli/program.h"

int main(int argc, char** argv) {
  return lakelet::cli::run_program(argc, argv);
}
