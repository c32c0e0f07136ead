#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace lakelet::cli {

Terminal Terminal::of(int descriptor) {
  Terminal terminal;
  if (::isatty(descriptor) == 0) return terminal;
  terminal.interactive = true;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  terminal.colour = (!no_colour || *no_colour == '\0') && kind && std::string_view(kind) != "dumb";
  winsize size{};
  terminal.width = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  return terminal;
}

}  // namespace lakelet::cli
