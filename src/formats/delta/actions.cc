#include "formats/delta/actions.h"

namespace lakelet::delta {

std::string DeletionVectorDescriptor::unique_id() const {
  std::string id = storage_type + path_or_inline_dv;
  if (offset) id += "@" + std::to_string(*offset);
  return id;
}

}  // namespace lakelet::delta
