// Whether a table is whole: what every test here asks after something went wrong.
#pragma once

#include "fault/operations.h"

namespace lakelet::fault {

// What is known of a table that something went wrong with.
struct Expectation {
  Format format = Format::Delta;
  std::string table;  // its folder
  const LakeOperation* operation = nullptr;
  Outcome outcome;
  bool killed = false;  // the process ended: nothing is known of the outcome
};

// Looks through `fresh`, a session that has seen nothing yet. The table is exactly what it was before the operation or
// what the operation makes of it, as the outcome says (CommitUnknown, or killed: either); its history and both versions
// can be read, the log has no gap, no file that a version refers to is missing, and no temporary file is left but by a
// process that was killed. Says what isn't so as test failures. Returns whether the operation was committed.
bool expect_whole(const Expectation& expectation, Session& fresh);

// The operation works on the table now, through `session`, and does what its model says. Looks through `other`.
void expect_works_again(const Expectation& expectation, bool committed_before, Session& session, Session& other);

}  // namespace lakelet::fault
