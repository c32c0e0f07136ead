// The parts behind a Session, for tests that put a store or a format of their own under the public API.
#pragma once

#include <memory>

#include "lake/session_state.h"
#include "lakelet/session.h"

namespace lakelet {

using SessionStateMember = std::shared_ptr<SessionState> Session::*;

// Access rules don't hold for the arguments of an explicit instantiation ([temp.spec.general]), which is how a test
// gets at the member without the public class knowing of tests.
SessionStateMember session_state_member();
template <SessionStateMember member>
struct RevealSessionState {
  friend SessionStateMember session_state_member() { return member; }
};
template struct RevealSessionState<&Session::state_>;

inline SessionState& parts_of(Session& session) {
  return *(session.*session_state_member());
}

}  // namespace lakelet
