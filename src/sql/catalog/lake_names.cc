#include "sql/catalog/lake_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

bool can_be_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.front() != '_' && name.find('/') == std::string::npos;
}

class OneTable final : public LakeNames {
 public:
  OneTable(std::string name, std::string uri) : name_(std::move(name)), uri_(std::move(uri)) {}

  std::vector<std::string> schemas() const override { return {kMainSchema}; }
  bool has_schema(const std::string& schema) const override { return schema == kMainSchema; }
  std::vector<std::string> tables(const std::string&) const override { return {name_}; }
  std::optional<std::string> uri_of(const std::string&, const std::string& table) const override {
    return table == name_ ? std::optional(uri_) : std::nullopt;
  }
  std::optional<std::string> only_table() const override { return name_; }

 private:
  const std::string name_, uri_;
};

class FolderOfTables final : public LakeNames {
 public:
  FolderOfTables(Location folder, std::shared_ptr<const FormatRegistry> formats)
      : folder_(std::move(folder)), formats_(std::move(formats)) {}

  std::vector<std::string> schemas() const override {
    std::vector<std::string> out{kMainSchema};
    for (const std::string& name : folders_in(folder_)) {
      if (name != kMainSchema && !is_table(folder_.child(name)) && holds_tables(folder_.child(name))) {
        out.push_back(name);
      }
    }
    return out;
  }

  bool has_schema(const std::string& schema) const override {
    if (schema == kMainSchema) return true;
    return can_be_name(schema) && !is_table(folder_.child(schema)) && holds_tables(folder_.child(schema));
  }

  std::vector<std::string> tables(const std::string& schema) const override {
    const Location folder = folder_of(schema);
    std::vector<std::string> out = folders_in(folder);
    std::erase_if(out, [&](const std::string& name) { return !is_table(folder.child(name)); });
    return out;
  }

  std::optional<std::string> uri_of(const std::string& schema, const std::string& table) const override {
    if (!can_be_name(table)) return std::nullopt;
    return folder_of(schema).child(table).uri;
  }

 private:
  Location folder_of(const std::string& schema) const {
    return schema == kMainSchema ? folder_ : folder_.child(schema);
  }

  bool is_table(const Location& location) const { return formats_->try_detect(location) != nullptr; }

  bool holds_tables(const Location& folder) const {
    const auto names = folders_in(folder);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return is_table(folder.child(name)); });
  }

  static std::vector<std::string> folders_in(const Location& folder) {
    std::vector<std::string> out;
    folder.store->list_folder(
        folder.path, "", [](const ObjectInfo&) { return true; },
        [&](const std::string& path) {
          if (const std::string name = last_part(path); can_be_name(name)) out.push_back(name);
          return true;
        });
    std::sort(out.begin(), out.end());
    return out;
  }

  const Location folder_;
  const std::shared_ptr<const FormatRegistry> formats_;
};

class CatalogNames final : public LakeNames {
 public:
  explicit CatalogNames(std::shared_ptr<Catalog> catalog) : catalog_(std::move(catalog)) {}

  std::vector<std::string> schemas() const override { return catalog_->namespaces(); }
  bool has_schema(const std::string& schema) const override { return catalog_->has_namespace(schema); }
  std::vector<std::string> tables(const std::string& schema) const override { return catalog_->tables(schema); }
  std::vector<std::string> views(const std::string& schema) const override { return catalog_->views(schema); }
  std::optional<std::string> uri_of(const std::string& schema, const std::string& table) const override {
    if (schema.empty() || table.empty()) return std::nullopt;
    return catalog_table_uri(catalog_->uri(), schema, table);
  }
  bool keeps_names() const override { return true; }
  void create_schema(const std::string& schema) const override { catalog_->create_namespace(schema); }
  void drop_schema(const std::string& schema) const override { catalog_->drop_namespace(schema); }
  void rename(const std::string& schema, const std::string& table, const std::string& to) const override {
    catalog_->rename(schema, table, schema, to);
  }

 private:
  const std::shared_ptr<Catalog> catalog_;
};

[[noreturn]] void refuse_names() {
  throw Error(ErrorCode::UnsupportedFeature, "a folder keeps no names: a table is where its folder is");
}

}  // namespace

void LakeNames::create_schema(const std::string&) const {
  refuse_names();
}
void LakeNames::drop_schema(const std::string&) const {
  refuse_names();
}
void LakeNames::rename(const std::string&, const std::string&, const std::string&) const {
  refuse_names();
}

std::unique_ptr<LakeNames> names_at(const Location& location, std::shared_ptr<const FormatRegistry> formats,
                                    const NamesInFile& in_file) {
  if (const auto catalogs = std::dynamic_pointer_cast<CatalogStore>(location.store)) {
    return std::make_unique<CatalogNames>(catalogs->catalog(location.uri));
  }
  if (formats->try_detect(location)) return std::make_unique<OneTable>(last_part(location.path), location.uri);
  std::optional<ObjectInfo> file;
  try {
    file = location.store->find(location.path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::InvalidArgument) throw;  // a folder
  }
  if (file) {
    if (auto names = in_file ? in_file(location) : nullptr) return names;
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is a file, not a folder of tables", location.uri),
                "attach a folder whose sub-folders are tables, one table, or a lakelet.yml that names some");
  }
  return std::make_unique<FolderOfTables>(location, std::move(formats));
}

}  // namespace lakelet::sql
