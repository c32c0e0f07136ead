// The program: its commands, its errors, its exit code.
#pragma once

namespace lakelet::cli {

// Runs what the arguments say and returns the exit code (exit_code.h). Prints data to stdout and all else to stderr.
int run_program(int argc, char** argv);

}  // namespace lakelet::cli
