// What engine/ and sql/ share of an Engine: the database itself.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "engine/engine.h"

namespace lakelet::engine {

struct Engine::Impl {
  std::shared_ptr<StoreRegistry> stores;
  std::unique_ptr<duckdb::DuckDB> database;
  bool confined = false;
  bool read_only = false;

  duckdb::DatabaseInstance& instance() const { return *database->instance; }
  // A connection of its own, with its own settings: UTC, no progress bar. Throws lakelet::Error.
  std::unique_ptr<duckdb::Connection> connect() const;
};

// The name by which DuckDB finds the object at `uri` through the engine's stores ("lakelet:/lake/t/a.parquet"), and
// back.
std::string to_engine_path(const std::string& uri);
std::string uri_of(const std::string& engine_path);
bool is_engine_path(const std::string& path);

}  // namespace lakelet::engine
