#include "storage/local/folder_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "storage/local/durable_file.h"
#include "storage/local/system_error.h"
#include "storage/path.h"

namespace lakelet {

namespace {

enum class EntryKind : std::uint8_t { File, Folder, LinkedFolder, Other };

struct Entry {
  std::string order;  // the name, with a '/' after a folder's: so sorts its content
  EntryKind kind = EntryKind::Other;
};

EntryKind kind_by_stat(int folder, const char* name, bool through_link) {
  struct stat status {};
  if (::fstatat(folder, name, &status, through_link ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return EntryKind::Other;
  if (S_ISLNK(status.st_mode)) return kind_by_stat(folder, name, true);
  if (S_ISDIR(status.st_mode)) return through_link ? EntryKind::LinkedFolder : EntryKind::Folder;
  return S_ISREG(status.st_mode) ? EntryKind::File : EntryKind::Other;
}

EntryKind kind_of(int folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return EntryKind::File;
    case DT_DIR:
      return EntryKind::Folder;
    case DT_LNK:
      return kind_by_stat(folder, entry.d_name, true);
    case DT_UNKNOWN:
      return kind_by_stat(folder, entry.d_name, false);
    default:
      return EntryKind::Other;
  }
}

bool is_wanted(const FolderListing& listing, std::string_view name) {
  return name != "." && name != ".." && name.starts_with(listing.name_prefix) && !name.starts_with(kTemporaryPrefix);
}

// start_after as a name within the folder: empty if everything in the folder comes after it, nullopt if nothing does.
std::optional<std::string_view> start_within(const FolderListing& listing) {
  const std::string base = join_path(listing.folder, "");
  const std::string_view after = listing.start_after;
  if (after.starts_with(base)) return after.substr(base.size());
  if (after < base) return std::string_view();
  return std::nullopt;
}

// What is in the folder and may be visited, sorted.
std::vector<Entry> read_entries(const FolderListing& listing) {
  std::vector<Entry> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(listing.folder.c_str()), ::closedir);
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR) return entries;
    throw system_error(errno, "list", listing.folder);
  }
  const std::optional<std::string_view> after = start_within(listing);
  if (!after) return entries;
  while (true) {
    errno = 0;
    const dirent* found = ::readdir(folder.get());
    if (!found) break;
    if (!is_wanted(listing, found->d_name)) continue;
    Entry entry{found->d_name, kind_of(::dirfd(folder.get()), *found)};
    if (entry.kind == EntryKind::Other) continue;
    if (entry.kind != EntryKind::File) entry.order.push_back('/');
    if (entry.kind == EntryKind::File ? entry.order > *after : reaches_beyond(entry.order, *after)) {
      entries.push_back(std::move(entry));
    }
  }
  if (errno != 0) throw system_error(errno, "list", listing.folder);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.order < b.order; });
  return entries;
}

bool visit_file(const FolderListing& listing, std::string path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return true;  // removed since
    throw system_error(errno, "look at", path);
  }
  return listing.visit({std::move(path), static_cast<std::uint64_t>(status.st_size),
                        status.st_mtim.tv_sec * kMicrosPerSecond + status.st_mtim.tv_nsec / 1000});
}

}  // namespace

bool list_one_folder(const FolderListing& listing) {
  for (const Entry& entry : read_entries(listing)) {
    std::string path = join_path(listing.folder, entry.order);
    if (entry.kind == EntryKind::File) {
      if (!visit_file(listing, std::move(path))) return false;
    } else if (listing.visit_folder) {
      path.pop_back();
      if (!listing.visit_folder(path)) return false;
    }
  }
  return true;
}

bool list_folder_tree(const FolderListing& listing) {
  for (const Entry& entry : read_entries(listing)) {
    std::string path = join_path(listing.folder, entry.order);
    if (entry.kind == EntryKind::File) {
      if (!visit_file(listing, std::move(path))) return false;
    } else if (entry.kind == EntryKind::Folder) {
      path.pop_back();
      if (!list_folder_tree({std::move(path), {}, listing.start_after, listing.visit, {}})) return false;
    }
  }
  return true;
}

}  // namespace lakelet
