// Which metadata file is the table's newest, and reading it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "formats/iceberg/metadata/table_metadata.h"
#include "storage/location.h"
#include "table/catalog.h"

namespace lakelet::iceberg {

// Where a table was found: its folder, and the metadata file if one was named.
struct TablePlace {
  Location root;
  std::optional<Location> metadata_file;
};
TablePlace place_of(const Location& location);

// The number of "v12.metadata.json", "00012-<uuid>.metadata.json" and the like; nullopt for other names.
std::optional<std::int64_t> metadata_version(std::string_view name);
// Whether a file of this name holds metadata, packed by gzip or not.
bool is_metadata_name(std::string_view name);

// The version that a folder's own file of the table has, by its name: those that a catalog arbitrates have none.
std::optional<std::int64_t> folder_version(std::string_view name);
// The name of a version's file.
std::string folder_file_name(std::int64_t version, bool packed);
// The file of a version, packed or not; a look for each of the names that it may have.
std::optional<Location> find_folder_version(const TablePlace& place, std::int64_t version);
Location in_metadata(const TablePlace& place, const std::string& name);
// Tells readers where to begin: a hint, which may be late. Never throws.
void write_hint(const TablePlace& place, std::int64_t version);
// Packed where its name says so.
std::string packed_metadata(std::string_view name, const std::string& json);

// Whether there is a table: one look for the hint, else one listing.
bool has_metadata(const TablePlace& place);

// The newest metadata file: the one that was named; the one that version-hint.text tells, or a later one of that kind;
// else the one of the highest number, and among several of them the one that was written last. Throws Error(NotFound).
Location find_newest_metadata(const TablePlace& place);

struct LoadedMetadata {
  Location file;
  std::uint64_t size = 0;
  std::int64_t modified_us = 0;
  std::shared_ptr<const TableMetadataFile> contents;
};
// `known`, if the file is still the same. Throws Error(CorruptTable) naming the file.
LoadedMetadata load_metadata(const Location& file, const std::optional<LoadedMetadata>& known);

// What a catalog points to; `known`, if that is what it pointed to. Throws Error(CorruptTable) naming the file.
LoadedMetadata load_metadata(StoreRegistry& stores, const CatalogPointer& pointer,
                             const std::optional<LoadedMetadata>& known);
// The folder that a table's metadata says it is in.
Location root_of(StoreRegistry& stores, const TableMetadataFile& metadata);

}  // namespace lakelet::iceberg
