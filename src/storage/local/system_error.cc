#include "storage/local/system_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace lakelet {

namespace {

struct Meaning {
  ErrorCode code;
  const char* hint;
};

Meaning meaning_of(int error_number) {
  switch (error_number) {
    case ENOENT:
      return {ErrorCode::NotFound, ""};
    case ENOTDIR:
      return {ErrorCode::InvalidArgument, "a part of the path is a file, not a folder"};
    case EISDIR:
      return {ErrorCode::InvalidArgument, "the path is a folder, not a file"};
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      return {ErrorCode::InvalidArgument, ""};
    case EACCES:
    case EPERM:
      return {ErrorCode::Permission, "check the owner and the mode of the file and of its folder: ls -ld"};
    case EROFS:
      return {ErrorCode::Permission, "the file system is mounted read-only"};
    case ENOSPC:
      return {ErrorCode::Exhausted, "free some space on the disk (df -h, df -i), then try again"};
    case EDQUOT:
      return {ErrorCode::Exhausted, "the disk quota is used up: free some space, then try again"};
    case EFBIG:
      return {ErrorCode::Exhausted, "the file is larger than the file system or 'ulimit -f' allows"};
    case EMFILE:
    case ENFILE:
      return {ErrorCode::Exhausted, "too many files are open: raise 'ulimit -n'"};
    case ENOMEM:
      return {ErrorCode::Exhausted, "the system is out of memory"};
    case EIO:
      return {ErrorCode::Unavailable, "the disk reported a failure: look at the system's log (dmesg)"};
    default:
      return {ErrorCode::Unavailable, ""};
  }
}

}  // namespace

Error system_error(int error_number, std::string_view verb, std::string_view path) {
  const Meaning meaning = meaning_of(error_number);
  return Error(meaning.code, fmt::format("can't {} {}: {}", verb, path, std::generic_category().message(error_number)),
               meaning.hint);
}

}  // namespace lakelet
