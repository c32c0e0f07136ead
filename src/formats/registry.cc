#include "formats/registry.h"

#include "formats/delta/delta_format.h"
#include "formats/iceberg/iceberg_format.h"

namespace lakelet {

void add_standard_formats(FormatRegistry& registry) {
  registry.add(std::make_unique<delta::DeltaFormat>());
  registry.add(std::make_unique<iceberg::IcebergFormat>());
}

}  // namespace lakelet
