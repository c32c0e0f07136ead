// New files that appear under their name whole and on the disk, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "storage/local/file_descriptor.h"

namespace lakelet {

// Files of unfinished writes start with this; listings leave them out.
inline constexpr std::string_view kTemporaryPrefix = ".tmp-";

// A file in the target's folder, which is created if need be (and its parents; each is synced). Until it is published
// it has no name at all (O_TMPFILE), so that even a killed process leaves nothing; where the file system can't do that
// it has a temporary one, and is deleted in the end. All functions throw system_error()s. Not thread-safe.
class DurableFile {
 public:
  enum class Naming { NoneIfPossible, Temporary };
  explicit DurableFile(std::string target, Naming naming = Naming::NoneIfPossible);
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;
  ~DurableFile();

  void write(std::span<const std::byte> bytes);
  void copy_from(int source, std::uint64_t size, std::string_view source_path);

  // Both sync the file, give it its name and sync the folder.
  void replace_target();
  enum class Publication { Done, TargetExists, FolderNotSynced };
  // Never replaces, also against other processes. FolderNotSynced: the file has its name, but may lose it if the
  // machine goes down. Throws Error(UnsupportedFeature) where the file system can't do it.
  Publication publish_if_absent();

 private:
  bool open_in(const std::string& folder, Naming naming);
  void sync();
  bool link_if_absent(const std::string& name);  // both: false if something has the name
  bool rename_if_absent();

  std::string target_;
  std::string temporary_;  // a name that has to go away in the end; empty: none
  bool named_ = false;
  FileDescriptor file_;
};

}  // namespace lakelet
