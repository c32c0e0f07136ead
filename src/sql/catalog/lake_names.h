// What an attached path holds: schemas and names, and where their tables are.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "table/catalog.h"
#include "table/table_format.h"

namespace lakelet::sql {

inline constexpr const char* kMainSchema = "main";

// Looks each time it is asked: nothing is kept. Thread-safe.
class LakeNames {
 public:
  virtual ~LakeNames() = default;
  virtual std::vector<std::string> schemas() const = 0;  // kMainSchema first
  virtual bool has_schema(const std::string& schema) const = 0;
  virtual std::vector<std::string> tables(const std::string& schema) const = 0;  // sorted
  // Names that are no tables and can't be read, sorted.
  virtual std::vector<std::string> views(const std::string&) const { return {}; }
  // Where a table of that name is, or would be made; nullopt for a name that none can have.
  virtual std::optional<std::string> uri_of(const std::string& schema, const std::string& table) const = 0;
  // Whether the schemas are more than folders: made and dropped here, and tables renamed. Where they aren't, these
  // throw Error(UnsupportedFeature).
  virtual bool keeps_names() const { return false; }
  virtual void create_schema(const std::string& schema) const;
  virtual void drop_schema(const std::string& schema) const;
  virtual void rename(const std::string& schema, const std::string& table, const std::string& to) const;
  // The only table, for which the catalog's own name stands; nullopt if there may be others.
  virtual std::optional<std::string> only_table() const { return std::nullopt; }
};

// What a file that is attached names, if it is one that names tables: given by whoever knows of such files. Null: it
// isn't.
using NamesInFile = std::function<std::unique_ptr<LakeNames>(const Location& file)>;

// A catalog, whose namespaces are the schemas; a table; or a folder, whose sub-folders are tables and, where they
// aren't, schemas of tables. Folders that begin with
// '.' or '_' are passed over. A folder that isn't there is a lake without tables. A file is
// `in_file`'s. Throws Error(InvalidArgument) for any other file.
std::unique_ptr<LakeNames> names_at(const Location& location, std::shared_ptr<const FormatRegistry> formats,
                                    const NamesInFile& in_file);

}  // namespace lakelet::sql
