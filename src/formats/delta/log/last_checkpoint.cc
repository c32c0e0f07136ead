#include "formats/delta/log/last_checkpoint.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "base/json_writer.h"
#include "base/md5.h"
#include "base/percent_encoding.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using Element = simdjson::dom::element;
// Canonical path and value.
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string canonical_text(std::string_view text) {
  return fmt::format("\"{}\"", percent_encode(text, ""));
}

void collect(const Element& element, const std::string& path, Pairs& out) {
  const auto child = [&path](const std::string& name) { return path.empty() ? name : path + "+" + name; };
  if (element.is_object()) {
    for (const auto field : element.get_object()) {
      if (path.empty() && field.key == "checksum") continue;
      collect(field.value, child(canonical_text(field.key)), out);
    }
  } else if (element.is_array()) {
    std::size_t at = 0;
    for (const Element entry : element.get_array()) collect(entry, child(std::to_string(at++)), out);
  } else if (element.is_string()) {
    out.emplace_back(path, canonical_text(element.get_string().value()));
  } else {
    out.emplace_back(path, simdjson::minify(element));
  }
}

std::string checksum_of(const Element& object) {
  Pairs pairs;
  collect(object, "", pairs);
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const auto& [path, value] : pairs) text += fmt::format("{}{}={}", text.empty() ? "" : ",", path, value);
  return md5_text(text);
}

}  // namespace

std::optional<std::string> json_checksum(std::string_view json) {
  simdjson::dom::parser parser;
  Element object;
  if (parser.parse(json.data(), json.size()).get(object) || !object.is_object()) return std::nullopt;
  return checksum_of(object);
}

std::optional<Version> last_checkpoint_hint(const Location& table) {
  std::string text;
  try {
    text = table.store->read_all(log_path(table, kLastCheckpointName), 64u << 20);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) throw;
    return std::nullopt;
  }
  simdjson::dom::parser parser;
  Element object;
  std::int64_t version = -1;
  if (parser.parse(text).get(object) || object["version"].get(version) || version < 0) return std::nullopt;
  std::string_view checksum;
  if (!object["checksum"].get(checksum) && checksum != checksum_of(object)) return std::nullopt;
  return version;
}

void write_last_checkpoint(const Location& table, const LastCheckpoint& checkpoint) {
  if (last_checkpoint_hint(table).value_or(-1) > checkpoint.version) return;  // somebody was further already
  JsonWriter json;
  json.begin_object();
  json.key("version").integer(checkpoint.version);
  json.key("size").integer(checkpoint.actions);
  if (checkpoint.parts > 1) json.key("parts").integer(checkpoint.parts);
  json.key("sizeInBytes").unsigned_integer(checkpoint.bytes);
  json.key("numOfAddFiles").integer(checkpoint.added_files);
  json.end_object();
  std::string text = json.take();
  text.pop_back();
  text += fmt::format(",\"checksum\":\"{}\"}}", *json_checksum(text + "}"));
  table.store->put(log_path(table, kLastCheckpointName), text);
}

}  // namespace lakelet::delta
