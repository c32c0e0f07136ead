#include "contract/format_implementations.h"

#include "memory_format/memory_format.h"

namespace lakelet {

std::vector<FormatImplementation> format_implementations() {
  return {
      {"memory_format", [] { return std::make_unique<MemoryFormat>(); }, {}, {{"memory.rowRemoval", "positions"}}},
  };
}

}  // namespace lakelet
