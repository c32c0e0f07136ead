// A table or a scan with the session that it came from.
#pragma once

#include <functional>
#include <utility>

#include "lakelet/session.h"

namespace lakelet::python {

// What stops the session's work.
inline std::function<void()> canceller(const Session& session) {
  return [session = Session(session)]() mutable { session.cancel(); };
}

struct BoundTable {
  Table table;
  Session session;
};

struct BoundScan {
  Scan scan;
  Session session;
};

}  // namespace lakelet::python
