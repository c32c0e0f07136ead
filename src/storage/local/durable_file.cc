#include "storage/local/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "base/uuid.h"
#include "storage/local/system_error.h"
#include "storage/path.h"

namespace lakelet {

namespace {

// 0, or the errno.
int sync_folder(const std::string& path) {
  const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return errno;
  if (retry_interrupted([&] { return ::fsync(folder.number()); }) == 0) return 0;
  return errno == EINVAL ? 0 : errno;  // EINVAL: a file system whose folders need no sync
}

void make_folders(const std::string& path) {
  const std::string parent(parent_path(path));
  int status = ::mkdir(path.c_str(), 0777);
  if (status != 0 && errno == ENOENT && parent != path) {
    make_folders(parent);
    status = ::mkdir(path.c_str(), 0777);
  }
  if (status != 0 && errno != EEXIST) throw system_error(errno, "create the folder", path);
  // Also when another process was faster: it may not have synced yet.
  if (const int failure = sync_folder(parent)) throw system_error(failure, "sync the folder", parent);
}

bool not_offered(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP || error_number == ENOTTY ||
         error_number == EPERM;
}

std::string temporary_name(const std::string& folder) {
  return join_path(folder, std::string(kTemporaryPrefix) + make_uuid_text());
}

// A file without a name gets one through /proc, which a bare chroot may lack.
bool can_link_unnamed() {
  static const bool can = ::access("/proc/self/fd", X_OK) == 0;
  return can;
}

}  // namespace

DurableFile::DurableFile(std::string target, Naming naming) : target_(std::move(target)) {
  const std::string folder(parent_path(target_));
  if (open_in(folder, naming)) return;
  if (errno == ENOENT) {
    make_folders(folder);
    if (open_in(folder, naming)) return;
  }
  throw system_error(errno, "create", target_);
}

// False: see errno.
bool DurableFile::open_in(const std::string& folder, Naming naming) {
  if (naming == Naming::NoneIfPossible && can_link_unnamed()) {
    file_ = FileDescriptor(
        retry_interrupted([&] { return ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666); }));
    if (file_) return true;
    if (!not_offered(errno) && errno != EISDIR) return false;
  }
  std::string name = temporary_name(folder);
  file_ = FileDescriptor(
      retry_interrupted([&] { return ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666); }));
  if (!file_) return false;
  named_ = true;
  temporary_ = std::move(name);
  return true;
}

DurableFile::~DurableFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void DurableFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = retry_interrupted([&] { return ::write(file_.number(), bytes.data(), bytes.size()); });
    if (written < 0) throw system_error(errno, "write", target_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void DurableFile::copy_from(int source, std::uint64_t size, std::string_view source_path) {
  std::vector<std::byte> buffer;  // only where the kernel can't copy by itself
  while (size > 0) {
    ssize_t copied = -1;
    if (buffer.empty()) {
      copied = retry_interrupted([&] { return ::copy_file_range(source, nullptr, file_.number(), nullptr, size, 0); });
      if (copied < 0 && (errno == EXDEV || not_offered(errno))) {
        buffer.resize(std::size_t{1} << 20);
        continue;
      }
    } else {
      copied = retry_interrupted([&] { return ::read(source, buffer.data(), std::min(buffer.size(), size)); });
      if (copied > 0) write(std::span(buffer).first(static_cast<std::size_t>(copied)));
    }
    if (copied < 0) throw system_error(errno, fmt::format("copy {} to", source_path), target_);
    if (copied == 0) {
      throw Error(ErrorCode::Unavailable, fmt::format("{} became shorter while it was copied", source_path));
    }
    size -= static_cast<std::uint64_t>(copied);
  }
}

void DurableFile::sync() {
  if (retry_interrupted([&] { return ::fsync(file_.number()); }) != 0) throw system_error(errno, "write", target_);
}

void DurableFile::replace_target() {
  sync();
  const std::string folder(parent_path(target_));
  if (!named_) {
    std::string name = temporary_name(folder);
    link_if_absent(name);
    temporary_ = std::move(name);
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw system_error(errno, "create", target_);
  temporary_.clear();
  if (const int failure = sync_folder(folder)) throw system_error(failure, "sync the folder", folder);
}

DurableFile::Publication DurableFile::publish_if_absent() {
  sync();
  if (!(named_ ? rename_if_absent() : link_if_absent(target_))) return Publication::TargetExists;
  return sync_folder(std::string(parent_path(target_))) == 0 ? Publication::Done : Publication::FolderNotSynced;
}

bool DurableFile::link_if_absent(const std::string& name) {
  const std::string open_file = fmt::format("/proc/self/fd/{}", file_.number());
  if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno == EEXIST) return false;
  throw system_error(errno, "create", target_);
}

bool DurableFile::rename_if_absent() {
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) {
    temporary_.clear();
    return true;
  }
  if (errno == EEXIST) return false;
  if (!not_offered(errno)) throw system_error(errno, "create", target_);
  // Older file systems and NFS: a hard link is as atomic.
  if (::link(temporary_.c_str(), target_.c_str()) == 0) return true;
  const int failure = errno;
  // Over NFS a repeated request may answer EEXIST to its own link: then our file has two names.
  struct stat status {};
  if (failure == EEXIST) return ::fstat(file_.number(), &status) == 0 && status.st_nlink == 2;
  if (!not_offered(failure)) throw system_error(failure, "create", target_);
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the file system of {} can't create a file only if it is absent", target_),
              "commits need renameat2(RENAME_NOREPLACE) or hard links: put the table on another disk");
}

}  // namespace lakelet
