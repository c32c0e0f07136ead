// Progress and log, pushed to whoever listens. The library never prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lakelet {

enum class EventKind {
  Progress,  // an operation's share done; fraction is 0..1, or < 0 if unknown
  Stage,     // an operation enters a stage ("scan", "rewrite", "commit")
  Note,      // something worth knowing: a retry, a skipped file
  Warning,   // something that the user should act on
};

struct Event {
  EventKind kind = EventKind::Note;
  std::string operation;  // "merge", "import" ...
  std::string text;
  double fraction = -1;
};

// Called from any thread that works for the operation; must be quick, must not throw.
using EventSink = std::function<void(const Event&)>;

}  // namespace lakelet
