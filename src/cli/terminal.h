// What stdout and stderr are, and how they may look.
#pragma once

#include <cstddef>

namespace lakelet::cli {

struct Terminal {
  bool interactive = false;  // a person is looking
  bool colour = false;       // and colours are welcome: NO_COLOR is not set, TERM isn't dumb
  std::size_t width = 0;     // in columns; 0 if not interactive

  static Terminal of(int descriptor);
};

}  // namespace lakelet::cli
