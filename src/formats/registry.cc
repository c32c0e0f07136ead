#include "formats/registry.h"

#include "formats/delta/delta_format.h"

namespace lakelet {

void add_standard_formats(FormatRegistry& registry) {
  registry.add(std::make_unique<delta::DeltaFormat>());
}

}  // namespace lakelet
