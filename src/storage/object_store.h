// Objects by path: what a table's log, metadata and data files are kept in.
// A path is '/'-separated and absolute within the store ("/lake/t/_delta_log/00.json" on disk, "lake/t/..." in a
// bucket). All functions may be called from several threads at once. Errors are lakelet::Error with the path in the
// message: NotFound, InvalidArgument (a folder, a pipe, a file where a folder should be), Permission, Exhausted (disk
// full, too many open files), Unavailable (may be retried), UnsupportedFeature (put_if_absent can't be had), Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lakelet {

struct ObjectInfo {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified_us = 0;  // microseconds since the epoch, by the store's clock
};

// A ranged reader of one object as it was when opened. Thread-safe.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual const ObjectInfo& info() const = 0;
  // Reads up to `out.size()` bytes at `offset`; returns how many, fewer only at the object's end.
  virtual std::size_t read(std::uint64_t offset, std::span<std::byte> out) = 0;
};

// Writes one new object as a stream. Nothing is visible at the path before finish() returns; if it is destroyed before,
// nothing ever is. finish() is durable (on disk: file and folder are synced) and replaces an existing object.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual void append(std::span<const std::byte> bytes) = 0;
  virtual std::uint64_t written() const = 0;
  virtual void finish() = 0;
};

enum class PutOutcome {
  Created,
  Exists,   // somebody's object (perhaps our own, from a lost answer) is there; ours was not written
  Unknown,  // no answer: the object may or may not be there. Read it back, never guess.
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Calls visit for every object whose path starts with `prefix`, at any depth, and is greater than `start_after` (a
  // full path, or empty), in ascending byte order of the path. Stops when visit returns false. A missing prefix lists
  // nothing. Temporary files of unfinished writes are not listed.
  virtual void list(const std::string& prefix, const std::string& start_after,
                    const std::function<bool(const ObjectInfo&)>& visit) = 0;
  // As list, but only the objects directly in `folder` (no trailing slash), and the paths of its sub-folders if asked,
  // in their place of the order (as if each ended in '/'). A sub-folder all of whose objects sort up to start_after is
  // left out where the store can tell. A disk also names empty ones.
  virtual void list_folder(const std::string& folder, const std::string& start_after,
                           const std::function<bool(const ObjectInfo&)>& visit,
                           const std::function<bool(const std::string& folder_path)>& visit_folder = {}) = 0;

  virtual std::optional<ObjectInfo> find(const std::string& path) = 0;  // absent: nullopt
  virtual std::unique_ptr<ObjectReader> open(const std::string& path) = 0;
  virtual std::unique_ptr<ObjectWriter> create(const std::string& path) = 0;
  virtual void put(const std::string& path, std::string_view bytes) = 0;  // replaces
  // Writes the object only if there is none, atomically also between processes and machines. Durable when it returns.
  virtual PutOutcome put_if_absent(const std::string& path, std::string_view bytes) = 0;
  virtual void remove(const std::string& path) = 0;  // absent is not an error
  virtual void copy(const std::string& from, const std::string& to) = 0;

  // Whole object as a string. Throws Error(NotFound), and Error(Exhausted) beyond max_bytes.
  std::string read_all(const std::string& path, std::uint64_t max_bytes = std::uint64_t{2} << 30);
};

}  // namespace lakelet
