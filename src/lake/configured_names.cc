#include "lake/configured_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "config/configuration_file.h"
#include "lake/configuration_text.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

class ConfiguredNames final : public sql::LakeNames {
 public:
  ConfiguredNames(const SessionState& state, Location file) : state_(state), file_(std::move(file)) {}

  std::vector<std::string> schemas() const override { return {sql::kMainSchema}; }
  bool has_schema(const std::string& schema) const override { return schema == sql::kMainSchema; }
  std::vector<std::string> tables(const std::string& schema) const override {
    std::vector<std::string> out;
    if (schema != sql::kMainSchema) return out;
    for (const auto& [name, uri] : known()) out.push_back(name);
    return out;
  }
  std::optional<std::string> uri_of(const std::string& schema, const std::string& table) const override {
    if (schema != sql::kMainSchema) return std::nullopt;
    const auto found = known().find(table);
    if (found == known().end()) return std::nullopt;
    lend_keys(table, found->second);
    return found->second;
  }

  const std::map<std::string, std::string>& known() const {
    const std::lock_guard lock(mutex_);
    if (!read_) uris_ = read();
    read_ = true;
    return uris_;
  }

 private:
  std::map<std::string, std::string> read() const {
    const config::ConfigurationSource source = configuration_source(file_, state_.configuration.variable);
    std::map<std::string, std::string> uris;
    for (const ConfiguredTable& table : config::read_tables(config::merged_document(source), source.variable)) {
      require_format(table);
      if (!table.credential.empty()) credentials_[table.name] = table.credential;
      uris.emplace(table.name, table.uri);
    }
    return uris;
  }

  // The table's place is reached with the keys that the file has for it.
  void lend_keys(const std::string& table, const std::string& uri) const {
    const auto name = credentials_.find(table);
    if (name == credentials_.end() || !BucketStores::is_bucket_uri(uri)) return;
    const config::ConfigurationSource source = configuration_source(file_, state_.configuration.variable);
    StoreOptions options = config::read_s3_credential(config::merged_document(source), source.variable, name->second);
    if (!options.empty()) state_.buckets->lend(uri, {std::move(options)});
  }

  void require_format(const ConfiguredTable& table) const {
    if (table.format.empty() || state_.formats->find(table.format)) return;
    std::string known;
    for (const auto& format : state_.formats->formats()) {
      known.append(known.empty() ? "" : ", ").append(format->name());
    }
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("{}: the table '{}' has format '{}', which isn't one", table.where, table.name, table.format),
        "formats: " + known);
  }

  const SessionState& state_;
  const Location file_;
  mutable std::mutex mutex_;
  mutable bool read_ = false;
  mutable std::map<std::string, std::string> uris_;
  mutable std::map<std::string, std::string> credentials_;  // by table
};

}  // namespace

std::unique_ptr<sql::LakeNames> configured_names(const SessionState& state, const Location& file) {
  return std::make_unique<ConfiguredNames>(state, file);
}

catalogs::Configured configured_catalogs(const Location& file, const config::Variables& variable) {
  return [file, variable](const std::function<bool(const std::string& uri)>& wanted) {
    const config::ConfigurationSource source = configuration_source(file, variable);
    std::vector<catalogs::CatalogOptions> said;
    for (auto& each : config::read_catalogs(config::merged_document(source), source.variable, wanted)) {
      said.push_back({std::move(each.uri), std::move(each.options)});
    }
    return said;
  };
}

std::unique_ptr<sql::LakeNames> names_in_file(const SessionState& state, const Location& file) {
  if (!file.path.ends_with(".yml") && !file.path.ends_with(".yaml")) return nullptr;
  auto names = std::make_unique<ConfiguredNames>(state, file);
  names->known();
  return names;
}

}  // namespace lakelet
