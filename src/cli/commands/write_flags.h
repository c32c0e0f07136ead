// The options that every verb has.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "lakelet/write_options.h"

namespace lakelet::cli {

struct WriteFlags {
  std::optional<std::int64_t> if_version;
  std::vector<std::string> user_metadata;
  std::string target_size, compression, bloom_filters;
  std::optional<std::int64_t> compression_level, row_group_rows;

  void declare(Command& command);
  // Throws Error(InvalidArgument).
  WriteOptions options() const;

 private:
  DataFileOptions data_files() const;
};

}  // namespace lakelet::cli
