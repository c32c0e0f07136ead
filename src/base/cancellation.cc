#include "lakelet/cancellation.h"

#include "lakelet/error.h"

namespace lakelet {

void Cancellation::check() const {
  if (cancelled()) throw Error(ErrorCode::Cancelled, "cancelled by the caller");
}

}  // namespace lakelet
