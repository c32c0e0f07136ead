#include "cli/standard_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "lakelet/error.h"

namespace lakelet::cli {
namespace {

constexpr const char* kShown = "standard input";

void copy_input(int to) {
  std::array<char, 1 << 16> bytes;
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got == 0) return;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw Error(ErrorCode::Unavailable, fmt::format("can't read the standard input: {}", std::strerror(errno)));
    for (ssize_t done = 0; done < got;) {
      const ssize_t written = ::write(to, bytes.data() + done, static_cast<std::size_t>(got - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        throw Error(ErrorCode::Exhausted, fmt::format("can't keep the standard input aside: {}", std::strerror(errno)),
                    "set TMPDIR to a folder with more room");
      }
      done += written;
    }
  }
}

}  // namespace

StandardInput::StandardInput(std::vector<std::string>& files, FileOptions& options, const std::string& folder) {
  const auto at = std::find(files.begin(), files.end(), "-");
  if (at == files.end()) return;
  if (std::find(at + 1, files.end(), "-") != files.end()) {
    throw Error(ErrorCode::InvalidArgument, "the standard input can be read only once");
  }
  if (options.format == FileFormat::ByExtension) {
    throw Error(ErrorCode::InvalidArgument, "the standard input has no extension that tells its format",
                "add --input-format csv, tsv, json, jsonl, parquet, arrow or xlsx");
  }
  if (files.size() == 1) options.shown_as = kShown;
  if (options.format == FileFormat::Arrow) {
    *at = "/dev/stdin";
    return;
  }
  std::string path = folder + "/lakelet-stdin-XXXXXX";
  file_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) {
    throw Error(ErrorCode::Permission, fmt::format("can't make a file in {}: {}", folder, std::strerror(errno)),
                "set TMPDIR to a folder that can be written to");
  }
  ::unlink(path.c_str());
  *at = fmt::format("/proc/self/fd/{}", file_);
  try {
    copy_input(file_);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

StandardInput::~StandardInput() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace lakelet::cli
