#include "contract/format_implementations.h"

#include "engine/engine.h"
#include "formats/delta/delta_format.h"
#include "formats/iceberg/iceberg_format.h"
#include "memory_format/memory_format.h"

namespace lakelet {
namespace {

std::shared_ptr<TabularIo> engine_tabular(std::shared_ptr<StoreRegistry> stores) {
  return engine::Engine({.threads = 1, .temp_folder = {}}, std::move(stores)).tabular();
}

}  // namespace

std::vector<FormatImplementation> format_implementations() {
  return {
      {"memory_format",
       [] { return std::make_unique<MemoryFormat>(); },
       {},
       {{"memory.rowRemoval", "positions"}},
       Properties{{"memory.changeFeed", "files"}}},
      {"delta",
       [] { return std::make_unique<delta::DeltaFormat>(); },
       engine_tabular,
       {{"delta.enableDeletionVectors", "true"}},
       Properties{{"delta.enableChangeDataFeed", "true"}}},
      {"iceberg",
       [] { return std::make_unique<iceberg::IcebergFormat>(); },
       engine_tabular,
       {{"write.delete.mode", "merge-on-read"}},
       std::nullopt,
       false},
      {"iceberg_3",
       [] { return std::make_unique<iceberg::IcebergFormat>(); },
       engine_tabular,
       {{"format-version", "3"}, {"write.delete.mode", "merge-on-read"}},
       std::nullopt,
       false},
  };
}

}  // namespace lakelet
