#include "cli/byte_sink.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "lakelet/error.h"

namespace lakelet::cli {
namespace {

[[noreturn]] void fail(const std::string& what, int problem) {
  const bool full = problem == ENOSPC || problem == EDQUOT;
  const ErrorCode code = full                                    ? ErrorCode::Exhausted
                         : problem == EACCES || problem == EROFS ? ErrorCode::Permission
                                                                 : ErrorCode::Unavailable;
  throw Error(code, fmt::format("can't write {}: {}", what, std::strerror(problem)));
}

}  // namespace

void ByteSink::flush() {
  if (buffer_.empty()) return;
  // Taken out first: what couldn't be written isn't tried again.
  const std::string bytes = std::move(buffer_);
  buffer_.clear();
  write(bytes);
}

void DescriptorSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE) throw OutputClosed();
      fail("the output", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

FileSink::FileSink(std::string path) : path_(std::move(path)) {
  std::error_code problem;
  const auto status = std::filesystem::status(path_, problem);
  const bool special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (!special) temporary_ = fmt::format("{}.{}.part", path_, ::getpid());
  file_ = std::fopen((special ? path_ : temporary_).c_str(), "wbe");
  if (!file_) fail(path_, errno);
}

FileSink::~FileSink() {
  if (!file_) return;
  std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileSink::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail(path_, errno);
}

void FileSink::finish() {
  flush();
  std::FILE* file = file_;
  if (std::fflush(file) != 0) fail(path_, errno);
  file_ = nullptr;
  if (std::fclose(file) != 0) fail(path_, errno);
  if (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
}

}  // namespace lakelet::cli
