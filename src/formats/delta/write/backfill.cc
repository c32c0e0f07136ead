#include "formats/delta/write/backfill.h"

#include <fmt/format.h>

#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/file_action.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string counted(const std::optional<std::string>& stats, std::int64_t rows) {
  const std::string count = fmt::format("{{\"numRecords\":{}", rows);
  const auto begin = stats ? stats->find_first_not_of(" \t\r\n") : std::string::npos;
  if (begin == std::string::npos || (*stats)[begin] != '{') return count + "}";
  const auto next = stats->find_first_not_of(" \t\r\n", begin + 1);
  if (next == std::string::npos || (*stats)[next] == '}') return count + "}";
  return fmt::format("{},{}", count, stats->substr(begin + 1));
}

void count_rows(const DeltaSnapshot& base, AddFile& file) {
  if (describe_add(file, base.schema(), base.partitioning(), {}).rows) return;
  const std::string uri = resolve_path(file.path, base.location().uri);
  const auto rows = base.context().tabular ? base.context().tabular->row_count({uri}) : std::nullopt;
  if (!rows) throw Error(ErrorCode::UnsupportedFeature, "nothing says how many rows the file has: " + uri);
  file.stats = counted(file.stats, *rows);
}

}  // namespace

std::vector<AddFile> files_without_numbers(const DeltaSnapshot& base, const std::set<std::string>& other_paths) {
  std::vector<AddFile> out;
  base.for_each_file([&](const AddFile& file) {
    if ((file.base_row_id && file.default_row_commit_version) || other_paths.contains(file.path)) return true;
    AddFile again = file;
    again.data_change = false;
    count_rows(base, again);
    out.push_back(std::move(again));
    return true;
  });
  return out;
}

}  // namespace lakelet::delta
