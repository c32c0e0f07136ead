#include "sql/catalog/lake_catalog.h"

#include <fmt/format.h>

#include <duckdb/catalog/entry_lookup_info.hpp>
#include <duckdb/main/attached_database.hpp>
#include <duckdb/parser/parsed_data/attach_info.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>
#include <duckdb/storage/storage_extension.hpp>

#include "base/percent_encoding.h"
#include "engine/engine_error.h"
#include "sql/catalog/listed_view.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/session/connection_state.h"
#include "table/catalog.h"

namespace lakelet::sql {
namespace {

constexpr const char* kType = "lakelet";

// A catalog's options stand behind its URI, less those that it keeps to itself. The engine, which shows the options of
// what is attached (duckdb_databases), has those no longer.
std::string with_options(CatalogStore& catalogs, std::string uri,
                         duckdb::unordered_map<duckdb::string, duckdb::Value>& options) {
  std::map<std::string, std::string> shown, secret;
  for (const auto& [name, value] : options) {
    const std::string option = duckdb::StringUtil::Lower(name);
    auto& kind = catalogs.is_secret(option) ? secret : shown;
    kind[option] = value.ToString();
  }
  for (const auto& [name, value] : shown) {
    uri += (uri.find('?') == std::string::npos ? '?' : '&') + name + "=" + percent_encode(value, "");
  }
  for (const auto& [name, value] : secret) catalogs.keep_secret(uri, name, value);
  std::erase_if(options, [&](const auto& option) { return secret.contains(duckdb::StringUtil::Lower(option.first)); });
  return uri;
}

duckdb::unique_ptr<duckdb::Catalog> attach_lake(duckdb::optional_ptr<duckdb::StorageExtensionInfo>,
                                                duckdb::ClientContext& context, duckdb::AttachedDatabase& database,
                                                const duckdb::string&, duckdb::AttachInfo& info,
                                                duckdb::AttachOptions& options) {
  return engine::inside_engine([&]() -> duckdb::unique_ptr<duckdb::Catalog> {
    const auto state = ConnectionState::find(context);
    if (!state) throw Error(ErrorCode::InvalidArgument, "TYPE lakelet is attached by a lakelet session");
    Location location = state->context().stores->resolve(info.path);
    if (const auto catalogs = std::dynamic_pointer_cast<CatalogStore>(location.store)) {
      location.uri = with_options(*catalogs, location.uri, options.options);
      std::shared_ptr<const LakeNames> names = names_at(location, state->shared_formats(), state->names.in_file);
      return duckdb::make_uniq<LakeCatalog>(database, location.uri, std::move(names));
    }
    for (const auto& [name, value] : options.options) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("ATTACH (TYPE lakelet) has no option {}", std::string(name)));
    }
    std::shared_ptr<const LakeNames> names = names_at(location, state->shared_formats(), state->names.in_file);
    return duckdb::make_uniq<LakeCatalog>(database, location.uri, std::move(names));
  });
}

}  // namespace

std::optional<std::string> LakeSchema::path_of(const std::string& table) const {
  return names_->uri_of(std::string(name), table);
}

bool LakeSchema::rename(const std::string& table, const std::string& to) const {
  if (!names_->keeps_names()) return false;
  names_->rename(std::string(name), table, to);
  return true;
}

void LakeSchema::Scan(duckdb::ClientContext& context, duckdb::CatalogType type,
                      const std::function<void(CatalogEntry&)>& visit) {
  if (type != duckdb::CatalogType::TABLE_ENTRY && type != duckdb::CatalogType::VIEW_ENTRY) return;
  engine::inside_engine([&] {
    auto& transaction = PathsTransaction::get(context, catalog);
    if (type == duckdb::CatalogType::VIEW_ENTRY) {
      for (const std::string& view : names_->views(std::string(name))) {
        visit(transaction.keep_entry(std::make_unique<ListedView>(catalog, *this, view)));
      }
      return;
    }
    for (const std::string& table : names_->tables(std::string(name))) {
      try {
        if (auto entry = transaction.find(*this, table, LatestVersion{})) visit(*entry);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled) throw;
      }
    }
  });
}

LakeCatalog::LakeCatalog(duckdb::AttachedDatabase& database, std::string uri, std::shared_ptr<const LakeNames> names)
    : PathsCatalog(database), uri_(std::move(uri)), names_(std::move(names)) {}

