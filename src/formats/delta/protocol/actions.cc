#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

std::string DeletionVectorDescriptor::unique_id() const {
  std::string id(1, storage_type);
  id += path_or_inline_dv;
  if (offset) id.append(1, '@').append(std::to_string(*offset));
  return id;
}

}  // namespace lakelet::delta
