#include "formats/delta/protocol/clustering_tags.h"

#include <simdjson.h>

#include "base/json_writer.h"

namespace lakelet::delta {
namespace {

constexpr const char* kRewriting = "ZCUBE_ID";
constexpr const char* kColumns = "ZCUBE_ZORDER_BY";
constexpr const char* kCurve = "ZCUBE_ZORDER_CURVE";

std::vector<std::string> read_columns(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::array names;
  std::vector<std::string> columns;
  if (parser.parse(text).get(names)) return columns;
  for (const auto name : names) {
    std::string_view column;
    if (name.get(column)) return {};
    columns.emplace_back(column);
  }
  return columns;
}

}  // namespace

void write_clustering(const FileClustering& clustering, AddFile& add) {
  JsonWriter columns;
  columns.begin_array();
  for (const std::string& column : clustering.columns) columns.string(column);
  columns.end_array();
  add.tags[kRewriting] = clustering.rewriting;
  add.tags[kColumns] = columns.take();
  // The implementation whose tags these are has one curve for what the table asks for, and doesn't write it down.
  if (!clustering.by_table) add.tags[kCurve] = clustering.curve;
  if (clustering.by_table) add.clustering_provider = kClusteringProvider;
}

std::optional<FileClustering> read_clustering(const StringMap& tags, const std::optional<std::string>& provider) {
  FileClustering clustering;
  if (const auto columns = tags.find(kColumns); columns != tags.end())
    clustering.columns = read_columns(columns->second);
  if (const auto id = tags.find(kRewriting); id != tags.end()) clustering.rewriting = id->second;
  if (const auto curve = tags.find(kCurve); curve != tags.end()) clustering.curve = curve->second;
  clustering.by_table = provider == kClusteringProvider;
  clustering.foreign = provider && !clustering.by_table;
  if (clustering.by_table && clustering.curve.empty()) clustering.curve = "hilbert";
  if (!clustering.foreign && (clustering.columns.empty() || clustering.rewriting.empty())) return std::nullopt;
  return clustering;
}

}  // namespace lakelet::delta
