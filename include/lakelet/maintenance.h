// What the verbs that keep a table small and whole take, and what they say they did.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/metadata.h"

namespace lakelet {

// "7 days", "36h", "1h30m", "168:00:00". Throws InvalidArgument.
std::chrono::microseconds parse_duration(const std::string& text);

struct VacuumOptions {
  // Versions that were the newest one at some time since then stay whole. Absent: what the table's properties say.
  std::optional<std::chrono::microseconds> retention{};
  // Also files that no version names: found by listing the table's folder, not by its log.
  bool full = false;
  // A retention shorter than the table's own is Error(InvalidArgument) without it.
  bool force = false;
  // Of files that no version names: younger ones may be those of a commit that isn't there yet, and stay whatever the
  // retention is. Only with `full`. Absent: an hour, and without `force` what the format gives writers (Iceberg's are
  // given three days).
  std::optional<std::chrono::microseconds> uncommitted{};
  // Finds what would go, and deletes nothing.
  bool dry_run = false;
  // VacuumReport::found also where files are deleted.
  bool list = false;
  // Files of these versions stay, however old they are. Throws NotFound for one that can't be read any more.
  std::vector<Version> keep_versions{};
  std::map<std::string, std::string> user_metadata{};  // kept in the table's history
};

struct VacuumReport {
  Version version = -1;  // the newest one when it looked
  std::chrono::microseconds retention{0};
  std::int64_t kept_since_us = 0;  // versions that were the newest one at some time since then are whole
  std::int64_t files = 0;          // that nobody needs
  std::uint64_t bytes = 0;         // of them
  std::int64_t files_deleted = 0;  // 0 of a dry run
  std::uint64_t bytes_deleted = 0;
  std::int64_t files_spared = 0;  // that no version names, but too young to be given up
  struct File {
    std::string path;  // below the table's folder
    std::uint64_t bytes = 0;
    std::int64_t modified_us = 0;
  };
  std::vector<File> found;  // of a dry run, or with VacuumOptions::list
  double seconds = 0;
};

// What was done to the files that say what a table is: checkpoints, compactions, old commits.
struct LogReport {
  Version version = -1;                    // the newest one that the files written tell of; -1: nothing was to be done
  std::vector<std::string> files_written;  // below the table's folder; of a dry run: those that would be
  std::uint64_t bytes_written = 0;
  std::vector<std::string> files_removed;
  std::uint64_t bytes_removed = 0;
  double seconds = 0;
};

struct RestoreOptions {
  // Rows of data files that are gone are given up. Without it a missing file is Error(NotFound).
  bool ignore_missing = false;
  bool dry_run = false;
  std::optional<Version> if_version{};  // only on top of exactly this version
  std::map<std::string, std::string> user_metadata{};
};

struct RestoreReport {
  Version version = -1;             // that was committed; -1: the table is as that version already, or a dry run
  Version restored = -1;            // the version that the table is like now
  std::int64_t files_restored = 0;  // that are in the table again
  std::uint64_t bytes_restored = 0;
  std::int64_t files_removed = 0;  // that aren't any more
  std::uint64_t bytes_removed = 0;
  std::int64_t files = 0;  // of the table now
  std::uint64_t bytes = 0;
  std::vector<std::string> missing;  // with ignore_missing: data files that are gone
  double seconds = 0;
};

}  // namespace lakelet