void LakeCatalog::register_type(duckdb::DBConfig& config) {
  if (duckdb::StorageExtension::Find(config, kType)) return;
  auto extension = duckdb::make_shared_ptr<duckdb::StorageExtension>();
  extension->attach = &attach_lake;
  extension->create_transaction_manager = [](duckdb::optional_ptr<duckdb::StorageExtensionInfo>,
                                             duckdb::AttachedDatabase& database,
                                             duckdb::Catalog&) -> duckdb::unique_ptr<duckdb::TransactionManager> {
    return duckdb::make_uniq<PathsTransactionManager>(database);
  };
  duckdb::StorageExtension::Register(config, kType, std::move(extension));
}

void LakeCatalog::Initialize(bool) {
  if (const auto only = names_->only_table()) SetDefaultTable(kMainSchema, *only);
}

LakeSchema& LakeCatalog::schema(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto& entry = schemas_[name];
  if (!entry) {
    duckdb::CreateSchemaInfo info;
    info.schema = name;
    entry = std::make_unique<LakeSchema>(*this, info, names_);
  }
  return *entry;
}

duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LakeCatalog::LookupSchema(duckdb::CatalogTransaction,
                                                                           const duckdb::EntryLookupInfo& lookup,
                                                                           duckdb::OnEntryNotFound if_not_found) {
  return engine::inside_engine([&]() -> duckdb::optional_ptr<duckdb::SchemaCatalogEntry> {
    const std::string name = lookup.GetEntryName();
    bool created = false;
    {
      const std::lock_guard lock(mutex_);
      created = created_.contains(name);
    }
    if (created || names_->has_schema(name)) return schema(name);
    if (if_not_found == duckdb::OnEntryNotFound::RETURN_NULL) return nullptr;
    throw Error(ErrorCode::NotFound, fmt::format("there is no schema {} in {}", name, uri_),
                names_->keeps_names() ? "CREATE SCHEMA makes one"
                                      : "a schema is a sub-folder with tables; CREATE SCHEMA makes a new one");
  });
}

void LakeCatalog::ScanSchemas(duckdb::ClientContext&, std::function<void(duckdb::SchemaCatalogEntry&)> visit) {
  engine::inside_engine([&] {
    std::set<std::string> created;
    {
      const std::lock_guard lock(mutex_);
      created = created_;
    }
    for (const std::string& name : names_->schemas()) {
      created.erase(name);
      visit(schema(name));
    }
    for (const std::string& name : created) visit(schema(name));
  });
}

duckdb::optional_ptr<duckdb::CatalogEntry> LakeCatalog::CreateSchema(duckdb::CatalogTransaction,
                                                                     duckdb::CreateSchemaInfo& info) {
  return engine::inside_engine([&]() -> duckdb::optional_ptr<duckdb::CatalogEntry> {
    const std::string name = info.schema;
    const bool there = names_->has_schema(name);
    if (there && info.on_conflict == duckdb::OnCreateConflict::ERROR_ON_CONFLICT) {
      throw Error(ErrorCode::AlreadyExists, fmt::format("there is a schema {} already", name));
    }
    if (names_->keeps_names()) {
      if (!there) names_->create_schema(name);
      return schema(name);
    }
    if (!names_->uri_of(name, "t") || names_->only_table() || name.empty() || name.front() == '.' ||
        name.front() == '_' || name.find('/') != std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("no schema of {} can be called '{}'", uri_, name));
    }
    {
      const std::lock_guard lock(mutex_);
      created_.insert(name);
    }
    return schema(name);
  });
}

void LakeCatalog::DropSchema(duckdb::ClientContext&, duckdb::DropInfo& info) {
  engine::inside_engine([&] {
    const std::string name = info.name;
    if (names_->keeps_names()) {
      const bool ignored = info.if_not_found == duckdb::OnEntryNotFound::RETURN_NULL && !names_->has_schema(name);
      return ignored ? void() : names_->drop_schema(name);
    }
    if (!names_->tables(name).empty()) {
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("the schema {} has tables", name), "drop them first");
    }
    const std::lock_guard lock(mutex_);
    created_.erase(name);
  });
}

}  // namespace lakelet::sql
