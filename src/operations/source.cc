#include "lakelet/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "lakelet/error.h"

namespace lakelet {

FileFormat parse_file_format(const std::string& name) {
  static const std::map<std::string, FileFormat> kFormats = {
      {"csv", FileFormat::Csv},     {"tsv", FileFormat::Tsv},       {"json", FileFormat::Json},
      {"jsonl", FileFormat::Jsonl}, {"ndjson", FileFormat::Jsonl},  {"parquet", FileFormat::Parquet},
      {"arrow", FileFormat::Arrow}, {"feather", FileFormat::Arrow}, {"ipc", FileFormat::Arrow},
      {"xlsx", FileFormat::Xlsx},
  };
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = kFormats.find(lower);
  if (found == kFormats.end()) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is not a file format that can be read", name),
                "formats: csv, tsv, json, jsonl, parquet, arrow, xlsx");
  }
  return found->second;
}

Source Source::stream(OwnedArrowStream rows) {
  return Source(Kind(std::move(rows)));
}

Source Source::files(std::vector<std::string> paths, FileOptions options) {
  return Source(Kind(Files{std::move(paths), std::move(options)}));
}

Source Source::file(std::string path, FileOptions options) {
  return files({std::move(path)}, std::move(options));
}

Source Source::sql(std::string query, std::vector<std::pair<std::string, std::string>> parameters) {
  return Source(Kind(Query{std::move(query), std::move(parameters)}));
}

Source Source::table(std::string reference) {
  return Source(Kind(TableReference{std::move(reference)}));
}

}  // namespace lakelet
