// Parquet metadata files through the engine.
#pragma once

#include <memory>

#include "engine/engine.h"

namespace lakelet::engine {

// Thread-safe: each call has a connection of its own. Keeps the engine alive.
std::shared_ptr<TabularIo> make_tabular_io(std::shared_ptr<Engine::Impl> engine);

}  // namespace lakelet::engine
