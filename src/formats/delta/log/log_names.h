// The names of files in _delta_log (PROTOCOL.md, "File Types").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/location.h"
#include "table/snapshot.h"

namespace lakelet::delta {

inline constexpr std::string_view kLogFolder = "_delta_log";
inline constexpr std::string_view kSidecarFolder = "_sidecars";  // below kLogFolder
inline constexpr std::string_view kLastCheckpointName = "_last_checkpoint";

std::string commit_name(Version version);                                // "00000000000000000003.json"
std::string checkpoint_name(Version version);                            // "00000000000000000003.checkpoint.parquet"
std::string checkpoint_part_name(Version version, int part, int parts);  // part counts from 1
std::string v2_checkpoint_name(Version version,
                               const std::string& uuid);  // "00000000000000000003.checkpoint.<uuid>.parquet"
std::string compaction_name(Version first, Version last);
std::string checksum_name(Version version);  // "00000000000000000003.crc"

// "<table>/_delta_log/<name>" within the store, and as a URI.
std::string log_path(const Location& table, std::string_view name);
std::string log_uri(const Location& table, std::string_view name);

struct LogName {
  enum class Kind {
    Commit,
    ClassicCheckpoint,
    CheckpointPart,
    V2CheckpointParquet,
    V2CheckpointJson,
    Compaction,
    Checksum
  };
  Kind kind = Kind::Commit;
  Version version = 0;  // of a compaction: the first
  Version last = 0;     // of a compaction; otherwise the same
  int part = 0;         // of CheckpointPart, from 1
  int parts = 0;
};

// What a file directly in _delta_log is; nullopt for what isn't ours (any other name is ignored).
std::optional<LogName> parse_log_name(std::string_view name);

}  // namespace lakelet::delta
