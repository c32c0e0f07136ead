#include "formats/iceberg/metadata/metadata_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "codec/compression/compression.h"
#include "formats/iceberg/paths.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kFolder = "metadata";
constexpr const char* kHint = "version-hint.text";
constexpr std::uint64_t kLargestHint = 4096;
constexpr std::size_t kLargestMetadata = std::size_t{1} << 30;
constexpr std::string_view kSuffixes[] = {".metadata.json", ".gz.metadata.json", ".metadata.json.gz"};

bool exists(const Location& location) {
  return location.store->find(location.path).has_value();
}

// The file "v12", under any of the suffixes.
std::optional<Location> find_named(const TablePlace& place, const std::string& stem) {
  for (const std::string_view suffix : kSuffixes) {
    Location file = in_metadata(place, stem + std::string(suffix));
    if (exists(file)) return file;
  }
  return std::nullopt;
}

std::string read_hint(const TablePlace& place) {
  const Location hint = in_metadata(place, kHint);
  if (!exists(hint)) return {};
  std::string text = hint.store->read_all(hint.path, kLargestHint);
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  text.erase(std::remove_if(text.begin(), text.end(), is_space), text.end());
  return text.find('/') == std::string::npos ? text : std::string();
}

// The hint is written after the metadata file, and may be late: later versions may be there.
std::optional<Location> find_by_hint(const TablePlace& place, const std::string& hint) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(hint.data(), hint.data() + hint.size(), version);
  if (error != std::errc() || end != hint.data() + hint.size()) {
    if (is_metadata_name(hint) && exists(in_metadata(place, hint))) return in_metadata(place, hint);
    return find_named(place, hint);
  }
  std::optional<Location> found = find_named(place, fmt::format("v{}", version));
  while (found) {
    auto next = find_named(place, fmt::format("v{}", ++version));
    if (!next) break;
    found = std::move(next);
  }
  return found;
}

std::vector<std::string> list_metadata(const TablePlace& place) {
  std::vector<std::string> names;
  place.root.store->list_folder(place.root.child(kFolder).path, "", [&](const ObjectInfo& object) {
    std::string name(last_part(object.path));
    if (is_metadata_name(name)) names.push_back(std::move(name));
    return true;
  });
  return names;
}

std::string read_unpacked(const Location& file) {
  std::string bytes = file.store->read_all(file.path, kLargestMetadata);
  const bool packed = bytes.starts_with("\x1f\x8b");
  for (const auto& [begin, codec] : {std::pair("\x28\xb5\x2f\xfd", "zstd"), std::pair("\x04\x22\x4d\x18", "LZ4")}) {
    if (bytes.starts_with(begin)) {
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("the metadata {} is packed with {}", file.uri, codec),
                  "the specification has gzip alone");
    }
  }
  return packed ? codec::decompress(codec::Compression::Gzip, std::as_bytes(std::span(bytes)), kLargestMetadata)
                : bytes;
}

}  // namespace

Location in_metadata(const TablePlace& place, const std::string& name) {
  return place.root.child(std::string(kFolder) + "/" + name);
}

std::optional<std::int64_t> folder_version(std::string_view name) {
  if (!name.starts_with('v') || !is_metadata_name(name)) return std::nullopt;
  const auto version = metadata_version(name);
  if (!version) return std::nullopt;
  const std::string stem = fmt::format("v{}", *version);
  const bool whole = std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                                 [&](std::string_view suffix) { return name == stem + std::string(suffix); });
  return whole ? version : std::nullopt;
}

std::string folder_file_name(std::int64_t version, bool packed) {
  return fmt::format("v{}{}", version, packed ? kSuffixes[1] : kSuffixes[0]);
}

std::optional<Location> find_folder_version(const TablePlace& place, std::int64_t version) {
  return find_named(place, fmt::format("v{}", version));
}

void write_hint(const TablePlace& place, std::int64_t version) {
  try {
    const Location hint = in_metadata(place, kHint);
    hint.store->put(hint.path, std::to_string(version));
  } catch (const Error&) {  // readers find the version without it
  }
}

std::string packed_metadata(std::string_view name, const std::string& json) {
  if (name.ends_with(kSuffixes[0]) && !name.ends_with(kSuffixes[1])) return json;
  return codec::compress(codec::Compression::Gzip, std::as_bytes(std::span(json)));
}

