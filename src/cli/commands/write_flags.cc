#include "cli/commands/write_flags.h"

#include "lakelet/error.h"

namespace lakelet::cli {

void WriteFlags::declare(Command& command) {
  command.option("--if-version", if_version, "N", "Commit only if N is still the newest version (exit code 7 if not)");
  command.option("--user-metadata", user_metadata, "NAME=VALUE", "Kept in the table's history; may be repeated");
}

WriteOptions WriteFlags::options() const {
  WriteOptions options;
  options.if_version = if_version;
  for (const auto& [name, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[name] = value;
  return options;
}

}  // namespace lakelet::cli
