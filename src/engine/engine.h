// The embedded engine: one DuckDB instance with its limits, reading and writing through our stores.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/location.h"
#include "table/tabular_io.h"

namespace lakelet::engine {

struct EngineOptions {
  std::uint64_t memory_limit_bytes = 0;  // 0: 70% of what the machine or its cgroup gives
  int threads = 0;                       // 0: as many as the machine or its cgroup gives; fewer under a small limit
  std::string temp_folder;               // where operators spill; empty: no spilling, Exhausted instead
  std::uint64_t max_temp_bytes = 0;      // 0: 90% of the free space there
  // SQL opens files only through the stores and in temp_folder, and changes no setting. Statements that would do
  // otherwise are refused by sql/.
  bool confined = false;
  bool read_only = false;  // likewise for statements that change tables or write files
};

// The memory limit that an engine with these options has. Starts none.
std::uint64_t memory_limit_bytes(const EngineOptions& options);

// Thread-safe. Everything that was opened on it keeps it alive.
class Engine {
 public:
  Engine(const EngineOptions& options, std::shared_ptr<StoreRegistry> stores);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::shared_ptr<TabularIo> tabular() const;
  const std::shared_ptr<StoreRegistry>& stores() const;
  bool confined() const;
  bool read_only() const;

  struct Impl;  // engine/engine_impl.h; for engine/ and sql/ only
  Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace lakelet::engine