TablePlace place_of(const Location& location) {
  TablePlace place;
  if (!is_metadata_name(last_part(location.path))) {
    place.root = location;
    return place;
  }
  place.metadata_file = location;
  const auto parent = [](const Location& of) {
    Location result = of;
    result.path = parent_path(of.path);
    result.uri = parent_path(of.uri);
    return result;
  };
  place.root = parent(location);
  if (last_part(place.root.path) == kFolder) place.root = parent(place.root);
  return place;
}

bool is_metadata_name(std::string_view name) {
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                     [name](std::string_view suffix) { return name.size() > suffix.size() && name.ends_with(suffix); });
}

std::optional<std::int64_t> metadata_version(std::string_view name) {
  if (name.starts_with('v')) name.remove_prefix(1);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
  if (error != std::errc() || version < 0 || end == name.data() + name.size()) return std::nullopt;
  return *end == '-' || *end == '.' ? std::optional(version) : std::nullopt;
}

bool has_metadata(const TablePlace& place) {
  if (place.metadata_file) return exists(*place.metadata_file);
  return exists(in_metadata(place, kHint)) || !list_metadata(place).empty();
}

Location find_newest_metadata(const TablePlace& place) {
  if (place.metadata_file) return *place.metadata_file;
  if (const std::string hint = read_hint(place); !hint.empty()) {
    if (auto found = find_by_hint(place, hint)) return *found;
  }
  std::vector<std::string> names = list_metadata(place);
  std::int64_t newest = -1;
  for (const std::string& name : names) newest = std::max(newest, metadata_version(name).value_or(-1));
  // A name without a number may be that of any version.
  std::erase_if(names, [newest](const std::string& name) { return metadata_version(name).value_or(newest) < newest; });
  if (names.empty()) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no Iceberg table at {}: it has no metadata", place.root.uri),
                "`lakelet create` makes a table");
  }
  std::sort(names.begin(), names.end());
  std::string best = names.front();
  std::int64_t best_time = -1;
  if (names.size() > 1) {
    for (const std::string& name : names) {
      const std::int64_t time = load_metadata(in_metadata(place, name), std::nullopt).contents->last_updated_ms;
      if (time < best_time) continue;
      best = name;
      best_time = time;
    }
  }
  return in_metadata(place, best);
}

LoadedMetadata load_metadata(const Location& file, const std::optional<LoadedMetadata>& known) {
  const auto info = file.store->find(file.path);
  if (!info) throw Error(ErrorCode::NotFound, fmt::format("the metadata file {} isn't there", file.uri));
  if (known && known->file.path == file.path && known->size == info->size && known->modified_us == info->modified_us) {
    return *known;
  }
  try {
    LoadedMetadata loaded{file, info->size, info->modified_us, nullptr};
    TableMetadataFile contents = read_table_metadata(read_unpacked(file));
    contents.file = last_part(file.path);
    loaded.contents = std::make_shared<const TableMetadataFile>(std::move(contents));
    return loaded;
  } catch (Error& error) {
    throw error.add_context("metadata file " + file.uri);
  }
}

// Metadata files never change once a catalog has pointed to them.
LoadedMetadata load_metadata(StoreRegistry& stores, const CatalogPointer& pointer,
                             const std::optional<LoadedMetadata>& known) {
  if (known && known->contents->file_location == pointer.metadata) return *known;
  try {
    LoadedMetadata loaded;
    std::string text = pointer.document;
    if (text.empty()) {
      loaded.file = stores.resolve(plain_path(pointer.metadata));
      text = read_unpacked(loaded.file);
    }
    TableMetadataFile contents = read_table_metadata(std::move(text));
    contents.file = last_part(pointer.metadata);
    contents.file_location = pointer.metadata;
    loaded.contents = std::make_shared<const TableMetadataFile>(std::move(contents));
    return loaded;
  } catch (Error& error) {
    throw error.add_context("metadata file " + pointer.metadata);
  }
}

Location root_of(StoreRegistry& stores, const TableMetadataFile& metadata) {
  return stores.resolve(plain_path(metadata.location));
}

}  // namespace lakelet::iceberg
