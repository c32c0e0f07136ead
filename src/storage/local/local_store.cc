#include "storage/local/local_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "base/time.h"
#include "storage/local/durable_file.h"
#include "storage/local/folder_listing.h"
#include "storage/local/system_error.h"
#include "storage/path.h"

namespace lakelet {

namespace {

constexpr std::size_t kWriteBuffer = std::size_t{256} << 10;

void require_absolute(const std::string& path) {
  if (!path.starts_with('/'))
    throw Error(ErrorCode::Internal, "the local store was given the relative path '" + path + "'");
}

ObjectInfo info_of(const std::string& path, const struct stat& status) {
  return {path, static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * kMicrosPerSecond + status.st_mtim.tv_nsec / 1000};
}

class LocalReader final : public ObjectReader {
 public:
  explicit LocalReader(const std::string& path) {
    require_absolute(path);
    // O_NONBLOCK: a pipe without a writer would hang here; regular files don't care.
    file_ = FileDescriptor(retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
    struct stat status {};
    if (!file_ || ::fstat(file_.number(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) throw Error(ErrorCode::NotFound, path + " doesn't exist");
      throw system_error(errno, "open", path);
    }
    if (S_ISDIR(status.st_mode)) throw system_error(EISDIR, "open", path);
    if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::InvalidArgument, path + " isn't a regular file");
    info_ = info_of(path, status);
  }

  const ObjectInfo& info() const override { return info_; }
  int file() const { return file_.number(); }

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= info_.size) return 0;
    const std::size_t wanted = std::min<std::uint64_t>(out.size(), info_.size - offset);
    std::size_t got = 0;
    while (got < wanted) {
      const ssize_t n = retry_interrupted(
          [&] { return ::pread(file_.number(), out.data() + got, wanted - got, static_cast<off_t>(offset + got)); });
      if (n < 0) throw system_error(errno, "read", info_.path);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    return got;
  }

 private:
  FileDescriptor file_;
  ObjectInfo info_;
};

class LocalWriter final : public ObjectWriter {
 public:
  explicit LocalWriter(const std::string& path) : file_(path) {}

  void append(std::span<const std::byte> bytes) override {
    written_ += bytes.size();
    if (buffer_.size() + bytes.size() > kWriteBuffer) flush();
    if (bytes.size() >= kWriteBuffer) {
      file_.write(bytes);
    } else {
      buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }
  }
  std::uint64_t written() const override { return written_; }
  void finish() override {
    flush();
    file_.replace_target();
  }

 private:
  void flush() {
    file_.write(buffer_);
    buffer_.clear();
  }

  DurableFile file_;
  std::vector<std::byte> buffer_;
  std::uint64_t written_ = 0;
};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

void LocalStore::list(const std::string& prefix, const std::string& start_after,
                      const std::function<bool(const ObjectInfo&)>& visit) {
  require_absolute(prefix);
  list_folder_tree({std::string(parent_path(prefix)), std::string(last_part(prefix)), start_after, visit, {}});
}

void LocalStore::list_folder(const std::string& folder, const std::string& start_after,
                             const std::function<bool(const ObjectInfo&)>& visit,
                             const std::function<bool(const std::string& folder_path)>& visit_folder) {
  require_absolute(folder);
  list_one_folder({folder, {}, start_after, visit, visit_folder});
}

std::optional<ObjectInfo> LocalStore::find(const std::string& path) {
  require_absolute(path);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error(errno, "look at", path);
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return info_of(path, status);
}

std::unique_ptr<ObjectReader> LocalStore::open(const std::string& path) {
  return std::make_unique<LocalReader>(path);
}

std::unique_ptr<ObjectWriter> LocalStore::create(const std::string& path) {
  require_absolute(path);
  return std::make_unique<LocalWriter>(path);
}

void LocalStore::put(const std::string& path, std::string_view bytes) {
  require_absolute(path);
  DurableFile file(path);
  file.write(bytes_of(bytes));
  file.replace_target();
}

PutOutcome LocalStore::put_if_absent(const std::string& path, std::string_view bytes) {
  require_absolute(path);
  // The loser of a race needn't write and sync first to learn that it lost.
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return PutOutcome::Exists;
  DurableFile file(path);
  file.write(bytes_of(bytes));
  switch (file.publish_if_absent()) {
    case DurableFile::Publication::Done:
      return PutOutcome::Created;
    case DurableFile::Publication::TargetExists:
      return PutOutcome::Exists;
    case DurableFile::Publication::FolderNotSynced:
      break;
  }
  return PutOutcome::Unknown;
}

void LocalStore::remove(const std::string& path) {
  require_absolute(path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) throw system_error(errno, "remove", path);
}

void LocalStore::copy(const std::string& from, const std::string& to) {
  require_absolute(to);
  LocalReader source(from);
  DurableFile file(to);
  file.copy_from(source.file(), source.info().size, from);
  file.replace_target();
}

}  // namespace lakelet
